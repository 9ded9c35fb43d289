// The choices above the map: what a drag does, what lies over the plane, whose posteriors are drawn, and whether the priors
// are.

import { element } from "../kit/dom.js";
import { mark, tr } from "../kit/language.js";
import { FIELDS, obstacle } from "./field_kinds.js";
import { revealPriors } from "./posteriors.js";
import { TOOLS } from "./pointer.js";

/** @typedef {import("./map_data.js").Header} Header */
/** @typedef {import("./pointer.js").Tool} Tool */

const ELLIPSES = { off: mark("off"), chosen: mark("chosen"), all: mark("all") };
/** @type {Record<Tool, [string, string]>} */
const NAMES = {
  move: [mark("Move"), mark("Drag to move the view")],
  lasso: [mark("Lasso"), mark("Drag to draw an outline around points")],
  box: [mark("Box"), mark("Drag to draw a box around points")],
  decode: [mark("Decode"), mark("Drag anywhere: the image of that latent point is decoded. Click a point to choose its image")],
};

export class Toolbar {
  /** @param {import("./map.js").LatentMap} map */
  constructor(map) {
    this.map = map;
    this.root = element("div", {}, map.root);
    this.made = "";
    /** @type {HTMLSelectElement | null} */
    this.field = null;
    /** @type {[HTMLElement, () => boolean][]} buttons, and whether each is on */
    this.choices = [];
  }

  /** @param {Header} header */
  show({ panels, field }) {
    const decode = this.map.canDecode;
    const blends = decode && panels.some((spec) => spec.dims === 2 && spec.lift?.network);
    const posteriors = panels.some((spec) => spec.posteriors);
    const priors = panels.some((spec) => spec.priors.length);
    const made = JSON.stringify([posteriors, priors, decode, blends, field !== null]);
    if (this.made !== made) this.build(posteriors, priors, decode, blends);
    this.made = made;
    this.markField();
    this.showChoices();
  }

  /**
   * Offer what there is to choose.
   * @param {boolean} posteriors
   * @param {boolean} priors
   * @param {boolean} decode
   * @param {boolean} blends
   */
  build(posteriors, priors, decode, blends) {
    const { map } = this;
    this.root.replaceChildren();
    this.choices = [];
    const row = element("div", { class: "legend overlays" }, this.root);
    const group = (/** @type {string} */ label, isWritten = true) => {
      const box = element("div", { class: "choices", role: "group", "aria-label": label }, row);
      if (isWritten) element("span", { text: label }, box);
      return box;
    };
    /** @param {HTMLElement} box @param {string} text @param {() => boolean} isOn @param {() => void} act */
    const choice = (box, text, isOn, act) => {
      const button = element("button", { type: "button", text }, box);
      button.onclick = () => {
        act();
        this.showChoices();
        map.redraw();
      };
      this.choices.push([button, isOn]);
      return button;
    };
    const drag = group(tr("Drag"), false);
    for (const tool of TOOLS.filter((each) => decode || each !== "decode")) {
      const [text, title] = NAMES[tool];
      choice(drag, tr(text), () => map.tool === tool, () => map.pickTool(tool)).title = tr(title);
    }
    if (blends) this.buildBlend(group(tr("Show"), false));
    this.field = map.header.field === null ? null : this.buildField(group(tr("Field"), false));
    if (posteriors) {
      const box = group(tr("Posterior ellipses"));
      for (const [mode, text] of Object.entries(ELLIPSES)) {
        choice(box, tr(text), () => map.ellipses === mode, () => {
          map.ellipses = /** @type {Header["ellipses"]} */ (mode);
          map.channel.state("ellipses", mode);
        });
      }
    }
    if (!priors) return;
    choice(group(tr("Prior")), "1, 2, 3 σ", () => map.prior, () => {
      map.prior = !map.prior;
      if (map.prior) map.panels.forEach(revealPriors);
      map.channel.state("prior", map.prior);
    });
  }

  /** @param {HTMLElement} box */
  buildBlend(box) {
    const { map } = this;
    element("span", { text: tr("points"), "aria-hidden": "true" }, box);
    const slider = element("input", { type: "range", min: "0", max: "1", step: "0.05", "aria-label": tr("From points to decoded images") }, box);
    slider.title = tr("Left: the points. Right: the images that the decoder gives all over the plane. Between: both");
    slider.value = String(map.blend);
    element("span", { text: tr("images"), "aria-hidden": "true" }, box);
    slider.oninput = () => map.setBlend(slider.valueAsNumber);
    slider.onchange = () => map.channel.state("blend", slider.valueAsNumber);
  }

  /** @param {HTMLElement} box */
  buildField(box) {
    const { map } = this;
    const select = element("select", { "aria-label": tr("Field over the plane") }, box);
    for (const [name, { text, title }] of Object.entries(FIELDS)) element("option", { value: name, text: tr(text), title: tr(title) }, select);
    select.onchange = () => {
      map.field = /** @type {import("./field_kinds.js").FieldName} */ (select.value);
      this.markField();
      map.redraw();
      map.channel.state("field", map.field);
    };
    return select;
  }

  /** Show which field is chosen, and why others are not offered: no panel can have them. */
  markField() {
    const { field, map } = this;
    if (!field) return;
    const { panels, classes } = map.header;
    const reasons = [...field.options].map((option) => {
      const name = /** @type {import("./field_kinds.js").FieldName} */ (option.value);
      const found = panels.map((spec) => obstacle(name, spec, classes));
      const reason = found.every(Boolean) ? found[0] : "";
      option.disabled = Boolean(reason);
      option.title = tr(reason || FIELDS[name].title);
      return reason && `${tr(FIELDS[name].text)}: ${tr(reason)}`;
    });
    const isOffered = ![...field.options].find((option) => option.value === map.field)?.disabled;
    field.value = isOffered ? map.field : "none";
    field.disabled = panels.every((spec) => spec.dims !== 2);
    field.title = field.disabled ? tr("Fields need a flat map.") : [tr(FIELDS[isOffered ? map.field : "none"].title), ...reasons].filter(Boolean).join("\n");
  }

  showChoices() {
    for (const [button, isOn] of this.choices) button.setAttribute("aria-pressed", String(isOn()));
  }
}
