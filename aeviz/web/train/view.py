"""Training runs in the app: the queue, one run as it learns, and what can be done with it."""

from collections.abc import Callable

import streamlit as st

from aeviz.analysis.curves import read_curves
from aeviz.config import RunConfig
from aeviz.data.imports.visits import name_for_people
from aeviz.errors import AevizError, CheckpointError
from aeviz.lab.optimizer_comparison import is_comparison, title_of
from aeviz.language import mark, number, tr, trn
from aeviz.training.history import EpochReport, seconds_left
from aeviz.training.monitor import max_jobs
from aeviz.training.runs import CONFIG, RunFolder
from aeviz.training.samples import list_samples
from aeviz.web.components.film.component import training_film
from aeviz.web.kernel import jobs
from aeviz.web.kernel.figure_file import offer_figure
from aeviz.web.kernel.films import offer_training_films
from aeviz.web.kernel.history import offer_curves, read_epochs
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape, format_duration
from aeviz.web.kernel.titles import OPTIMIZER_TITLES
from aeviz.web.train.example import show_example
from aeviz.web.train.film import film
from aeviz.workers import training
from aeviz.workers.training import Job

RUN = "run"
"""URL parameter of the run that is watched."""
POLL_S = 1.5
"""Seconds between two looks at the runs while one of them is at work."""
EARLIER = 12
"""Ended runs that are listed unless more are asked for."""
MOST_EPOCHS = 1_000_000
"""Epochs that a run may be trained longer to."""
READING = mark("reading the data")
"""What a run does that is being prepared, as `aeviz.training.monitor` says it."""
_MINE = "train.mine"
"""Session key: names of the runs that this visitor started."""
_TITLES = {
    "queued": (mark("queued"), ":material/hourglass_top:", "blue"),
    "preparing": (mark("preparing"), ":material/hourglass_empty:", "blue"),
    "training": (mark("training"), ":material/directions_run:", "green"),
    "paused": (mark("paused"), ":material/pause:", "orange"),
    "measuring": (mark("evaluating on the test set"), ":material/straighten:", "green"),
    "finished": (mark("finished"), ":material/check_circle:", "gray"),
    "stopped": (mark("stopped"), ":material/stop_circle:", "gray"),
    "failed": (mark("ended early"), ":material/error:", "red"),
    "interrupted": (mark("interrupted"), ":material/power_off:", "orange"),
}
_ASKED = {
    "unpause": (mark("**{run}** was not started in this window. Resume it anyway?"), mark("Resume it")),
    "pause": (mark("**{run}** was not started in this window. Pause it anyway?"), mark("Pause it")),
    "stop": (mark("**{run}** was not started in this window. Stop it anyway?"), mark("Stop it")),
}
"""By action: what is asked before it is done to another's run, and the button that does it."""


def start_run(config: RunConfig) -> None:
    """Start a run of this visitor and watch it; where that is refused, say why above the runs that there are."""
    job = None
    with errors_as_messages(stop=False), st.spinner(tr("Starting the trainer …")):
        job = jobs.start(config)
    if job is None:
        return
    _mine().add(job.name)
    st.query_params[RUN] = job.name
    st.rerun()


def is_watching() -> bool:
    """Whether the address names a run to watch."""
    return RUN in st.query_params


def is_showing_run() -> bool:
    """Whether there is a run to show above the form: the one that the address names, or one at work."""
    return is_watching() or any(job.is_active for job in training.list_jobs())


def show_run() -> None:
    """Show the run that is watched; look again every while as long as one is at work."""
    _poll(_show_watched)


def show_other_runs() -> None:
    """List the runs that are not watched, those in the queue first."""
    _poll(_show_others)


