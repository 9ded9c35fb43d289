// Thousands of small discs on a canvas, written pixel by pixel: many times as fast as drawing each.

import { context, element, pixelRatio, resize } from "../kit/dom.js";

const FINE = 4; // parts of a pixel along each side by which the edge of a disc is smoothed

/** @typedef {{ side: number, stamps: Map<number, Uint8ClampedArray> }} Mask red, green, blue and cover of each pixel, by colour */
/** @typedef {(label: number) => number[]} Colours red, green and blue by label, from 0 to 255 */

export class Stamps {
  /** @param {Element} stage that it covers */
  constructor(stage) {
    this.canvas = element("canvas", { "aria-hidden": "true" }, stage);
    this.canvas.style.pointerEvents = "none";
    /** @type {ImageData | null} */
    this.pixels = null;
    /** @type {Map<string, Mask>} */
    this.masks = new Map();
    this.ratio = 1;
  }

  /**
   * Begin a picture.
   * @param {number} width of the stage in pixels of the page
   * @param {number} height
   */
  begin(width, height) {
    this.ratio = pixelRatio();
    resize(this.canvas, Math.round(width * this.ratio), Math.round(height * this.ratio));
    if (this.pixels?.width !== this.canvas.width || this.pixels.height !== this.canvas.height) {
      this.pixels = new ImageData(this.canvas.width, this.canvas.height);
    } else this.pixels.data.fill(0);
  }

  /**
   * Write discs.
   * @param {ArrayLike<number>} x places in pixels of the page
   * @param {ArrayLike<number>} y
   * @param {ArrayLike<number>} labels of the colours
   * @param {{ colours: Colours, radius: number, rim: number[], box: number[] }} look `rim` the colour of the edge; `box`
   *   left, top, right and bottom of what may be covered, in pixels of the page
   */
  discs(x, y, labels, { colours, radius, rim, box }) {
    const { pixels, ratio } = this;
    if (!pixels) return;
    const mask = this.mask(radius * ratio, rim);
    const { side } = mask;
    const half = side >> 1;
    const left = Math.round(box[0] * ratio);
    const top = Math.round(box[1] * ratio);
    const right = Math.round(box[2] * ratio);
    const bottom = Math.round(box[3] * ratio);
    const { data, width } = pixels;
    for (let k = 0; k < x.length; k += 1) {
      const x0 = Math.round(x[k] * ratio) - half;
      const y0 = Math.round(y[k] * ratio) - half;
      if (!(x0 >= left && x0 + side <= right && y0 >= top && y0 + side <= bottom)) continue;
      const stamp = mask.stamps.get(labels[k]) ?? this.stamp(mask, labels[k], colours, radius * ratio, rim);
      for (let row = 0; row < side; row += 1) {
        let from = 4 * row * side;
        let to = 4 * ((y0 + row) * width + x0);
        for (let column = 0; column < side; column += 1, from += 4, to += 4) {
          const cover = stamp[from + 3];
          if (cover === 0) continue;
          const before = data[to + 3];
          if (cover === 255 || before === 0) {
            data[to] = stamp[from];
            data[to + 1] = stamp[from + 1];
            data[to + 2] = stamp[from + 2];
            data[to + 3] = cover > before ? cover : before;
            continue;
          }
          const over = cover / 255;
          const under = (before / 255) * (1 - over);
          const alpha = over + under;
          data[to] = (over * stamp[from] + under * data[to]) / alpha;
          data[to + 1] = (over * stamp[from + 1] + under * data[to + 1]) / alpha;
          data[to + 2] = (over * stamp[from + 2] + under * data[to + 2]) / alpha;
          data[to + 3] = 255 * alpha;
        }
      }
    }
  }

  end() {
    if (this.pixels) context(this.canvas).putImageData(this.pixels, 0, 0);
  }

  /** @param {number} radius in pixels of the canvas @param {number[]} rim @returns {Mask} */
  mask(radius, rim) {
    const key = `${radius.toFixed(2)} ${rim.join()}`;
    const found = this.masks.get(key) ?? { side: 2 * Math.ceil(radius + rimOf(radius)) + 1, stamps: new Map() };
    this.masks.set(key, found);
    return found;
  }

  /** @param {Mask} mask @param {number} label @param {Colours} colours @param {number} radius @param {number[]} rim */
  stamp({ side, stamps }, label, colours, radius, rim) {
    const colour = colours(label);
    const stamp = new Uint8ClampedArray(4 * side * side);
    for (let at = 0; at < side * side; at += 1) {
      let [fill, edge] = [0, 0];
      for (let part = 0; part < FINE * FINE; part += 1) {
        const dx = (at % side) + ((part % FINE) + 0.5) / FINE - side / 2;
        const dy = Math.floor(at / side) + (Math.floor(part / FINE) + 0.5) / FINE - side / 2;
        const distance = Math.hypot(dx, dy);
        if (distance < radius) fill += 1 / FINE ** 2;
        else if (distance < radius + rimOf(radius)) edge += 1 / FINE ** 2;
      }
      if (!(fill + edge)) continue;
      for (let c = 0; c < 3; c += 1) stamp[4 * at + c] = (fill * colour[c] + edge * rim[c]) / (fill + edge);
      stamp[4 * at + 3] = 255 * (fill + edge);
    }
    stamps.set(label, stamp);
    return stamp;
  }

  /** Forget the colours: the looks of the page have changed. */
  clear() {
    this.masks.clear();
  }
}

/** Width of the rim of a disc. @param {number} radius */
const rimOf = (radius) => Math.max(0.6, 0.28 * radius);
