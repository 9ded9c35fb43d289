"""Bring your own images on Train: drop files, see what training will see, keep them under a name."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from aeviz.data.folder_layout import FOLDER_PREFIX
from aeviz.data.image_files import SUFFIXES
from aeviz.data.imports import Imported, list_own, read_imported, sample, suggest_name
from aeviz.data.imports.build import LARGEST, SMALLEST
from aeviz.data.imports.own import keep, own_folder, remove_own
from aeviz.data.imports.visits import list_sets, remove, title_of_upload
from aeviz.data.names import natural_key
from aeviz.errors import AevizError, DataError
from aeviz.language import mark, number, tr
from aeviz.serving import owners
from aeviz.serving.limits import limits
from aeviz.web.kernel import jobs
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import LARGE, grid_uri
from aeviz.web.kernel.importing import bring, bring_in_size
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.visitor import owner, visitor_id
from aeviz.workers import training

OTHER_KINDS = ("zip", "npz", "npy", "parquet", "arrow", "csv", "tsv")
"""Endings of files that are no images."""
COLUMNS = 10
MOST_CLASSES, MOST_LINES = 24, 8
"""Classes, and reasons for what was skipped, that are named."""
SPLITS = (mark("train"), mark("validation"), mark("test"))
"""Names of the parts of a data set."""
REASONS = (
    mark("of no known kind or damaged"),
    mark("damaged"),
    mark("damaged in the archive"),
    mark("no image"),
    mark("an archive"),
    mark("without a label, which the others have"),
    mark("too deep in the folders, or beside them"),
    mark("a second file of the same name"),
    mark("a symbolic link"),
    mark("named so that it leads out of the archive"),
    mark("compressed in an unusual way; expected deflate"),
)
"""Why `aeviz.data.imports` skips files most often: what it notes is English."""
_ROUND, _MESSAGE, _KEPT = "bring.round", "bring.message", "bring.kept"
"""Session keys: number of the uploader, raised to empty it; what went wrong last; names that this visitor kept."""

Use = Callable[[str], None]
"""Takes the name of a data set that the form is to train on."""


def uploaded() -> dict[str, str]:
    """Return the titles of this visitor's images by the names of their data sets."""
    found = {}
    for store in list_sets(visitor_id()):
        try:
            about = read_imported(store)
        except DataError:  # deleted at this moment
            continue
        _, height, width = about.image_shape
        found[f"{FOLDER_PREFIX}{store}"] = tr(
            "{data}: {count:,} images of {shape}, yours for this visit",
            data=about.title,
            count=about.n_images,
            shape=f"{width}x{height}",
        )
    return found


def uploaded_as(title: str) -> str | None:
    """Return the name of this visitor's newest images that have a title, as a data set; None where none have it."""
    return next((name for name in reversed(uploaded()) if Path(name).name == title), None)


def is_uploaded(name: str) -> bool:
    """Whether a data set is one of this visitor's images."""
    return any(name == f"{FOLDER_PREFIX}{store}" for store in list_sets(visitor_id()))


def show_bring(chosen: str, use: Use) -> None:
    """Let the visitor bring images, and show those that are chosen.

    Args:
        chosen: Name of the data set that stands in the form.
        use: Puts another one there.
    """
    if jobs.is_demo():
        st.caption(tr("On this demonstration server no images can be brought."))
        return
    if message := st.session_state.pop(_MESSAGE, None):
        st.error(escape(message), icon=":material/error:")
    if is_uploaded(chosen):
        _show_set(Path(chosen.removeprefix(FOLDER_PREFIX)), use)
    elif chosen in list_own():
        _show_set(own_folder(chosen), use, is_kept=True)
    else:
        _show_uploader(use)


def _show_uploader(use: Use) -> None:
    """Show the place where files are dropped; import what lies in it."""
    whole = st.segmented_control(
        tr("What you bring"),
        ["files", "folder"],
        default="files",
        required=True,
        format_func=lambda name: tr("A zip, or files") if name == "files" else tr("A folder"),
        key="bring.kind",
        label_visibility="collapsed",
    )
    most, memory = int(st.get_option("server.maxUploadSize")), limits().memory_mb_each
    files = st.file_uploader(
        tr("Images"),
        type=[*OTHER_KINDS, *(suffix[1:] for suffix in SUFFIXES)],
        accept_multiple_files="directory" if whole == "folder" else True,
        key=f"bring.{whole}.{st.session_state.setdefault(_ROUND, 0)}",
        max_upload_size=most,
        label_visibility="collapsed",
    )
    st.caption(
        tr(
            "A zip or folder of images (one subfolder per class; train and test if you like; or a labels.csv), single "
            "images, .npy or .npz arrays, or Parquet files of Hugging Face. They stay on this server for your visit "
            "and are then deleted, unless you keep them under a name."
        )
        + " "
        + (
            tr(
                "A file may have {most} MB, all at a time {memory:,} MB; for more: `aeviz data import` in a shell.",
                most=most,
                memory=memory,
            )
            if memory
            else tr("A file may have {most} MB; for more: `aeviz data import` in a shell.", most=most)
        )
        + " "
        + tr(
            "Where an upload ends with the number 413, bring less at a time, or try again in a minute: others may be "
            "uploading."
        )
    )
    if files:
        _import(files, use)


