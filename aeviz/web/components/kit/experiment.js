// What the Lab's experiments have in common: a list of numbers that the visitor changes and the address keeps, a drawing
// at most once a frame, and the controls beside the picture. Python gets the numbers once a gesture rests.

import { element, write } from "./dom.js";
import { KeptNumbers } from "./kept_numbers.js";
import { localise, trc } from "./language.js";
import { styleOf, watchLooks } from "./theme.js";

/** @typedef {import("./theme.js").Style} Style */
/** @typedef {{ first: string, second: string }} Colours */
/** @typedef {{ min: number, max: number, step: number }} Range */

/** @param {number} value with two digits after the point */
export const rounded = (value) => Math.round(100 * value) / 100 + 0;

/** @param {number} value @param {number} low @param {number} high */
export const limit = (value, low, high) => Math.max(low, Math.min(high, value));

/** Texts with numbers in a row, as `listed` has it. @param {string[]} texts */
export const joined = (texts) => texts.join(trc("between numbers", ", "));

/**
 * A number with a fixed count of digits after its point, and a minus that is as wide as a plus.
 * @param {number} value
 * @param {number} [digits]
 */
export function number(value, digits = 2) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  const text = value.toFixed(digits);
  return localise(Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−"));
}

/**
 * Numbers in a row; where the point of a number is a comma, something else stands between them.
 * @param {ArrayLike<number>} values
 * @param {number} [digits]
 */
export const listed = (values, digits = 2) => Array.from(values, (value) => number(value, digits)).join(trc("between numbers", ", "));

/**
 * A slider with its name and value; what it means is told by `set`.
 * @param {Element} parent
 * @param {string} title
 * @param {Range} range
 * @param {(value: number) => void} act
 */
export function slider(parent, title, { min, max, step }, act) {
  const label = element("label", { class: "slider" }, parent);
  element("span", { text: title }, label);
  const input = element("input", { type: "range", "aria-label": title, min: String(min), max: String(max), step: String(step) }, label); // prettier-ignore
  const shown = element("b", {}, label);
  input.oninput = () => act(Number(input.value));
  return {
    label,
    input,
    /** @param {number} value @param {string} [text] */
    set(value, text = number(value)) {
      if (Number(input.value) !== value) input.value = String(value);
      input.setAttribute("aria-valuetext", text);
      write(shown, text);
    },
  };
}

/**
 * A list of choices; its value is the index of one.
 * @param {Element} parent
 * @param {string} title
 * @param {readonly string[]} options
 * @param {(index: number) => void} act
 */
export function choice(parent, title, options, act) {
  const label = element("label", {}, parent);
  element("span", { text: title }, label);
  const select = element("select", { "aria-label": title }, label);
  options.forEach((text, index) => element("option", { value: String(index), text }, select));
  select.onchange = () => act(Number(select.value));
  return select;
}

/** An experiment: extend it with `make`, which builds the parts, and `paint`, which draws them. */
export class Experiment {
  /**
   * @param {HTMLElement} root
   * @param {import("./mount.js").Channel} channel
   * @param {import("./mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.activity = activity;
    /** @type {number[]} */
    this.values = [];
    /** @type {{ held: unknown }[]} */
    this.grips = []; // what a pointer may hold
    /** @type {Colours} */
    this.colours = { first: "", second: "" };
    this.isMade = false;
    this.frame = 0;
    this.kept = new KeptNumbers(channel, activity, () => this.values.map(rounded));
    this.unwatch = watchLooks(root, () => this.redraw());
  }

  make() {}

  /** @param {Style} _style */
  paint(_style) {}

  /** @param {{ values: number[], colours: Colours }} data */
  receive({ values, colours }) {
    this.colours = colours;
    if (!this.isMade) this.make();
    this.isMade = true;
    if (!this.kept.isNews(values, this.grips.some(({ held }) => held))) return;
    this.values = [...values];
    this.redraw();
  }

  /**
   * Change some of the numbers.
   * @param {Record<number, number>} changes by index
   * @param {boolean} [resting] whether the gesture is over
   */
  change(changes, resting = true) {
    for (const [index, value] of Object.entries(changes)) this.values[Number(index)] = value;
    this.redraw();
    if (resting) this.kept.start();
  }

  /** @param {readonly number[]} values */
  adopt(values) {
    this.values = [...values];
    this.redraw();
    this.kept.start();
  }

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    if (!this.values.length || !this.root.isConnected) return;
    const style = styleOf(this.root);
    this.root.classList.toggle("strong", style.isStrong);
    this.paint(style);
  }

  close() {
    this.unwatch();
    this.kept.stop();
    cancelAnimationFrame(this.frame);
  }
}
