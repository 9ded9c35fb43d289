// Samples that move through the latent space: all their images are decoded in the page on the way, where that can be.

import { network } from "../kit/engine.js";
import { context, element, resize } from "../kit/dom.js";
import { paint } from "../kit/images.js";
import { Latest } from "../kit/latest.js";

/**
 * @typedef {{
 *   ground: string, points: number[][], centres: number[][], which: number[], origin: number[], axes: [number, number][],
 *   nearest: [number, number][] | null, far: number[][] | null, network: import("../kit/engine.js").NetworkSpec | null
 * }} Places of samples: `points` were drawn around `centres[which]` at temperature 1; `origin` and `axes` span the map;
 * `far` are the samples out of distribution at temperatures from 0 to the highest
 */
/** @typedef {(share: number) => number[][]} Way the latent points at a share of a movement, from 0 to 1 */

const PRELOAD_MS = 1200; // after the page stands: the runtime is there when it is first needed

/** @param {number[][]} from @param {number[][]} to @param {number} t */
export const between = (from, to, t) => from.map((point, i) => point.map((value, k) => value + (to[i][k] - value) * t));

/** The same noise at a temperature. @param {Places} places @param {number} temperature */
export function atTemperature({ points, centres, which }, temperature) {
  return points.map((point, i) => point.map((value, k) => centres[which[i]][k] + (value - centres[which[i]][k]) * temperature));
}

/** Where a latent point lies on the map. @param {Places} places @param {number[]} point @returns {[number, number]} */
export function project({ origin, axes }, point) {
  const along = (/** @type {number} */ axis) => axes.reduce((sum, row, k) => sum + (point[k] - origin[k]) * row[axis], 0);
  return [along(0), along(1)];
}

// Shares of Play at which the temperature is 0, leaves that, is highest, and leaves that.
export const [COLD, WARMS, HOT, COOLS] = [0.1, 0.22, 0.66, 0.8];

/**
 * The temperature while Play goes down to 0, up to the highest, and back; it stays at both for a while.
 * @param {number} share of Play @param {number} usual at its begin and end @param {number} highest
 */
export function temperatureAt(share, usual, highest) {
  if (share < COLD) return usual * (1 - share / COLD);
  if (share < WARMS) return 0;
  if (share < HOT) return (highest * (share - WARMS)) / (HOT - WARMS);
  return share < COOLS ? highest : highest + ((usual - highest) * (share - COOLS)) / (1 - COOLS);
}

export class Flow {
  /**
   * @param {Element} grid over whose picture the moving images lie
   * @param {import("../kit/mount.js").Activity} activity
   * @param {(points: number[][], share: number) => void} moved hears of every step; the share is 1 at the end
   */
  constructor(grid, activity, moved) {
    this.canvas = element("canvas", { class: "moving", hidden: "", "aria-hidden": "true" }, grid);
    this.activity = activity;
    this.moved = moved;
    /** @type {import("../kit/engine.js").Network | null} */
    this.network = null;
    /** @type {number[][]} where the samples are now */
    this.points = [];
    this.latest = new Latest((isPending) => activity.mark("moving", isPending), () => undefined);
    this.frame = this.timer = 0;
    /** @type {(() => void) | null} */
    this.finish = null;
    this.isHeld = false; // the samples are where the visitor has dragged them
  }

  get isMoving() {
    return this.finish !== null;
  }

  /**
   * Put the samples somewhere until the next movement, `stop` or `release`.
   * @param {number[][]} points
   * @param {{ picture: HTMLImageElement, shape: number[], columns: number, gap: number }} sheet
   */
  hold(points, sheet) {
    this.stop();
    this.isHeld = true;
    this.points = points;
    this.moved(points, 0);
    if (this.network) this.latest.want(() => this.paint(this.points, sheet));
  }

  /** Let go of held samples: the picture below is theirs. */
  release() {
    this.isHeld = false;
    this.canvas.hidden = true;
  }

  /**
   * Open the decoder once the page stands.
   * @param {Places} places
   */
  prepare({ network: spec }) {
    clearTimeout(this.timer);
    this.network = null;
    if (!spec) return;
    const open = () => network(spec).then((opened) => (this.network = opened), () => undefined); // without it only the map moves
    this.timer = window.setTimeout(open, PRELOAD_MS);
  }

  /**
   * @param {Way} way
   * @param {number} lasts in milliseconds
   * @param {{ picture: HTMLImageElement, shape: number[], columns: number, gap: number }} sheet
   */
  start(way, lasts, sheet) {
    this.stop();
    this.isHeld = false;
    const begin = performance.now();
    this.activity.mark("flow", true);
    this.finish = () => {
      this.finish = null;
      cancelAnimationFrame(this.frame);
      this.canvas.hidden = true;
      this.points = way(1);
      this.moved(this.points, 1);
      this.activity.mark("flow", false);
    };
    const step = () => {
      const share = Math.min(1, (performance.now() - begin) / lasts);
      if (share >= 1) return this.stop();
      this.points = way(share);
      this.moved(this.points, share);
      if (this.network) this.latest.want(() => this.paint(this.points, sheet));
      this.frame = requestAnimationFrame(step);
      return undefined;
    };
    step();
  }

  /**
   * @param {number[][]} points
   * @param {{ picture: HTMLImageElement, shape: number[], columns: number, gap: number }} sheet
   */
  async paint(points, { picture, shape, columns, gap }) {
    if (!this.network) return;
    const values = await this.network.run(Float32Array.from(points.flat()), points.length);
    if (!this.isMoving && !this.isHeld) return;
    const [channels, height, width] = shape;
    const size = channels * height * width;
    resize(this.canvas, picture.width, picture.height);
    const brush = context(this.canvas);
    if (this.canvas.hidden) brush.drawImage(picture, 0, 0); // for the gaps between the images
    const tile = brush.createImageData(width, height);
    points.forEach((_, i) => {
      paint(values.subarray(i * size, (i + 1) * size), shape, tile, 1);
      brush.putImageData(tile, (i % columns) * (width + gap), Math.floor(i / columns) * (height + gap));
    });
    this.canvas.hidden = false;
    this.moved(this.points, -1);
  }

  /** Be at the end of the movement at once. */
  stop() {
    this.finish?.();
  }

  close() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.latest.close();
    this.finish = null;
  }
}
