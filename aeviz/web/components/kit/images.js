// From the numbers that a decoder gives to images on the page: one, or many side by side.

import { context, element, write } from "./dom.js";

/** @typedef {number[]} Shape channels, height, width */

/**
 * Paint images of numbers in [0, 1] into a grid of pixels.
 * @param {ArrayLike<number>} values images one after the other, each channel by channel
 * @param {Shape} shape
 * @param {ImageData} target
 * @param {number} columns images in a row
 * @param {number} [first] place of the first of them in the grid
 */
export function paint(values, [channels, height, width], target, columns, first = 0) {
  const size = height * width;
  const count = Math.floor(values.length / (channels * size));
  const { data } = target;
  for (let image = 0; image < count; image += 1) {
    const place = first + image;
    const left = (place % columns) * width;
    const top = Math.floor(place / columns) * height;
    const from = image * channels * size;
    for (let y = 0; y < height; y += 1) {
      let at = 4 * ((top + y) * target.width + left);
      for (let k = from + y * width; k < from + (y + 1) * width; k += 1, at += 4) {
        data[at] = 255 * values[k] + 0.5;
        data[at + 1] = channels === 1 ? data[at] : 255 * values[k + size] + 0.5;
        data[at + 2] = channels === 1 ? data[at] : 255 * values[k + 2 * size] + 0.5;
        data[at + 3] = 255;
      }
    }
  }
}

/**
 * How two images differ, as an image with three channels: white where they are alike, red where the first is brighter, blue
 * where it is darker; the mean over channels counts.
 * @param {ArrayLike<number>} first
 * @param {ArrayLike<number>} second
 * @param {Shape} shape of both
 */
export function differenceColours(first, second, [channels, height, width]) {
  const size = width * height;
  const colours = new Float32Array(3 * size);
  for (let k = 0; k < size; k += 1) {
    let off = 0;
    for (let channel = 0; channel < channels; channel += 1) off += (first[channel * size + k] - second[channel * size + k]) / channels;
    const [away, strength] = [off > 0 ? 0 : 2, Math.min(1, Math.abs(off))];
    for (let channel = 0; channel < 3; channel += 1) colours[channel * size + k] = channel === away ? 1 : 1 - strength;
  }
  return colours;
}

const SMALL_PX = 16; // longest side of images that run into their neighbours: each of their pixels is large on the page
const GAP_PX = 2;
const DARK_GAP = "#5c5c5c"; // on a dark page, whose ground is like that of most images

/**
 * Draw the gaps between the images of a grid, where these are small.
 * @param {CanvasRenderingContext2D} brush
 * @param {{ columns: number, rows: number, side: number }} grid `side`: longest side of an image in pixels of its own
 * @param {{ left: number, top: number, right: number, bottom: number }} box that the images fill
 * @param {import("./theme.js").Style} style
 * @param {number} [scale] units of the brush in a pixel of the page
 */
export function drawGaps(brush, { columns, rows, side }, { left, top, right, bottom }, style, scale = 1) {
  if (side > SMALL_PX) return;
  brush.strokeStyle = style.isDark ? DARK_GAP : style.background;
  brush.lineWidth = GAP_PX * scale;
  brush.beginPath();
  for (let k = 1; k < columns; k += 1) {
    const x = left + (k * (right - left)) / columns;
    brush.moveTo(x, top);
    brush.lineTo(x, bottom);
  }
  for (let k = 1; k < rows; k += 1) {
    const y = top + (k * (bottom - top)) / rows;
    brush.moveTo(left, y);
    brush.lineTo(right, y);
  }
  brush.stroke();
}

/** Images side by side on a canvas of their own pixels, which the page stretches. */
export class Mosaic {
  /**
   * @param {Shape} shape
   * @param {number} [columns]
   * @param {number} [rows]
   * @param {boolean} [smooth] whether the page blends pixels, as it should those of photographs
   */
  constructor(shape, columns = 1, rows = 1, smooth = true) {
    this.shape = shape;
    this.columns = columns;
    this.grid = { columns, rows, side: Math.max(shape[1], shape[2]) };
    this.canvas = document.createElement("canvas");
    this.canvas.width = columns * shape[2];
    this.canvas.height = rows * shape[1];
    this.canvas.className = smooth ? "image" : "image crisp";
    this.brush = context(this.canvas);
    this.pixels = this.brush.createImageData(this.canvas.width, this.canvas.height);
  }

  /**
   * @param {ArrayLike<number>} values
   * @param {number} [first]
   */
  set(values, first = 0) {
    paint(values, this.shape, this.pixels, this.columns, first);
    this.brush.putImageData(this.pixels, 0, 0);
  }
}

/**
 * Show images side by side, a mosaic for each.
 * @param {Mosaic[]} mosaics
 * @param {ArrayLike<number>} values images one after the other
 */
export function setEach(mosaics, values) {
  const size = values.length / mosaics.length;
  const all = Float32Array.from(values);
  mosaics.forEach((mosaic, k) => mosaic.set(all.subarray(k * size, (k + 1) * size)));
}

/** One decoded image under a heading, with a line of words below. */
export class ImageView {
  /**
   * @param {Element} parent
   * @param {{ title: string, alt: string, shape: Shape, smooth: boolean }} spec
   */
  constructor(parent, { title, alt, shape, smooth }) {
    this.figure = element("figure", { class: "view" }, parent);
    element("figcaption", { text: title }, this.figure);
    this.mosaic = new Mosaic(shape, 1, 1, smooth);
    const { canvas } = this.mosaic;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", alt);
    this.figure.append(canvas);
    this.words = element("div", { class: "hint", "aria-live": "polite" }, this.figure);
    this.frames = 0;
  }

  /** @param {ArrayLike<number>} values */
  draw(values) {
    this.mosaic.set(values);
    this.frames += 1;
    this.figure.dataset.frames = String(this.frames);
  }

  /** @param {string} text */
  write(text) {
    write(this.words, text);
  }
}
