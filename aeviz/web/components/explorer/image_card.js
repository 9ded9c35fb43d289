// The chosen test image, or the visitor's own: the original, its reconstruction and their difference, and its neighbours in
// the latent space with their vote on its class, all from what the page has: codes, small originals and the decoder.

import { context, element, write } from "../kit/dom.js";
import { differenceColours, Mosaic } from "../kit/images.js";
import { tr } from "../kit/language.js";
import { signedFilter, watchLooks } from "../kit/theme.js";
import { sprite } from "../kit/sprites.js";
import { countVotes, nearest, Neighbours, NO_LABEL, voteText } from "./neighbours.js";

const NEIGHBOURS = 10;
const OWN = -2; // in place of an index: the visitor's image

/** @typedef {import("./space.js").Space} Space */
/** @typedef {import("../kit/sprites.js").Sprite} Sprite */
/**
 * @typedef {{
 *   space: Space, shape: number[], smooth: boolean, sprite: string | null,
 *   choose: (index: number) => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>, failed: (error: unknown) => void,
 *   during: import("./explorer.js").During
 * }} Host
 */
/** @typedef {{ name: string, image: Float32Array, z: Float64Array }} Own the pixels, (C, H, W) in [0, 1], and their code */

export class ImageCard {
  /**
   * @param {Element} parent
   * @param {Host} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("section", { class: "chosen", "data-testid": "chosen-image", hidden: "" }, parent);
    this.title = element("div", { class: "title", "aria-live": "polite" }, this.root);
    const row = element("div", { class: "row" }, this.root);
    /** @param {string} caption @param {string} name @param {HTMLCanvasElement} canvas */
    const figure = (caption, name, canvas) => {
      const node = element("figure", {}, row);
      node.append(canvas);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", name);
      element("figcaption", { text: caption }, node);
      return node;
    };
    const { shape, smooth } = host;
    this.original = element("canvas", { class: smooth ? "image" : "image crisp" });
    this.drawn = new Mosaic(shape, 1, 1, smooth);
    this.error = new Mosaic([3, shape[1], shape[2]], 1, 1, smooth);
    this.originalFigure = figure(tr("original"), tr("The chosen image"), this.original);
    figure(tr("decoded"), tr("Its reconstruction"), this.drawn.canvas);
    this.errorFigure = figure(tr("red: too bright, blue: too dark"), tr("Reconstruction minus image"), this.error.canvas);
    this.unwatch = watchLooks(this.root, () => (this.error.canvas.style.filter = signedFilter(this.root)));
    this.vote = element("div", { class: "hint" }, this.root);
    this.neighbours = new Neighbours(this.root, host);
    this.index = -1;
    /** @type {Own | null} the visitor's image that comes next */
    this.wanted = null;
    this.isBusy = false;
    this.token = 0;
    /** @type {Sprite | null} */
    this.sprite = null;
    if (host.sprite) {
      const coming = sprite(host.sprite).then((found) => (this.sprite = this.neighbours.sprite = found));
      this.ready = host.during("small images", coming).catch(() => null); // the page does without them
    }
  }

  /** Whether it shows the visitor's own image. */
  get isOwn() {
    return this.index === OWN;
  }

  /** @param {number} index of the image, -1 for none */
  show(index) {
    if (index === this.index) return;
    this.index = index;
    const z = this.host.space.codeOf(index);
    this.root.hidden = !z;
    this.token += 1;
    if (z) this.host.during("chosen image", this.fill(index, z, this.token)).catch(this.host.failed);
  }

  /**
   * Show the visitor's own image in place of a test image; while a pen draws, images that came too soon are left out.
   * @param {Own | null} own
   */
  showOwn(own) {
    this.wanted = own;
    if (own && !this.isBusy) {
      this.isBusy = true;
      this.host.during("own image", this.fillOwn()).catch(this.host.failed);
    } else if (!own && this.isOwn) this.show(-1);
  }

  async fillOwn() {
    try {
      while (this.wanted) {
        const { name, image, z } = this.wanted;
        this.wanted = null;
        this.index = OWN;
        this.root.hidden = false;
        this.root.dataset.image = "own";
        this.token += 1;
        const { token } = this;
        write(this.title, name);
        const near = nearest(this.host.space, z, NEIGHBOURS);
        this.countVotes(near, NO_LABEL);
        const values = Float32Array.from(await this.host.decode(Float32Array.from(z), 1));
        await this.ready;
        if (token !== this.token) continue;
        this.drawn.set(values);
        this.compare(image, values);
        await this.neighbours.show(near);
      }
    } finally {
      this.isBusy = false;
    }
  }

  /** @param {number} index @param {Float64Array} z @param {number} token */
  async fill(index, z, token) {
    const { space, decode } = this.host;
    const label = space.labels[index];
    const title = tr("Test image {index}", { index });
    const name = label === NO_LABEL ? "" : tr("class {name}", { name: String(space.classes[label]?.name) });
    write(this.title, name ? `${title} · ${name}` : title);
    const near = nearest(space, z, NEIGHBOURS, index);
    this.countVotes(near, label);
    const values = Float32Array.from(await decode(Float32Array.from(z), 1));
    await this.ready;
    if (token !== this.token) return;
    this.drawn.set(values);
    this.drawOriginal(index, values);
    await this.neighbours.show(near);
    this.root.dataset.image = String(index);
  }

  /** @param {number[]} near @param {number} label */
  countVotes(near, label) {
    const { space } = this.host;
    if (!near.length) return write(this.vote, ""); // the page has no codes of test images
    const sorted = countVotes(space, near);
    if (!sorted.length) return write(this.vote, tr("Nearest images in the latent space:"));
    const text = sorted.map(([each, count]) => voteText(space, each, count)).join(", ");
    const agrees = label === NO_LABEL || sorted[0][0] === label;
    this.root.dataset.agrees = String(agrees);
    const vote = tr("Its {count} nearest images: {votes}.", { count: near.length, votes: text });
    return write(this.vote, agrees ? vote : `${vote} ${tr("The majority is of another class.")}`);
  }

  /** @param {number} index @param {Float32Array} values its reconstruction */
  drawOriginal(index, values) {
    const { sprite: small, original } = this;
    const known = small !== null && index < small.count;
    this.originalFigure.hidden = !known;
    const [channels, height, width] = this.host.shape;
    this.errorFigure.hidden = !known || small.width !== width || small.height !== height;
    if (!known) return;
    [original.width, original.height] = [small.width, small.height];
    const brush = context(original, { willReadFrequently: true });
    small.draw(brush, index, 0, 0, Math.max(small.width, small.height));
    if (this.errorFigure.hidden) return;
    const { data } = brush.getImageData(0, 0, width, height);
    const size = width * height;
    const image = Float32Array.from({ length: channels * size }, (_, k) => data[4 * (k % size) + Math.floor(k / size)] / 255);
    this.drawDifference(image, values);
  }

  /**
   * Show the visitor's image, and its reconstruction beside it.
   * @param {Float32Array} image
   * @param {Float32Array} values its reconstruction
   */
  compare(image, values) {
    const { shape, smooth } = this.host;
    const mosaic = new Mosaic(shape, 1, 1, smooth);
    mosaic.set(image);
    [this.original.width, this.original.height] = [shape[2], shape[1]];
    context(this.original).drawImage(mosaic.canvas, 0, 0);
    this.originalFigure.hidden = this.errorFigure.hidden = false;
    this.drawDifference(image, values);
  }

  /** @param {Float32Array} image @param {Float32Array} values its reconstruction */
  drawDifference(image, values) {
    this.error.set(differenceColours(values, image, this.host.shape));
  }

  close() {
    this.token += 1;
    this.unwatch();
    this.root.remove();
  }
}
