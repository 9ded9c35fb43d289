// Painting of many points on the processor: discs and other shapes with soft edges, blended into an array of pixels.
//
// Without a graphics card this is quicker than WebGL, and it draws the same image everywhere. Pixels are kept
// premultiplied by their opacity, four bytes in one integer, so that a blend takes two multiplications.

import { depthIn, isSolid, shapeOf } from "../kit/class_shapes.js";

const OPACITY = 0.72;
const LARGE = 2.6; // radius in pixels of the canvas from which on a disc has room for an outline
const RIM = 1; // width of the outline in pixels
const FADED = 0.1; // share of their opacity that points keep which a selection leaves out
const GREY = [140, 140, 140];
const PAIR = 0x00ff00ff; // every second byte of a pixel
const BLOCK = 65536; // points between two looks at the clock
const REACH = 8; // pixels from the middle of a disc to its edge at most
const MARGIN = 2 * REACH; // around the image, so that the pixels of discs at its edge need no check
const SIZES = [
  [4000, 2.4],
  [10_000, 1.6],
  [100_000, 1.2],
  [1_000_000, 0.8],
]; // points in view, radius of a disc in CSS pixels

/**
 * What is painted.
 * @typedef {object} Cloud
 * @property {Float32Array} coordinates numbers of the points, `stride` each, x and y first
 * @property {number} stride
 * @property {[number, number]} scale pixels of the canvas for one unit along x and y
 * @property {[number, number]} offset where the origin lies on the canvas
 * @property {Uint32Array | null} order in which points are drawn; null as they come
 * @property {[number, number][]} runs parts of that order to draw
 * @property {Uint8Array | Uint16Array} codes which colour of the palette each point has
 * @property {number[][]} palette red, green and blue, 0 to 255; codes beyond it are grey
 * @property {Uint16Array} labels of the points
 * @property {Uint8Array} hidden by label, 1 where points of that label are not drawn
 * @property {Uint8Array | null} chosen by point, 1 where it is selected; null where there is no selection
 * @property {number} shapes of the points, chosen by their codes; 1 where all are discs
 * @property {number} radius of a disc, in pixels of the canvas
 * @property {number[] | null} rim red, green and blue of an outline, for more contrast; the disc is opaque then
 */

/**
 * The radius of a disc in CSS pixels, smaller where more points share the view.
 * @param {number} count
 */
export function discRadius(count) {
  if (count <= SIZES[0][0]) return SIZES[0][1];
  for (let k = 1; k < SIZES.length; k += 1) {
    const [[few, large], [many, small]] = [SIZES[k - 1], SIZES[k]];
    if (count <= many) return large + ((small - large) * Math.log(count / few)) / Math.log(many / few);
  }
  return SIZES[SIZES.length - 1][1];
}

/** @typedef {{ step: number, opacities: number[], rims: number[] }} Cell by shape its opacity and its share of the outline */

/**
 * The pixels that some shape covers, and how far each lies from its middle in the array.
 * @param {number} radius of a disc
 * @param {number} width of the array of pixels
 * @param {boolean} hasRim
 * @param {number} shapes
 * @returns {Cell[]}
 */
function cellsOf(radius, width, hasRim, shapes) {
  const opacity = hasRim ? 1 : OPACITY;
  const reach = Math.min(REACH, Math.ceil(shapes > 1 ? 1.5 * radius : radius + 0.5));
  const share = (/** @type {number} */ value) => Math.max(0, Math.min(1, value));
  const cells = [];
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const depths = Array.from({ length: shapes }, (_, shape) => depthIn(shape, dx, dy, radius));
      const covers = depths.map((depth) => share(depth + 0.5));
      if (!covers.some((cover) => cover > 0.02)) continue;
      const hasRoom = hasRim && radius >= LARGE;
      const rims = depths.map((depth, shape) => (hasRoom && isSolid(shape) ? share(RIM + 0.5 - depth) : 0));
      cells.push({ step: dy * width + dx, opacities: covers.map((cover) => cover * opacity), rims });
    }
  }
  return cells;
}

/**
 * For each colour and each pixel of its shape: the colour premultiplied, and what share of the pixel below stays.
 * @param {Cell[]} cells
 * @param {number[][]} palette
 * @param {number} share of the usual opacity
 * @param {number[]} rim colour of the outline
 */
function inks(cells, palette, share, rim) {
  const colours = [...palette, GREY];
  const ink = new Int32Array(colours.length * cells.length);
  const stays = new Int32Array(ink.length);
  colours.forEach((colour, c) => {
    const shape = c < palette.length ? shapeOf(c) : 0;
    cells.forEach(({ opacities, rims }, k) => {
      const at = opacities.length > 1 ? shape : 0;
      const alpha = Math.round(256 * opacities[at] * share);
      const part = (/** @type {number} */ value) => (value * alpha) >> 8;
      const [red, green, blue] = colour.map((value, channel) => part(value + rims[at] * (rim[channel] - value)));
      ink[c * cells.length + k] = (part(255) << 24) | (blue << 16) | (green << 8) | red;
      stays[c * cells.length + k] = 256 - alpha;
    });
  });
  return { ink, stays };
}

