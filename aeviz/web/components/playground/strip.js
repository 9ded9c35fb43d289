// Images side by side on one canvas, with gaps: a canvas for each would cost the browser a layer for each.

import { context, element } from "../kit/dom.js";
import { paint } from "../kit/images.js";

export class Strip {
  /**
   * @param {Element} parent
   * @param {number[]} shape of an image
   * @param {number} columns
   * @param {number} [rows]
   */
  constructor(parent, shape, columns, rows = 1) {
    const [, height, width] = shape;
    this.shape = shape;
    this.columns = columns;
    this.count = columns * rows;
    this.gap = Math.max(1, Math.round(width / 14));
    this.canvas = element("canvas", {
      class: "image crisp", role: "img",
      width: String(columns * (width + this.gap) - this.gap), height: String(rows * (height + this.gap) - this.gap),
    }, parent); // prettier-ignore
    this.brush = context(this.canvas);
    this.pixels = this.brush.createImageData(width, height);
  }

  /** @param {Float32Array} values images one after the other */
  set(values) {
    const [channels, height, width] = this.shape;
    const size = channels * height * width;
    for (let k = 0; k < Math.min(this.count, values.length / size); k += 1) {
      paint(values.subarray(k * size, (k + 1) * size), this.shape, this.pixels, 1);
      const [x, y] = [(k % this.columns) * (width + this.gap), Math.floor(k / this.columns) * (height + this.gap)];
      this.brush.putImageData(this.pixels, x, y);
    }
  }
}
