"""Every page in German: what a visitor reads there is not the English message of a text that has a translation."""

import re
from pathlib import Path

import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect
from test_walk import TITLES

from aeviz.language import FOLDER, in_language, tr
from tools.languages import entries, read

FEWEST_LETTERS = 12
"""Of a message with values beside these: with fewer it might be any text."""
# Of a paragraph all is taken at once; words in italics may be the title of a cited work, which is not translated.
TEXTS = """() => {
  const found = new Set();
  const take = text => { const line = (text ?? '').replace(/\\s+/g, ' ').trim(); if (line) found.add(line); };
  const walk = root => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) walk(node.shadowRoot);
      if (node.closest('script, style, .katex, code, em, [data-testid=stIconMaterial]')) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) take(node.getAttribute(name));
      for (const child of node.childNodes) if (child.nodeType === Node.TEXT_NODE) take(child.textContent);
      if (['P', 'LI', 'FIGCAPTION'].includes(node.tagName)) take(node.textContent);
    }
  };
  walk(document.querySelector('.stApp'));
  return [...found];
}"""


def english_messages():
    """Patterns of the messages whose translation reads otherwise, by message."""
    patterns, german = {}, set()
    for (_, one), entry in entries(read(Path(FOLDER) / "de.po")).items():
        for message, text in zip(
            entry.id if not isinstance(entry.id, str) else [one],
            entry.string if not isinstance(entry.string, str) else [entry.string],
            strict=False,
        ):
            plain = re.sub(r"[*`]|:material/\w+:", "", " ".join(message.split())).strip()
            parts = re.split(r"\{[^{}]*\}", plain)
            letters = sum(letter.isalpha() for part in parts for letter in part)
            german.add(text)
            if message != text and letters >= (FEWEST_LETTERS if len(parts) > 1 else 3):
                patterns[message] = re.compile("(.{1,60})".join(map(re.escape, parts)))
    return {message: pattern for message, pattern in patterns.items() if message not in german}


MESSAGES = english_messages()


def left_in_english(texts):
    """The texts that are an English message, with what stands in its braces."""
    return sorted(text for text in texts if any(pattern.fullmatch(text) for pattern in MESSAGES.values()))


def tr_german(message):
    """A message in German."""
    with in_language("de"):
        return tr(message)


def test_an_english_text_is_noticed():
    assert left_in_english(["Zoom in", "Vergrößern", "0.5", "Adam"]) == ["Zoom in"]


def test_settings_outlive_a_change_of_language(visit):
    """The page names an option by its label, which is another one then."""
    page = visit("/train?settings=open&preset=sparse-kl")
    bottleneck = page.get_by_role("combobox", name="Bottleneck")
    before = bottleneck.input_value()
    penalty = page.get_by_role("combobox", name="Penalty on the code", exact=True)
    kept = penalty.input_value()
    page.get_by_role("radio", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    wait_until_idle(page)
    epochs = page.get_by_role("spinbutton", name="Epochen", exact=True)
    epochs.fill("7")
    epochs.press("Enter")
    wait_until_idle(page)
    expect(page.get_by_role("combobox", name=tr_german("Penalty on the code"), exact=True)).to_have_value(
        tr_german(kept)
    )
    expect(page.get_by_role("combobox", name=tr_german("Bottleneck"))).to_have_value(tr_german(before))
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("path", [*TITLES, "/status"])
def test_page_speaks_german(visit, path):
    page = visit(f"{path}?lang=de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    wait_until_idle(page)
    assert not left_in_english(page.evaluate(TEXTS))
    expect(page.get_by_test_id("stException")).to_have_count(0)
