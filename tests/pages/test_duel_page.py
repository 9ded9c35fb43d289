"""The duel on runs of the visitor's own, tiny ones."""

import pytest
from test_pages import texts

from aeviz.experiment import train


@pytest.fixture
def open_duel(app, tiny_config, tmp_path):
    """A function that trains a run of one epoch for each tuple of settings, and opens the duel among them."""

    def visit(*runs):
        for place, settings in enumerate(runs):
            train(tiny_config("train.epochs=1", *settings), out=tmp_path / "runs" / f"run-{place}")
        app.switch_page("pages/optimizers.py")
        app.query_params["section"] = "duel"
        app.run()
        assert not app.exception, texts(app.exception)
        return app

    return visit


def test_lines_are_shown_beside_each_other_but_not_aligned(open_duel):
    app = open_duel(("model.latent_dim=1",), ("model.latent_dim=1", "optimizer.name=amsgrad"))
    assert "digits, mlp 8-4-1" in app.selectbox(key="duel").value
    assert "aligned" not in {toggle.key for toggle in app.toggle}
    assert any("cannot be aligned" in text for text in texts(app.caption))
    assert not any("Aligned:" in text for text in texts(app.caption))
    assert not any("moved most" in text for text in texts(app.markdown))


def test_one_method_with_two_memories_is_a_duel(open_duel):
    app = open_duel((), ("optimizer.beta2=0.9",))
    assert app.selectbox(key="left").options == ["ADAM 0.003, beta2 0.999", "ADAM 0.003, beta2 0.9"]
    assert app.selectbox(key="right").value == "ADAM 0.003, beta2 0.9"
    assert any("images that moved most" in text for text in texts(app.markdown))
