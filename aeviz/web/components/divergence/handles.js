// Handles of the densities: a disc at a mean, which moves the curve, and a square one standard deviation beside it,
// which sets the width. Each follows the pointer, the wheel and the arrow keys.

import { brief, element } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { clamp, logDensity } from "./gaussians.js";

/** @typedef {import("./gaussians.js").Gaussian} Gaussian */
/** @typedef {"mean" | "sd"} Quantity */

export const MEANS = [-6, 6];
export const DEVIATIONS = [0.2, 3];
/** Changes of a key: of mean and standard deviation. @type {Record<string, [number, number]>} */
const KEYS = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowDown: [0, -0.1], ArrowUp: [0, 0.1] };

export class Handle {
  /**
   * @param {import("./picture.js").Picture} picture
   * @param {{ name: string, colour: string, quantity: Quantity, side: number, changed: (resting: boolean) => void }} options
   */
  constructor(picture, { name, colour, quantity, side, changed }) {
    this.picture = picture;
    this.quantity = quantity;
    this.changed = changed;
    this.side = side;
    /** @type {Gaussian} */
    this.part = { mean: 0, sd: 1, weight: 1 };
    this.grip = 0; // from the pointer to the handle, in values of x
    this.isHeld = false;
    const [low, high] = quantity === "mean" ? MEANS : DEVIATIONS;
    this.node = element(
      "div",
      {
        class: `handle ${quantity}`, role: "slider", tabindex: "0", "aria-label": quantity === "mean" ? tr("Mean of {name}", { name }) : tr("Standard deviation of {name}", { name }),
        "aria-valuemin": String(low), "aria-valuemax": String(high), style: `--colour:${colour}`,
        title: quantity === "mean" ? tr("Drag: mean of {name}. Wheel, or arrow keys up and down: width.", { name }) : tr("Drag: width of {name}", { name }),
      },
      picture.stage,
    ); // prettier-ignore
    this.label = element("span", { text: quantity === "mean" ? name : "σ" }, this.node);
    this.node.onpointerdown = (event) => this.take(event);
    this.node.onpointermove = (event) => this.isHeld && this.drag(event);
    this.node.onpointerup = this.node.onpointercancel = () => this.drop();
    this.node.onkeydown = (event) => this.press(event);
    this.node.addEventListener("wheel", (event) => this.turn(event), { passive: false });
  }

  /** Where it stands, as a value of x. */
  get at() {
    return this.part.mean + (this.quantity === "sd" ? this.side * this.part.sd : 0);
  }

  /** @param {PointerEvent} event */
  valueUnder(event) {
    return this.picture.valueAt(event.clientX - this.picture.stage.getBoundingClientRect().left);
  }

  /** @param {PointerEvent} event */
  take(event) {
    event.preventDefault();
    this.node.focus({ preventScroll: true });
    this.node.setPointerCapture(event.pointerId);
    this.grip = this.at - this.valueUnder(event);
    this.isHeld = true;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const value = this.valueUnder(event) + this.grip;
    if (this.quantity === "mean") this.set(value, this.part.sd);
    else this.set(this.part.mean, this.side * (value - this.part.mean));
    this.changed(false);
  }

  drop() {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.changed(true);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    const [along, across] = step.map((change) => change * (event.shiftKey ? 5 : 1));
    if (this.quantity === "mean") this.set(this.part.mean + along, this.part.sd + across);
    else this.set(this.part.mean, this.part.sd + this.side * along + across);
    this.changed(true);
  }

  /** @param {WheelEvent} event */
  turn(event) {
    event.preventDefault();
    this.set(this.part.mean, this.part.sd * Math.exp(-event.deltaY / 1000));
    this.changed(true);
  }

  /** @param {number} mean @param {number} sd */
  set(mean, sd) {
    this.part.mean = clamp(Math.round(100 * mean) / 100, MEANS[0], MEANS[1]);
    this.part.sd = clamp(Math.round(100 * sd) / 100, DEVIATIONS[0], DEVIATIONS[1]);
  }

  /** Put it on the curve of its density. @param {Gaussian} part */
  place(part) {
    this.part = part;
    const { picture, node, at } = this;
    node.style.left = `${picture.x(at)}px`;
    node.style.top = `${picture.y(picture.above, Math.exp(logDensity([part], at)))}px`;
    const value = this.quantity === "mean" ? part.mean : part.sd;
    node.setAttribute("aria-valuenow", value.toFixed(2));
    node.setAttribute("aria-valuetext", brief(value));
  }
}
