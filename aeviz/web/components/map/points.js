// The points of a panel as its camera sees them: what to paint and in which order, which is the nearest to a pixel.

import { Grid } from "./grid.js";
import { discRadius } from "./dots.js";

const LEVELS = 64; // steps of depth in which points in space are drawn, far ones first
const STRONG = 1.25; // times the radius, with high contrast
const SHAPED_PX = 2.8; // least radius where shapes are to be told apart
const EDGE_PX = 4; // radius of a disc that reaches into the view from outside
const SHARE = 0.3; // share of the points in view
export const MANY = 4000; // in view; of more a part of about `PART` is drawn, where the map is asked to
const PART = 2500;
const TURNED = 150_000; // points in space that are drawn at most while they turn

/** @typedef {import("../kit/camera.js").Camera} Camera */
/** @typedef {import("./map_data.js").Spec} Spec */
/** @typedef {{ camera: Camera, width: number, height: number, ratio: number, scale: number }} View */
/** @typedef {Pick<import("./dots.js").Cloud, "codes" | "palette" | "labels" | "hidden" | "chosen" | "rim" | "shapes">} Look */

/**
 * The radius of a point in CSS pixels.
 * @param {number} count of points in view
 * @param {View} view
 * @param {Look} look
 */
function radiusFor(count, view, look) {
  const radius = discRadius(count) * (look.rim ? STRONG : 1);
  return Math.max(radius, look.shapes > 1 ? SHAPED_PX : 0) * view.scale ** 2;
}

export class Points {
  /** @param {Spec} spec */
  constructor(spec) {
    this.spec = spec;
    this.coordinates = spec.coordinates;
    /** @type {Float32Array | null} where they lie without a transition; null for where their model puts them */
    this.rest = null;
    this.n = spec.coordinates.length / spec.dims;
    /** @type {Grid | null} */
    this.grid = null; // of the points in a plane, or of those in space on the screen
    /** @type {Float32Array | null} */
    this.screen = null;
    /** @type {Uint32Array | null} */
    this.order = null;
    /** @type {Uint8Array | null} */
    this.levels = null;
    /** @type {Uint32Array | null} */
    this.part = null; // the points that are drawn of very many
    this.isPrepared = false;
  }

  /** Index the points of a plane as soon as nothing else is to be done, so that the first hover need not wait. */
  prepare() {
    if (this.isPrepared || this.spec.dims === 3) return;
    this.isPrepared = true;
    const later = window.requestIdleCallback ?? ((/** @type {() => void} */ act) => setTimeout(act, 50));
    later(() => this.flatGrid());
  }

  /**
   * Show the points of a transition; `null` ends it.
   * @param {Float32Array | null} coordinates
   */
  move(coordinates) {
    this.coordinates = coordinates ?? this.rest ?? this.spec.coordinates;
    if (this.spec.dims === 2) this.grid = null;
  }

  /**
   * What the painter needs.
   * @param {View} view
   * @param {Look} look
   * @param {boolean} turning whether some points of very many may be left out, for speed
   * @param {boolean} [isWhole] whether all points of a plane are drawn, however many are in view
   */
  seen(view, look, turning, isWhole = true) {
    const { camera, ratio, width, height } = view;
    if (this.spec.dims === 3) return this.inSpace(view, look, turning);
    const scale = camera.scale(view);
    const [x, y] = camera.centre;
    const share = Math.min(1, camera.half / this.spec.half) ** 2; // of the points, were they spread evenly
    const shown = this.n * share;
    const every = isWhole || shown <= MANY ? 1 : Math.ceil(shown / PART);
    const radius = radiusFor(shown / every, view, look);
    if (every > 1) this.part = this.part?.[1] === every ? this.part : Uint32Array.from({ length: Math.ceil(this.n / every) }, (_, k) => k * every);
    // as they come is quicker than by cells, unless few are in view
    const whole = share > SHARE || this.coordinates !== this.spec.coordinates;
    const part = every > 1 ? this.part : null;
    /** @type {[number, number][]} */
    const runs = part ? [[0, part.length]] : whole ? [[0, this.n]] : this.inView(view);
    return {
      ...look,
      coordinates: this.coordinates,
      stride: 2,
      scale: /** @type {[number, number]} */ ([scale * ratio, -scale * ratio]),
      offset: /** @type {[number, number]} */ ([(width / 2 - x * scale) * ratio, (height / 2 + y * scale) * ratio]),
      order: part ?? (whole ? null : this.flatGrid().order),
      runs,
      radius: radius * ratio,
    };
  }

