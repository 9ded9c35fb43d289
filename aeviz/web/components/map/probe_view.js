// The image at the probe of a panel, decoded in the page while the probe is dragged, in a corner of the map.

import { element, write } from "../kit/dom.js";
import { network } from "../kit/engine.js";
import { Mosaic } from "../kit/images.js";

/**
 * @typedef {{
 *   origin: number[], columns: number[][], network: import("../kit/engine.js").NetworkSpec | null, shape: number[],
 *   smooth: boolean, model: string
 * }} Lift a point (a, b, ...) of the panel is the latent point origin + a columns[0] + b columns[1] + ...
 */

export class ProbeView {
  /**
   * @param {HTMLElement} stage of the panel
   * @param {(isPending: boolean) => void} report whether an image is under way
   */
  constructor(stage, report) {
    this.report = report;
    this.root = element("figure", { class: "probe", hidden: "", "data-testid": "probe" }, stage);
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
      this.mosaic = new Mosaic(lift.shape, 1, 1, lift.smooth);
      this.mosaic.canvas.setAttribute("role", "img");
      this.mosaic.canvas.setAttribute("aria-label", `The image that ${lift.model} decodes at the probe`);
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
    if (lift?.network) network(lift.network).catch(() => undefined); // a drag shows what is wrong
  }

  async pump() {
    this.busy = true;
    this.report(true);
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
        this.write(lift.model, true);
      } catch {
        this.write("Release to decode on the server", false);
        break;
      }
    }
    this.busy = false;
    this.report(false);
  }

  /** @param {string} text @param {boolean} isDrawn */
  write(text, isDrawn) {
    this.root.hidden = false;
    write(this.words, text);
    this.mosaic?.canvas.toggleAttribute("hidden", !isDrawn);
    this.root.dataset.frames = String(this.frames);
  }

  hide() {
    this.root.hidden = true;
  }
}
