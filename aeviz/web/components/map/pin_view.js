// The image at the pin of a panel, decoded in the page while the pin is dragged, in a corner of the map.

import { element } from "../kit/dom.js";
import { network } from "../kit/engine.js";
import { Mosaic } from "../kit/pictures.js";

/**
 * @typedef {{
 *   origin: number[], columns: number[][], network: import("../kit/engine.js").NetworkSpec | null, shape: number[],
 *   smooth: boolean, model: string
 * }} Lift a point (a, b, ...) of the panel is the latent point origin + a columns[0] + b columns[1] + ...
 */

export class PinView {
  /** @param {HTMLElement} stage of the panel */
  constructor(stage) {
    this.root = element("figure", { class: "pinned", hidden: "", "data-testid": "pinned" }, stage);
    this.words = element("figcaption", {}, this.root);
    /** @type {Mosaic | null} */
    this.mosaic = null;
    /** @type {Lift | null} */
    this.lift = null;
    /** @type {number[] | null} */
    this.wanted = null;
    this.busy = false;
    this.frames = 0;
  }

  /**
   * Show the image at a point of the panel.
   * @param {Lift | null | undefined} lift how its points are decoded
   * @param {number[]} point
   */
  show(lift, point) {
    if (!lift) return;
    if (lift !== this.lift) {
      this.lift = lift;
      this.mosaic?.canvas.remove();
      this.mosaic = new Mosaic(lift.shape, 1, 1);
      this.mosaic.canvas.className = lift.smooth ? "" : "crisp";
      this.mosaic.canvas.setAttribute("role", "img");
      this.mosaic.canvas.setAttribute("aria-label", `The image that ${lift.model} decodes at the pin`);
      this.root.prepend(this.mosaic.canvas);
    }
    this.wanted = point;
    if (!this.busy) this.pump();
  }

  /**
   * Fetch and open the decoder before it is needed.
   * @param {Lift | null | undefined} lift
   */
  warm(lift) {
    if (lift?.network) network(lift.network).catch(() => undefined); // who drags hears of it
  }

  async pump() {
    this.busy = true;
    while (this.wanted && this.lift) {
      const [lift, point] = [this.lift, this.wanted];
      this.wanted = null;
      try {
        if (!lift.network) throw new Error("the page has no decoder");
        const decoder = await network(lift.network);
        const z = Float32Array.from(lift.origin, (value, k) =>
          point.reduce((sum, at, axis) => sum + at * lift.columns[axis][k], value),
        );
        const values = await decoder.run(z, 1);
        if (lift !== this.lift) continue;
        this.mosaic?.set(values);
        this.frames += 1;
        this.say(lift.model, true);
      } catch {
        this.say("decoded by the server when you let go", false);
        break;
      }
    }
    this.busy = false;
  }

  /** @param {string} text @param {boolean} isDrawn */
  say(text, isDrawn) {
    this.root.hidden = false;
    this.words.textContent = text;
    this.mosaic?.canvas.toggleAttribute("hidden", !isDrawn);
    this.root.dataset.frames = String(this.frames);
  }

  hide() {
    this.root.hidden = true;
  }
}
