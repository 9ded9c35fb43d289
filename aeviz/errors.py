"""The exceptions that aeviz raises on purpose.

    AevizError
      ConfigError (ValueError)           a setting, or a combination of settings, cannot work
      DataError (ValueError)             a data set or an image is missing, damaged or of the wrong form
      CheckpointError
        CheckpointNotFoundError          no trained model of that name or at that path
        CheckpointFormatError            a file of a run is damaged, incomplete or of an unknown format
        CheckpointMismatchError          weights and config of a run contradict each other
      TrainingError                      training cannot go on (the loss is no longer finite)
        StorageError                     a run cannot be written, for example because the disk is full
      TrainingStopped                    somebody asked the run to stop; it can be resumed
      NotAllowedError                    this server does not let its visitors do that, or a limit is reached
      WorkerError                        a process that works in the background cannot be started or given its files
      ExportError                        a model cannot be written in, or read from, another program's format
      HubError                           a run cannot be pushed to, or pulled from, the Hugging Face Hub
      ImportedModelError (ValueError)    a model of another program cannot be read, or does not fit images and points
      PayloadError (ValueError)          what the page is sent cannot be packed, or is damaged
      LessonError (ValueError)           a lesson file cannot be used
      ClassroomError                     a class cannot be opened, found or answered
      ProcessLostError                   another process of a training was lost

A message says what is wrong with which thing, what was found, what was expected and what to do next. The app and the
command line show the message and nothing else, so it has to stand alone.
"""

_LONGEST_REASON = 300
"""Characters of a library's reason in a message."""


class AevizError(Exception):
    """Base of every error whose message is meant for the person at the screen."""


def reason_of(error: object) -> str:
    """Return what a library says of damaged data as a line for a message: it may quote all of them, in many lines."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"


class ConfigError(AevizError, ValueError):
    """Raised when a setting, or a combination of settings, cannot work."""


class DataError(AevizError, ValueError):
    """Raised when a data set or an image is missing, damaged or of the wrong form."""


class CheckpointError(AevizError):
    """Base of the errors about trained models on disk."""


class CheckpointNotFoundError(CheckpointError, FileNotFoundError):
    """Raised when there is no trained model of that name or at that path."""


class CheckpointFormatError(CheckpointError):
    """Raised when a file of a run is damaged, incomplete or of an unknown format."""


class CheckpointMismatchError(CheckpointError):
    """Raised when the weights of a run do not fit its config."""


class TrainingError(AevizError):
    """Raised when training cannot go on; the message names the epoch and the step."""


class StorageError(TrainingError):
    """Raised when the files of a run cannot be written, for example because the disk is full."""


class TrainingStopped(AevizError):  # noqa: N818 - a wish that was granted, no error
    """Raised in a training run that was asked to stop; what was learned is kept and can be resumed."""


class NotAllowedError(AevizError):
    """Raised when a server does not let its visitors do something; the message says the limit and what to do."""


class WorkerError(AevizError):
    """Raised when a process that works in the background cannot be started, or its files cannot be written."""


class ProcessLostError(AevizError):
    """Raised when one of several processes that train a network together does not answer any more."""


class ExportError(AevizError):
    """Raised when a model cannot be written in another program's format, or when such a file does not fit its run."""


class HubError(AevizError):
    """Raised when a run cannot be pushed to the Hugging Face Hub, or pulled from there."""


class ImportedModelError(AevizError, ValueError):
    """Raised when a model of another program cannot be read, computed, or fitted to images and latent points."""


class PayloadError(AevizError, ValueError):
    """Raised when the data for a part of the page cannot be packed, or is damaged where it is read."""


class LessonError(AevizError, ValueError):
    """Raised when a lesson file cannot be used; each problem names the step and the field, or the line.

    Args:
        problems: What is wrong, a sentence each.
        name: Name of the file, with which the message begins.
        is_read: Whether the file could be read at all.
    """

    def __init__(self, *problems: str, name: str = "", is_read: bool = True) -> None:
        self.problems, self.name, self.is_read = problems, name, is_read
        text = "; ".join(problems) if len(problems) == 1 else " ".join(f"({k}) {p}." for k, p in enumerate(problems, 1))
        count = f" {len(problems)} errors." if len(problems) > 1 else ""
        super().__init__(f"{name}:{count} {text}" if name else text)


class ClassroomError(AevizError):
    """Raised when a class cannot be opened or found, or takes no answer."""
