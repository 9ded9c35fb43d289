// The latent map: one or two panels of the same points, in two or three dimensions, on plain canvases.
//
// Python sends one blob (map_data.js). Zoom and viewpoint of a panel live here and survive reruns as long as the panel's
// spec.view stays the same.

import { Camera } from "../kit/camera.js";
import { element, whenGone } from "../kit/dom.js";
import { followPoints } from "./follow.js";
import { choose, toSelection } from "./lasso.js";
import { headerText, parse } from "./map_data.js";
import { Layers } from "./map_layers.js";
import { Panel } from "./panel.js";
import { revealPriors } from "./posteriors.js";

const ELLIPSES = { off: "off", chosen: "of the chosen image", all: "of all images" };
const TOOLS = {
  move: ["Move", "A drag moves the view"],
  lasso: ["Lasso", "A drag draws an outline around points"],
  box: ["Box", "A drag draws a box around points"],
  decode: ["Decode", "A drag moves a point, which is decoded"],
};

/** @typedef {import("./map_data.js").Header} Header */
/** @typedef {import("./map_data.js").Selection} Selection */
/** @typedef {import("./pointer.js").Tool} Tool */
/** @typedef {(name: string, value: unknown) => void} Send */

/** @type {Header} */
const EMPTY = {
  n: 0, panels: [], classes: [], hidden: [], selected: -1, ellipses: "off", prior: false, height: 0, digest: "",
  meaning: "", hint: "", selection: null, decode: false, point: null, labels: new Uint16Array(0),
}; // prettier-ignore

