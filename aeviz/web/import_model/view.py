"""The import of a model: two files, what they do not say, progress, and what came of it."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from aeviz.bring.settings import MEASURING, Imported, ImportSettings, mend
from aeviz.data import is_available, list_datasets
from aeviz.language import mark, tr
from aeviz.web.import_model.example import files_of, show_example, with_free_name
from aeviz.web.import_model.made import TASK, list_imported, show_result
from aeviz.web.kernel import jobs
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape, format_duration
from aeviz.web.kernel.visitor import owner
from aeviz.workers import importing
from aeviz.workers.task import Task, TaskView

AUTOMATIC = mark("find out")
BEST = mark("find the best fit")
RANGES = (AUTOMATIC, "0..1", "-1..1", "0..255")
MOST_MB = 100
"""Size of an uploaded file; larger ones come in by the command line."""
_POLL_S = 1.0
_SETTINGS, _FILES = "import.settings", "import.files"
"""Session keys: settings of the import of this visitor, and identities of its uploads, None for an example."""
_OWN = mark("Your own model")
_EXPORT = """import torch

model.eval()
N = torch.export.Dim("N")  # any number of images
size = (1, 28, 28)  # of an image: channels, height, width
latent_dim = 16

# images (N, C, H, W) -> latent points; output_names only where the encoder
# returns two tensors: the mean and the log-variance of the posterior
torch.onnx.export(model.encoder, (torch.zeros(2, *size),), "encoder.onnx",
                  dynamic_shapes=({0: N},), output_names=["mean", "log_variance"],
                  external_data=False)

# latent points (N, D) -> images
torch.onnx.export(model.decoder, (torch.zeros(2, latent_dim),), "decoder.onnx",
                  dynamic_shapes=({0: N},), external_data=False)
"""
_PYTHON = """import aeviz

aeviz.import_model("mine", encoder="encoder.onnx", decoder="decoder.onnx")

# a model of pythae (AE, VAE, VQVAE) or an AutoencoderKL of diffusers
aeviz.import_model("theirs", model=vae, data="mnist")

# PyTorch modules as they are
aeviz.import_model("modules", encoder=encoder, decoder=decoder,
                   data="mnist", latent_dim=16)
