from page_scripts import run_script

SCRIPT = """
const { language, localise, mark, number, tr, trc, trn } = await import("./kit/language.js");
const { brief } = await import("./kit/dom.js");
const texts = () => [
  tr("Zoom in"), tr(mark("not there {x}")), tr("{n} of {data}", { n: 1.5, data: "a.b" }),
  tr("{n} of {other}", { n: 1 }),
  trc("a verb", "Map"), trn("{count} image", "{count} images", 1), trn("{count} image", "{count} images", 1201),
  number(1234), number(0.12345, 3), localise("1,234.5"), brief(-1.234),
];
async function main(catalogue) {
  const english = texts();
  const attributes = {};
  globalThis.document = { documentElement: { getAttribute: name => attributes[name] ?? null } };
  const waits = [language()];
  let asked = 0;
  globalThis.fetch = async address => {
    asked += 1;
    return address.endsWith("de.json") ? new Response(JSON.stringify(catalogue)) : new Response("", { status: 404 });
  };
  attributes["data-catalogue"] = "/de.json";
  waits.push(language() === language(), asked);
  await language();
  waits.push(language());
  const german = texts();
  attributes["data-catalogue"] = "/lost.json";
  globalThis.console.warn = () => undefined;
  await language();
  const lost = texts();
  attributes["data-catalogue"] = "";
  waits.push(language());
  return { english, german, lost, waits, again: texts() };
}
"""
CATALOGUE = {
    "texts": {"Zoom in": "Vergrößern", "{n} of {data}": "{n} von {data}", "a verb\4Map": "Abbilden"},
    "plurals": {"{count} image": ["{count} Bild", "{count} Bilder"]},
    "forms": [1, 0, *[1] * 198],
    "decimal": ",",
    "group": ".",
}


def test_scripts_speak_the_language_of_the_page(tmp_path):
    """English asks for nothing and waits for nothing; other texts are asked for once; without them it stays English."""
    found = run_script(tmp_path, SCRIPT, CATALOGUE)
    assert found["english"] == found["lost"] == found["again"]
    assert found["english"] == [
        "Zoom in", "not there {x}", "1.5 of a.b", "1 of {other}", "Map", "1 image", "1201 images", "1,234", "0.123",
        "1,234.5", "\N{MINUS SIGN}1.23",
    ]  # fmt: skip
    assert found["german"] == [
        "Vergrößern", "not there {x}", "1,5 von a.b", "1 of {other}", "Abbilden", "1 Bild", "1201 Bilder", "1.234",
        "0,123", "1.234,5", "\N{MINUS SIGN}1,23",
    ]  # fmt: skip
    assert found["waits"] == [None, True, 1, None, None]