// 255 / alpha with 16 bits behind the point, to undo the premultiplication
const UNDO = Uint32Array.from({ length: 256 }, (_, alpha) => (alpha ? Math.round((255 * 65536) / alpha) : 0));

export class Painter {
  constructor() {
    this.width = 0;
    this.height = 0;
    this.pixels = new Int32Array(0);
    /** @type {ImageData | null} */
    this.image = null;
  }

  /**
   * Paint in steps of some thousand points; the image is ready when the generator is done.
   * @param {Cloud} cloud
   * @param {number} width of the canvas in its own pixels
   * @param {number} height
   * @returns {Generator<void, void, void>}
   */
  *paint(cloud, width, height) {
    this.clear(width, height);
    const row = width + 2 * MARGIN;
    const cells = cellsOf(cloud.radius, row, Boolean(cloud.rim), cloud.shapes);
    const steps = Int32Array.from(cells, ({ step }) => step);
    // those left out by a selection lie below the selected ones
    for (const wanted of cloud.chosen ? [0, 1] : [-1]) {
      const { ink, stays } = inks(cells, cloud.palette, wanted === 0 ? FADED : 1, cloud.rim ?? GREY);
      for (const [from, to] of cloud.runs) {
        for (let start = from; start < to; start += BLOCK) {
          this.stamp(cloud, start, Math.min(to, start + BLOCK), wanted, steps, ink, stays);
          yield;
        }
      }
    }
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  clear(width, height) {
    if (width === this.width && height === this.height) {
      this.pixels.fill(0);
      return;
    }
    this.width = width;
    this.height = height;
    this.pixels = new Int32Array((width + 2 * MARGIN) * (height + 2 * MARGIN));
    this.image = new ImageData(width, height);
  }

  /**
   * @param {Cloud} cloud
   * @param {number} from
   * @param {number} to
   * @param {number} wanted 1 for selected points, 0 for the others, -1 for all
   * @param {Int32Array} steps
   * @param {Int32Array} ink
   * @param {Int32Array} stays
   */
  stamp(cloud, from, to, wanted, steps, ink, stays) {
    const { coordinates, stride, order, codes, labels, hidden, chosen } = cloud;
    const [scaleX, scaleY] = cloud.scale;
    const [offsetX, offsetY] = cloud.offset;
    const { pixels, width, height } = this;
    const row = width + 2 * MARGIN;
    const [right, bottom] = [width + REACH - 1, height + REACH - 1];
    const colours = cloud.palette.length;
    const count = steps.length;
    for (let k = from; k < to; k += 1) {
      const i = order ? order[k] : k;
      const code = codes[i];
      if (hidden[labels[i]] || (wanted >= 0 && chosen && chosen[i] !== wanted)) continue;
      const x = Math.round(offsetX + coordinates[stride * i] * scaleX);
      const y = Math.round(offsetY + coordinates[stride * i + 1] * scaleY);
      if (!(x >= -REACH && y >= -REACH && x <= right && y <= bottom)) continue;
      const middle = (y + MARGIN) * row + x + MARGIN;
      const first = (code < colours ? code : colours) * count;
      for (let c = 0; c < count; c += 1) {
        const at = middle + steps[c];
        const below = pixels[at];
        const stay = stays[first + c];
        pixels[at] =
          below === 0
            ? ink[first + c]
            : (ink[first + c] +
                ((Math.imul(below & PAIR, stay) >>> 8) & PAIR) +
                (Math.imul((below >>> 8) & PAIR, stay) & ~PAIR)) |
              0;
      }
    }
  }

  /**
   * Put the image on a canvas of the size that was painted.
   * @param {CanvasRenderingContext2D} brush
   */
  show(brush) {
    const { image, width, height, pixels } = this;
    if (!image) return;
    const out = new Int32Array(image.data.buffer);
    const row = width + 2 * MARGIN;
    for (let y = 0; y < height; y += 1) {
      const start = (y + MARGIN) * row + MARGIN;
      for (let x = 0; x < width; x += 1) {
        const pixel = pixels[start + x];
        const alpha = pixel >>> 24;
        if (pixel === 0 || alpha === 255) {
          out[y * width + x] = pixel;
          continue;
        }
        const undo = UNDO[alpha];
        const red = ((pixel & 255) * undo) >>> 16;
        const green = (((pixel >>> 8) & 255) * undo) >>> 16;
        const blue = (((pixel >>> 16) & 255) * undo) >>> 16;
        out[y * width + x] =
          (alpha << 24) | (Math.min(255, blue) << 16) | (Math.min(255, green) << 8) | Math.min(255, red);
      }
    }
    brush.putImageData(image, 0, 0);
  }
}
