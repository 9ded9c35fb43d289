// One model's image of the point: decoded in the page where that is possible, else by the server.

import { ask } from "../kit/blobs.js";
import { network } from "../kit/engine.js";
import { ImageView } from "../kit/images.js";
import { number, tr } from "../kit/language.js";
import { Latest } from "../kit/latest.js";
import { about, unpack } from "../kit/wire.js";

/**
 * @typedef {{
 *   title: string, alt: string, shape: number[], smooth: boolean, network: import("../kit/engine.js").NetworkSpec | null,
 *   why: string, bridge: string | null, via: import("../kit/engine.js").NetworkSpec | null, bridge_words: string,
 *   own_encoder: import("../kit/engine.js").NetworkSpec | null
 * }} Spec `why` says why there is no network for the page. A model that does not stand in its own space has a
 * `bridge`, the name of an affine map from the space shown, or `via`, its encoder, which sees the first model's image.
 * `own_encoder` is that of a second model, which encodes the visitor's image itself.
 */
/** @typedef {(points: Float32Array, rows: number) => Promise<ArrayLike<number>>} Decode */

const RECENT = 15; // images whose median time is shown

export class DecoderView {
  /**
   * @param {Element} parent
   * @param {Spec} spec
   * @param {{ byServer: Decode, first: Decode, dimensions: number }} host `byServer` and `first`, the first model's
   * decoder, take points of the space shown, which has so many dimensions
   * @param {(isPending: boolean) => void} report whether an image is under way
   */
  constructor(parent, spec, host, report) {
    this.latest = new Latest(report, (error) => this.fail(error));
    this.spec = spec;
    this.host = host;
    this.view = new ImageView(parent, spec);
    /** @type {number[]} */
    this.times = [];
    this.words = spec.bridge_words;
    this.by = "";
    this.trouble = "";
    this.ready = this.open();
  }

  async open() {
    const { network: spec, bridge, via, why } = this.spec;
    this.bridge = bridge ? readBridge(await ask(bridge), this.host.dimensions) : null;
    this.network = this.encoder = null;
    let reason = why;
    if (spec) {
      this.view.write(tr("Loading the decoder …"));
      try {
        if (via) this.encoder = await network(via);
        this.network = await network(spec);
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        // by name: another part of the page may have opened the network, with its own copy of the classes
        const unable = error instanceof Error && error.name === "Unable";
        if (!unable) this.trouble = `${tr("Your browser cannot use its copy of the decoder: {reason}.", { reason })} `;
      }
    }
    if (this.network) this.by = tr("in your browser by {engine}", { engine: this.network.by });
    else this.by = this.trouble ? tr("by the server") : tr("by the server ({reason})", { reason });
    this.view.figure.dataset.engine = this.network?.by ?? "server";
  }

  /**
   * Images at some points of the space shown.
   * @param {Float32Array} points
   * @param {number} rows
   * @returns {Promise<ArrayLike<number>>}
   */
  async decode(points, rows) {
    await this.ready;
    if (!this.network) return this.host.byServer(points, rows);
    if (!this.encoder) return this.network.run(this.bridge ? this.bridge(points, rows) : points, rows);
    const images = Float32Array.from(await this.host.first(points, rows));
    return this.network.run(Float32Array.from(await this.encoder.run(images, rows)), rows);
  }

  /**
   * Show the image at a point; of points that come faster than images, the last.
   * @param {ArrayLike<number>} point
   */
  show(point) {
    const points = Float32Array.from(point);
    this.words = this.spec.bridge_words;
    this.want(() => this.decode(points, 1));
  }

  /**
   * Show what this model makes of the visitor's image, which it encodes itself.
   * @param {Float32Array} image
   * @param {(z: Float32Array) => void} placed hears of its code
   */
  showOwn(image, placed) {
    const { own_encoder: spec } = this.spec;
    if (!spec) return;
    this.want(async () => {
      const encoder = await network(spec);
      if (!this.network) throw new Error(tr("the server decodes: the image stands at the corresponding point"));
      const z = Float32Array.from(await encoder.run(image, 1));
      placed(z);
      this.words = `${tr("Your image, encoded by this model itself.")} `;
      return this.network.run(z, 1);
    });
  }

  /** @param {() => Promise<ArrayLike<number>>} next gives the image that is shown next */
  want(next) {
    this.latest.want(async () => {
      await this.ready;
      const start = performance.now();
      const values = await next();
      if (this.latest.closed) return;
      this.view.draw(values);
      this.times = [...this.times.slice(1 - RECENT), performance.now() - start];
      this.describe();
    });
  }

  /** @param {unknown} error why images are missing */
  fail(error) {
    this.describedAt = undefined; // the next image is described at once
    if (!this.latest.closed) this.view.write(error instanceof Error ? error.message : String(error));
  }

  describe() {
    const now = performance.now();
    const isNew = this.words !== this.said;
    if (!isNew && now - (this.describedAt ?? -Infinity) < 500) return; // words that change with every frame cannot be read
    this.describedAt = now;
    this.said = this.words;
    const decoded =
      this.times.length < RECENT
        ? tr("Decoded {where}.", { where: this.by })
        : tr("Decoded {where}, {time} ms per image.", { where: this.by, time: number(this.cost, 1) });
    this.view.write(`${this.trouble}${this.words}${decoded}`);
  }

  /** Median milliseconds that an image took lately. */
  get cost() {
    return [...this.times].sort((a, b) => a - b)[this.times.length >> 1] ?? 0;
  }

  close() {
    this.latest.close();
  }
}

/**
 * The affine map z -> A z + b from the space shown to a model's own, as Python packs it.
 * @param {Uint8Array} bytes
 * @param {number} from dimensions of the space shown
 */
function readBridge(bytes, from) {
  const { matrix, shift } = unpack(bytes);
  const [to, width] = about(matrix).shape;
  if (width !== from) throw new Error(`the map between the spaces takes ${width} numbers, not ${from}`);
  /** @param {Float32Array} points @param {number} rows */
  return (points, rows) => {
    const found = new Float32Array(rows * to);
    for (let row = 0; row < rows; row += 1) {
      for (let k = 0; k < to; k += 1) {
        let sum = shift[k];
        for (let j = 0; j < from; j += 1) sum += matrix[k * from + j] * points[row * from + j];
        found[row * to + k] = sum;
      }
    }
    return found;
  };
}
