"""Runs on the Hugging Face Hub: `push` uploads a run with its card, `pull` downloads one, whole or not at all.

Only safetensors, JSON and the card travel, by the names below. HF_TOKEN, or the token of `hf auth login`, is used and
never shown; HF_ENDPOINT names another Hub. This was tried against a stub of the Hub's HTTP API that the tests start,
with the real client, and not against the Hub itself.
"""

import dataclasses
import hashlib
import importlib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aeviz.config import FORMAT_VERSION, RunConfig
from aeviz.data import is_available, load_dataset
from aeviz.data.catalog import find_source
from aeviz.data.changes import with_class_order
from aeviz.data.folder import FOLDER_PREFIX
from aeviz.errors import AevizError, CheckpointError, CheckpointFormatError, HubError
from aeviz.export.card import CARD, write_card
from aeviz.paths import runs_root
from aeviz.training.foreign import NETWORK, NETWORK_BYTES
from aeviz.training.json_lines import LINES_BYTES
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, MODEL, RunFolder, find_run, listed_roots
from aeviz.training.safe_files import JSON_BYTES, is_regular_file

if TYPE_CHECKING:
    from aeviz.training.run import Run

LIMITS = {
    CONFIG: JSON_BYTES,
    CARD: JSON_BYTES,
    HISTORY: LINES_BYTES,
    EVALUATION: JSON_BYTES,
    NETWORK: NETWORK_BYTES,
    MODEL: 4 << 30,
}
"""The files that travel, and the largest size of each in bytes; the weights come last."""
REQUIRED = (CONFIG, MODEL)
Report = Callable[[float, str], None]
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_ENDPOINT = "HF_ENDPOINT"
_MOST_ENCODED = 10_000
"""Test images that are encoded at once where they are on this machine: seconds; those of CelebA take minutes."""
_SLACK = 1 << 16
"""Bytes that may arrive above the size of a file: whole chunks are counted."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What was uploaded."""

    url: str
    """Address of the model on the Hub."""
    commit: str
    """Identity of the commit."""
    files: tuple[str, ...]
    bytes: int


def push(run: str | Path | RunFolder, repo: str, *, private: bool = False, licence: str | None = None) -> Pushed:
    """Upload a run with its card to the Hugging Face Hub; the repository is made where it is not there.

    Of the run config.json, history.jsonl, evaluation.json, model.safetensors, for an imported model network.json, and
    the card travel: no image, no code of an image, and of a folder of one's own images its last name alone.

    Args:
        run: A name that `aeviz list` shows, the path of a run's folder, or the folder.
        repo: OWNER/NAME.
        private: Whether a repository that is made is private.
        licence: The Hub's identifier of the licence that the card names, such as "mit"; None for what the card says.

    Raises:
        HubError: huggingface_hub or a token is missing, the Hub refuses or cannot be reached.
        CheckpointError: The run cannot be read, or is not trained.
    """
    hub, folder = _client(repo), run if isinstance(run, RunFolder) else find_run(run)
    if not folder.is_trained:
        raise CheckpointFormatError(f"run '{folder.name}' has no {MODEL} yet: its first epoch has not ended")
    token = hub.get_token()
    if not token:
        raise HubError("no token for the Hugging Face Hub; make one with the right to write and set HF_TOKEN to it, or "
                       "run: hf auth login")  # fmt: skip
    shown = _without_path(folder)
    operations, size = [], 0
    for name, limit in LIMITS.items():
        path: Path = folder.path / name
        content: bytes | None = None
        if name == CONFIG:
            values = {"format": FORMAT_VERSION, **shown.to_dict(), "provenance": folder.provenance.to_dict()}
            content = (json.dumps(values, indent=2, allow_nan=False) + "\n").encode()
        elif name == CARD:
            content = _card(folder, repo, licence).encode()
        elif not is_regular_file(path):
            continue
        n_bytes = path.stat().st_size if content is None else len(content)
        if n_bytes > limit:
            raise HubError(f"{name} of run '{folder.name}' has {n_bytes:,} bytes; expected at most {limit:,}")
        operations.append(hub.CommitOperationAdd(path_in_repo=name, path_or_fileobj=content or str(path)))
        size += n_bytes
    with _hub_errors(hub, repo, token):
        api = hub.HfApi(endpoint=_endpoint(), token=token, library_name="aeviz")
        api.create_repo(repo, private=private, exist_ok=True, repo_type="model")
        done = api.create_commit(repo, operations, commit_message=f"Upload {folder.name} by aeviz")
    url = f"{_endpoint() or 'https://huggingface.co'}/{repo}"
    return Pushed(url=url, commit=done.oid, files=tuple(each.path_in_repo for each in operations), bytes=size)


