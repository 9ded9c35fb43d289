// The latent plane of a network that learns: points that glide, the decoded mesh behind them, and a point to drag.

import { classColour } from "../kit/class_colours.js";
import { element } from "../kit/dom.js";
import { Grip } from "../kit/grip.js";
import { drawGaps, Mosaic } from "../kit/images.js";
import { number, tr, trc } from "../kit/language.js";
import { Plot } from "../kit/plot.js";
import { HoverCard } from "./hover_card.js";
import { Stamps } from "./stamps.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("./member.js").Member} Member */

export const MESH = 16; // images along each side
const BEYOND = 0.07; // share of the view that the mesh covers on each side of it, for when the view grows
const NO_LABEL = 255;
const OWN = [212, 20, 90];
const TAIL = 0.01; // share of the points at each end that the view may cut
const MARGIN = 0.12;
const FOLLOW_MS = 300; // in which the view covers two thirds of the way to where the points are
const [START, STOP] = [0.08, 0.01]; // shares of the view by which it is off when it begins and ends to move
const RADIUS = 2.4;
const PRIOR = 2.2; // least half width of the view for codes that a prior N(0, I) holds together

export class LatentPlane {
  /**
   * @param {Element} parent
   * @param {{ title: string, colour: string, moved: (to: Pair) => void, pointed: (isHeld: boolean) => void }} options
   *   `pointed` tells when a pointer takes the point and when it lets go
   */
  constructor(parent, { title, colour, moved, pointed }) {
    this.plot = new Plot(parent, { title, label: tr("Latent plane"), x: [-1, 1], y: [-1, 1], isSquare: true, kind: "latent-plane" });
    /** @type {Mosaic | null} */
    this.mesh = null;
    /** @type {{ x: Pair, y: Pair } | null} */
    this.meshBox = null;
    this.isMoving = false;
    this.isFresh = true; // the view jumps to the points instead of following them
    this.look = this.ground = ""; // what the points and the ground were drawn for
    this.meshes = 0; // decoded so far
    this.place = 0; // times that the stage changed its size
    this.stamps = new Stamps(this.plot.stage);
    /** @type {Float32Array | null} */
    this.own = null; // the code of the visitor's drawing
    this.colour = rgb(colour); // of points without a class
    this.isVariational = false;
    this.spots = { x: new Float32Array(0), y: new Float32Array(0) }; // of the points, in pixels of the stage
    /** @type {import("./member.js").Data | null} */
    this.data = null;
    /** @type {string[]} */
    this.names = []; // of the classes
    this.grip = new Grip(this.plot, {
      name: tr("point that is decoded"), text: "z", colour, moved: (to) => moved(this.inside(to)), step: 0.05,
    }); // prettier-ignore
    const { stage } = this.plot;
    stage.onpointerdown = (event) => {
      if (event.target !== stage && event.target !== this.plot.canvas) return;
      event.preventDefault();
      stage.setPointerCapture(event.pointerId);
      this.card.hide();
      pointed(true);
      moved(this.inside(this.plot.pointUnder(event)));
    };
    this.card = new HoverCard(stage);
    stage.onpointermove = (event) => {
      if (stage.hasPointerCapture(event.pointerId)) moved(this.inside(this.plot.pointUnder(event)));
      else if (event.pointerType === "mouse" && this.data) this.card.over(event, this.spots, this.data, this.names);
    };
    stage.onpointerleave = () => this.card.hide();
    stage.onpointerup = stage.onpointercancel = () => pointed(false);
    this.axes = element("div", { class: "axes", hidden: "" }, this.plot.section);
  }

  /** @param {Pair} point @returns {Pair} */
  inside([x, y]) {
    const { plot } = this;
    return [Math.max(plot.x[0], Math.min(plot.x[1], x)), Math.max(plot.y[0], Math.min(plot.y[1], y))];
  }

