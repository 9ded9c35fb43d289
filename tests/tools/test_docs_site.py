"""The documentation's site: how texts of the repository become pages. `make docs` builds it."""

import re
from types import SimpleNamespace

import pytest
from mkdocs.exceptions import PluginError

from tools.docs_site import deepen_lists, notebook_page, on_page_content, on_post_page, relink

KNOWN = {"docs/guide.md": "guide.md", "README.md": "index.md", "checkpoints/FACES.md": "models/faces.md"} | {
    "docs/images/a.png": "images/a.png"
}
PAGE = SimpleNamespace(file=SimpleNamespace(src_uri="page.md"))


@pytest.mark.parametrize(
    ("source", "here", "text", "expected"),
    [
        ("README.md", "index.md", "[the guide](docs/guide.md#train)", "[the guide](guide.md#train)"),
        ("docs/api/index.md", "api/index.md", "[readme](../../README.md)", "[readme](../index.md)"),
        ("checkpoints/x/README.md", "models/x.md", "[terms](../FACES.md)", "[terms](faces.md)"),
        ("README.md", "index.md", "![a map](docs/images/a.png)", "![a map](images/a.png)"),
        ("README.md", "index.md", "the [licence](LICENSE) applies", "the licence applies"),
        ("README.md", "index.md", "[a](https://x.org/y) [b](#start) [c](no.md)", None),
    ],
)
def test_links_between_files_become_links_between_pages(source, here, text, expected):
    assert relink(text, source, here, KNOWN) == (expected or text)


def test_lists_are_indented_as_python_markdown_wants_it():
    text = "- a\n  more\n  - b\n    of b\nplain\n    code\n1. one\n   ```\n     x\n   ```\n"
    assert deepen_lists(text) == (
        "- a\n    more\n    - b\n        of b\nplain\n    code\n1. one\n      ```\n        x\n      ```\n"
    )


def test_notebooks_become_pages_without_outputs():
    cells = [
        {"cell_type": "markdown", "source": ["# A\n", "text"]},
        {"cell_type": "code", "source": ["x = 1\n", "x"], "outputs": [1]},
    ]
    assert notebook_page({"cells": cells}) == "# A\ntext\n\n```python\nx = 1\nx\n```\n"


def test_formulas_become_mathml():
    drawn = on_page_content(r'<p><span class="arithmatex">\(a^2 &lt; \frac{1}{2}\)</span></p>', PAGE, None, None)
    assert re.match(r"<p><math .*<msup>.*&#x0003C;.*<mfrac>.*</math></p>", drawn)
    with pytest.raises(PluginError, match=r"page\.md has a formula that was not drawn"):
        on_post_page(r"<p>\(x\)</p>", PAGE, None)


@pytest.mark.parametrize(
    ("output", "refused"),
    [
        ('<script src="https://cdn.org/a.js">', True),
        ('<link rel="stylesheet" href="//fonts.org/b.css">', True),
        ('<img alt="x" src="http://x.org/c.png">', True),
        ('<a href="https://x.org">link</a><img src="images/a.png"><script src="assets/a.js">', False),
    ],
)
def test_pages_that_would_load_from_another_host_are_refused(output, refused):
    if refused:
        with pytest.raises(PluginError, match=r"page\.md would load from another host"):
            on_post_page(output, PAGE, None)
    else:
        assert on_post_page(output, PAGE, None) == output
