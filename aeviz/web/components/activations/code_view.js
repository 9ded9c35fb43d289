// The bottleneck: the values of the latent point, which the visitor changes with sliders, by dragging a cell, or on a plane
// where it has two values.

import { brief, button, element, write } from "../kit/dom.js";
import { tr, trn } from "../kit/language.js";
import { CodePad } from "./code_pad.js";
import { LayerView, heading } from "./layer_view.js";

const MOST_SLIDERS = 10;
const REACH = 3.5; // standard deviations that a slider goes to each side of the mean, at most
const MARGIN = 0.08; // of the width of the codes, beyond the outermost ones
const OUTER = 0.03; // share of the codes that may lie beyond each side of the plane, where few lie far from the others
const MANY = 50; // codes that say where codes are
const DRAG_PX = 150; // dragged over which a value passes the whole range
const STEPS = 200; // of a slider

/** @typedef {{ low: number, high: number }} Range */

/**
 * The ranges of the sliders.
 * @param {ArrayLike<number>} codes of several images, one after the other
 * @param {number} dimensions
 * @returns {Range[]}
 */
export function rangesOf(codes, dimensions) {
  const count = codes.length / dimensions;
  return Array.from({ length: dimensions }, (_, k) => {
    let [sum, squares] = [0, 0];
    for (let i = k; i < codes.length; i += dimensions) [sum, squares] = [sum + codes[i], squares + codes[i] ** 2];
    const mean = sum / count;
    const reach = REACH * Math.sqrt(Math.max(0, squares / count - mean ** 2)) || 1;
    if (dimensions !== 2 || count < MANY) return { low: mean - reach, high: mean + reach };
    const sorted = Float64Array.from({ length: count }, (_, i) => codes[i * dimensions + k]).sort();
    const [least, most] = [sorted[Math.floor(OUTER * (count - 1))], sorted[Math.ceil((1 - OUTER) * (count - 1))]];
    const margin = MARGIN * (most - least); // the plane is filled by its codes
    return { low: Math.max(mean - reach, least - margin), high: Math.min(mean + reach, most + margin) };
  });
}

/** One coordinate: its name, a slider and its value. */
class Slider {
  /**
   * @param {Element} parent
   * @param {(value: number) => void} moved
   */
  constructor(parent, moved) {
    const row = element("label", { class: "slider" }, parent);
    this.name = element("span", {}, row);
    this.input = element("input", { type: "range", step: "any" }, row);
    this.value = element("span", { class: "value" }, row);
    this.input.oninput = () => moved(this.input.valueAsNumber);
    this.input.onkeydown = (event) => {
      // a step of "any" leaves the arrow keys without a size in some browsers
      const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const [low, high] = [Number(this.input.min), Number(this.input.max)];
      moved(Math.min(high, Math.max(low, this.input.valueAsNumber + (step * (high - low)) / STEPS)));
    };
  }

  /**
   * @param {number} index of the coordinate
   * @param {number} value
   * @param {Range} range
   */
  set(index, value, { low, high }) {
    write(this.name, `z${index + 1}`);
    this.input.min = String(Math.min(low, value));
    this.input.max = String(Math.max(high, value));
    this.input.value = String(value);
    this.input.setAttribute("aria-valuetext", brief(value));
    write(this.value, brief(value));
  }
}

export class CodeView {
  /**
   * @param {Element} parent
   * @param {import("../kit/engine.js").Layer} layer
   * @param {ArrayLike<number>} codes of several images, one after the other
   * @param {number} dimensions
   * @param {import("./code_pad.js").Known | null} known classes of these images
   * @param {{ tip: import("./layer_view.js").Tip, moved: (z: Float32Array) => void, reset: () => void }} host
   */
  constructor(parent, layer, codes, dimensions, known, host) {
    this.host = host;
    this.ranges = rangesOf(codes, dimensions);
    /** @type {Float32Array} */
    this.z = new Float32Array(dimensions);
    this.box = element("section", { class: "layer code", "aria-label": tr("Bottleneck") }, parent);
    heading(this.box, trn("Bottleneck: z, {count} value", "Bottleneck: z, {count} values", dimensions), layer);
    this.isSmall = dimensions <= MOST_SLIDERS;
    this.chosen = 0;
    /** @type {LayerView | null} */
    this.cells = null;
    if (!this.isSmall) this.cells = this.makeCells(codes, dimensions);
    const rows = element("div", { class: this.isSmall ? "room sliders" : "sliders" }, this.box);
    this.pad = dimensions === 2 ? new CodePad(rows, codes, this.ranges, known, (z) => this.host.moved(z)) : null;
    this.sliders = Array.from(
      { length: this.isSmall ? dimensions : 1 },
      (_, k) => new Slider(rows, (value) => this.change(this.isSmall ? k : this.chosen, value)),
    );
    this.reset = button(this.box, tr("Reset z"), tr("Take the values that the encoder gives to the image"), host.reset);
  }

  /**
   * @param {ArrayLike<number>} codes
   * @param {number} dimensions
   */
  makeCells(codes, dimensions) {
    const cells = new LayerView(this.box, tr("bottleneck z"), [dimensions], this.host.tip);
    cells.calibrate(codes);
    cells.marked = 0;
    cells.canvas.classList.add("handle");
    cells.note.hidden = true;
    let from = { x: 0, value: 0 };
    cells.canvas.onpointerdown = (event) => {
      const found = cells.under(event);
      if (!found) return;
      cells.canvas.setPointerCapture(event.pointerId);
      this.chosen = cells.marked = found.map;
      from = { x: event.clientX, value: this.z[found.map] };
      this.change(found.map, from.value);
    };
    cells.canvas.onpointermove = (event) => {
      if (!cells.canvas.hasPointerCapture(event.pointerId)) return cells.point(event);
      const { low, high } = this.ranges[this.chosen];
      return this.change(this.chosen, from.value + ((event.clientX - from.x) / DRAG_PX) * (high - low));
    };
    return cells;
  }

  /** @param {number} index @param {number} value */
  change(index, value) {
    this.z = Float32Array.from(this.z);
    this.z[index] = value;
    this.host.moved(this.z);
  }

  /**
   * @param {Float32Array} z
   * @param {import("./colours.js").Palette} palette
   * @param {boolean} isChanged whether the visitor has changed it
   */
  draw(z, palette, isChanged) {
    this.z = z;
    this.cells?.draw(z, palette);
    this.pad?.draw(z);
    this.sliders.forEach((slider, k) => {
      const index = this.isSmall ? k : this.chosen;
      slider.set(index, z[index], this.ranges[index]);
    });
    this.reset.disabled = !isChanged;
  }

  /** @param {import("./colours.js").Palette} palette */
  paint(palette) {
    this.cells?.paint(palette);
    this.pad?.paint();
  }
}