"""
_SHELL = "aeviz models import mine --encoder encoder.onnx --decoder decoder.onnx --data mnist"


def show_import() -> None:
    """Show the form, or the import that this visitor has begun."""
    with errors_as_messages(stop=False):
        anchor = "-".join(tr(_OWN).lower().split())  # as Streamlit makes that of the heading
        st.markdown(
            tr(
                "Every page shows a model that you trained elsewhere: [upload your own model](#{anchor}).",
                anchor=anchor,
            )
        )
        job: Task | None = st.session_state.get(TASK)
        made = None if job is None else importing.read_imported(job)
        if made is not None:
            show_result(made, _mending(made))
        elif job is not None:
            _show_work(job)
        is_busy = job is not None and (view := job.observe()) is not None and view.is_active
        show_example(_begin, None if made is None else _leave, is_busy=is_busy)
        _show_form(is_busy)
        list_imported("" if made is None else made.name)


def _show_form(is_busy: bool) -> None:
    st.markdown(f"##### {tr(_OWN)}")
    jobs.note_demo()
    first, second, asked = st.columns([3, 3, 5], gap="medium")
    encoder = first.file_uploader(tr("Encoder (ONNX)"), type=["onnx"], key="import.encoder", max_upload_size=MOST_MB)
    decoder = second.file_uploader(tr("Decoder (ONNX)"), type=["onnx"], key="import.decoder", max_upload_size=MOST_MB)
    with asked:
        settings, place = _ask()
        if place.button(
            tr("Import"),
            icon=":material/download:",
            type="primary",
            disabled=encoder is None or decoder is None or is_busy or jobs.is_demo(),
            help=tr(
                "Both files are read, checked and measured in a process of their own: seconds for a small network."
            ),
        ):
            _start(encoder, decoder, settings)
    with st.expander(tr("How to write the two files, and other ways in"), icon=":material/code:"):
        pytorch, python, shell = st.tabs([tr("Export from PyTorch"), tr("In Python"), tr("In a shell")])
        pytorch.code(_EXPORT, language="python", wrap_lines=True)
        python.code(_PYTHON, language="python")
        shell.code(_SHELL, language="sh", wrap_lines=True)
        st.caption(
            tr(
                "Channels may come first or last, pixels may be a row, the latent may be an image: shapes are read "
                "from the files. No code of a file is run: only known operators of ONNX are computed, and pickled "
                "files such as .pt are refused."
            )
        )


def _ask() -> tuple[ImportSettings, DeltaGenerator]:
    """Ask for what the files do not say; return it, and the place of the button before what is rarely asked."""
    left, right = st.columns(2)
    name = left.text_input(
        tr("Name"), value="my-model", key="import.name", help=tr("By which all pages list the model.")
    )
    sets = {info.name: info.title for info in list_datasets() if is_available(info.name)}
    data = right.selectbox(
        tr("Measure it on"),
        [BEST, *sets],
        format_func=lambda each: tr(sets.get(str(each), str(each))),
        key="import.data",
        help=tr(
            "The test images of this data set become the map. They have to be as large as the model's. The best fit "
            "is the data set that the model reconstructs with the smallest error."
        ),
    )
    place = st.container()
    with st.expander(tr("More settings")):
        columns = st.columns(2)
        pixels = [
            column.selectbox(label, RANGES, format_func=tr, key=key, help=tr("Range of the pixels, black to white."))
            for column, label, key in zip(
                columns,
                (tr("Pixels that the encoder takes"), tr("Pixels that the decoder gives")),
                ("import.in", "import.out"),
                strict=True,
            )
        ]
        outputs = [
            column.text_input(label, key=key, placeholder=tr("found by its name"), help=why)
            for column, label, key, why in zip(
                columns,
                (tr("Output with the mean"), tr("Output with the spread")),
                ("import.mean", "import.spread"),
                (
                    tr("Name of the encoder's output that is the latent point or the posterior's mean."),
                    tr("Name of the output that is the log-variance, the variance or the standard deviation."),
                ),
                strict=True,
            )
        ]
    ranges = [None if each == AUTOMATIC else str(each) for each in pixels]
    settings = ImportSettings(
        name=name.strip(),
        data=None if data == BEST else str(data),
        pixels_in=ranges[0],
        pixels_out=ranges[1],
        mean=outputs[0].strip() or None,
        log_variance=outputs[1].strip() or None,
    )
    return settings, place


def _leave() -> None:
    """Show no result any more."""
    del st.session_state[TASK]


def _mending(made: Imported) -> Callable[[], None] | None:
    """Return what imports the same files so that they fit; None where it is not known how, or the files are gone."""
    begun: ImportSettings | None = st.session_state.get(_SETTINGS)
    found = None if begun is None else mend(begun, made)
    if found is None:
        return None
    ids = st.session_state.get(_FILES)
    uploads: list[UploadedFile | None] = [st.session_state.get(f"import.{part}") for part in ("encoder", "decoder")]
    present = [each for each in uploads if each is not None]
    if ids is None:
        files = files_of(made.name)
    elif [each.file_id for each in present] == ids:
        files = present[0].getvalue(), present[1].getvalue()
    else:
        files = None
    if files is None:
        return None
    return lambda: _begin(*files, with_free_name(*files, replace(found, name=f"{made.name}-mended")), ids)


def _start(encoder: UploadedFile | None, decoder: UploadedFile | None, settings: ImportSettings) -> None:
    if encoder is None or decoder is None:
        return
    settings = replace(settings, source=f"{encoder.name} and {decoder.name}")
    _begin(encoder.getvalue(), decoder.getvalue(), settings, [encoder.file_id, decoder.file_id])


def _begin(encoder: bytes, decoder: bytes, settings: ImportSettings, uploads: list[str] | None = None) -> None:
    """Begin an import; `uploads` are the identities of the visitor's own files."""
    jobs.check_new_runs()
    job = importing.importing_task(encoder, decoder, settings)
    importing.start(job, encoder, decoder, settings, owner())
    st.session_state.update({TASK: job, _SETTINGS: settings, _FILES: uploads})
    st.rerun()


@st.fragment(run_every=_POLL_S)
def _show_work(job: Task) -> None:
    """Show how the import stands, and stop it where its checks take too long."""
    with errors_as_messages(stop=False):
        view = job.observe()
        if view is not None and view.is_active:
            problem = importing.check_time(job, view)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.progress(view.share, escape(problem or _say(view)))
                if st.button(tr("Stop"), icon=":material/stop:", key="import.stop"):
                    job.ask_to_stop()
            return
        if importing.read_imported(job) is not None:
            st.rerun(scope="app")
        why = tr("its files are gone") if view is None else view.message or tr("its process ended before it was done")
        if view is not None and view.state == "stopped":
            st.info(tr("The import was stopped; nothing of it is kept."), icon=":material/stop_circle:")
        else:
            st.error(tr("The model was not imported: {why}.", why=escape(why)), icon=":material/error:")


def _say(view: TaskView) -> str:
    """Return what the worker does, which speaks English, and how long that takes."""
    message, measuring = view.message, MEASURING.removesuffix("{data}")
    is_measuring = message.startswith(measuring)
    message = tr(MEASURING, data=message.removeprefix(measuring)) if is_measuring else tr(message)
    if view.seconds_left is None:
        return message
    return tr("{message}; about {duration} left", message=message, duration=format_duration(view.seconds_left))