  /**
   * The runs of the grid's order that hold all points in view.
   * @param {View} view
   */
  inView(view) {
    const { camera, width, height } = view;
    /** @type {[number, number][]} */
    const runs = [];
    const [left, top] = camera.unproject(-EDGE_PX, -EDGE_PX, 0, view);
    const [right, bottom] = camera.unproject(width + EDGE_PX, height + EDGE_PX, 0, view);
    this.flatGrid().runs(left, bottom, right, top, (from, to) => {
      const last = runs[runs.length - 1];
      if (last?.[1] === from) last[1] = to;
      else runs.push([from, to]);
    });
    return runs;
  }

  /**
   * The points of a plane in view, or none if they are more than so many.
   * @param {View} view
   * @param {number} most
   * @param {(index: number) => boolean} counts whether a point is one of them
   * @returns {number[]}
   */
  few(view, most, counts) {
    const found = [];
    const { order } = this.flatGrid();
    for (const [from, to] of this.inView(view)) {
      for (let k = from; k < to; k += 1) {
        const index = order[k];
        if (!counts(index)) continue;
        const [x, y] = this.where(index, view);
        if (!(x >= 0 && y >= 0 && x < view.width && y < view.height)) continue;
        found.push(index);
        if (found.length > most) return [];
      }
    }
    return found;
  }

  /**
   * @param {View} view
   * @param {Look} look
   * @param {boolean} turning
   */
  inSpace(view, look, turning) {
    this.screen ??= new Float32Array(3 * this.n);
    view.camera.project(this.coordinates, this.screen, view);
    this.grid = null;
    const every = turning ? Math.ceil(this.n / TURNED) : 1;
    const count = this.sort(this.screen, every);
    return {
      ...look,
      coordinates: this.screen,
      stride: 3,
      scale: /** @type {[number, number]} */ ([view.ratio, view.ratio]),
      offset: /** @type {[number, number]} */ ([0, 0]),
      order: this.order,
      runs: /** @type {[number, number][]} */ ([[0, count]]),
      radius: radiusFor(this.n, view, look) * view.ratio,
    };
  }

  /**
   * Fill `order` with every so many points, far before near (a counting sort over depth); return their number.
   * @param {Float32Array} screen
   * @param {number} every
   */
  sort(screen, every) {
    const { n } = this;
    this.order ??= new Uint32Array(n);
    this.levels ??= new Uint8Array(n);
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < n; i += every) {
      const depth = screen[3 * i + 2];
      if (depth < low) low = depth;
      if (depth > high) high = depth;
    }
    const perLevel = (LEVELS - 1e-6) / (high - low || 1);
    const starts = new Uint32Array(LEVELS + 1);
    for (let i = 0; i < n; i += every) {
      const level = (screen[3 * i + 2] - low) * perLevel;
      this.levels[i] = level;
      starts[this.levels[i] + 1] += 1;
    }
    for (let level = 0; level < LEVELS; level += 1) starts[level + 1] += starts[level];
    const count = starts[LEVELS];
    for (let i = 0; i < n; i += every) this.order[starts[this.levels[i]]++] = i;
    return count;
  }

  /** How many points are left out while the view turns: all but one of so many. */
  get thinning() {
    return this.spec.dims === 3 ? Math.ceil(this.n / TURNED) : 1;
  }

  flatGrid() {
    this.grid ??= new Grid(this.coordinates, 2, this.spec.low, this.spec.high);
    return this.grid;
  }

  /**
   * The point nearest to a pixel, or -1 where none is near.
   * @param {number} x
   * @param {number} y
   * @param {number} reach in pixels
   * @param {View} view
   * @param {(index: number) => boolean} counts whether a point may be returned
   */
  nearest(x, y, reach, view, counts) {
    const { camera, width, height } = view;
    const flat = this.spec.dims === 2;
    if (!flat && !this.screen) return -1;
    if (!flat) this.grid ??= new Grid(/** @type {Float32Array} */ (this.screen), 3, [0, 0], [width, height]);
    const [u, v] = flat ? camera.unproject(x, y, 0, view) : [x, y];
    const far = flat ? reach / camera.scale(view) : reach;
    const grid = flat ? this.flatGrid() : /** @type {Grid} */ (this.grid);
    // in a crowd the nearest one is very near
    const near = grid.nearest(u, v, far / 6, counts);
    return near >= 0 ? near : grid.nearest(u, v, far, counts);
  }

  /**
   * Where a point lies on the screen, in pixels.
   * @param {number} index
   * @param {View} view
   */
  where(index, view) {
    const { dims } = this.spec;
    return view.camera.locate(this.coordinates.subarray(dims * index, dims * (index + 1)), view);
  }
}