  /**
   * Latent points of the mesh over the present view, from its upper left corner row by row.
   * @param {number} width of the latent space
   * @param {Pair} shown the two dimensions of the plane
   * @param {Float32Array} rest the other coordinates
   */
  meshPoints(width, shown, rest) {
    const [x, y] = [wider(this.plot.x), wider(this.plot.y)];
    const rows = width === 1 ? 1 : MESH;
    const points = new Float32Array(MESH * rows * width);
    this.asked = { x, y };
    for (let k = 0; k < MESH * rows; k += 1) {
      points.set(rest, k * width);
      points[k * width + shown[0]] = x[0] + ((x[1] - x[0]) * ((k % MESH) + 0.5)) / MESH;
      if (width > 1) points[k * width + shown[1]] = y[1] - ((y[1] - y[0]) * (Math.floor(k / MESH) + 0.5)) / MESH;
    }
    return points;
  }

  /** Whether the mesh was decoded for the present view. */
  get isMeshOfView() {
    const { meshBox, plot } = this;
    return !meshBox || [...meshBox.x, ...meshBox.y].join() === [...wider(plot.x), ...wider(plot.y)].join();
  }

  /** @param {Float32Array} images @param {number[]} shape */
  setMesh(images, shape) {
    const rows = images.length / (shape[0] * shape[1] * shape[2] * MESH);
    if (this.mesh?.shape !== shape || this.mesh.grid.rows !== rows) this.mesh = new Mosaic(shape, MESH, rows);
    this.mesh.set(images);
    this.meshes += 1;
    this.meshBox = this.asked ?? null;
  }

  /**
   * @param {Member} member
   * @param {{
   *   dims: Pair, style: import("../kit/theme.js").Style, passed: number, opacity: number, own: Float32Array | null,
   *   hidden: Set<number>
   * }} state `opacity` of the mesh, from 0 to 1; `hidden` labels; `own` the code of the visitor's drawing
   */
  draw(member, { dims, style, passed, opacity, own, hidden }) {
    const { plan, data, shown } = member;
    if (!plan || !data) return;
    const width = plan.latent_dim;
    this.isVariational = plan.is_variational;
    this.data = data;
    const [x, y] = spots(shown, width, dims);
    this.follow(x, y, passed);
    const { plot, stamps } = this;
    const ground = [plot.x, plot.y, this.meshes, opacity, style.background, style.isStrong, style.scale, this.place].join();
    if (ground !== this.ground && this.drawGround(style, opacity)) this.ground = ground;
    if (this.ground !== ground) return;
    const [sx, sy] = [plot.inner[0] / (plot.x[1] - plot.x[0]), plot.inner[1] / (plot.y[1] - plot.y[0])];
    const [ox, oy] = plot.place([0, 0]);
    const box = [ox + sx * plot.x[0], oy - sy * plot.y[1], ox + sx * plot.x[1], oy - sy * plot.y[0]];
    const look = `${style.isDark} ${style.isStrong}`;
    if (look !== this.look) stamps.clear();
    this.look = look;
    const rim = rgb(style.isStrong ? style.text : style.background);
    stamps.begin(plot.width, plot.height);
    for (let k = 0; k < x.length; k += 1) {
      x[k] = hidden.has(data.labels[k]) ? NaN : ox + x[k] * sx;
      y[k] = oy - y[k] * sy;
    }
    this.spots = { x, y };
    const colours = (/** @type {number} */ label) => (label === NO_LABEL ? this.colour : rgb(classColour(label, plot.section)));
    stamps.discs(x, y, data.labels, { colours, radius: RADIUS * style.scale, rim, box });
    if (own) {
      const at = [ox + own[dims[0]] * sx, oy - (width > 1 ? own[dims[1]] : 0) * sy];
      stamps.discs([at[0]], [at[1]], [0], { colours: () => OWN, radius: 7 * style.scale, rim: [255, 255, 255], box });
    }
    stamps.end();
    this.own = own;
  }

  /** Draw the axes and the mesh, which change far less often than the points. @param {import("../kit/theme.js").Style} style @param {number} opacity */
  drawGround(style, opacity) {
    const { plot } = this;
    if (!plot.begin(style)) return false;
    if (this.mesh && this.meshBox && opacity > 0) {
      const [left, top] = plot.place([this.meshBox.x[0], this.meshBox.y[1]]);
      const [right, bottom] = plot.place([this.meshBox.x[1], this.meshBox.y[0]]);
      plot.brush.globalAlpha = opacity;
      plot.brush.drawImage(this.mesh.canvas, left, top, right - left, bottom - top);
      plot.brush.globalAlpha = 1;
      drawGaps(plot.brush, this.mesh.grid, { left, top, right, bottom }, style);
    }
    if (this.isVariational) this.drawPrior(style);
    plot.end();
    return true;
  }

