// A point of a panel that the pointer and the arrow keys move.

import { element } from "./dom.js";
import { tr } from "./language.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ stage: Element, place: (point: Pair) => Pair, pointUnder: (event: PointerEvent) => Pair }} Ground */

/** Directions of the arrow keys. @type {Record<string, Pair>} */
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const STEP = 0.1;

export class Grip {
  /**
   * @param {Ground} panel
   * @param {{ name: string, text: string, colour: string, moved: (to: Pair, resting: boolean) => void, step?: number }} options
   *   `step` of an arrow key
   */
  constructor(panel, { name, text, colour, moved, step = STEP }) {
    this.panel = panel;
    this.moved = moved;
    this.step = step;
    /** @type {Pair} */
    this.at = [0, 0];
    /** @type {Pair | null} */
    this.held = null; // from the pointer to the point
    this.node = element("div", { class: "grip", tabindex: "0", role: "button", "aria-label": name, title: tr("Drag, or use the arrow keys: {name}", { name }), style: `--colour:${colour}` }, panel.stage); // prettier-ignore
    this.node.classList.toggle("axis", !text);
    element("span", { text }, this.node);
    this.node.onpointerdown = (event) => this.take(event);
    this.node.onpointermove = (event) => this.drag(event);
    this.node.onpointerup = this.node.onpointercancel = () => this.drop();
    this.node.onkeydown = (event) => this.press(event);
  }

  /** @param {PointerEvent} event */
  take(event) {
    event.preventDefault();
    this.node.focus({ preventScroll: true });
    this.node.setPointerCapture(event.pointerId);
    const [x, y] = this.panel.pointUnder(event);
    this.held = [this.at[0] - x, this.at[1] - y];
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.held) return;
    const [x, y] = this.panel.pointUnder(event);
    this.go([x + this.held[0], y + this.held[1]], false);
  }

  drop() {
    if (!this.held) return;
    this.held = null;
    this.moved(this.at, true);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    const size = this.step * (event.shiftKey ? 5 : 1);
    this.go([this.at[0] + size * step[0], this.at[1] + size * step[1]], true);
  }

  /**
   * Move, and know where to before the page is painted: another key may come first.
   * @param {Pair} to
   * @param {boolean} resting
   */
  go(to, resting) {
    this.at = to;
    this.moved(to, resting);
  }

  /** @param {Pair} at @param {string} description */
  place(at, description) {
    this.at = at;
    const [x, y] = this.panel.place(at);
    this.node.style.left = `${x}px`;
    this.node.style.top = `${y}px`;
    this.node.setAttribute("aria-description", description);
  }
}
