// The latent plane of the film: points that move from frame to frame, in a view that follows them.

import { Camera } from "./camera.js";
import { tr } from "./language.js";
import { drawAxes, drawNames } from "./painter.js";
import { brushOf, context, element, resize } from "./dom.js";

/** @typedef {import("./theme.js").Style} Style */
/** @typedef {[number, number]} Pair one value for each axis of the plane */
/** @typedef {{ low: Pair, high: Pair }} Bounds of a part of the plane */
/**
 * @typedef {Bounds & { points: Float32Array, centres: (Pair | null)[], meshRange?: [Pair, Pair] | null }} Frame
 * `low` and `high` bound its points but for the tails.
 */
/**
 * @typedef {{
 *   n: number, labels: Uint16Array, axes: [string, string], classes: import("./legend.js").Class[], frames: Frame[],
 *   bounds: Bounds
 * }} PlaneFilm the same points in several frames; `bounds` hold the views of all
 */

const GREY = "#8c8c8c";
const NO_LABEL = 65535;
const NAMED_CLASSES = 20; // more names than that would cover the points
const MARGIN = 1.12; // the view is this much wider than the points' bounds
const TRAIL = 0.22; // opacity of the line from where a point was in the frame before

/**
 * @param {number} a
 * @param {number} b
 * @param {number} share
 */
const mix = (a, b, share) => a + (b - a) * share;

export class Plane {
  /**
   * @param {Element} parent
   * @param {(at: Pair | null) => void} onPoint called with the place in the plane under the pointer, null when it left
   */
  constructor(parent, onPoint) {
    this.stage = element("div", { class: "stage plane" }, parent);
    this.back = element("canvas", { role: "img", "aria-label": tr("Latent plane") }, this.stage);
    this.middle = element("canvas", { "aria-hidden": "true" }, this.stage);
    this.front = element("canvas", { class: "front", "aria-hidden": "true" }, this.stage);
    this.camera = new Camera(2);
    this.width = this.height = 0; // of the page
    this.ratio = 1;
    /** @type {{ dims: 2, axes: [string, string], names: (Pair | null)[] }} */
    this.spec = { dims: 2, axes: ["", ""], names: [] };
    /** @type {Map<string, HTMLCanvasElement>} */
    this.sprites = new Map();
    this.front.onpointermove = (event) => {
      const box = this.front.getBoundingClientRect();
      const scale = this.camera.scale(this);
      const [x, y] = [event.clientX - box.left - this.width / 2, this.height / 2 - (event.clientY - box.top)];
      onPoint([this.camera.centre[0] + x / scale, this.camera.centre[1] + y / scale]);
    };
    this.front.onpointerleave = () => onPoint(null);
  }

  /** @param {number} ratio pixels of the screen in one of the page */
  size(ratio) {
    this.width = this.stage.clientWidth;
    this.height = this.stage.clientHeight;
    if (ratio !== this.ratio) this.sprites.clear();
    this.ratio = ratio;
    for (const canvas of [this.back, this.middle, this.front]) {
      resize(canvas, Math.round(this.width * ratio), Math.round(this.height * ratio));
    }
  }

  clear() {
    for (const canvas of [this.back, this.middle, this.front]) {
      context(canvas).clearRect(0, 0, canvas.width, canvas.height);
    }
  }

