"""Every view of the app, and what a page can be asked about its figures, its focus and its motion."""

from urllib.parse import quote

from test_walk import TITLES

from aeviz.web.generate.sections import ARITHMETIC, INTERPOLATE, LEARNED, MAKE, NUMBER
from aeviz.web.lab.view import EXPERIMENTS as OF_LAB
from aeviz.web.optimizers.view import EXPERIMENTS as OF_OPTIMIZERS

VIEWS = (
    *TITLES,
    "/status",
    "/explore?model=digits-2d-adam&image=17",
    "/explore?show=decoded+plane&model=digits-2d-adam&with.digits-2d-adam=nothing",
    "/compare?what=single+runs&runs=vae-2d,vae-3d",
    "/playground?data=digits",
    *(f"/generate?{MAKE}={quote(name)}" for name in (LEARNED, INTERPOLATE, ARITHMETIC, NUMBER)),
    *(f"/optimizers?section={quote(each.name)}" for each in OF_OPTIMIZERS[1:]),
    *(f"/lab?experiment={quote(each.name)}" for each in OF_LAB[1:]),
)
"""Addresses of all pages, and of their sections and experiments beyond the first, with which a page opens."""

_WALK = """
const parentOf = node => node.parentElement ?? node.getRootNode().host ?? null;
const walk = function* (root) {
  for (const node of root.querySelectorAll("*")) {
    yield node;
    if (node.shadowRoot) yield* walk(node.shadowRoot);
  }
};
const about = node => {
  const host = node.getRootNode().host ?? node;
  const key = [...(host.closest("[class*=st-key-]")?.classList ?? [])].find(name => name.startsWith("st-key-"));
  return `${key ?? ""} ${node.outerHTML.replace(/\\s+/g, " ").slice(0, 160)}`;
};
"""
"""Also through the shadow trees of components."""

FIGURES = f"""() => {{{_WALK}
  const PICTURES = ["canvas", "svg", "img", "video"], SPEAKING = ["FIGURE", "BUTTON", "A", "SECTION"];
  const nameOf = node => {{
    const ids = (node.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
    const tag = node.tagName.toLowerCase();
    return node.getAttribute("aria-label") || node.getAttribute("alt") || node.getAttribute("title")
      || ids.map(id => node.getRootNode().getElementById(id)?.textContent ?? "").join(" ")
      || (tag === "svg" && node.querySelector(":scope > title")?.textContent)
      || (tag === "figure" && node.querySelector("figcaption")?.textContent)
      || (["button", "a"].includes(tag) && node.innerText) || "";
  }};
  const named = node => {{
    for (let at = node, k = 0; at && k < 8; at = parentOf(at), k += 1) {{
      if (at.getAttribute("aria-hidden") === "true") return null; // others say what it shows
      const speaks = at === node || at.hasAttribute("role") || SPEAKING.includes(at.tagName);
      if (speaks && nameOf(at).trim()) return nameOf(at).trim();
    }}
    return "";
  }};
  const wrong = [];
  for (const node of walk(document.querySelector("[data-testid=stMain]"))) {{
    const isChart = node.classList.contains("js-plotly-plot");
    if (!isChart && (!PICTURES.includes(node.tagName.toLowerCase()) || node.closest(".js-plotly-plot"))) continue;
    const {{ width, height }} = node.getBoundingClientRect();
    if (width < 40 || height < 40 || !node.checkVisibility({{ visibilityProperty: true }})) continue;
    const name = named(node);
    if (name === "" || (isChart && name !== null && !/\\d/.test(name))) wrong.push([name, about(node)]);
  }}
  return wrong;
}}"""
"""Visible figures without a name, and charts whose name has no number."""

MOTION = f"""() => {{{_WALK}
  const roots = [document, ...[...walk(document)].flatMap(node => node.shadowRoot ?? [])];
  const running = roots.flatMap(root => root.getAnimations()).filter(({{ playState }}) => playState === "running");
  return running.map(({{ effect }}) => about(effect.target));
}}"""
"""What an animation of the style sheets moves."""

FOCUS = f"""() => {{{_WALK}
  const PARTS = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderTopWidth",
    "backgroundColor", "textDecorationLine", "stroke", "opacity"];
  const looks = node => {{
    const nodes = [];
    for (let at = node; at && nodes.length < 7; at = parentOf(at)) nodes.push(at);
    nodes.push(...[...(node.closest("label") ?? node).querySelectorAll("*")].slice(0, 20));
    if (node.nextElementSibling) nodes.push(node.nextElementSibling);
    return JSON.stringify(nodes.flatMap(each => ["", "::before", "::after"].map(part => {{
      const style = getComputedStyle(each, part || null);
      return PARTS.map(name => name.startsWith("outline") && style.outlineStyle === "none" ? "" : style[name]);
    }})));
  }};
  const seen = ({{ left, top, right, bottom, width, height }}) =>
    width > 3 && height > 3 && right > 1 && bottom > 1 && left < innerWidth - 1 && top < innerHeight - 1;
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const was = window.was, wrong = [];
  // the ring of a slider is around its thumb, which no script can see; that of a group stays while the focus is within
  if (was && was.node !== node && was.node.type !== "range") window.left.push(was);
  window.left = window.left.filter(each => each.node.isConnected && looks(each.node) === each.looks);
  const isAtEnd = !node || node === document.body;
  if (!isAtEnd && was?.node === node) wrong.push(["keeps the focus", about(node)]);
  const boxes = isAtEnd ? [] : [node, node.closest("label")].filter(Boolean).map(each => each.getBoundingClientRect());
  if (!isAtEnd && !boxes.some(seen)) wrong.push(["has the focus out of sight", about(node)]);
  window.was = isAtEnd ? null : {{ node, looks: looks(node) }};
  return {{ wrong, isAtEnd, alike: window.left.map(each => about(each.node)) }};
}}"""
"""After each Tab: what is wrong with the element in focus, and which of those before look as they did in focus."""

BEGIN = """whole => {
  const style = document.createElement("style");
  style.textContent = "*, *::before, *::after { transition: none !important; }";
  document.head.append(style);
  const main = document.querySelector("[data-testid=stMainBlockContainer]");
  main.tabIndex = -1;
  if (whole) document.activeElement?.blur();
  else main.focus({ preventScroll: true });
  window.was = null;
  window.left = [];
}"""
"""Puts the focus before the first control of the page, or of the window: navigation and switches of the looks."""