  /** One and two standard deviations of the prior. @param {import("../kit/theme.js").Style} style */
  drawPrior({ text, scale }) {
    const { brush } = this.plot;
    const [cx, cy] = this.plot.place([0, 0]);
    const unit = this.plot.place([1, 0])[0] - cx;
    brush.strokeStyle = text;
    brush.lineWidth = scale;
    brush.globalAlpha = 0.45;
    for (const radius of [1, 2]) {
      brush.beginPath();
      brush.arc(cx, cy, radius * unit, 0, 2 * Math.PI);
      brush.stroke();
    }
    brush.globalAlpha = 1;
  }

  /** Put the handle of the point where it is seen. @param {Pair} at */
  put(at) {
    this.grip.at = at;
    const [x, y] = this.plot.place(at);
    this.grip.node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  }

  /** Say what the plane shows. @param {number} count of images */
  describe(count) {
    const { own, grip, plot } = this;
    const label = own
      ? tr("Latent plane of {count} images; your drawing at {place}", { count, place: inWords(own) })
      : tr("Latent plane of {count} images", { count });
    if (plot.canvas.getAttribute("aria-label") !== label) plot.canvas.setAttribute("aria-label", label);
    const text = tr("z at {place}", { place: inWords(grip.at) });
    if (grip.node.getAttribute("aria-description") !== text) grip.node.setAttribute("aria-description", text);
  }

  /** Let the view follow the points, all but the tails. @param {Float32Array} x @param {Float32Array} y @param {number} passed */
  follow(x, y, passed) {
    const [left, right] = ends(x);
    const [low, high] = ends(y);
    const least = this.isVariational ? PRIOR : 1e-3;
    const half = Math.max(Math.max(right - left, high - low) * (0.5 + MARGIN), least);
    const [cx, cy] = half === PRIOR ? [0, 0] : [(left + right) / 2, (low + high) / 2];
    if (!Number.isFinite(half + cx + cy)) return;
    const goal = [cx - half, cx + half, cy - half, cy + half];
    const now = [...this.plot.x, ...this.plot.y];
    const near = Math.max(...goal.map((value, k) => Math.abs(value - now[k]))) / half;
    if (near > START || this.isFresh) this.isMoving = true;
    else if (near < STOP) this.isMoving = false;
    if (!this.isMoving) return;
    const share = this.isFresh ? 1 : 1 - Math.exp(-passed / FOLLOW_MS);
    this.isFresh = false;
    const next = now.map((value, k) => value + share * (goal[k] - value));
    this.plot.x = [next[0], next[1]];
    this.plot.y = [next[2], next[3]];
  }
}

/** @param {Iterable<number>} point */
const inWords = (point) => [...point].map((value) => number(value, 2)).join(trc("between numbers", ", "));

/** @param {Pair} range @returns {Pair} */
function wider([low, high]) {
  const more = BEYOND * (high - low);
  return [low - more, high + more];
}

/**
 * Where points stand in the plane; of one dimension each stands at a height of its own.
 * @param {Float32Array} points
 * @param {number} width
 * @param {Pair} dims
 */
function spots(points, width, [first, second]) {
  const count = points.length / width;
  const [x, y] = [new Float32Array(count), new Float32Array(count)];
  for (let k = 0; k < count; k += 1) {
    x[k] = points[k * width + first];
    y[k] = width > 1 ? points[k * width + second] : ((k * 0.618034) % 1) - 0.5;
  }
  return [x, y];
}

/** @param {Float32Array} values */
function ends(values) {
  const sorted = values.slice().sort();
  const cut = Math.floor(TAIL * sorted.length);
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

/**
 * Red, green and blue of a colour as CSS computes it: #rrggbb or rgb(...).
 * @param {string} colour
 */
function rgb(colour) {
  if (colour.startsWith("#")) return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return (colour.match(/[\d.]+/g) ?? ["128", "128", "128"]).slice(0, 3).map(Number);
}