export class LatentMap {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Set<number>} */
    this.hidden = new Set();
    this.isHidden = new Uint8Array(65536); // the same, by label
    this.selected = -1;
    this.hovered = -1;
    /** @type {Tool} */
    this.tool = "move";
    /** @type {Selection | null} */
    this.selection = null;
    /** @type {Uint8Array | null} */
    this.chosen = null; // the points of the selection, by index
    /** @type {Panel[]} */
    this.panels = [];
    /** @type {Send} */
    this.send = () => {};
    this.pending = 0;
    /** @type {Header} */
    this.header = EMPTY;
    /** @type {number[][]} */
    this.palette = [];
    /** @type {Header["ellipses"]} */
    this.ellipses = "off";
    this.prior = false;
    this.legend = element("div", {}, root);
    this.bar = element("div", {}, root);
    this.row = element("div", { class: "panels" }, root);
    const chosen = element("div", { class: "choices" }, root);
    this.hint = element("div", { class: "hint" }, root);
    this.meaning = element("div", { class: "hint" }, root);
    /** @type {HTMLElement[]} */
    this.chips = [];
    /** @type {[HTMLElement, () => boolean][]} */
    this.choices = [];
    this.count = element("span", { role: "status" }, chosen);
    this.clear = element("button", { type: "button", text: "Clear selection" }, chosen);
    this.clear.onclick = () => this.clearSelection();
    this.layers = new Layers(this);
    this.unfollow = followPoints(this);
    this.observer = new ResizeObserver(() => this.wake());
    this.observer.observe(root);
    this.theme = new MutationObserver(() => this.redraw());
    const app = document.querySelector(".stApp") ?? document.body;
    this.theme.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
    this.root.dataset.tool = this.tool;
    this.offer();
  }

  // What tests and other parts of the page ask and tell the map.
  offer() {
    Object.assign(this.root, {
      // where a point lies at the end of its way, and where it lies now
      screenOf: (/** @type {number} */ panel, /** @type {number} */ index) => {
        this.panels[panel].arrive();
        return this.panels[panel].where(index).slice(0, 2);
      },
      cameraOf: (/** @type {number} */ panel) => {
        const { transition, camera } = this.panels[panel];
        return transition ? transition.to.camera : camera.state();
      },
      placeOf: (/** @type {number} */ panel, /** @type {number} */ index) => this.panels[panel].where(index).slice(0, 2),
      locateOn: (/** @type {number} */ panel, /** @type {number[]} */ point) =>
        this.panels[panel].camera.locate(point, this.panels[panel]),
      chosenOf: () => (this.chosen ? [...this.chosen.keys()].filter((i) => this.chosen?.[i]) : []),
      selectionOf: () => this.selection,
      isBusy: (/** @type {number} */ panel) => this.panels[panel].isStale,
      costOf: (/** @type {number} */ panel) => this.panels[panel].dotsCost, // milliseconds that its points took
      pinTo: (/** @type {number} */ panel, /** @type {number[] | null} */ point) => {
        this.panels[panel].pin.put(point);
        this.panels[panel].redrawFront();
      },
    });
  }

  /** @param {Header} header */
  show(header) {
    const before = this.header;
    const sameArrays = before.digest === header.digest && before.panels.length === header.panels.length;
    if (sameArrays) keepArrays(before, header);
    this.header = header;
    this.palette = header.classes.map(({ colour }) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
    this.markHidden(header.hidden);
    this.selected = header.selected;
    this.ellipses = header.ellipses;
    this.prior = header.prior;
    this.hovered = -1;
    if (this.tool === "decode" && !header.decode) this.tool = "move";
    this.buildLegend();
    this.buildBar();
    const views = this.panels.map((panel) => panel.spec.view);
    this.showPanels(header, before);
    this.hint.textContent = header.hint;
    this.meaning.textContent = header.meaning;
    if (JSON.stringify(header.selection) !== JSON.stringify(before.selection)) this.selection = header.selection;
    const { point } = header;
    if (point && JSON.stringify(point) !== JSON.stringify(before.point)) this.panels[point.panel]?.pin.put(point.at);
    this.forget(views);
    this.applySelection();
    this.layers.show();
    this.redraw();
  }

  /**
   * @param {Header} header
   * @param {Header} before
   */
  showPanels(header, before) {
    const specs = header.panels;
    const fits = this.panels.length === specs.length && specs.every(({ dims }, k) => dims === this.panels[k].spec.dims);
    const same = before.n === header.n;
    if (fits) {
      this.panels.forEach((panel, k) => panel.become(specs[k], same));
      return;
    }
    const old = this.panels;
    this.row.replaceChildren();
    this.panels = specs.map((spec, k) => {
      const panel = new Panel(this, old[k]?.spec.dims === spec.dims ? old[k].spec : spec, this.row);
      if (panel.spec !== spec) {
        // beside another number of panels it is still the one that was there
        panel.camera.restore(old[k].transition?.to.camera ?? old[k].camera.state());
        panel.become(spec, false);
      } else if (this.prior) revealPriors(panel);
      return panel;
    });
  }

  buildLegend() {
    const { classes } = this.header;
    const made = JSON.stringify(classes);
    if (this.legend.dataset.made === made) {
      this.markChips();
      return;
    }
    this.legend.dataset.made = made;
    this.legend.replaceChildren();
    this.chips = [];
    if (!classes.length) return;
    const legend = element("div", { class: "legend", role: "group", "aria-label": "Classes shown" }, this.legend);
    this.chips = classes.map(({ name, colour }, label) => {
      const chip = element("button", { type: "button", title: "Show or hide; double-click shows it alone" }, legend);
      element("span", { class: "swatch", style: `background:${colour}` }, chip);
      element("span", { text: name }, chip);
      chip.onclick = () => this.toggle(label);
      chip.ondblclick = () => this.setHidden(classes.map((_, other) => other).filter((other) => other !== label));
      return chip;
    });
    element("button", { type: "button", text: "All" }, legend).onclick = () => this.setHidden([]);
    this.markChips();
  }

  // What a drag does; whose posteriors are drawn, and the priors, where some panel has them.
  buildBar() {
    const { panels, decode } = this.header;
    const posteriors = panels.some((spec) => spec.posteriors);
    const priors = panels.some((spec) => spec.priors.length);
    const made = JSON.stringify([posteriors, priors, decode]);
    if (this.bar.dataset.made === made) {
      this.markChoices();
      return;
    }
    this.bar.dataset.made = made;
    this.bar.replaceChildren();
    this.choices = [];
    const row = element("div", { class: "legend overlays" }, this.bar);
    const group = (/** @type {string} */ label) => {
      const box = element("div", { class: "choices", role: "group", "aria-label": label }, row);
      element("span", { text: label }, box);
      return box;
    };
    const choice = (
      /** @type {HTMLElement} */ box,
      /** @type {string} */ text,
      /** @type {() => boolean} */ isOn,
      /** @type {() => void} */ act,
    ) => {
      const button = element("button", { type: "button", text }, box);
      button.onclick = () => {
        act();
        this.markChoices();
        this.redraw();
      };
      this.choices.push([button, isOn]);
      return button;
    };
    const drag = group("Drag");
    for (const [tool, [text, title]] of Object.entries(TOOLS)) {
      if (tool === "decode" && !decode) continue;
      const pick = () => this.pickTool(/** @type {Tool} */ (tool));
      choice(drag, text, () => this.tool === tool, pick).title = title;
    }
    const ellipses = posteriors ? group("Posterior ellipses") : null;
    for (const [mode, text] of ellipses ? Object.entries(ELLIPSES) : []) {
      choice(/** @type {HTMLElement} */ (ellipses), text, () => this.ellipses === mode, () => {
        this.ellipses = /** @type {Header["ellipses"]} */ (mode);
        this.send("ellipses", mode);
      });
    }
    if (priors) {
      choice(group("Prior"), "1, 2, 3 σ", () => this.prior, () => {
        this.prior = !this.prior;
        if (this.prior) this.panels.forEach(revealPriors);
        this.send("prior", this.prior);
      });
    }
    this.markChoices();
  }

  markChoices() {
    for (const [button, isOn] of this.choices) button.setAttribute("aria-pressed", String(isOn()));
  }

  markChips() {
    this.chips.forEach((chip, label) => chip.setAttribute("aria-pressed", String(!this.hidden.has(label))));
  }

  /** @param {number[]} labels */
  markHidden(labels) {
    this.hidden = new Set(labels);
    this.isHidden.fill(0);
    for (const label of labels) this.isHidden[label] = 1;
  }

  /** @param {number} label */
  toggle(label) {
    const next = new Set(this.hidden);
    if (!next.delete(label)) next.add(label);
    this.setHidden([...next]);
  }

  /** @param {number[]} labels */
  setHidden(labels) {
    this.markHidden(labels);
    this.markChips();
    this.applySelection();
    this.redraw();
    this.send("hidden", labels.sort((a, b) => a - b));
  }

  /** @param {Tool} tool */
  pickTool(tool) {
    if (tool === "decode" && !this.header.decode) return;
    this.tool = tool;
    for (const panel of this.panels) {
      panel.pointer.dropCursor();
      panel.front.style.cursor = "";
      const { pin, spec } = panel;
      if (tool === "decode") panel.pinView.warm(spec.lift);
      // in space the pin has to be somewhere before it can be taken hold of
      if (tool !== "decode" || spec.dims === 2 || pin.point) continue;
      const at = 3 * this.selected;
      pin.put(this.selected < 0 ? spec.centre : spec.coordinates.subarray(at, at + 3));
    }
    this.root.dataset.tool = tool;
    this.markChoices();
    this.redraw();
  }

  /** @param {number} index */
  select(index) {
    this.selected = index;
    this.redraw();
    this.send("selected", index);
  }

  /** @param {1 | -1} direction */
  step(direction) {
    const { n, labels } = this.header;
    let index = this.selected < 0 && direction < 0 ? 0 : this.selected;
    for (let tries = 0; tries < n; tries += 1) {
      index = (index + direction + n) % n;
      if (this.hidden.has(labels[index])) continue;
      this.select(index);
      return;
    }
  }

  /**
   * Select the points within an outline.
   * @param {Panel} panel
   * @param {number[][]} outline in pixels
   */
  selectWithin(panel, outline) {
    this.selection = toSelection(outline, this.panels.indexOf(panel), panel.camera, panel);
    this.applySelection();
    this.redraw();
    this.send("selection", this.selection);
  }

  clearSelection() {
    this.selection = null;
    this.applySelection();
    this.redraw();
    // not null, which Python could not tell from a map that nobody has touched
    this.send("selection", { panel: 0, polygon: [], camera: null });
  }

  /**
   * Drop what was drawn on a map that is another one now: its coordinates mean nothing there.
   * @param {string[]} views of the panels that there were
   */
  forget(views) {
    views.forEach((view, k) => {
      if (this.panels[k]?.spec.view === view) return;
      if (this.selection?.panel === k && this.selection !== this.header.selection) this.dropSelection();
      if (this.header.point?.panel !== k) this.send("point", { panel: k, point: [] });
    });
  }

  dropSelection() {
    this.selection = null;
    this.send("selection", { panel: 0, polygon: [], camera: null });
  }

  // Find the points of the selection; it is dropped where its panel is gone or has another number of dimensions.
  applySelection() {
    const { selection } = this;
    const { labels, n, panels } = this.header;
    const spec = selection ? panels[selection.panel] : null;
    if (!selection || !spec || (spec.dims === 2) !== (selection.camera === null)) {
      if (selection) this.dropSelection();
      this.chosen = null;
      this.clear.hidden = true;
      this.count.textContent = this.root.dataset.chosen = "";
      return;
    }
    const { chosen, count } = choose(selection, spec, new Camera(spec.dims), labels, this.isHidden);
    this.chosen = chosen;
    this.clear.hidden = false;
    this.count.textContent = `${count.toLocaleString("en")} of ${n.toLocaleString("en")} selected`;
    this.root.dataset.chosen = String(count);
  }

  /**
   * The outline of the selection in pixels of its panel; null on other panels and where the camera has turned since.
   * @param {Panel} panel
   * @returns {number[][] | null}
   */
  outlineOn(panel) {
    const { selection } = this;
    if (!selection || this.panels[selection.panel] !== panel || panel.transition) return null;
    const { polygon, camera } = selection;
    if (!camera) return polygon.map((vertex) => panel.camera.locate(vertex, panel));
    if (!panel.camera.shows(camera)) return null;
    const side = Math.min(panel.width, panel.height) / 2;
    return polygon.map(([x, y]) => [panel.width / 2 + x * side, panel.height / 2 - y * side]);
  }

  /**
   * Tell the page where the pin is, and Python where it was left.
   * @param {Panel} panel
   * @param {number[]} point
   * @param {boolean} done
   */
  tellPoint(panel, point, done) {
    const told = { panel: this.panels.indexOf(panel), point: [...point] };
    panel.redrawFront();
    panel.pinView.show(panel.spec.lift, told.point);
    this.root.dispatchEvent(new CustomEvent("aeviz:point", { detail: told, bubbles: true, composed: true }));
    if (done) this.send("point", told);
  }

  /**
   * @param {number} index
   * @param {Panel | null} panel
   */
  hover(index, panel) {
    if (index === this.hovered) return;
    this.hovered = index;
    if (panel) panel.front.style.cursor = index >= 0 ? "pointer" : "";
    this.panels.forEach((each) => each.redrawFront());
  }

  style() {
    const css = getComputedStyle(this.root);
    return {
      text: css.getPropertyValue("--st-text-color").trim() || css.color,
      background: css.getPropertyValue("--st-background-color").trim() || "#ffffff",
      guest: "#e6007e", // no class has it
      font: `12px ${css.fontFamily}`,
    };
  }

  redraw() {
    this.panels.forEach((panel) => panel.redraw());
  }

  /** Draw in the next frame what is stale then. */
  wake() {
    if (this.pending || !this.panels.length) return;
    this.pending = requestAnimationFrame((now) => {
      this.pending = 0;
      const style = this.style();
      const more = this.panels.map((panel) => panel.frame(style, now)).some(Boolean);
      this.root.dataset.moving = String(Number(this.panels.some((panel) => panel.transition)));
      if (more) this.wake();
      else this.report();
    });
  }

  // What is drawn, once all is.
  report() {
    const { header, root } = this;
    const priors = header.panels.map((spec) => (this.prior ? spec.priors.length : 0));
    this.meaning.hidden = !priors.some(Boolean);
    root.dataset.ellipses = this.panels.map((panel) => panel.ellipsesDrawn).join(" "); // whose posterior is drawn
    root.dataset.priors = priors.join(" ");
    root.dataset.drawn = String(header.n);
    root.dataset.selected = String(this.selected);
    root.dataset.guests = String(header.panels[0].guests.length);
  }

  close() {
    this.unfollow();
    this.layers.close();
    this.observer.disconnect();
    this.theme.disconnect();
    cancelAnimationFrame(this.pending);
  }
}

