"""The figures at /metrics: what the process counts, and how it stands now."""

from collections import Counter
from typing import get_args

from streamlit import runtime

from aeviz import __version__
from aeviz.serving.checks import available_mb, server_mb
from aeviz.serving.limits import MB
from aeviz.serving.metrics import Sample, write_metrics
from aeviz.workers import process, training

PATH = "/metrics"


def metrics_text(upload_bytes: int) -> str:
    """Return the figures of this server; it looks at the folder of runs, so it is not for the server's one loop.

    Args:
        upload_bytes: Bytes of uploads in memory, which the loop counts.
    """
    states = Counter(job.state for job in training.list_jobs())
    every = [state for part in get_args(training.ObservedState) for state in (get_args(part) or (part,))]
    samples = [
        Sample("aeviz_info", "gauge", "The version that runs.", {__version__: 1}, "version"),
        Sample(
            "aeviz_jobs",
            "gauge",
            "Trainings in the folder of runs by state.",
            {state: states[state] for state in every},
            "state",
        ),
        Sample("aeviz_workers", "gauge", "Processes that this server started.", {"": process.count_workers()}),
        Sample("aeviz_upload_bytes", "gauge", "Uploads in memory.", {"": upload_bytes}),
    ]
    sessions = getattr(runtime.get_instance(), "_session_mgr", None) if runtime.exists() else None
    if sessions is not None:  # Streamlit has no public name for them
        open_windows = float(sessions.num_active_sessions())
        samples.append(Sample("aeviz_sessions", "gauge", "Windows that are open.", {"": open_windows}))
    for name, text, megabytes in (
        ("aeviz_memory_bytes", "Memory of the server's process.", server_mb()),
        ("aeviz_memory_available_bytes", "Memory that programs can still have.", available_mb()),
    ):
        if megabytes is not None:
            samples.append(Sample(name, "gauge", text, {"": megabytes * MB}))
    return write_metrics(samples)
