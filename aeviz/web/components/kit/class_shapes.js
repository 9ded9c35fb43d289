// Shapes of points where there are more classes than colours: discs for the first ten, then triangles, crosses and rings
// in the same colours, so that forty classes differ.

import { tr } from "./language.js";

const COLOURS = 10; // of the palette
export const SHAPES = ["disc", "triangle", "cross", "ring"];
const MARKS = ["", "▲ ", "✕ ", "○ "]; // in texts
const ARM = 0.36; // half the width of a stroke, in radii of a disc
const [TALL, LONG, WIDE] = [1.45, 1.35, 1.25]; // reach of triangle, cross and ring, in radii of a disc of the same weight

/** @param {number} label of a class */
export const shapeOf = (label) => Math.floor(label / COLOURS) % SHAPES.length;

/** Whether a shape has room for an outline within it. @param {number} shape */
export const isSolid = (shape) => shape < SHAPES.indexOf("cross");

/** How many shapes so many classes need. @param {number} classes */
export const shapesFor = (classes) => Math.min(SHAPES.length, Math.max(1, Math.ceil(classes / COLOURS)));

/** The shape of a class in front of its name, nothing for a disc. @param {number} label */
export const markOf = (label) => MARKS[shapeOf(label)];

/**
 * How deep a pixel lies within a shape, in pixels; negative outside.
 * @param {number} shape
 * @param {number} x from the middle
 * @param {number} y from the middle, downwards
 * @param {number} radius of a disc
 */
export function depthIn(shape, x, y, radius) {
  const arm = ARM * radius;
  switch (SHAPES[shape]) {
    case "triangle": {
      const [side, slope] = [Math.abs(x) * Math.cos(Math.PI / 6), y * Math.sin(Math.PI / 6)];
      return (TALL * radius) / 2 - Math.max(y, side - slope);
    }
    case "cross": {
      const [u, v] = [Math.abs(x + y) * Math.SQRT1_2, Math.abs(x - y) * Math.SQRT1_2];
      return Math.min(LONG * radius - Math.max(u, v), arm - Math.min(u, v));
    }
    case "ring":
      return arm - Math.abs(Math.hypot(x, y) - (WIDE * radius - arm));
    default:
      return radius - Math.hypot(x, y);
  }
}

/**
 * Why not all of so many classes look different, or nothing where they do.
 * @param {number} classes
 * @param {boolean} hasShapes whether points have them here
 */
export function likenessOf(classes, hasShapes) {
  const most = hasShapes ? COLOURS * SHAPES.length : COLOURS;
  if (classes <= most) return "";
  return hasShapes
    ? tr("Colours and shapes repeat after {most} classes, because more could not be told apart.", { most })
    : tr("Colours repeat after {most} classes, because more could not be told apart.", { most });
}