def pull(
    repo: str, *, revision: str | None = None, name: str | None = None, on_progress: Report | None = None
) -> RunFolder:
    """Download a run from the Hugging Face Hub into AEVIZ_RUNS, whole or not at all.

    Files are looked for by name, their sizes are checked before and while they arrive, those that the Hub keeps a
    digest of are compared with it, and the run is read and loaded as any other before it is listed. Nothing in it is
    executed. Where its published data set is on this machine, at most 10,000 test images are encoded for its map.

    Args:
        repo: OWNER/NAME.
        revision: Branch, tag or commit; None for the newest.
        name: Of the run; None for NAME.
        on_progress: Called in this thread with the share done in [0, 1] and a text. If it raises, nothing stays.

    Raises:
        HubError: huggingface_hub is missing, there is no such repository, revision or run in it, or the network fails.
        CheckpointError: What was downloaded is no run, or a run of that name is there already.
    """
    hub, report = _client(repo), on_progress or _ignore
    target = _target(name or repo.split("/")[1])
    token = hub.get_token()
    report(0.0, "connecting")
    with _hub_errors(hub, repo, token):
        api = hub.HfApi(endpoint=_endpoint(), token=token or False, library_name="aeviz")
        info = api.model_info(repo, revision=revision, files_metadata=True, timeout=30)
    files = _wanted(repo, info)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".pull-", dir=target.parent))
    except OSError as error:
        raise CheckpointError(
            f"cannot write into {target.parent}: {error.strerror or error}; see AEVIZ_RUNS"
        ) from error
    try:
        free, total = shutil.disk_usage(temporary).free, sum(size for size, _ in files.values())
        if total > free:
            raise HubError(f"{repo} has {total / 1e6:.0f} MB; {target.parent} has room for {free / 1e6:.0f} MB")
        folder = temporary / target.name
        folder.mkdir()
        before = 0
        for file, (size, digest) in files.items():
            with _hub_errors(hub, repo, token):
                got = hub.hf_hub_download(
                    repo,
                    file,
                    revision=info.sha,
                    local_dir=temporary / "download",
                    token=token or False,
                    endpoint=_endpoint(),
                    tqdm_class=_bar(size, before, total, report),
                )
            _check(Path(got), size, digest, repo)
            os.replace(got, folder / file)
            before += size
        run = _check_run(folder, repo)
        report(1.0, "encoding the test images")
        _encode_test_set(run)
        folder.chmod(0o755)
        folder.rename(target)
    except OSError as error:
        if isinstance(error, AevizError):
            raise
        raise CheckpointError(
            f"{repo} could not be kept in {target.parent}: {error.strerror or error}; nothing of it is kept"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return RunFolder.read(target)


def _client(repo: str) -> Any:
    """Import huggingface_hub, quiet about what it does; check the name of the repository first."""
    if not _REPO.fullmatch(repo) or ".." in repo or "--" in repo:
        raise HubError(f"{repo[:100]!r} is no repository of the Hub; expected OWNER/NAME, such as me/vae-2d")
    try:
        hub = importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise HubError('the Hub needs huggingface_hub, which is not installed: pip install "aeviz[hub]"') from error
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    return hub


def _endpoint() -> str | None:
    """Return the address of another Hub, as it is now: the client reads it once, when it is imported."""
    return os.environ.get(_ENDPOINT, "").strip().rstrip("/") or None


def _without_path(folder: RunFolder) -> RunConfig:
    """Return the config of a run without the path of a folder of one's own images."""
    config, name = folder.config, folder.config.data.name
    if not name.startswith(FOLDER_PREFIX):
        return config
    short = FOLDER_PREFIX + (Path(name.removeprefix(FOLDER_PREFIX)).name or "images")
    return dataclasses.replace(config, data=dataclasses.replace(config.data, name=short))


def _card(folder: RunFolder, repo: str, licence: str | None) -> str:
    """Return the card of a run, with how to pull it, and the licence that its owner names."""
    text = write_card(folder)
    if licence is not None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,40}", licence):
            raise HubError(f"{licence[:60]!r} is no licence of the Hub; expected one such as mit or cc-by-4.0")
        text = re.sub(r"^license: .*$", f"license: {licence}", text, count=1, flags=re.MULTILINE)
    where = f"From the Hub, into the folder of your runs:\n\n```sh\naeviz pull {repo}\n```\n\n"
    return text.replace("## Load it\n\n", f"## Load it\n\n{where}", 1)


def _target(name: str) -> Path:
    """Return the folder of a run that is to come.

    Raises:
        CheckpointError: The name cannot be one, or is taken.
    """
    if Path(name).name != name or name.startswith(".") or not name.isprintable() or len(os.fsencode(name)) > 200:
        raise CheckpointError(f"{name[:100]!r} cannot name a run; expected a plain name: choose another with --name")
    for root in listed_roots():
        if os.path.lexists(root / name):
            raise CheckpointError(f"there is a run {name!r} already, in {root}; choose another name with --name")
    return runs_root() / name


