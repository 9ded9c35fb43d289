// The choices above the map: what a drag does, whose posteriors are drawn, and whether the priors are.

import { element } from "../kit/dom.js";
import { revealPriors } from "./posteriors.js";
import { TOOLS } from "./pointer.js";

/** @typedef {import("./map_data.js").Header} Header */
/** @typedef {import("./pointer.js").Tool} Tool */

const ELLIPSES = { off: "off", chosen: "chosen image", all: "all images" };
/** @type {Record<Tool, [string, string]>} */
const NAMES = {
  move: ["Move", "Drag to move the view"],
  lasso: ["Lasso", "Drag to draw an outline around points"],
  box: ["Box", "Drag to draw a box around points"],
  decode: ["Decode", "Drag anywhere: the image of that latent point is decoded. Click a point to choose its image"],
};

export class Toolbar {
  /** @param {import("./map.js").LatentMap} map */
  constructor(map) {
    this.map = map;
    this.root = element("div", {}, map.root);
    this.made = "";
    /** @type {[HTMLElement, () => boolean][]} buttons, and whether each is on */
    this.choices = [];
  }

  /** @param {Header} header */
  show({ panels }) {
    const decode = this.map.canDecode;
    const blends = decode && panels.some((spec) => spec.dims === 2 && spec.lift?.network);
    const posteriors = panels.some((spec) => spec.posteriors);
    const priors = panels.some((spec) => spec.priors.length);
    const made = JSON.stringify([posteriors, priors, decode, blends]);
    if (this.made !== made) this.build(posteriors, priors, decode, blends);
    this.made = made;
    this.mark();
  }

  /** @param {boolean} posteriors @param {boolean} priors @param {boolean} decode @param {boolean} blends what there is to choose */
  build(posteriors, priors, decode, blends) {
    const { map } = this;
    this.root.replaceChildren();
    this.choices = [];
    const row = element("div", { class: "legend overlays" }, this.root);
    const group = (/** @type {string} */ label) => {
      const box = element("div", { class: "choices", role: "group", "aria-label": label }, row);
      element("span", { text: label }, box);
      return box;
    };
    /** @param {HTMLElement} box @param {string} text @param {() => boolean} isOn @param {() => void} act */
    const choice = (box, text, isOn, act) => {
      const button = element("button", { type: "button", text }, box);
      button.onclick = () => {
        act();
        this.mark();
        map.redraw();
      };
      this.choices.push([button, isOn]);
      return button;
    };
    const drag = group("Drag");
    for (const tool of TOOLS.filter((each) => decode || each !== "decode")) {
      const [text, title] = NAMES[tool];
      choice(drag, text, () => map.tool === tool, () => map.pickTool(tool)).title = title;
    }
    if (blends) this.buildBlend(group("Show"));
    if (posteriors) {
      const box = group("Posterior ellipses");
      for (const [mode, text] of Object.entries(ELLIPSES)) {
        choice(box, text, () => map.ellipses === mode, () => {
          map.ellipses = /** @type {Header["ellipses"]} */ (mode);
          map.channel.state("ellipses", mode);
        });
      }
    }
    if (!priors) return;
    choice(group("Prior"), "1, 2, 3 σ", () => map.prior, () => {
      map.prior = !map.prior;
      if (map.prior) map.panels.forEach(revealPriors);
      map.channel.state("prior", map.prior);
    });
  }

  /** @param {HTMLElement} box */
  buildBlend(box) {
    const { map } = this;
    element("span", { text: "points", "aria-hidden": "true" }, box);
    const slider = element("input", { type: "range", min: "0", max: "1", step: "0.05", "aria-label": "From points to decoded images" }, box);
    slider.title = "Left: the points. Right: the images that the decoder gives all over the plane. Between: both";
    slider.value = String(map.blend);
    element("span", { text: "decoded images", "aria-hidden": "true" }, box);
    slider.oninput = () => map.setBlend(slider.valueAsNumber);
    slider.onchange = () => map.channel.state("blend", slider.valueAsNumber);
  }

  mark() {
    for (const [button, isOn] of this.choices) button.setAttribute("aria-pressed", String(isOn()));
  }
}
