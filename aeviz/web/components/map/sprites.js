// Small pictures of many images: pages of pictures in rows, packed by aeviz.figures.sprites, brought by a carrier.

import { ask } from "../kit/shelf.js";

/**
 * @typedef {object} SpriteHeader
 * @property {number} count images that have a picture
 * @property {number} width of a picture in pixels
 * @property {number} height
 * @property {number} columns pictures in a row of a page
 * @property {number} page pictures on a page
 * @property {number[]} bytes of each page
 * @property {string} type media type of a page
 * @property {boolean} smooth whether an enlarged picture is blended
 */

/**
 * @typedef {object} Sprite
 * @property {number} count images that have a picture
 * @property {number} width of a picture in pixels
 * @property {number} height
 * @property {(context: CanvasRenderingContext2D, index: number, x: number, y: number, size: number) => boolean} draw
 *   draws the picture of an image with its longer side `size` long and its corner at x, y; false where it has none
 */

const KEPT = 2; // data sets whose decoded pages stay in memory

/** @type {Map<string, Promise<Sprite>>} */
const sprites = new Map();

/**
 * Return the small pictures under a name, once they have come and are decoded.
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
 * @param {Uint8Array} bytes a 32-bit length, a SpriteHeader of that many bytes as JSON, then the pages
 * @returns {Promise<Sprite>}
 */
async function decode(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const header = /** @type {SpriteHeader} */ (JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))));
  const { count, width, height, columns, page, type, smooth } = header;
  /** @type {ImageBitmap[]} */
  const pages = [];
  let start = 4 + length;
  for (const size of header.bytes) {
    const content = bytes.slice(start, start + size);
    pages.push(await createImageBitmap(new Blob([content], { type })));
    start += size;
  }
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
