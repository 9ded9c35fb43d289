"""What Generate says of images that came out wrong, where their points alone give no reason for doubt."""

from visits import open_page, texts


def test_points_near_test_images_give_no_false_comfort(app):
    """At temperature 2 the points lie among test images, and the page names the two digits that came out wrong."""
    app = open_page(app, "generate", "vae-2d-anchored", make="write a number", number="49382", temperature="2")
    said = " ".join(texts(app.caption))
    assert "All 5 points lie near those of test images. That alone does not make a drawing right." in said
    assert "the 8 in place 4 is read as no clear class (5 of 10); the 2 in place 5 is read as 8 (8 of 10)." in said
