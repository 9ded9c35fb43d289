// An image that came as PNG or WebP, and changes without a flicker.

import { context, element, pixelRatio, resize } from "./dom.js";
import { drawGaps } from "./images.js";
import { about } from "./wire.js";

const KEPT = 24; // decoded images at once; decoding one anew takes a few milliseconds

// Images as bitmaps, by the digest of their bytes.
class Bitmaps {
  constructor() {
    /** @type {Map<string, Promise<ImageBitmap>>} */
    this.kept = new Map();
  }

  /**
   * @param {string} key
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  get(key, bytes) {
    const found = this.kept.get(key) ?? createImageBitmap(new Blob([bytes]));
    this.kept.delete(key);
    this.kept.set(key, found); // the last asked for is the last to go
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT) this.kept.delete(oldest);
    return found;
  }
}

const bitmaps = new Bitmaps();

// An image whose pixels stay squares. The canvas holds each pixel a whole number of times; the browser only makes that
// a little smaller, so that all pixels look alike at any width.
export class EncodedImage {
  /**
   * @param {Element} parent
   * @param {string} label
   */
  constructor(parent, label) {
    this.canvas = element("canvas", { class: "image", role: "img", "aria-label": label, hidden: "" }, parent);
    /** @type {Promise<void>} settled when the image asked for last is drawn */
    this.ready = Promise.resolve();
    this.asked = 0;
    this.drawn = 0;
    this.factor = 0;
    this.key = "";
    this.columns = 0;
    /** @type {import("./theme.js").Style | null} */
    this.style = null;
    /** @type {ImageBitmap | null} */
    this.bitmap = null;
    /** @type {ImageBitmap | null} */
    this.painted = null;
  }

  /** @param {Uint8Array<ArrayBuffer> | null | undefined} bytes an array of a payload */
  show(bytes) {
    const key = bytes ? about(bytes).digest : "";
    if (this.key === key) return;
    this.key = key;
    this.ready = this.load(key, bytes);
  }

  /** @param {string} key @param {Uint8Array<ArrayBuffer> | null | undefined} bytes */
  async load(key, bytes) {
    this.asked += 1;
    const revision = this.asked;
    this.canvas.hidden = !bytes;
    if (!bytes) return;
    let bitmap;
    try {
      bitmap = await bitmaps.get(key, bytes);
    } catch {
      this.canvas.hidden = true; // bytes that are no image
      return;
    }
    if (revision < this.drawn) return; // a later one was quicker
    this.drawn = revision;
    this.bitmap = bitmap;
    this.paint();
  }

  /**
   * Say that the image is a grid of images, with as many rows as columns, to be parted by gaps; see `drawGaps`.
   * @param {number} columns
   * @param {import("./theme.js").Style} style of the page
   */
  divide(columns, style) {
    if (this.columns === columns && this.style?.background === style.background) return;
    [this.columns, this.style] = [columns, style];
    this.painted = null;
    this.paint();
  }

  /**
   * Draw the image at the size the page gives it.
   * @param {number} [ratio] pixels of the screen in one of the page
   */
  paint(ratio = pixelRatio()) {
    if (!this.bitmap) return;
    const { width, height } = this.bitmap;
    const wanted = this.canvas.clientWidth * ratio;
    const factor = Math.max(1, Math.min(16, Math.ceil(wanted / width)));
    if (this.painted === this.bitmap && this.factor === factor) return;
    [this.painted, this.factor] = [this.bitmap, factor];
    const [w, h] = [width * factor, height * factor];
    resize(this.canvas, w, h);
    const brush = context(this.canvas);
    brush.imageSmoothingEnabled = false;
    brush.drawImage(this.bitmap, 0, 0, w, h);
    if (!this.columns || !this.style) return;
    const grid = { columns: this.columns, rows: this.columns, side: width / this.columns };
    drawGaps(brush, grid, { left: 0, top: 0, right: w, bottom: h }, this.style, w / (this.canvas.clientWidth || w));
  }
}
