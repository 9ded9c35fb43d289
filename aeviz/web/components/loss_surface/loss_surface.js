// The loss of a linear autoencoder over its two weights, which are dragged, with gradient descent; the data with their
// reconstructions and circles of equal squared error about one point; and the squared error along one coordinate.

import { axesOf, cloudOf } from "../kit/covariance.js";
import { button, element, write } from "../kit/dom.js";
import { Experiment, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { isoline } from "../kit/isoline.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { descend, gradient, loss, makeData, momentOf, reconstruct } from "./surface.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("./surface.js").Moment} Moment */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [-0.25, 0.6, -1, 1.8, 0.5, 30, 0.05, 20];
const [W, POINT, ACROSS, ANGLE, RATE, STEPS] = [0, 2, 4, 5, 6, 7];
const [REACH, FAR] = [1.8, 4]; // of the weights, and of the data
const CELLS = 61; // of the grid of the contours, along each axis
const MOST = 100; // steps
const PURPLE = "#7a4fa3";

class LossSurface extends Experiment {
  make() {
    const panels = element("div", { class: "panels first" }, this.root);
    this.plane = new Plot(panels, { title: "", label: "", x: [-REACH, REACH], y: [-REACH, REACH], isSquare: true });
    const stack = element("div", { class: "stack" }, panels);
    this.cloud = new Plot(stack, { title: "", label: "", x: [-FAR, FAR], y: [-FAR, FAR], isSquare: true, kind: "fair" });
    this.parabola = new Plot(stack, { title: "", label: "", x: [-FAR, FAR], y: [0, 12], kind: "half low" });
    const grip = (/** @type {Plot} */ plot, /** @type {string} */ text, /** @type {string} */ name, /** @type {number} */ at, /** @type {number} */ reach) => {
      const moved = (/** @type {Pair} */ [x, y], /** @type {boolean} */ resting) => this.change({ [at]: limit(x, -reach, reach), [at + 1]: limit(y, -reach, reach) }, resting);
      const made = new Grip(plot, { name, text, colour: PURPLE, moved });
      this.grips.push(made);
      return made;
    };
    this.weights = grip(this.plane, "w", tr("weights w, where descent starts"), W, REACH);
    this.point = grip(this.cloud, "x", tr("point x"), POINT, FAR);
    const card = element("section", { class: "card", "aria-label": tr("Loss") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    button(bar, tr("Step"), tr("One step of gradient descent"), () => this.change({ [STEPS]: Math.min(MOST, this.values[STEPS] + 1) }));
    button(bar, tr("Start at w"), tr("No step yet"), () => this.change({ [STEPS]: 0 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.steps = slider(card, tr("steps"), { min: 0, max: MOST, step: 1 }, (value) => this.change({ [STEPS]: value }));
    this.rate = slider(card, tr("rate γ"), { min: 0.01, max: 0.5, step: 0.01 }, (value) => this.change({ [RATE]: value }));
    this.across = slider(card, tr("data across"), { min: 0.05, max: 1.4, step: 0.05 }, (value) => this.change({ [ACROSS]: value }));
    this.angle = slider(card, tr("data angle"), { min: -90, max: 90, step: 5 }, (value) => this.change({ [ANGLE]: value }));
    element("p", { class: "formula lead", role: "math", text: "z = wᵀx,  x̂ = z w,  ‖x − x̂‖² = Σ (xᵢ − x̂ᵢ)²" }, card);
    this.live = element("p", { class: "values" }, card);
    element("p", { class: "formula lead", role: "math", text: "L(w) = (1/N) Σ ‖x − wwᵀx‖²" }, card);
    this.sum = element("p", { class: "values" }, card);
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of [tr("gradient 0 at"), "w", "L"]) element("th", { text }, head);
    this.rows = [tr("minima ±u₁"), tr("saddles ±u₂"), tr("maximum 0")].map((text) => {
      const row = element("tr", {}, table);
      element("th", { text }, row);
      return [0, 1].map(() => element("td", {}, row));
    });
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
  }

  /** @param {Style} style */
  paint(style) {
    const v = this.values;
    const data = makeData(v[ACROSS], v[ANGLE]);
    const moment = momentOf(data);
    const path = descend([v[W], v[W + 1]], moment, v[RATE], Math.round(v[STEPS]));
    const end = path[path.length - 1];
    const [first, second] = axesOf(cloudOf(moment));
    this.paintPlane(style, moment, path, [first, second]);
    this.paintCloud(style, data, end);
    this.showCard(moment, path, [first, second]);
  }

  /** @param {Style} style @param {Moment} moment @param {Pair[]} path @param {[Pair, Pair]} axes */
  paintPlane(style, moment, path, axes) {
    const { plane, colours } = this;
    if (!plane) return;
    const total = moment[0] + moment[2];
    const at = (/** @type {number} */ k) => -REACH + (2 * REACH * k) / (CELLS - 1);
    const field = Float64Array.from({ length: CELLS * CELLS }, (_, k) => loss([at(k % CELLS), at(Math.floor(k / CELLS))], moment));
    const least = loss(axes[0], moment);
    const levels = [0.03, 0.12, 0.27, 0.45, 0.65, 0.85, 0.98, 1.3, 2, 3.2, 5].map((share) => least + share * (total - least));
    const point = (/** @type {number} */ x, /** @type {number} */ y) => /** @type {Pair} */ ([at(x), at(y)]);
    if (plane.begin(style)) {
      plane.shade(([x, y]) => 0.65 * Math.max(0, 1 - (loss([x, y], moment) - least) / (total - least)), colours.first);
      const segments = levels.flatMap((level) => isoline(field, CELLS, level)).map(([a, b, c, d]) => [point(a, b), point(c, d)]);
      plane.segments(segments, { colour: style.text, width: 1, alpha: style.isStrong ? 0.7 : 0.35 });
      for (const sign of [1, -1]) {
        axes.forEach(([x, y], k) => plane.dot([sign * x, sign * y], { colour: k ? "#8c8c8c" : colours.first, width: 5 }));
      }
      plane.dot([0, 0], { colour: style.text, width: 4 });
      plane.curve(path, { colour: colours.second, width: 2.2 });
      for (const step of path) plane.dot(step, { colour: colours.second, width: 2.6 });
      plane.dot(path[path.length - 1], { colour: colours.second, width: 6 });
      plane.end();
      this.weights?.place(path[0], tr("w₁ {first}, w₂ {second}", { first: number(path[0][0]), second: number(path[0][1]) }));
    }
    plane.describe(tr("Loss over both weights; blue: minima, grey: saddles"), tr("Loss surface with a descent of {count} steps", { count: path.length - 1 }));
  }

  /** @param {Style} style @param {Pair[]} data @param {Pair} w */
  paintCloud(style, data, w) {
    const { cloud, parabola, colours, values: v } = this;
    const x = /** @type {Pair} */ ([v[POINT], v[POINT + 1]]);
    const rebuilt = reconstruct(w, x);
    const circle = (/** @type {number} */ radius) => Array.from({ length: 61 }, (_, k) => /** @type {Pair} */ ([x[0] + radius * Math.cos((k * Math.PI) / 30), x[1] + radius * Math.sin((k * Math.PI) / 30)]));
    if (cloud?.begin(style)) {
      for (const radius of [0.5, 1, 2, 3]) cloud.curve(circle(radius), { colour: PURPLE, width: 1, alpha: style.isStrong ? 0.8 : 0.4 });
      cloud.curve([[-9 * w[0], -9 * w[1]], [9 * w[0], 9 * w[1]]], { colour: colours.second, width: 1.2 }); // prettier-ignore
      for (const point of data) {
        cloud.curve([point, reconstruct(w, point)], { colour: style.text, width: 0.8, alpha: 0.4 });
        cloud.dot(point, { colour: style.text, width: 2, alpha: 0.7 });
      }
      cloud.curve([x, rebuilt], { colour: PURPLE, width: 3 });
      cloud.dot(rebuilt, { colour: colours.second, width: 6 });
      cloud.end();
      this.point?.place(x, `x ${listed(x)}`);
    }
    cloud?.describe(tr("Data and x̂; circles: equal error"), tr("The reconstruction of x is at {place}", { place: listed(rebuilt) }));
    const rest = (x[1] - rebuilt[1]) ** 2;
    if (parabola?.begin(style)) {
      parabola.graph((at) => (x[0] - at) ** 2 + rest, { colour: PURPLE, width: 2.4 });
      parabola.dot([rebuilt[0], (x[0] - rebuilt[0]) ** 2 + rest], { colour: colours.second, width: 6 });
      parabola.end();
    }
    parabola?.describe(tr("‖x − x̂‖² over x̂₁: a parabola"), tr("Least at {x}", { x: number(x[0]) }));
    if (this.live) {
      const pair = (/** @type {Pair} */ at) => `(${listed(at)})`;
      const parts = [0, 1].map((i) => (x[i] - rebuilt[i] < 0 ? `(${number(x[i] - rebuilt[i])})²` : `${number(x[i] - rebuilt[i])}²`));
      write(this.live, tr("x = {x}: z = {z}, x̂ = {rebuilt}, {parts} = {error}", { x: pair(x), z: number(w[0] * x[0] + w[1] * x[1]), rebuilt: pair(rebuilt), parts: parts.join(" + "), error: number((x[0] - rebuilt[0]) ** 2 + rest, 3) }));
    }
  }

  /** @param {Moment} moment @param {Pair[]} path @param {[Pair, Pair]} axes */
  showCard(moment, path, axes) {
    const v = this.values;
    const end = path[path.length - 1];
    const [value, slope] = [loss(end, moment), Math.hypot(...gradient(end, moment))];
    this.steps?.set(Math.round(v[STEPS]), String(Math.round(v[STEPS])));
    this.rate?.set(v[RATE]);
    this.across?.set(v[ACROSS]);
    this.angle?.set(v[ANGLE], `${v[ANGLE]}°`);
    if (this.sum) write(this.sum, tr("After {count} steps: w = ({w}), L(w) = {loss}, |∂L| = {slope}", { count: path.length - 1, w: listed(end), loss: number(value, 3), slope: number(slope, 3) }));
    [...axes, /** @type {Pair} */ ([0, 0])].forEach((at, k) => {
      write(/** @type {HTMLElement[][]} */ (this.rows)[k][0], `(${listed(at)})`);
      write(/** @type {HTMLElement[][]} */ (this.rows)[k][1], number(loss(at, moment), 3));
    });
    const near = Math.min(...[1, -1].map((sign) => Math.hypot(end[0] - sign * axes[0][0], end[1] - sign * axes[0][1])));
    const words = !(Math.hypot(...end) <= 10) ? tr("The rate is too large: w leaves the surface.") : near < 0.03 ? tr("Arrived: w is the first principal direction, and |w| = 1. What is left is the variance across it.") : slope < 0.02 ? tr("The gradient is nearly 0, and this is no minimum.") : tr("Still on the way.");
    if (this.verdict) write(this.verdict, words);
    this.root.dataset.loss = value.toFixed(4);
    this.root.dataset.weights = end.map((one) => one.toFixed(3)).join(" ");
  }
}

export default define(
  { class: "experiment loss_surface", "data-testid": "loss_surface" },
  (root, channel, activity) => new LossSurface(root, channel, activity),
);