def _poll(show: Callable[[list[Job]], None]) -> None:
    active = _active(training.list_jobs())

    def look() -> None:
        found = training.list_jobs()
        if _active(found) != active:
            st.rerun(scope="app")  # one began or ended: the page begins or ends to poll
        with errors_as_messages():
            show(found)

    # a fragment made anew: whether it polls is decided here
    st.fragment(look, run_every=POLL_S if active else None)()


def _active(jobs: list[Job]) -> frozenset[str]:
    return frozenset(job.name for job in jobs if job.is_active)


def _show_watched(found: list[Job]) -> None:
    name = st.query_params.get(RUN)
    watched = _watched(found)
    if watched is not None:
        with errors_as_messages(stop=False):  # what is damaged in one run must not hide the others
            _show_run(watched)
    elif name is not None:
        st.info(
            tr("The run {run} no longer exists. Choose another below.", run=escape(repr(name))),
            icon=":material/link_off:",
        )


def _show_others(found: list[Job]) -> None:
    if not found:
        return
    watched = _watched(found)
    _show_queue([job for job in found if job.is_active], watched)
    _show_ended([job for job in found if not job.is_active and job != watched])


def _show_ended(ended: list[Job]) -> None:
    """List the runs that have ended, those that were interrupted first: they wait to be resumed."""
    if not ended:
        return
    ordered = sorted(ended, key=lambda job: job.state != "interrupted")
    st.subheader(tr("Earlier runs"))
    for job in ordered[:EARLIER]:
        _row(job)
    more = len(ordered) - EARLIER
    if more > 0 and st.toggle(tr("Show {count} more", count=more), key="train.all-runs"):
        for job in ordered[EARLIER:]:
            _row(job)


def _watched(found: list[Job]) -> Job | None:
    name = st.query_params.get(RUN)
    job = next((job for job in found if job.name == name), None)
    if job is None and name is None:
        job = next((job for job in found if job.is_active), None)
    return job


def _show_queue(active: list[Job], watched: Job | None) -> None:
    others = [job for job in active if watched is None or job.name != watched.name]
    if not others:
        return
    places = max_jobs()
    st.subheader(tr("Other active runs") if watched is not None and watched.is_active else tr("Active runs"))
    waiting = sum(job.state == "queued" for job in active)
    st.caption(
        trn("{count} run at a time (AEVIZ_JOBS)", "{count} runs at a time (AEVIZ_JOBS)", places)
        + (tr("; {count} in the queue.", count=waiting) if waiting else tr("; the queue is empty."))
    )
    for job in others:
        _row(job)


def _row(job: Job, *, is_watched: bool = False) -> None:
    text, icon, colour = _TITLES[job.state]
    if job.is_stopping:
        text = mark("stopping …")
    elif job.is_pausing and job.state == "training":
        text = mark("pausing …")
    settings = job.status.settings
    data = escape(name_for_people(settings.data.name))
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"run-{job.name}"):
        st.badge(tr(text), icon=icon, color=colour)  # type: ignore[arg-type]
        # of the run that is watched, progress and film say the epoch: a third number would be older or newer
        course = (
            tr("{count:,} epochs", count=settings.train.epochs)
            if is_watched
            else tr("epoch {epoch:,} of {total:,}", epoch=job.status.epoch, total=settings.train.epochs)
        )
        st.markdown(
            f"**{escape(job.name)}**  \n:small[{data} · {settings.model.latent_dim}-d · "
            f"{_describe_optimizer(settings)} · {course}]",
            width="stretch",
        )
        if not is_watched:
            key = f"watch-{job.name}"
            st.button(tr("Watch"), key=key, icon=":material/visibility:", on_click=_watch, args=(job.name,))
        _controls(job)


def _describe_optimizer(settings: RunConfig) -> str:
    """Return the optimizer's name; for a run of a comparison also by what it differs from the others."""
    if is_comparison(settings):
        return f"{title_of(settings.optimizer)} · {tr('seed {seed}', seed=settings.train.seed)}"
    return OPTIMIZER_TITLES[settings.optimizer.name]


