import pytest
from made_up_faces import write_faces

from aeviz.data import (
    face_workers,
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The folder of the faces, the test's own, which does not exist yet."""
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "celeba"


@pytest.fixture
def root(tmp_path):
    """A data root with CelebA in small: 24 made-up photographs, whose numbers have gaps."""
    return write_faces(tmp_path / "root")


@pytest.fixture
def photographs(root):
    return root / "celeba" / "img_align_celeba"


@pytest.fixture
def several(monkeypatch):
    """Make the few made-up faces by several processes, as the many real ones are."""
    monkeypatch.setattr(face_workers, "_FEW", 2)
    monkeypatch.setattr(face_workers, "_count_cores", lambda: 3)
