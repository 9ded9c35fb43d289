"""What class arithmetic says of the ends of the data: only where something is crossed out, and only what differs."""

import pytest
from test_generate_page import walk_of
from visits import open_page, texts

from aeviz.web.generate.arithmetic import describe_ends


@pytest.mark.parametrize(("image", "plus", "is_crossed"), [(4, "3", False), (0, "5", True)])
def test_crosses_are_explained_only_where_there_are_any(app, image, plus, is_crossed):
    app = open_page(app, "generate", "digits-2d-adam", make="arithmetic", onto=str(image), plus=plus)
    assert not app.exception
    rows = walk_of(app)["rows"]
    assert any("(\N{MULTIPLICATION SIGN})" in row["title"] for row in rows) == is_crossed
    assert any(any(row["far"]) for row in rows) == is_crossed
    assert ("Along this direction" in " ".join(texts(app.markdown))) == is_crossed


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-3.0, 2.5, "Both ends of the strip lie within that."),
        (-1.96, 1.96, "Both ends of the strip lie within that."),
        (-3.0, 1.5, "Strength 2 is 0.5 beyond that: there is more room below the image than above."),
        (-1.0, 3.0, "Strength -2 is 1.0 beyond that: there is more room above the image than below."),
        (
            -1.0,
            1.5,
            "Strength -2 is 1.0 and strength 2 is 0.5 beyond that: there is more room above the image than below.",
        ),
        (-1.0, 1.0, "Strength -2 is 1.0 and strength 2 is 1.0 beyond that."),
    ],
)
def test_ends_of_the_data_are_compared_only_where_they_differ(low, high, text):
    assert describe_ends(low, high).replace("\N{MINUS SIGN}", "-") == text