def _wanted(repo: str, info: Any) -> dict[str, tuple[int, str | None]]:
    """Return size and SHA-256, where the Hub keeps one, of the files of a run in a repository.

    Raises:
        HubError: A file is missing or too large.
    """
    found: dict[str, tuple[int, str | None]] = {}
    known = {each.rfilename: each for each in info.siblings or ()}
    for name, limit in LIMITS.items():
        if name not in known:
            continue
        entry = known[name]
        size = entry.size
        if not isinstance(size, int) or not 0 <= size <= limit:
            raise HubError(f"{name} of {repo} has {size} bytes; expected at most {limit:,}; nothing is kept")
        found[name] = size, entry.lfs.sha256 if entry.lfs else None
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        raise HubError(f"{repo} holds no run of aeviz: {' and '.join(missing)} not there; see aeviz push")
    return found


def _check(path: Path, size: int, digest: str | None, repo: str) -> None:
    if not is_regular_file(path) or path.stat().st_size != size:
        raise HubError(f"{path.name} of {repo} is not of the size that the Hub names; nothing is kept; try again")
    if digest is not None:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != digest:
            raise HubError(f"{path.name} of {repo} is not the file that the Hub names; nothing is kept; try again")


def _check_run(folder: Path, repo: str) -> "Run":
    """Read and load a run that was downloaded, and return it.

    Raises:
        CheckpointError: It is no run, or its weights do not fit its config.
    """
    from aeviz.training.run import load

    try:
        run = RunFolder.read(folder)
        run.history()
        run.evaluation()
        return load(run)
    except AevizError as error:
        raise CheckpointFormatError(f"what {repo} holds cannot be used, and is not kept: {error}") from error


def _encode_test_set(run: "Run") -> None:
    """Make the map of a run whose published data set is on this machine; without it the run is as good."""
    name = run.config.data.name
    source = find_source(name)
    if source.info is None or source.info.n_test > _MOST_ENCODED or not is_available(name):
        return
    from aeviz.analysis.evaluation import tabulate

    try:
        images = with_class_order(load_dataset(run.config.data, "test"), run.folder.provenance.class_names)
        run.folder.write_latents(tabulate(run, images))
    except AevizError as error:
        logging.getLogger(__name__).warning("the test images of %s are not encoded: %s", name, error)


def _bar(size: int, before: int, total: int, report: Report) -> type:
    """Return a stand-in for tqdm that reports what has arrived, and ends a file that is too long."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]
        def __init__(self, *_: Any, **options: Any) -> None:
            super().__init__(total=options.get("total"), initial=options.get("initial", 0), disable=True)
            self.arrived = int(options.get("initial") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            self.arrived += int(n or 0)
            if self.arrived > size + _SLACK:
                raise HubError("a file is longer than the Hub says; nothing is kept")
            done = before + min(self.arrived, size)
            report(done / max(1, total), f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")
            return None

    return cast(type, Bar)


@contextmanager
def _hub_errors(hub: Any, repo: str, token: str | None) -> Iterator[None]:
    """Turn what the client raises into one sentence, without the token."""
    errors = hub.errors
    bars = importlib.import_module("huggingface_hub.utils")
    bars.disable_progress_bars()
    try:
        yield
    except AevizError:
        raise
    except errors.GatedRepoError as error:
        raise HubError(f"{repo} is gated: ask for access on its page, then set HF_TOKEN") from error
    except errors.RepositoryNotFoundError as error:
        raise HubError(
            f"there is no repository {repo} on the Hub, or it is private and the token may not see it; check the name, "
            "and HF_TOKEN"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise HubError(f"{repo} has no such revision; leave out --revision for the newest") from error
    except errors.HfHubHTTPError as error:
        status = getattr(error.response, "status_code", None)
        if status in (401, 403):
            raise HubError(
                f"the Hub refuses the token for {repo} ({status}); make one with the right to write and set HF_TOKEN"
            ) from None
        raise HubError(f"the Hub answers {status} for {repo}: {_clean(error, token)}; try again later") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise HubError(
            f"the Hub cannot be reached, or broke off, for {repo}: {_clean(error, token)}; check the network and "
            f"{_ENDPOINT}; nothing is kept"
        ) from None
    except Exception as error:
        if not type(error).__module__.startswith(("httpx", "httpcore", "huggingface_hub")):
            raise
        raise HubError(
            f"the Hub cannot be reached, or broke off, for {repo}: {_clean(error, token)}; check the network and "
            f"{_ENDPOINT}; nothing is kept"
        ) from None


def _clean(error: BaseException, token: str | None) -> str:
    """Return the message of an error as one line, without the token."""
    text = " ".join(str(error).split()) or type(error).__name__
    if error.__cause__ is not None and str(error.__cause__) not in text:
        text = f"{text.rstrip('.')}: {' '.join(str(error.__cause__).split())}"
    return (text.replace(token, "***") if token else text)[:300]


def _ignore(share: float, text: str) -> None:
    """Report progress to nobody."""