def _import(files: list[UploadedFile], use: Use) -> None:
    _run(lambda report: f"{FOLDER_PREFIX}{bring(_by_name(files), report)}", use)
    _release(files)
    _empty()
    st.rerun()


def _by_name(files: list[UploadedFile]) -> dict[str, UploadedFile]:
    """Return files by their names; one of a name that another has gets a number before its ending."""
    found: dict[str, UploadedFile] = {}
    for file in files:
        name, number = file.name, 2
        while name in found:
            stem, dot, ending = file.name.rpartition(".")
            name, number = f"{stem} ({number}){dot}{ending}", number + 1
        found[name] = file
    return found


def _run(work: Callable[[Callable[[float, str], None]], str], use: Use) -> None:
    """Do an import with progress and a button that stops it; a message is shown in the next run."""
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, tr("Waiting for another import"))
        # a click ends this run at the next sign of progress, and with it the import, which then leaves nothing
        st.button(tr("Stop"), icon=":material/stop:", key="bring.stop", on_click=_empty)

    def report(share: float, text: str) -> None:
        bar.progress(min(share, 1.0), escape(text))

    try:
        use(work(report))
    except AevizError as error:
        st.session_state[_MESSAGE] = str(error)


def _empty() -> None:
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _release(files: list[UploadedFile]) -> None:
    """Let go of uploads that the server holds in memory; they lie on the disk by now."""
    context = get_script_run_ctx()
    manager = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    if isinstance(manager, MemoryUploadedFileManager) and context is not None:
        for file in files:
            manager.remove_file(context.session_id, file.file_id)


def _show_set(store: Path, use: Use, *, is_kept: bool = False) -> None:
    """Show what training will see of imported images, and what can be done with them."""
    about = read_imported(store)
    grid, facts = st.columns([3, 2], gap="medium")
    with grid:
        uri, count, first, last = _grid(store, store.stat().st_mtime_ns)
        text = escape(_describe_grid(count, first, last))
        st.image(uri, width="stretch", caption=text, alt=text)
    with facts:
        _show_facts(about)
        if not is_kept:
            _offer_size(store, about, use)
        with st.container(horizontal=True):
            if not is_kept:
                with st.popover(tr("Keep under a name"), icon=":material/bookmark_add:"):
                    _offer_keeping(store, about, use)
            with st.popover(tr("Bring others"), icon=":material/add_photo_alternate:"):
                _show_uploader(use)
            if not is_kept:
                st.button(tr("Remove"), icon=":material/delete:", key="bring.remove", on_click=_remove, args=(store,))
            elif _may_delete_kept(name := store.name):  # others may use those of other visitors
                with st.popover(tr("Delete"), icon=":material/delete:"):
                    st.markdown(
                        tr(
                            "Delete the data set **{data}** from this server? Runs that trained on it keep their "
                            "weights. This cannot be undone.",
                            data=escape(name),
                        )
                    )
                    st.button(tr("Delete permanently"), key="bring.delete", on_click=_delete_kept, args=(name, use))


def _may_delete_kept(name: str) -> bool:
    """Whether this visitor kept a data set, in this visit or in this browser."""
    return name in st.session_state.get(_KEPT, ()) or owners.owner_of(own_folder(name)) == owner()


@shared(max_entries=32)  # some 100 kB each
def _grid(store: Path, changed: int) -> tuple[str, int, str, str]:
    """Return images in a grid as an address, how many they are, and the classes of the first and of the last."""
    images, names = sample(store)
    order = sorted(range(len(names)), key=lambda place: (natural_key(names[place]), place))
    images = images[order]
    uri = grid_uri(images, COLUMNS, 560, smooth=max(images.shape[2:]) >= LARGE)
    return uri, len(images), names[order[0]], names[order[-1]]