def _watch(name: str) -> None:
    st.query_params[RUN] = name


def _show_run(job: Job) -> None:
    st.subheader(tr("Selected run"))
    _row(job, is_watched=True)
    settings = job.status.settings
    history = read_epochs(job.path)
    share = job.status.step / job.status.steps_per_epoch if job.status.steps_per_epoch else 0.0
    done = min(1.0, (job.status.epoch + share) / settings.train.epochs)
    if job.is_active:
        st.progress(done, _progress_text(job, history, share))
    elif job.state in ("failed", "interrupted", "stopped"):
        _show_end(job)
    folder = _folder(job)
    if not job.is_active and folder is not None and folder.has_latents:
        _show_links(job)
    if job.is_active and not history and not list_samples(job.path):
        show_example(mark("The selected run takes its place once it has begun."))
    elif folder is not None:
        training_film(film(folder, is_live=job.is_active), key=f"film-{job.name}")
    _show_figures(history)
    if folder is not None:
        for note in read_curves(history, folder.provenance.mean_image_mse):
            st.warning(note.text, icon=":material/lightbulb:")
        if history:
            with st.container(horizontal=True):
                offer_curves({job.name: job.path}, f"{job.name}-curves")
                if not job.is_active and list_samples(job.path):
                    offer_training_films([Model(folder)], "plane")
                offer_figure(["curves"], [folder], key=job.name)


def _progress_text(job: Job, history: list[EpochReport], share: float) -> str:
    settings = job.status.settings
    if job.state == "queued" and not job.status.epoch:
        return tr("Waiting for another run to end.")
    if job.state == "preparing":
        return tr("Preparing: starting PyTorch, {what} …", what=tr(escape(job.status.message) or READING))
    if job.state == "measuring":
        return tr("Evaluating on the test set: errors, neighbours, map …")
    left = seconds_left(history, settings.train.epochs, share)
    time = tr("time left is known after the first epoch")
    if left is not None:
        time = tr("about {time} left", time=format_duration(left))
    if job.state == "paused":
        time = tr("Paused. Press Resume.")
    elif job.state == "queued":
        time = tr("queued again")
    return tr(
        "Epoch {epoch:,} of {total:,} on {device}: {time}",
        epoch=job.status.epoch,
        total=settings.train.epochs,
        device=job.status.device or tr("the device"),
        time=time,
    )


def _show_figures(history: list[EpochReport]) -> None:
    if not history:
        return
    last = history[-1]
    best = min(history, key=lambda report: report.val_loss)
    figures = {
        tr("Training loss"): number(last.train_loss, ".5f"),
        tr("Validation loss"): number(last.val_loss, ".5f"),
        tr("Best (epoch {epoch:,})", epoch=best.epoch): number(best.val_loss, ".5f"),
        tr("Gradient norm"): "-" if last.gradient_norm is None else number(last.gradient_norm, ".3g"),
        tr("Images per second"): "-" if last.images_per_second is None else number(last.images_per_second, ",.0f"),
    }
    with st.container(horizontal=True, gap="medium"):
        for name, value in figures.items():
            st.metric(name, value, width="content")


def _show_end(job: Job) -> None:
    if job.state == "failed":
        st.error(escape(job.status.message), icon=":material/error:")
        if job.status.message.startswith("training diverged"):
            st.caption(tr("Resuming would repeat the same steps. Start a new run with a smaller learning rate."))
    elif job.state == "stopped":
        st.info(
            trn(
                "Stopped after {count} epoch; the weights are kept. *Resume* continues from there.",
                "Stopped after {count:,} epochs; the weights are kept. *Resume* continues from there.",
                job.status.epoch,
            )
            if job.status.epoch
            else tr("Stopped before the first epoch ended. *Resume* begins again."),
            icon=":material/stop_circle:",
        )
    else:
        st.warning(
            trn(
                "Interrupted after {count} epoch: the training process ended. Finished epochs are kept; *Resume* "
                "continues from there.",
                "Interrupted after {count:,} epochs: the training process ended. Finished epochs are kept; *Resume* "
                "continues from there.",
                job.status.epoch,
            ),
            icon=":material/power_off:",
        )
        last_words = training.last_words(job)
        if last_words:
            st.caption(tr("Last line of the log: {line}", line=last_words))