  /**
   * `position` counts frames and may lie between two; `pointed` is a place in the plane.
   * @param {PlaneFilm} film
   * @param {{ position: number, hidden: Set<number>, fixed: boolean, pointed: Pair | null }} state
   * @param {Style} style
   */
  draw(film, { position, hidden, fixed, pointed }, style) {
    if (!this.width || !this.height) return;
    const before = film.frames[Math.floor(position)];
    const after = film.frames[Math.min(film.frames.length - 1, Math.floor(position) + 1)];
    const share = position - Math.floor(position);
    this.look(fixed ? [film.bounds, film.bounds] : [before, after], share);
    this.spec.axes = film.axes;
    drawAxes(this, style);
    this.drawMeshRange(before, after, share, style);
    const trailed = share > 0 ? before : film.frames[Math.max(0, Math.floor(position) - 1)];
    this.drawPoints(film, { trailed, before, after, share, hidden }, style);
    const brush = context(this.front);
    brush.clearRect(0, 0, this.front.width, this.front.height);
    if (film.classes.length <= NAMED_CLASSES) {
      this.spec.names = before.centres.map((from, label) => {
        const to = after.centres[label];
        return from && to ? [mix(from[0], to[0], share), mix(from[1], to[1], share)] : from;
      });
      drawNames(this, film.classes, hidden, style);
    }
    if (pointed) this.drawPointed(pointed, style);
  }

  /**
   * @param {Bounds[]} bounds from which and to which
   * @param {number} share of the distance between them
   */
  look([from, to], share) {
    const low = [0, 1].map((k) => mix(from.low[k], to.low[k], share));
    const high = [0, 1].map((k) => mix(from.high[k], to.high[k], share));
    this.camera.centre = [0, 1].map((k) => (low[k] + high[k]) / 2);
    // the camera's half is that of the shorter side of the stage
    const short = Math.min(this.width, this.height);
    const halves = [(high[0] - low[0]) / 2 / (this.width / short), (high[1] - low[1]) / 2 / (this.height / short)];
    this.camera.half = Math.max(1e-6, MARGIN * Math.max(...halves));
  }

  /** @param {number} x */
  screenX(x) {
    return this.width / 2 + (x - this.camera.centre[0]) * this.camera.scale(this);
  }

  /** @param {number} y */
  screenY(y) {
    return this.height / 2 - (y - this.camera.centre[1]) * this.camera.scale(this);
  }

  /**
   * @param {Frame} before
   * @param {Frame} after
   * @param {number} share
   * @param {Style} style
   */
  drawMeshRange(before, after, share, style) {
    const [from, to] = [before.meshRange, after.meshRange];
    if (!from || !to) return;
    /**
     * @param {number} k
     * @param {number} end
     */
    const at = (k, end) => mix(from[k][end], to[k][end], share);
    const [left, right] = [this.screenX(at(0, 0)), this.screenX(at(0, 1))];
    const [bottom, top] = [this.screenY(at(1, 0)), this.screenY(at(1, 1))];
    const brush = context(this.back);
    brush.globalAlpha = 0.75;
    brush.strokeStyle = style.text;
    brush.lineWidth = 1.5;
    brush.setLineDash([6, 4]);
    brush.strokeRect(left, top, right - left, bottom - top);
    brush.setLineDash([]);
    brush.globalAlpha = 1;
  }

