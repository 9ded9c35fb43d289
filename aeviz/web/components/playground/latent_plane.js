// The latent plane of a network that learns: points that glide, the decoded mesh behind them, and a point to drag.

import { classColour } from "../kit/class_colours.js";
import { context, element } from "../kit/dom.js";
import { Grip } from "../kit/grip.js";
import { drawGaps, Mosaic } from "../kit/images.js";
import { Plot } from "../kit/plot.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("./member.js").Member} Member */

export const MESH = 14; // images along each side
const NO_LABEL = 255;
const GREY = "#8c8c8c";
const TAIL = 0.01; // share of the points at each end that the view may cut
const MARGIN = 0.12;
const FOLLOW_MS = 300; // in which the view covers two thirds of the way to where the points are
const RADIUS = 2.4;

export class LatentPlane {
  /**
   * @param {Element} parent
   * @param {{ title: string, colour: string, moved: (to: Pair) => void, pointed: (isHeld: boolean) => void }} options
   *   `pointed` tells when a pointer takes the point and when it lets go
   */
  constructor(parent, { title, colour, moved, pointed }) {
    this.plot = new Plot(parent, { title, label: "Latent plane", x: [-1, 1], y: [-1, 1], isSquare: true, kind: "latent-plane" });
    /** @type {Mosaic | null} */
    this.mesh = null;
    /** @type {{ x: Pair, y: Pair } | null} */
    this.meshBox = null;
    this.isFresh = true; // the view jumps to the points instead of following them
    /** @type {Map<string, HTMLCanvasElement>} */
    this.discs = new Map();
    this.grip = new Grip(this.plot, {
      name: "point that is decoded", text: "z", colour, moved: (to) => moved(this.inside(to)), step: 0.05,
    }); // prettier-ignore
    const { stage } = this.plot;
    stage.onpointerdown = (event) => {
      if (event.target !== stage && event.target !== this.plot.canvas) return;
      event.preventDefault();
      stage.setPointerCapture(event.pointerId);
      pointed(true);
      moved(this.inside(this.plot.pointUnder(event)));
    };
    stage.onpointermove = (event) => {
      if (stage.hasPointerCapture(event.pointerId)) moved(this.inside(this.plot.pointUnder(event)));
    };
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
    const { x, y } = this.plot;
    const rows = width === 1 ? 1 : MESH;
    const points = new Float32Array(MESH * rows * width);
    this.asked = { x: /** @type {Pair} */ ([...x]), y: /** @type {Pair} */ ([...y]) };
    for (let k = 0; k < MESH * rows; k += 1) {
      points.set(rest, k * width);
      points[k * width + shown[0]] = x[0] + ((x[1] - x[0]) * ((k % MESH) + 0.5)) / MESH;
      if (width > 1) points[k * width + shown[1]] = y[1] - ((y[1] - y[0]) * (Math.floor(k / MESH) + 0.5)) / MESH;
    }
    return points;
  }

  /** @param {Float32Array} images @param {number[]} shape */
  setMesh(images, shape) {
    const rows = images.length / (shape[0] * shape[1] * shape[2] * MESH);
    if (this.mesh?.shape !== shape || this.mesh.grid.rows !== rows) this.mesh = new Mosaic(shape, MESH, rows);
    this.mesh.set(images);
    this.meshBox = this.asked ?? null;
  }

  /**
   * @param {Member} member
   * @param {{ dims: Pair, style: import("../kit/theme.js").Style, passed: number, opacity: number, own: Float32Array | null }} state
   *   `opacity` of the mesh, from 0 to 1; `own` the code of the visitor's drawing
   */
  draw(member, { dims, style, passed, opacity, own }) {
    const { plan, data, shown } = member;
    if (!plan || !data) return;
    const width = plan.latent_dim;
    const [x, y] = spots(shown, width, dims);
    this.follow(x, y, passed);
    const { plot } = this;
    if (!plot.begin(style)) return;
    if (this.mesh && this.meshBox && opacity > 0) {
      const [left, top] = plot.place([this.meshBox.x[0], this.meshBox.y[1]]);
      const [right, bottom] = plot.place([this.meshBox.x[1], this.meshBox.y[0]]);
      plot.brush.globalAlpha = opacity;
      plot.brush.drawImage(this.mesh.canvas, left, top, right - left, bottom - top);
      plot.brush.globalAlpha = 1;
      drawGaps(plot.brush, this.mesh.grid, { left, top, right, bottom }, style);
    }
    const [sx, sy] = [plot.inner[0] / (plot.x[1] - plot.x[0]), plot.inner[1] / (plot.y[1] - plot.y[0])];
    const [ox, oy] = plot.place([0, 0]);
    const size = (2 * RADIUS + 2) * style.scale;
    const discs = Array.from({ length: 256 }, (_, label) => label).map((label) =>
      label === NO_LABEL || label < 64 ? this.disc(label === NO_LABEL ? GREY : classColour(label, plot.section), style) : null,
    );
    for (let k = 0; k < x.length; k += 1) {
      const disc = discs[data.labels[k]] ?? discs[NO_LABEL];
      if (disc) plot.brush.drawImage(disc, ox + x[k] * sx - size / 2, oy - y[k] * sy - size / 2, size, size);
    }
    if (own) {
      const at = /** @type {Pair} */ ([own[dims[0]], width > 1 ? own[dims[1]] : 0]);
      plot.dot(at, { colour: style.background, width: 9 });
      plot.dot(at, { colour: "#d4145a", width: 7 });
      plot.write("your drawing", [at[0] + 12 / sx, at[1]], { colour: style.text });
    }
    plot.end();
    const near = own ? `; your drawing at ${[...own].map((value) => value.toFixed(2)).join(", ")}` : "";
    plot.canvas.setAttribute("aria-label", `Latent plane of ${x.length} images${near}`);
  }

  /** @param {string} colour @param {import("../kit/theme.js").Style} style */
  disc(colour, style) {
    const key = `${colour} ${style.background} ${style.isStrong} ${style.scale}`;
    const found = this.discs.get(key);
    if (found) return found;
    const canvas = document.createElement("canvas");
    const side = (canvas.width = canvas.height = Math.ceil((2 * RADIUS + 2) * 4 * style.scale));
    const brush = context(canvas);
    brush.arc(side / 2, side / 2, RADIUS * 4 * style.scale, 0, 2 * Math.PI);
    brush.fillStyle = colour;
    brush.fill();
    brush.strokeStyle = style.isStrong ? style.text : style.background;
    brush.lineWidth = 2.4;
    brush.stroke();
    this.discs.set(key, canvas);
    return canvas;
  }

  /** Let the view follow the points, all but the tails. @param {Float32Array} x @param {Float32Array} y @param {number} passed */
  follow(x, y, passed) {
    const [left, right] = ends(x);
    const [low, high] = ends(y);
    const half = Math.max(right - left, high - low, 1e-3) * (0.5 + MARGIN);
    const [cx, cy] = [(left + right) / 2, (low + high) / 2];
    if (!Number.isFinite(half + cx + cy)) return;
    const goal = [cx - half, cx + half, cy - half, cy + half];
    const now = [...this.plot.x, ...this.plot.y];
    const share = this.isFresh ? 1 : 1 - Math.exp(-passed / FOLLOW_MS);
    this.isFresh = false;
    const next = now.map((value, k) => value + share * (goal[k] - value));
    this.plot.x = [next[0], next[1]];
    this.plot.y = [next[2], next[3]];
  }
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
