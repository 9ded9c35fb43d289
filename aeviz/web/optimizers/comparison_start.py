"""Starting an optimizer comparison: a set of training jobs in the background, with what is left of it."""

import threading

import streamlit as st

from aeviz.config import RunConfig
from aeviz.data import is_available
from aeviz.errors import AevizError
from aeviz.lab.adaptive import METHODS, TRAINED, TrainedName
from aeviz.lab.optimizer_comparison import (
    BASES,
    RATES,
    USUAL_EPOCHS,
    USUAL_SEEDS,
    base_of,
    is_comparison,
    plan,
    title_of,
)
from aeviz.language import current_language, in_language, tr
from aeviz.web.kernel import jobs
from aeviz.web.kernel.history import read_epochs
from aeviz.web.kernel.images import offer_download
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape, format_duration
from aeviz.web.kernel.url import rename_choices
from aeviz.web.optimizers.methods import FORMER_TITLES
from aeviz.workers import training
from aeviz.workers.training import Job

_OWN = "comparison.own"
"""Session key: the runs of the comparison that this visitor started last, until they have ended."""
MOST_RUNS = 20
"""Runs of a comparison at most: each is a process, most of which wait."""
POLL_S = 2.0
"""Seconds between two looks at the jobs."""
OVERHEAD_S = 6.0
"""Seconds that a job takes beside its epochs: it imports torch, reads the data and measures on the test set."""
_EPOCH_S = {"digits": 0.1, "mnist": 1.5}
"""Seconds an epoch before anything was measured, on two cores."""
_EPOCHS = {"digits": USUAL_EPOCHS, "mnist": 10}
_turn = threading.Lock()
"""Held while a comparison is started: two visitors may press the button at once."""
_is_stopped = threading.Event()
"""Set by a visitor who stops the comparison while its trainers are being started: the others are not."""
_latest: set[str] = set()
"""Runs of the comparison that was started last, whoever started it.

Trainers end with this server, so it knows a comparison that is at work; runs of older ones that were resumed on Train
are not among them."""
RATES_ON_OFFER = ("0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10", "30")
"""Step sizes on offer."""


def show_start(*, is_first: bool) -> None:
    """Show the comparison that is at work, or the form that starts one.

    Args:
        is_first: Whether there is none to see yet, so that the form is open; it is, too, where the address fills it in.
    """
    active = frozenset(job.name for job in _jobs() if job.is_active)
    if active:
        st.subheader(tr("A comparison is running"))
        st.fragment(_show_progress, run_every=POLL_S)(active)
        return
    is_open = is_first or any(name in st.query_params for name in ("seeds", "on", "against"))
    with st.expander(tr("Start a comparison"), icon=":material/balance:", expanded=is_open):
        _show_form()


def time_of_several() -> str:
    """Return about how long all methods take with five seeds each on the digits, as the form offers it at first."""
    data, seeds = "digits", 5
    return format_duration(seeds * len(TRAINED) * (OVERHEAD_S + _EPOCHS[data] * _seconds_an_epoch(data)))


def take_ended() -> frozenset[str]:
    """Return the names of the runs of the visitor's own comparison once when all have ended, else none."""
    own: set[str] = st.session_state.get(_OWN, set())
    if not own or any(job.name in own for job in _jobs() if job.is_active):
        return frozenset()
    del st.session_state[_OWN]
    return frozenset(own)


def _jobs() -> list[Job]:
    return [job for job in training.list_jobs() if is_comparison(job.status.settings)]


