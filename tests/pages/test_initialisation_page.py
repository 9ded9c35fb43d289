"""Vanishing gradients: activation and depth choose the figure, and dead units of the digit models are counted."""

from visits import assert_healthy, open_page


def test_activation_depth_and_dead_units(app):
    open_page(app, "lab", experiment="Vanishing gradients", activation="sigmoid", layers="20", dead="true")
    assert_healthy(app, "Lab")
    table = app.dataframe[0].value.set_index("model")
    encoder = table.columns[0]
    assert table.loc["digits-2d-adam", encoder].count("of") == 3  # these images come with scikit-learn
    assert table.loc["mlp-2d-adam", encoder] == "not counted"
    assert 0 < table.loc["mlp-2d-adam", "dead"] < 1
    assert any("n Var w" in block.value for block in app.markdown)
