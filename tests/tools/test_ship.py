"""What of a training ships."""

from itertools import pairwise

import pytest

from aeviz.training.samples import SAMPLES, list_samples
from tools.ship import thin_samples


@pytest.mark.parametrize(("last", "most"), [(40, 14), (40, 5), (300, 100), (6, 14)])
def test_thinned_film_keeps_both_ends_and_a_dense_beginning(tmp_path, last, most):
    (tmp_path / SAMPLES).mkdir()
    for epoch in range(last + 1):
        (tmp_path / SAMPLES / f"epoch-{epoch:06d}.npz").touch()
    (tmp_path / SAMPLES / "fixed.npz").touch()
    thin_samples(tmp_path, most)
    kept = list_samples(tmp_path)
    assert kept[:2] == [0, 1]
    assert kept[-1] == last
    assert len(kept) == last + 1 if last < most else len(kept) <= most
    gaps = [after - before for before, after in pairwise(kept)]
    assert gaps[0] <= gaps[-1]
    assert (tmp_path / SAMPLES / "fixed.npz").exists()
