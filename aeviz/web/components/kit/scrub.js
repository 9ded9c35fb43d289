// A number that is dragged to either side, or changed by the arrow keys.

import { element, write } from "./dom.js";
import { limit, number, rounded } from "./experiment.js";
import { tr } from "./language.js";

/** Changes of a key, in steps. @type {Record<string, number>} */
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };
const PIXELS = 4; // of a step

export class Scrub {
  /**
   * @param {Element} parent
   * @param {{ name: string, symbol?: string, min: number, max: number, step: number,
   *   moved: (value: number, resting: boolean) => void }} options
   */
  constructor(parent, { name, symbol = "", min, max, step, moved }) {
    this.range = { min, max, step };
    this.moved = moved;
    this.value = 0;
    /** @type {{ x: number, value: number } | null} */
    this.held = null;
    this.node = element("div", { class: "scrub", role: "slider", tabindex: "0", "aria-label": name, "aria-valuemin": String(min), "aria-valuemax": String(max), title: tr("{name}: drag to either side, or use the arrow keys", { name }) }, parent); // prettier-ignore
    if (symbol) element("i", { text: symbol }, this.node);
    this.text = element("b", {}, this.node);
    this.node.onpointerdown = (event) => {
      event.preventDefault();
      this.node.focus({ preventScroll: true });
      this.node.setPointerCapture(event.pointerId);
      this.held = { x: event.clientX, value: this.value };
    };
    this.node.onpointermove = (event) => {
      if (this.held) this.set(this.held.value + (step * (event.clientX - this.held.x)) / PIXELS, false);
    };
    this.node.onpointerup = this.node.onpointercancel = () => {
      if (!this.held) return;
      this.held = null;
      this.moved(this.value, true);
    };
    this.node.onkeydown = (event) => {
      const steps = KEYS[event.key];
      if (!steps) return;
      event.preventDefault();
      this.set(this.value + steps * step * (event.shiftKey ? 5 : 1), true);
    };
  }

  /** @param {number} value @param {boolean} resting */
  set(value, resting) {
    this.value = rounded(limit(value, this.range.min, this.range.max)); // another key may come before the page is painted
    this.moved(this.value, resting);
  }

  /** @param {number} value */
  show(value) {
    this.value = value;
    write(this.text, number(value));
    this.node.setAttribute("aria-valuenow", value.toFixed(2));
  }
}
