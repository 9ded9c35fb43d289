// Strokes as text in a copied link: letters and digits of base64url, two for each corner, one for the width of each stroke.

import { SIDE } from "./strokes.js";

export const DRAWING = "drawing"; // parameter of the address

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const STEPS = DIGITS.length - 1; // along each side of the pad
const LEAST_STEP = 11; // between corners that are kept, on a pad of 280: about one pixel of an image of 28
const LONGEST = 1500; // characters
const [ERASES, BETWEEN] = ["~", "."];

/** @typedef {import("./strokes.js").Stroke} Stroke */
/** @typedef {import("./strokes.js").Corner} Corner */

/**
 * Strokes as text, with fewer corners, each on a grid of 64 x 64 places; empty where that is too long for a link.
 * @param {Stroke[]} strokes
 */
export function strokesToText(strokes) {
  const text = strokes.map(({ erase, points }) => {
    const width = points.reduce((sum, point) => sum + point.width, 0) / points.length;
    return `${erase ? ERASES : ""}${digit(width)}${thinned(points).map(({ x, y }) => place(x) + place(y)).join("")}`;
  }).join(BETWEEN);
  return text.length > LONGEST ? "" : text;
}

/**
 * The strokes that a text names; none where it is not one that `strokesToText` writes.
 * @param {string} text
 * @returns {Stroke[]}
 */
export function strokesFromText(text) {
  if (text.length > LONGEST || !/^~?[\w-]([\w-]{2})+([.]~?[\w-]([\w-]{2})+)*$/.test(text)) return [];
  return text.split(BETWEEN).map((part) => {
    const erase = part.startsWith(ERASES);
    const [width, ...places] = [...part.slice(erase ? 1 : 0)].map((letter) => DIGITS.indexOf(letter));
    const points = Array.from({ length: places.length / 2 }, (_, k) => ({
      x: (places[2 * k] / STEPS) * SIDE, y: (places[2 * k + 1] / STEPS) * SIDE, width: Math.max(1, width),
    }));
    return { erase, points };
  });
}

/** @param {Corner[]} points @returns {Corner[]} the ends, and corners between them that are not too close */
function thinned(points) {
  const last = points[points.length - 1];
  const kept = [points[0]];
  for (const point of points.slice(1, -1)) {
    const far = (/** @type {Corner} */ other) => Math.hypot(point.x - other.x, point.y - other.y) >= LEAST_STEP;
    if (far(kept[kept.length - 1]) && far(last)) kept.push(point);
  }
  return points.length > 1 ? [...kept, last] : kept;
}

/** @param {number} value */
function digit(value) {
  return DIGITS[Math.max(0, Math.min(STEPS, Math.round(value)))];
}

/** @param {number} value on the pad */
function place(value) {
  return digit((value / SIDE) * STEPS);
}