@st.fragment
def _show_form() -> None:
    with errors_as_messages(stop=False):
        titles = {METHODS[name].title: name for name in TRAINED}
        rename_choices("against", FORMER_TITLES)
        picked = st.pills(
            tr("Optimizers"),
            list(titles),
            selection_mode="multi",
            default=list(titles),
            key="against",
            bind="query-params",
        )
        methods = [name for title, name in titles.items() if title in picked]
        one, two, three = st.columns(3, gap="medium")
        with one:
            data = str(
                st.segmented_control(
                    tr("Data"), list(BASES), default="digits", required=True, key="on", bind="query-params"
                )
            )
            epochs = int(
                st.slider(
                    tr("Epochs"),
                    5,
                    300,
                    _EPOCHS[data],
                    5,
                    key=f"epochs.{data}",
                    bind="query-params",
                    help=tr("Passes over the training images, 5 to 300."),
                )
            )
        with two:
            seeds = int(
                st.slider(
                    tr("Seeds"),
                    1,
                    10,
                    USUAL_SEEDS,
                    key="seeds",
                    bind="query-params",
                    help=tr("Runs of each optimizer, 1 to 10. One gives no spread and no verdict; five are enough."),
                )
            )
        with three:
            rates: dict[TrainedName, float] = {}
            for name in methods:
                rates[name] = float(
                    st.select_slider(
                        tr("Learning rate of {title}", title=METHODS[name].title),
                        RATES_ON_OFFER,
                        value=f"{RATES[data][name]:g}",
                        key=f"{name}.{data}",
                        bind="query-params",
                        help=tr(
                            "From 0.0001 to 30. Gradients of a mean over pixels are small, so SGD needs a large "
                            "learning rate."
                        ),
                    )
                )
        if not is_available(data):
            offer_download(data, tr("to train on it"))
            return
        configs = plan(base_of(data, epochs), rates, seeds)
        left = len(configs) * (OVERHEAD_S + epochs * _seconds_an_epoch(data))
        st.caption(
            tr(
                "{count} runs, one after the other: about {time} on this machine. Each seed gives all optimizers the "
                "same initial weights and the same batches in the same order.",
                count=len(configs),
                time=format_duration(left),
            )
        )
        cannot = len(methods) < 2 or len(configs) > MOST_RUNS
        if st.button(tr("Start the comparison"), type="primary", icon=":material/balance:", disabled=cannot):
            _start(configs)
        if len(configs) > MOST_RUNS:
            st.caption(tr("A comparison has at most {count} runs. Choose fewer seeds or optimizers.", count=MOST_RUNS))
        if len(methods) < 2:
            st.caption(tr("A comparison needs at least two optimizers."))


def _start(configs: list[RunConfig]) -> None:
    """Start the runs, unless another visitor's comparison is at work, which is said then.

    Raises:
        NotAllowedError: They are more runs than the visitor may start.
        TrainingError: A trainer did not come up.
    """
    places = jobs.hold_places(len(configs), in_turn=True)
    if not _turn.acquire(blocking=False):
        places.release()
        _refuse()
        return
    own: set[str] = set()
    problems: list[AevizError] = []
    starter = threading.Thread(
        target=_start_all, args=(places, configs, own, problems, current_language()), daemon=True
    )
    try:
        is_free = not any(job.is_active for job in _jobs())
        if is_free:
            st.session_state[_OWN] = own
            _latest.clear()
            _is_stopped.clear()
            starter.start()
    finally:
        if starter.ident is None:  # else the thread gives turn and places back
            places.release()
            _turn.release()
    if not is_free:
        _refuse()
        return
    bar = st.progress(0.0, tr("Starting the trainers …"))
    while starter.is_alive():  # a visitor who clicks on ends this loop, not the thread
        starter.join(0.2)
        said = tr("Started {count} of {all} trainers; they take turns", count=len(own), all=len(configs))
        bar.progress(len(own) / len(configs), said)
    if problems:
        raise problems[0]
    st.rerun()


def _start_all(
    places: jobs.Places, configs: list[RunConfig], own: set[str], problems: list[AevizError], language: str
) -> None:
    """Start runs one by one; note their names, or why one did not start; a thread, which holds turn and places."""
    try:
        for config in configs:
            if _is_stopped.is_set():
                break
            with in_language(language):  # of a refusal
                name = places.start(config).name
            _latest.add(name)
            own.add(name)
    except AevizError as error:
        problems.append(error)
    finally:
        places.release()
        _turn.release()


