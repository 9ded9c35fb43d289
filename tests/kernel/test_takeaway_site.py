"""The site: what its pages name lies in the folder, nothing names this machine, and lessons can be read."""

import posixpath
import re

import pytest

from aeviz.cli import main
from aeviz.errors import ExportError
from aeviz.lessons import find_lessons, parse_view
from aeviz.paths import PROJECT_ROOT, checkpoints_root
from aeviz.training.runs import RunFolder
from aeviz.web.home.live import STARTS
from aeviz.web.takeaway.site.lessons import counterpart
from aeviz.web.takeaway.site.markdown import to_html, to_mathml
from aeviz.web.takeaway.site.models import PAIRS, Contents, pairs_of
from aeviz.web.takeaway.site.shell import Site, file_name
from aeviz.web.takeaway.site.write import make_site, write_site

NAMES = ("digits-2d-adam", "digits-2d-amsgrad")
_ADDRESS = re.compile(r'(?:src|srcset|href)="([^"]*)"')


@pytest.fixture(scope="module")
def site():
    return make_site([RunFolder.read(checkpoints_root() / name) for name in NAMES], title="Digits & more", trains=False)


def test_every_address_leads_to_a_file_of_the_folder(site):
    pages = {path: content.decode() for path, content in site.files.items() if path.endswith(".html")}
    assert len(pages) == 1 + 2 + 1 + 6
    for path, text in pages.items():
        files = re.search('data-files="([^"]*)"', text)
        found = _ADDRESS.findall(text) + (files[1].split() if files else [])
        assert found
        for address in found:
            target = re.split("[?#]", address)[0]
            joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            assert joined in site.files, f"{path} names {address}"
            assert not address.startswith(("/", "http", "//"))
    assert "Digits &amp; more" in pages["index.html"]
    assert "digits-2d-adam and digits-2d-amsgrad" in pages[f"models/{NAMES[0]}.html"]


def test_nothing_names_this_machine_or_another_host(site):
    for path, content in site.files.items():
        assert str(PROJECT_ROOT).encode() not in content, path
        assert not re.search(rb"""(?:from|import|src=|fetch)\s*\(?["']https?://""", content), path
    assert not any("onnxruntime" in path for path in site.files), "plain decoders need no runtime"


def test_lessons_that_ship_have_no_raw_marks(site):
    for name, listed in find_lessons().lessons.items():
        if not listed.is_shipped:
            continue
        text = site.files[f"lessons/{name}.html"].decode()
        body = re.sub("<code>.*?</code>|<script.*?</script>", "", text)
        assert "$" not in body
        assert "\\" not in body
        assert "**" not in body
        assert text.count("<form ") == listed.lesson.questions
        assert "needs the app" in text


def test_markdown_and_formulas():
    assert to_html("a *b* **c** `<d>`\n\n- x\n  y\n- [z](/lab)", lambda target: None) == (
        "<p>a <em>b</em> <strong>c</strong> <code>&lt;d&gt;</code></p><ul><li>x y</li><li>z</li></ul>"
    )
    assert to_html("[z](a.html) <img>", str) == '<p><a href="a.html">z</a> &lt;img&gt;</p>'
    assert to_mathml(r"\frac{1}{2} v^2 - \beta_1") == (
        "<math><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac><msup><mi>v</mi><mn>2</mn></msup>"
        "<mo>&minus;</mo><msub><mi>β</mi><mn>1</mn></msub></mrow></math>"
    )


def test_views_lead_to_their_counterparts():
    contents = Contents(
        models={"a": "models/a.html"}, starts={"a": (1.0, 2.0)}, pairs={("a", "b"): "pairs/a-and-b.html"}
    )

    def shown(address):
        return counterpart(parse_view(address, {"/explore", "/pca", "/generate", "/playground"}), Site(), contents)

    assert shown("/explore?model=a&with.a=nothing&a.at=z2_-25.5") == ("models/a.html?at=1,-25.5", False)
    assert shown("/explore?model=a&a.at=z9_1")[0] == "models/a.html"
    assert shown("/explore?model=a&with.a=b") == ("pairs/a-and-b.html", False)
    assert shown("/explore?model=a&with.a=c") == ("", False)
    assert shown("/explore?model=a&first=measures") == ("models/a.html", True)
    assert shown("/pca?data=digits") == shown("/playground") == ("", False)


def test_pairs_are_those_of_home_of_lessons_and_of_optimizers():
    asked = {(at["model"], at[f"with.{at['model']}"]) for *_, at, _ in STARTS if f"with.{at.get('model')}" in at}
    assert asked == set(PAIRS)
    lessons = [listed.lesson for listed in find_lessons().lessons.values()]
    assert pairs_of(["x-adam", "x-amsgrad", "vae-2d", "vae-2d-anchored"], lessons) == [
        ("x-adam", "x-amsgrad"),
        ("vae-2d-anchored", "vae-2d"),
    ]


def test_a_folder_with_other_files_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("")
    with pytest.raises(ExportError, match="holds other files"):
        write_site(tmp_path, [])
    assert main(["export", *NAMES, "--format", "html"]) == 2
    assert "takes one model" in capsys.readouterr().err
    assert main(["export", "--format", "site", "--second", "x"]) == 2
    assert file_name("a-b") == "a-b"
    assert re.fullmatch("a-b-[0-9a-f]{6}", file_name("a b/ü.."))
