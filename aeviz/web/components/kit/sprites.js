// Small versions of many images: pages of small images in rows, which Python packs (sprites.py) and sends as a blob.

import { ask } from "./blobs.js";
import { unpack } from "./wire.js";

/**
 * @typedef {object} Payload
 * @property {number} count images that have a small version
 * @property {number} width of a small image in pixels
 * @property {number} height
 * @property {number} columns small images in a row of a page
 * @property {number} page small images on a page
 * @property {Uint8Array<ArrayBuffer>[]} pages encoded images
 * @property {string} type media type of a page
 * @property {boolean} smooth whether an enlarged image is blended
 */

/**
 * @typedef {object} Sprite
 * @property {number} count images that have a small version
 * @property {number} width of a small image in pixels
 * @property {number} height
 * @property {(context: CanvasRenderingContext2D, index: number, x: number, y: number, size: number) => boolean} draw
 *   draws the small version of an image with its longer side `size` long and its corner at x, y; false where it has none
 */

const KEPT = 2; // data sets whose decoded pages stay in memory

/** @type {Map<string, Promise<Sprite>>} */
const sprites = new Map();

/**
 * Return the small images under a name, once they have come and are decoded.
 * @param {string} name
 * @returns {Promise<Sprite>}
 */
export function sprite(name) {
  const found = sprites.get(name) ?? ask(name).then(decode);
  found.catch(() => sprites.get(name) === found && sprites.delete(name)); // so that the next one asks again
  sprites.delete(name);
  sprites.set(name, found); // the one asked for last is the last to go
  for (const other of [...sprites.keys()].slice(0, -KEPT)) sprites.delete(other);
  return found;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Sprite>}
 */
async function decode(bytes) {
  const { count, width, height, columns, page, pages: encoded, type, smooth } = /** @type {Payload} */ (unpack(bytes));
  /** @type {ImageBitmap[]} */
  const pages = [];
  for (const content of encoded) pages.push(await createImageBitmap(new Blob([content], { type })));
  const longest = Math.max(width, height);
  return {
    count,
    width,
    height,
    draw(context, index, x, y, size) {
      if (index < 0 || index >= count) return false;
      const place = index % page;
      const [left, top] = [(place % columns) * width, Math.floor(place / columns) * height];
      const scale = size / longest;
      context.imageSmoothingEnabled = smooth || scale < 1;
      context.drawImage(
        pages[Math.floor(index / page)], left, top, width, height, x, y, width * scale, height * scale,
      );
      return true;
    },
  };
}
