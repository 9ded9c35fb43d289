// The latent space in a notebook: anywidget loads this script (aeviz/web/takeaway/notebook.py) and calls `render`.

import { element } from "../kit/dom.js";
import { tellLooks } from "../kit/theme.js";
import { show } from "./shown.js";

/**
 * What anywidget gives of the object in Python.
 * @typedef {{
 *   get: (name: string) => any, set: (name: string, value: unknown) => void, save_changes: () => void,
 *   on: (event: string, act: () => void) => void, off: (event: string, act: () => void) => void
 * }} Model
 */

const DARK = "(prefers-color-scheme: dark)";
const CHOSEN = ["class", "style", "theme", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];

/**
 * Whether a notebook is dark: as JupyterLab, VS Code, Colab and marimo say it, else by the ground below the output.
 * @param {Element} place
 */
function isDarkAround(place) {
  const { body, documentElement: page } = document;
  const { jpThemeLight, vscodeThemeKind } = body.dataset;
  if (jpThemeLight) return jpThemeLight === "false";
  if (vscodeThemeKind) return /dark|black/.test(vscodeThemeKind) || vscodeThemeKind === "vscode-high-contrast";
  const said = page.getAttribute("theme") ?? page.dataset.theme ?? body.dataset.theme;
  if (said) return said === "dark";
  if ([page, body].some(({ classList }) => classList.contains("dark"))) return true;
  for (let node = /** @type {Element | null} */ (place); node; node = node.parentElement) {
    const [red, green, blue, alpha = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    if (alpha > 0.5) return red + green + blue < 384;
  }
  return matchMedia(DARK).matches;
}

/**
 * Follow the theme of the notebook.
 * @param {HTMLElement} host
 * @returns {() => void} ends it
 */
function followTheme(host) {
  const follow = () => {
    const theme = isDarkAround(host.parentElement ?? host) ? "dark" : "light";
    if (host.dataset.theme === theme) return;
    host.dataset.theme = theme;
    tellLooks();
  };
  const watch = new MutationObserver(follow);
  for (const node of [document.documentElement, document.body]) watch.observe(node, { attributes: true, attributeFilter: CHOSEN });
  const system = matchMedia(DARK);
  system.addEventListener("change", follow);
  follow();
  return () => {
    watch.disconnect();
    system.removeEventListener("change", follow);
  };
}

/**
 * @param {{ model: Model, el: HTMLElement }} given
 * @returns {Promise<() => void>} ends it
 */
async function render({ model, el }) {
  const host = element("div", { "data-lm-suppress-shortcuts": "true" }, el); // keys are the map's, not JupyterLab's
  const tree = host.attachShadow({ mode: "open" });
  element("style", { text: model.get("_theme") }, tree);
  host.addEventListener("keydown", (event) => event.stopPropagation());
  const unfollow = followTheme(host);
  /** What both sides know, so that neither is told its own news. @type {Record<string, string>} */
  const known = {};
  const report = (/** @type {string} */ name) => (/** @type {number[]} */ value) => {
    known[name] = JSON.stringify(value);
    model.set(name, value);
    model.save_changes();
  };
  const shown = await show(tree, model.get("_content"), { point: report("point"), selection: report("selection") });
  /** @param {string} name @param {(value: number[]) => void} act @returns {[string, () => void]} */
  const follow = (name, act) => [
    `change:${name}`,
    () => {
      const text = JSON.stringify(model.get(name));
      if (text !== known[name]) act(model.get(name));
      known[name] = text;
    },
  ];
  const changes = [follow("point", (values) => shown.move(values)), follow("selection", (indices) => shown.select(indices))];
  for (const [event, act] of changes) model.on(event, act);
  changes[0][1](); // what Python set before it was shown
  if (model.get("selection").length) changes[1][1]();
  return () => {
    for (const [event, act] of changes) model.off(event, act);
    unfollow();
    host.remove();
    shown.close();
  };
}

export default { render };
