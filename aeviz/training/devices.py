"""Choice of the device that computes."""

import torch

from aeviz.config import DeviceName
from aeviz.errors import ConfigError


def resolve_device(name: DeviceName) -> torch.device:
    """Return the device for a setting; auto takes CUDA, else Apple's MPS, else the CPU.

    Raises:
        ConfigError: The device was asked for by name and this machine or this build of torch lacks it.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(device for device, present in available.items() if present))
    if not available[name]:
        raise ConfigError(
            f"device {name!r} is not available here (torch {torch.__version__}); use --device auto or --device cpu"
        )
    return torch.device(name)


def describe_device(device: torch.device) -> str:
    """Return the device's name for people, such as "CPU, 2 threads" or "NVIDIA H200"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU (MPS)"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


def name_devices() -> dict[DeviceName, str | None]:
    """Return each device of this machine by the name that people know it by; None for one that it lacks."""
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    names: dict[DeviceName, str | None] = {
        "cpu": "CPU",
        "cuda": torch.cuda.get_device_name() if cuda else None,
        "mps": "Apple GPU" if mps else None,
    }
    return {"auto": names["cuda"] or names["mps"] or names["cpu"], **names}