/**
 * Give a header the arrays of an equal one, so that nothing is made of them anew.
 * @param {Header} before
 * @param {Header} header
 */
function keepArrays(before, header) {
  header.labels = before.labels;
  header.panels.forEach((spec, k) => {
    const { coordinates, errors, means, shapes } = before.panels[k];
    Object.assign(spec, { coordinates, errors, means, shapes });
  });
}

/** @typedef {{ map: LatentMap, text: string }} Mounted */
/** @type {WeakMap<HTMLElement, Mounted>} */
const maps = new WeakMap();

/** @param {{ data: Uint8Array, parentElement: HTMLElement, setStateValue: Send }} component */
export default function mount({ data, parentElement, setStateValue }) {
  let mounted = maps.get(parentElement);
  if (!mounted) {
    const root = element("div", { class: "map", "data-testid": "latent-map" });
    parentElement.append(root);
    mounted = { map: new LatentMap(root), text: "" };
    maps.set(parentElement, mounted);
  }
  const { map } = mounted;
  map.send = setStateValue;
  const text = headerText(data); // holds a digest of the arrays, so equal headers mean equal data
  if (mounted.text !== text) {
    mounted.text = text;
    map.show(parse(data, text));
  }
  return whenGone(parentElement, () => {
    if (!maps.delete(parentElement)) return;
    map.close();
    map.root.remove();
  });
}