  /**
   * @param {PlaneFilm} film
   * @param {{ trailed: Frame, before: Frame, after: Frame, share: number, hidden: Set<number> }} state
   * @param {Style} style
   */
  drawPoints(film, { trailed, before, after, share, hidden }, style) {
    const brush = context(this.middle);
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, this.middle.width, this.middle.height);
    const { n, labels } = film;
    const { ratio } = this;
    const scale = this.camera.scale(this) * ratio;
    const [cx, cy] = this.camera.centre;
    const [midX, midY] = [(this.width / 2) * ratio, (this.height / 2) * ratio];
    /** @type {Map<number, Path2D>} */
    const paths = new Map();
    const spots = new Float32Array(2 * n);
    for (let i = 0; i < n; i += 1) {
      const x = midX + (mix(before.points[2 * i], after.points[2 * i], share) - cx) * scale;
      const y = midY - (mix(before.points[2 * i + 1], after.points[2 * i + 1], share) - cy) * scale;
      [spots[2 * i], spots[2 * i + 1]] = [x, y];
      const startX = midX + (trailed.points[2 * i] - cx) * scale;
      const startY = midY - (trailed.points[2 * i + 1] - cy) * scale;
      // a move to a place that is none would be skipped, and the line would begin at another point
      if (hidden.has(labels[i]) || !Number.isFinite(startX + startY + x + y)) continue;
      const path = paths.get(labels[i]) ?? new Path2D();
      paths.set(labels[i], path);
      path.moveTo(startX, startY);
      path.lineTo(x, y);
    }
    brush.globalAlpha = TRAIL;
    brush.lineWidth = ratio;
    for (const [label, path] of paths) {
      brush.strokeStyle = colourOf(film, label);
      brush.stroke(path);
    }
    brush.globalAlpha = 1;
    const radius = (n > 700 ? 2.4 : n > 350 ? 3 : 3.6) * style.scale;
    for (let i = 0; i < n; i += 1) {
      if (hidden.has(labels[i])) continue;
      const sprite = this.sprite(colourOf(film, labels[i]), radius, style);
      const [x, y] = [spots[2 * i] - sprite.width / 2, spots[2 * i + 1] - sprite.height / 2];
      if (x > -20 && y > -20 && x < this.middle.width && y < this.middle.height) brush.drawImage(sprite, x, y);
    }
  }

  /**
   * A disc with a fine rim of the page's colour, or with high contrast of the text's, drawn once a colour and copied from then on.
   * @param {string} colour
   * @param {number} radius
   * @param {Style} style
   */
  sprite(colour, radius, style) {
    const key = `${colour} ${radius} ${style.background} ${style.isStrong}`;
    const found = this.sprites.get(key);
    if (found) return found;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.ceil((2 * radius + 3) * this.ratio);
    const brush = context(canvas);
    brush.setTransform(this.ratio, 0, 0, this.ratio, canvas.width / 2, canvas.width / 2);
    brush.arc(0, 0, radius, 0, 2 * Math.PI);
    brush.globalAlpha = style.isStrong ? 1 : 0.85;
    brush.fillStyle = colour;
    brush.fill();
    brush.strokeStyle = style.isStrong ? style.text : style.background;
    brush.lineWidth = style.isStrong ? 1.2 : 0.7;
    brush.stroke();
    this.sprites.set(key, canvas);
    return canvas;
  }

  /**
   * @param {Pair} place
   * @param {Style} style
   */
  drawPointed([x, y], style) {
    const brush = brushOf(this.front, this.ratio);
    brush.beginPath();
    brush.arc(this.screenX(x), this.screenY(y), 8, 0, 2 * Math.PI);
    for (const { colour, width } of [
      { colour: style.background, width: 4 },
      { colour: style.text, width: 2 },
    ]) {
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.stroke();
    }
  }
}

/**
 * @param {PlaneFilm} film
 * @param {number} label
 */
function colourOf(film, label) {
  return label === NO_LABEL ? GREY : (film.classes[label]?.colour ?? GREY);
}

/**
 * Where the name of each class stands: the median of its points, null for a class without points.
 * @param {Float32Array} points
 * @param {Uint16Array} labels
 * @param {number} classes
 * @returns {(Pair | null)[]}
 */
export function classCentres(points, labels, classes) {
  const members = Array.from({ length: classes }, () => /** @type {[number[], number[]]} */ ([[], []]));
  labels.forEach((label, i) => {
    if (label === NO_LABEL || label >= classes || Number.isNaN(points[2 * i] + points[2 * i + 1])) return;
    members[label][0].push(points[2 * i]);
    members[label][1].push(points[2 * i + 1]);
  });
  /** @param {number[]} values */
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return members.map(([x, y]) => (x.length ? [median(x), median(y)] : null));
}

/**
 * The part of the plane that holds all of some parts.
 * @param {Bounds[]} parts
 * @returns {Bounds}
 */
export function union(parts) {
  /**
   * @param {"low" | "high"} end
   * @param {(...values: number[]) => number} choose
   */
  const pick = (end, choose) => /** @type {Pair} */ ([0, 1].map((k) => choose(...parts.map((part) => part[end][k]))));
  return { low: pick("low", Math.min), high: pick("high", Math.max) };
}
