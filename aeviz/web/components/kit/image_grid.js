// Images in a grid that Python tiled into one picture: which one lies at a place, where keys lead, and one of them alone.

import { context, resize } from "./dom.js";

/** @typedef {{ count: number, columns: number }} Places */
/** @typedef {{ columns: number, gap: number, tile: [number, number] }} Tiling height and width of an image, in pixels */

/** Steps of the arrow keys, in columns and rows. @type {Record<string, [number, number]>} */
export const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The image at a place of the grid, given as shares of its width and height; -1 where there is none.
 * @param {Places} grid
 * @param {number} x
 * @param {number} y
 */
export function imageAt({ count, columns }, x, y) {
  const rows = Math.ceil(count / columns);
  if (x < 0 || y < 0 || x >= 1 || y >= 1) return -1;
  const index = Math.floor(y * rows) * columns + Math.floor(x * columns);
  return index < count ? index : -1;
}

/**
 * The image that an arrow key leads to; the same at an edge.
 * @param {Places} grid
 * @param {number} index
 * @param {[number, number]} step
 */
export function neighbourOf({ count, columns }, index, [right, down]) {
  const column = (index % columns) + right;
  const next = index + right + down * columns;
  return column < 0 || column >= columns || next < 0 || next >= count ? index : next;
}

/** @param {string} uri @returns {Promise<HTMLImageElement>} */
export async function loadImage(uri) {
  const image = new Image();
  image.src = uri;
  await image.decode();
  return image;
}

/**
 * Draw one image of a tiled picture.
 * @param {HTMLCanvasElement} canvas takes its size
 * @param {HTMLImageElement | HTMLCanvasElement} picture
 * @param {Tiling} tiling
 * @param {number} index
 * @returns {CanvasRenderingContext2D}
 */
export function drawTile(canvas, picture, { columns, gap, tile: [height, width] }, index) {
  const [x, y] = [(index % columns) * (width + gap), Math.floor(index / columns) * (height + gap)];
  resize(canvas, width, height);
  const brush = context(canvas);
  brush.drawImage(picture, x, y, width, height, 0, 0, width, height);
  return brush;
}