def _folder(job: Job) -> RunFolder | None:
    if not (job.path / CONFIG).is_file():
        return None
    try:
        return RunFolder.read(job.path)
    except CheckpointError as error:
        st.error(escape(str(error)), icon=":material/broken_image:")
        return None


def _show_links(job: Job) -> None:
    link = {"model": job.name}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(tr("**Next:**"), width="content")
        st.page_link("pages/explore.py", label=tr("Explore"), icon=":material/scatter_plot:", query_params=link)
        st.page_link("pages/reconstruct.py", label=tr("Reconstruct"), icon=":material/compare:", query_params=link)
        link = {"runs": job.name}
        st.page_link("pages/compare.py", label=tr("Compare"), icon=":material/difference:", query_params=link)


def _controls(job: Job) -> None:
    """Offer what the visitor may do with a run; what would disturb somebody else's work asks first."""
    if not jobs.may_manage(job.path):
        return
    if job.is_active:
        if job.is_pausing:
            _button(job, tr("Resume"), ":material/play_arrow:", "unpause")
        elif job.state == "training":
            _button(job, tr("Pause"), ":material/pause:", "pause")
        if not job.is_stopping and job.state != "measuring":
            _button(job, tr("Stop"), ":material/stop:", "stop")
        return
    if job.can_resume:
        _button(job, tr("Resume"), ":material/play_arrow:", "resume")
    elif job.can_train_longer and job.status.settings.train.epochs < MOST_EPOCHS:
        with st.popover(tr("Train longer"), icon=":material/more_time:"):
            trained = job.status.settings.train.epochs
            epochs = st.number_input(
                tr("Total epochs"),
                min_value=trained + 1,
                max_value=MOST_EPOCHS,
                value=min(2 * trained, MOST_EPOCHS),
                key=f"longer-{job.name}",
                help=tr("The result is the same as with this number from the start."),
            )
            key = f"longer-go-{job.name}"
            st.button(tr("Resume"), key=key, on_click=_do, args=("longer", job.name, int(epochs)))
    with st.popover(tr("Delete"), icon=":material/delete:"):
        name = escape(job.name)
        st.markdown(tr("Delete **{run}** with its weights and curves? This cannot be undone.", run=name))
        st.button(tr("Delete permanently"), key=f"delete-{job.name}", on_click=_do, args=("delete", job.name))


def _button(job: Job, label: str, icon: str, action: str) -> None:
    key = f"{action}-{job.name}"
    if job.name in _mine() or action == "resume":
        st.button(label, key=key, icon=icon, on_click=_do, args=(action, job.name))
        return
    with st.popover(label, icon=icon):
        question, act = _ASKED[action]
        st.markdown(tr(question, run=escape(job.name)))
        st.button(tr(act), key=key, on_click=_do, args=(action, job.name))


def _do(action: str, name: str, epochs: int | None = None) -> None:
    try:
        if action == "pause":
            jobs.pause(name)
        elif action == "unpause":
            jobs.unpause(name)
        elif action == "stop":
            jobs.stop(name)
        elif action == "delete":
            jobs.delete(name)
            if st.query_params.get(RUN) == name:
                del st.query_params[RUN]
        else:
            jobs.resume(name, epochs=epochs)
            _mine().add(name)
            st.query_params[RUN] = name
    except AevizError as error:
        st.toast(escape(str(error)), icon=":material/error:")


def _mine() -> set[str]:
    mine: set[str] = st.session_state.setdefault(_MINE, set())
    return mine
