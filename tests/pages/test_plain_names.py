"""Names that somebody else chose, as Markdown tells them."""

import pytest
from streamlit.testing.v1 import AppTest

from aeviz.web.kernel.text import escape


@pytest.mark.parametrize(
    "name", ["mlp-2d-adam", "folder_of_mine", "T-shirt/top", "Ankle boot", "7", "runs/own-1.5", "Ärmel"]
)
def test_usual_name_stays_as_it_is(name):
    assert escape(name) == name


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
    assert escape(name) == shown


def fail_on_a_name():
    from aeviz.errors import DataError
    from aeviz.web.kernel.page import errors_as_messages

    with errors_as_messages(stop=False):
        raise DataError("cannot read '*my* [file](x)_$1$.png'; expected a picture")


def test_error_about_such_a_name_shows_it():
    app = AppTest.from_function(fail_on_a_name).run()
    assert app.error[0].value == r"cannot read '\*my\* \[file\](x)\_\$1\$.png'; expected a picture"
