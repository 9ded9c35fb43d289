// A drawing while it is drawn: prepared and encoded in the page. Its reconstruction stands beside the pad, and maps on the
// page receive the latent point by the window's event "aeviz:place"; or other parts of the page show both (link.js).

import { element } from "../kit/dom.js";
import { network } from "../kit/engine.js";
import { ImageView } from "../kit/images.js";
import { tr } from "../kit/language.js";
import { tell } from "../kit/link.js";
import { Handwriting } from "./handwriting.js";
import { strokesToText } from "./link_text.js";
import { SIDE, paint } from "./strokes.js";

/**
 * @typedef {{
 *   encoder: import("../kit/engine.js").NetworkSpec, decoder: import("../kit/engine.js").NetworkSpec, shape: number[],
 *   model: string, linked: boolean
 * }} LiveSpec `linked`: an inspector on the page shows what becomes of the drawing
 */

export class LiveDrawing {
  /**
   * @param {Element} parent
   * @param {LiveSpec} spec
   * @param {(isPending: boolean) => void} report whether a reconstruction is under way
   */
  constructor(parent, spec, report) {
    this.spec = spec;
    this.report = report;
    this.root = element("div", { class: "live", "data-testid": "live-drawing" }, parent);
    this.frames = 0;
    if (!spec.linked) {
      const view = (/** @type {string} */ title, /** @type {string} */ alt) =>
        new ImageView(this.root, { title, alt, shape: spec.shape, smooth: false });
      this.input = view(tr("Input of the network"), tr("The drawing as the network receives it"));
      this.output = view(tr("Reconstruction"), tr("The drawing, reconstructed by {model} in the page", { model: spec.model }));
    }
    this.handwriting = new Handwriting(paint, SIDE, spec.shape);
    /** @type {import("./handwriting.js").Stroke[] | null} */
    this.wanted = null;
    this.done = true;
    this.busy = false;
    this.closed = false;
    this.networks = Promise.all([network(spec.encoder), network(spec.decoder)]);
    this.networks.catch(() => this.close()); // this page cannot: the server reconstructs after each stroke
  }

  /** Whether the page shows the reconstruction, so that the server is not needed during a stroke. */
  get works() {
    return !this.closed && this.frames > 0;
  }

  /**
   * @param {import("./handwriting.js").Stroke[]} strokes
   * @param {boolean} done whether the pen is up
   */
  follow(strokes, done) {
    this.wanted = strokes;
    this.done = done;
    if (done && this.spec.linked) tell("drawing", this.spec.model, strokesToText(strokes), this);
    if (!this.busy && !this.closed) this.pump().catch(() => this.close());
  }

  async pump() {
    this.busy = true;
    this.report(true);
    const [encoder, decoder] = await this.networks;
    while (this.wanted && !this.closed) {
      const { done } = this;
      const image = this.handwriting.prepare(this.wanted);
      this.wanted = null;
      this.root.toggleAttribute("hidden", !image);
      if (!image) {
        this.announce(null);
        continue;
      }
      const z = Float32Array.from(await encoder.run(image, 1));
      if (this.closed) break;
      if (!this.spec.linked) {
        const values = await decoder.run(z, 1);
        if (this.closed) break;
        this.input?.draw(image);
        this.output?.draw(values);
      }
      this.frames += 1;
      this.announce({ image, z, done });
      await new Promise((go) => requestAnimationFrame(go)); // no faster than the screen
    }
    this.busy = false;
    this.report(false);
  }

  /** @param {{ image: Float32Array, z: Float32Array, done: boolean } | null} drawing */
  announce(drawing) {
    const { model, linked } = this.spec;
    const z = drawing && Array.from(drawing.z);
    this.root.dataset.point = z ? z.map((value) => value.toFixed(3)).join(" ") : "";
    if (linked) tell("own", model, drawing && { ...drawing, name: tr("Your drawing"), z: Float64Array.from(drawing.z) }, this);
    else window.dispatchEvent(new CustomEvent("aeviz:place", { detail: { model, z } }));
  }

  close() {
    if (this.spec.linked && !this.closed) {
      tell("own", this.spec.model, null, this);
      tell("drawing", this.spec.model, "", this);
    }
    this.closed = true;
    this.report(false);
    this.root.remove();
  }
}