def _describe_grid(count: int, first: str, last: str) -> str:
    if not first:
        return tr("{count} of the images, as training will see them", count=count)
    return tr(
        "{count} of the images, from {first} to {last}, as training will see them", count=count, first=first, last=last
    )


def _show_facts(about: Imported) -> None:
    channels, height, width = about.image_shape
    parts = ", ".join(f"{number(count, ',')} {tr(split)}" for split, count in about.counts.items())
    if "test" not in about.counts:
        parts += ", " + tr("{count:,} of them become the test set", count=about.n_test)
    st.markdown(
        tr(
            "**{data}**: {count:,} images, {shape} pixels, {colours} ({parts})",
            data=escape(about.title),
            count=about.n_images,
            shape=f"{width}x{height}",
            colours=tr("grey") if channels == 1 else tr("colour"),
            parts=parts,
        )
    )
    if about.class_names:
        pairs = zip(about.class_names[:MOST_CLASSES], about.class_counts, strict=False)
        named = ", ".join(f"{escape(name)} ({number(n, ',')})" for name, n in pairs)
        more = len(about.class_names) - MOST_CLASSES
        message = (
            mark("{count:,} classes: {names} and {more:,} more") if more > 0 else mark("{count:,} classes: {names}")
        )
        st.markdown(tr(message, count=len(about.class_names), names=named, more=more))
    else:
        st.markdown(tr("No classes: images lie in no class folders, and no table labels them."))
    skips = [
        "- "
        + tr(
            "{count:,} skipped: {reason} ({examples})",
            count=skip.count,
            reason=escape(tr(skip.reason)),
            examples=escape(", ".join(skip.examples)) + (", …" if skip.count > len(skip.examples) else ""),
        )
        for skip in about.skipped
    ]
    lines = [f"- {escape(note)}" for note in about.notes]
    more_skips = ["- " + tr("{count} more reasons", count=len(skips) - MOST_LINES)] if len(skips) > MOST_LINES else []
    if lines or skips:
        st.caption("\n".join([*skips[:MOST_LINES], *more_skips, *lines]))


def _offer_size(store: Path, about: Imported, use: Use) -> None:
    """Let the visitor choose another side."""
    now = max(about.image_shape[1:])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = st.number_input(
            tr("Side (pixels)"),
            min_value=SMALLEST,
            max_value=LARGEST,
            value=min(max(now, SMALLEST), LARGEST),
            key=f"bring.side.{store}",
            help=tr(
                "Images are cropped to squares and resized to this side, {least} to {most} pixels.",
                least=SMALLEST,
                most=LARGEST,
            ),
        )
        pressed = st.button(tr("Resize"), icon=":material/photo_size_select_large:", disabled=side == now)
    if pressed:
        _run(lambda report: f"{FOLDER_PREFIX}{bring_in_size(store, int(side), report)}", use)
        st.rerun()


def _offer_keeping(store: Path, about: Imported, use: Use) -> None:
    name = st.text_input(
        tr("Name"),
        value=suggest_name(about.title),
        key=f"bring.name.{store}",
        help=tr(
            "Lower-case letters, digits and underscores. All visitors of this server can then train on the images."
        ),
    )

    def do() -> None:
        try:
            name = str(st.session_state[f"bring.name.{store}"]).strip()
            jobs.check_keep(store)
            keep(store, name)
            owners.mark(own_folder(name), owner())
            st.session_state.setdefault(_KEPT, set()).add(name)
            use(name)
        except AevizError as error:
            st.session_state[_MESSAGE] = str(error)

    st.button(tr("Keep"), key="bring.keep", on_click=do, disabled=not name)
    st.caption(tr("They become a data set of this server, beside the built-in ones."))


def _remove(store: Path) -> None:
    homes = {f"{FOLDER_PREFIX}{other}" for other in list_sets(visitor_id()) if other.parent == store.parent}
    if any(job.is_active and job.status.settings.data.name in homes for job in training.list_jobs()):
        st.session_state[_MESSAGE] = tr("a run trains on {data}; stop it first", data=title_of_upload(store))
        return
    remove(store)


def _delete_kept(name: str, use: Use) -> None:
    if any(job.is_active and job.status.settings.data.name == name for job in training.list_jobs()):
        st.session_state[_MESSAGE] = tr("a run trains on {data}; stop it first", data=name)
        return
    try:
        jobs.check_changes()
        remove_own(name)
    except AevizError as error:
        st.session_state[_MESSAGE] = str(error)
        return
    use("digits")
