// The point and the class around it in words, for a screen reader, while the point moves: often enough to follow it, and
// not more often than one can listen.

import { element, write } from "../kit/dom.js";
import { number, tr } from "../kit/language.js";
import { countVotes, nearest } from "./neighbours.js";

const EVERY_MS = 1200; // between two sentences
const NEIGHBOURS = 8;
const MOST_AXES = 3; // that a sentence names

/** @typedef {import("./space.js").Space} Space */

/**
 * Where a point lies and which class most of the nearest encoded images have: "z1 0.42, z2 -1.30. Class 7: 6 of the 8
 * nearest images."
 * @param {Space} space
 * @param {Float64Array} point
 * @param {[number, number]} pair the axes of the plane, named where the space has too many
 */
export function pointWords(space, point, pair) {
  const axes = space.dimensions > MOST_AXES ? pair : space.axes.keys();
  const values = Array.from(axes, (axis) => `${space.axes[axis].name} ${number(space.coordinate(point, axis), 2)}`);
  const isKnown = space.count > 0 && space.codes.length === space.dimensions;
  const near = space.support?.nearest(point, NEIGHBOURS) ?? (isKnown ? nearest(space, point, NEIGHBOURS) : []);
  const [most] = countVotes(space, near);
  const sentence = `${values.join(", ")}.`;
  if (!most) return sentence;
  const vote = { name: space.classes[most[0]]?.name ?? "?", count: most[1], all: near.length };
  return `${sentence} ${tr("Class {name}: {count} of the {all} nearest images.", vote)}`;
}

export class Voice {
  /**
   * @param {Element} parent
   * @param {{ space: Space, point: Float64Array, pair: [number, number] }} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("div", { class: "voice", role: "status", "aria-live": "polite" }, parent);
    this.timer = 0;
    this.saidAt = -Infinity;
  }

  /** Say where the point is now, or as soon as the last sentence had its time. */
  say() {
    if (this.timer) return;
    const wait = Math.max(0, this.saidAt + EVERY_MS - performance.now());
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.saidAt = performance.now();
      const { space, point, pair } = this.host;
      write(this.root, pointWords(space, point, pair));
    }, wait);
  }

  close() {
    clearTimeout(this.timer);
    this.root.remove();
  }
}
