"""The server now: mode and limits for everybody; machine, memory, sessions and caches where visitors are trusted."""

import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

import streamlit as st
from streamlit import runtime

from aeviz import __version__
from aeviz.language import mark, number, tr
from aeviz.paths import cache_root, runs_root, size_of
from aeviz.serving import owners
from aeviz.serving.checks import available_mb, server_mb
from aeviz.serving.limits import MB, Limits, limits, variable
from aeviz.serving.mode import WORDS, server_mode
from aeviz.training.monitor import max_jobs
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.visitor import owner
from aeviz.workers import process, training

LOOK_S = 5.0
"""Seconds between two looks."""
CACHE_S = 60.0
"""Seconds for which the sizes of folders are not measured again."""
_LIMITS = {
    "jobs": mark("Jobs at work or waiting"),
    "runs": mark("Runs"),
    "disk_mb": mark("MB of runs on the disk"),
    "uploads_mb": mark("MB of uploaded images; as much of kept ones"),
    "memory_mb": mark("MB of uploads on their way"),
}
"""What is limited, of all visitors and, with _each, of one."""


def show_status() -> None:
    """Show how the server stands, and look again every while."""
    st.fragment(_show, run_every=LOOK_S)()


def _show() -> None:
    with errors_as_messages():
        mode = server_mode()
        st.markdown(
            tr(
                "**{mode} mode**: {words}. This is aeviz {version}.",
                mode=mode.capitalize(),
                words=tr(WORDS[mode]),
                version=__version__,
            )
        )
        now, most, more = st.columns([3, 5, 5], gap="medium")
        with now:
            _show_now(is_trusted=mode == "open")
        with most:
            _show_limits(limits())
        with more:
            if mode == "open":
                _show_machine()
            elif mode == "class":
                _show_own()


def _show_now(*, is_trusted: bool) -> None:
    """Show what the server does.

    Args:
        is_trusted: Whether visitors may know what would tell a stranger how busy or how full the machine is.
    """
    jobs = [job for job in training.list_jobs() if job.is_active]
    waiting = sum(job.state == "queued" for job in jobs)
    facts = {
        tr("Trainings at work"): tr("{count} of {most} at a time", count=len(jobs) - waiting, most=max_jobs()),
        tr("In the queue"): f"{waiting}",
    }
    if is_trusted:
        sessions = getattr(runtime.get_instance(), "_session_mgr", None) if runtime.exists() else None
        if sessions is not None:  # Streamlit has no public name for them
            facts[tr("Open windows")] = f"{sessions.num_active_sessions()}"
        facts[tr("Worker processes")] = f"{process.count_workers()}"
        for name, megabytes in ((tr("Memory of the server"), server_mb()), (tr("Memory available"), available_mb())):
            if megabytes is not None:
                facts[name] = f"{number(megabytes, ',')} MB"
    _show_facts(tr("Now"), facts)


def _show_facts(title: str, facts: Mapping[str, str]) -> None:
    lines = "\n".join(f"| {name} | {escape(text)} |" for name, text in facts.items())
    st.markdown(f"| {title} | |\n|---|---|\n{lines}")


def _show_limits(most: Limits) -> None:
    values = {name: number(value, ",") if value else tr("none") for name, value in asdict(most).items()}
    lines = "\n".join(
        f"| {tr(text)} | {values[name]} | {values[name + '_each']} | `{name.upper()}` |"
        for name, text in _LIMITS.items()
    )
    st.markdown(f"| {tr('Limits')} | {tr('all')} | {tr('each')} | {tr('Name')} |\n|---|--:|--:|---|\n{lines}")
    st.caption(
        tr(
            "{free} MB stay free on the disk (FREE_MB). Who runs the server sets a limit by its name: "
            "{all}=60 for all visitors, {each}=3 for each; 0 is none.",
            free=values["free_mb"],
            all=variable("jobs"),
            each=variable("jobs_each"),
        )
    )


def _show_own() -> None:
    mine = [job for job in training.list_jobs() if owners.owner_of(job.path) == owner()]
    active = sum(job.is_active for job in mine)
    _show_facts(
        tr("Yours, by this browser"),
        {
            tr("Runs"): f"{len(mine)}",
            tr("Size"): f"{number(sum(size_of(job.path) for job in mine) / MB, ',.1f')} MB",
            tr("At work or in the queue"): f"{active}",
        },
    )
    st.page_link("pages/train.py", label=tr("Your runs on Train"), icon=":material/model_training:")


def _show_machine() -> None:
    versions = {name: metadata.version(name) for name in ("torch", "streamlit", "numpy")}
    facts = {
        "Python": tr(
            "{version} on {system}",
            version=platform.python_version(),
            system=f"{platform.system()} {platform.machine()}",
        ),
        tr("Packages"): ", ".join(f"{name} {version}" for name, version in versions.items()),
        tr("Device"): tr("{device}, {count} processor cores", device=_device(), count=os.cpu_count() or 1),
    }
    for title, folder in ((tr("Runs"), runs_root()), (tr("Caches"), cache_root())):
        used, free = _folder_mb(str(folder.absolute()))
        facts[title] = tr("{used:,} MB, {free:,} MB free, in {folder}", used=used, free=free, folder=folder.absolute())
    _show_facts(tr("This machine"), facts)
    st.caption(tr("`aeviz doctor` checks the installation and says what to do."))


@st.cache_resource(show_spinner=False)
def _device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


@st.cache_data(ttl=CACHE_S, show_spinner=False)
def _folder_mb(folder: str) -> tuple[int, int]:
    """Return the megabytes in a folder, and those that are free on its disk."""
    place = Path(folder)
    used = size_of(place) // MB
    while not place.exists() and place != place.parent:
        place = place.parent
    return used, shutil.disk_usage(place).free // MB
