// What a model makes of a drawing while it is drawn: prepared, encoded and decoded in the page, beside the pad. Maps on
// the page hear of the latent point by the window's event "aeviz:place".

import { element } from "../kit/dom.js";
import { network } from "../kit/engine.js";
import { Handwriting } from "./handwriting.js";
import { ImageView } from "../kit/pictures.js";

/**
 * @typedef {{
 *   encoder: import("../kit/engine.js").NetworkSpec, decoder: import("../kit/engine.js").NetworkSpec, shape: number[],
 *   model: string
 * }} LiveSpec
 */

export class LiveDrawing {
  /**
   * @param {Element} parent
   * @param {LiveSpec} spec
   * @param {import("./handwriting.js").Paint} paint
   * @param {number} side of the pad
   */
  constructor(parent, spec, paint, side) {
    this.spec = spec;
    this.root = element("div", { class: "live", "data-testid": "live-drawing" }, parent);
    const view = (/** @type {string} */ title, /** @type {string} */ alt) =>
      new ImageView(this.root, { title, alt, shape: spec.shape, smooth: false });
    this.seen = view("The network sees", "The drawing as the network sees it");
    this.made = view("and makes of it", `The drawing, reconstructed by ${spec.model} in the page`);
    this.handwriting = new Handwriting(paint, side, spec.shape);
    /** @type {import("./handwriting.js").Stroke[] | null} */
    this.wanted = null;
    this.busy = false;
    this.closed = false;
    this.networks = Promise.all([network(spec.encoder), network(spec.decoder)]);
    this.networks.catch(() => this.give()); // this page cannot: the server answers after each stroke as ever
  }

  give() {
    this.closed = true;
    this.root.remove();
  }

  /** Whether the page shows what the model makes of the drawing, so that nobody has to ask the server under way. */
  get works() {
    return !this.closed && this.made.frames > 0;
  }

  /** @param {import("./handwriting.js").Stroke[]} strokes */
  follow(strokes) {
    this.wanted = strokes;
    if (!this.busy && !this.closed) this.pump().catch(() => this.give());
  }

  async pump() {
    this.busy = true;
    const [encoder, decoder] = await this.networks;
    while (this.wanted && !this.closed) {
      const image = this.handwriting.prepare(this.wanted);
      this.wanted = null;
      this.root.toggleAttribute("hidden", !image);
      if (!image) {
        this.tell(null);
        continue;
      }
      const z = Float32Array.from(await encoder.run(image, 1));
      const made = await decoder.run(z, 1);
      if (this.closed) break;
      this.seen.draw(image);
      this.made.draw(made);
      this.tell(Array.from(z));
      await new Promise((go) => requestAnimationFrame(go)); // no faster than the screen
    }
    this.busy = false;
  }

  /** @param {number[] | null} z */
  tell(z) {
    this.root.dataset.point = z ? z.map((value) => value.toFixed(3)).join(" ") : "";
    window.dispatchEvent(new CustomEvent("aeviz:place", { detail: { model: this.spec.model, z } }));
  }

  close() {
    this.closed = true;
    this.root.remove();
  }
}
