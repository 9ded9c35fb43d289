"""An object whose unpickling leaves a trace: what is read as data must never spring it."""

import os


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)
