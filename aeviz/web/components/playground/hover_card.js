// The image under the pointer on the latent plane, and its class.

import { element, write } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { unit } from "./batches.js";
import { Strip } from "./strip.js";

const REACH_PX = 9; // of the pointer
const OFFSET_PX = 14; // between it and the card

export class HoverCard {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.root = element("div", { class: "hover-card", hidden: "" }, stage);
    this.text = element("span", {}, this.root);
    /** @type {Strip | null} */
    this.strip = null;
    this.shown = -1;
  }

  hide() {
    this.root.hidden = true;
    this.shown = -1;
  }

  /**
   * Show the image of the point next to the pointer, if one is near.
   * @param {PointerEvent} event
   * @param {{ x: Float32Array, y: Float32Array }} spots of the points, in pixels of the stage
   * @param {import("./member.js").Data} data
   * @param {string[]} names of the classes
   */
  over(event, { x, y }, data, names) {
    const box = this.stage.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let [found, least] = [-1, REACH_PX ** 2];
    for (let k = 0; k < x.length; k += 1) {
      const distance = (x[k] - px) ** 2 + (y[k] - py) ** 2;
      if (distance < least) [found, least] = [k, distance];
    }
    if (found < 0) return this.hide();
    this.root.hidden = false;
    const isRight = px > box.width / 2;
    this.root.style.transform = `translate(${isRight ? px - OFFSET_PX : px + OFFSET_PX}px, ${py}px) translate(${isRight ? "-100%" : "0"}, -50%)`;
    if (found === this.shown) return undefined;
    this.shown = found;
    if (this.strip?.shape !== data.shape) {
      this.strip?.canvas.remove();
      this.strip = new Strip(this.root, data.shape, 1);
    }
    const size = data.shape.reduce((product, side) => product * side, 1);
    this.strip.set(unit(data.images.subarray(found * size, (found + 1) * size)));
    const name = names[data.labels[found]];
    write(this.text, name === undefined ? tr("image {place}", { place: found }) : tr("{name}, image {place}", { name, place: found }));
    return undefined;
  }
}
