"""Names that somebody else chose, as Markdown tells them."""

import pytest

from aeviz.web.words import plain


@pytest.mark.parametrize(
    "name", ["mlp-2d-adam", "folder_of_mine", "T-shirt/top", "Ankle boot", "7", "runs/own-1.5", "Ärmel"]
)
def test_usual_name_stays_as_it_is(name):
    assert plain(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("*a* **b** __c__", r"\*a\* \*\*b\*\* \_\_c\_\_"),
        ("[a](http://b)", r"\[a\](http://b)"),
        ("![a](b)", r"\!\[a\](b)"),
        ("`a` $b$ ~c~", r"\`a\` \$b\$ \~c\~"),
        ("a|b", r"a\|b"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        (":red[a]", r"\:red\[a\]"),
        (":help", r"\:help"),
        (":smile:", ":\N{WORD JOINER}smile:"),
        (":material/home:", ":\N{WORD JOINER}material/home:"),
        ("a\n# b", r"a \# b"),
        ("1. a", r"1\. a"),
        ("- a", r"\- a"),
    ],
)
def test_marks_are_escaped(name, shown):
    assert plain(name) == shown