def _refuse() -> None:
    st.warning(
        tr(
            "Another visitor's comparison is running, so this one was not started. Start it when that one has finished."
        ),
        icon=":material/hourglass_empty:",
    )


def _show_progress(active: frozenset[str]) -> None:
    found = _jobs()
    at_work = [job for job in found if job.is_active]
    if frozenset(job.name for job in at_work) != active:
        st.rerun(scope="app")  # a run has ended: what is known of the comparison has changed
    batch = _started_together(found)
    ended = [job for job in batch if not job.is_active]
    epochs, data = at_work[0].status.settings.train.epochs, at_work[0].status.settings.data.name
    done = sum(min(1.0, job.status.epoch / job.status.settings.train.epochs) for job in batch if job.is_active)
    each = _seconds_an_epoch(data)
    left = sum((job.status.settings.train.epochs - job.status.epoch) * each + OVERHEAD_S for job in at_work)
    finished, stopped = (sum(job.state == state for job in ended) for state in ("finished", "stopped"))
    counts = {"done": finished, "all": len(batch), "epochs": str(epochs), "time": format_duration(left)}
    said = (
        tr(
            "{done} of {all} runs of {epochs} epochs finished, {stopped} stopped; about {time} left",
            stopped=stopped,
            **counts,
        )
        if stopped
        else tr("{done} of {all} runs of {epochs} epochs finished; about {time} left", **counts)
    )
    st.progress(min(1.0, (len(ended) + done) / len(batch)), said)
    now = next((job for job in at_work if job.state != "queued"), None)
    if now is not None:
        settings = now.status.settings
        st.caption(
            tr(
                "Now: {title}, seed {seed}, epoch {epoch}",
                title=title_of(settings.optimizer),
                seed=settings.train.seed,
                epoch=now.status.epoch,
            )
        )
    failed = [job for job in ended if job.state == "failed"]
    for job in failed:
        st.warning(
            f"{title_of(job.status.settings.optimizer)}: {escape(job.status.message)}", icon=":material/warning:"
        )
    if all(job.is_stopping for job in at_work):
        st.caption(tr("Stopping after the next step."))
        return
    own: set[str] = st.session_state.get(_OWN, set())
    names = [job.name for job in at_work if job.name in own]
    if names:
        st.button(
            tr("Stop the comparison"),
            icon=":material/stop_circle:",
            key="stop-comparison",
            on_click=_stop,
            args=(names,),
        )
        return
    if not all(jobs.may_manage(job.path) for job in at_work):
        st.caption(tr("Another visitor started it. Its runs are listed on Train."))
        return
    st.caption(
        tr("Another visitor started it, or you did before you reloaded this page. Its runs are listed on Train.")
    )
    with st.popover(tr("Stop the comparison"), icon=":material/stop_circle:"):
        st.markdown(tr("It was not started from this window. Stop it anyway?"))
        names = [job.name for job in at_work]
        st.button(tr("Stop it"), icon=":material/stop_circle:", key="stop-comparison", on_click=_stop, args=(names,))


def _stop(names: list[str]) -> None:
    """Stop the runs of a comparison; an error is shown for each that cannot be stopped.

    It is the callback of a button, which is called before the script: a click counts although a run has ended since and
    the page is about to be drawn anew.
    """
    _is_stopped.set()
    for name in names:
        try:
            jobs.stop(name)
        except AevizError as error:
            st.toast(escape(str(error)), icon=":material/error:")


def _started_together(found: list[Job]) -> list[Job]:
    """Return the jobs at work and, if the latest comparison is, those of it that have ended."""
    is_latest = any(job.is_active and job.name in _latest for job in found)
    return [job for job in found if job.is_active or (is_latest and job.name in _latest)]


def _seconds_an_epoch(data: str) -> float:
    """Return how long an epoch took in the comparisons on the data that ran here, or a usual time before the first."""
    for job in _jobs():
        if job.status.settings.data.name == data and (history := read_epochs(job.path)):
            return sum(report.seconds for report in history) / len(history)
    return _EPOCH_S[data]
