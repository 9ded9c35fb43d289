// Arrows from noisy points to their best reconstruction: they point towards the curve on which the data lie. A walk along
// them starts where the visitor clicks.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { normal, random } from "../kit/random.js";
import { CURVES, curvePoints, denoise, score, walk } from "./field.js";

/** @typedef {[number, number]} Pair */

const FIRST_VIEW = [0, 0.4, 2.4, -2, 200, 0, 0];
const [CURVE, SIGMA, START, COUNT, FALLS, SHOWN] = [0, 1, 2, 4, 5, 6];
const SIDE = 3; // of the plane
const CELLS = 20;
const STEPS = 40;
const DRAWS = 400; // noisy points
const INK = "#c2419f";

class DenoisingField extends Experiment {
  make() {
    const next = random(7);
    const noise = normal(next);
    this.draws = Array.from({ length: DRAWS }, () => ({ share: next(), noise: /** @type {Pair} */ ([noise(), noise()]) }));
    const axes = { label: "", x: /** @type {Pair} */ ([-SIDE, SIDE]), y: /** @type {Pair} */ ([-SIDE, SIDE]) };
    this.plane = new Plot(this.root, { title: "", ...axes, isSquare: true });
    this.grip = new Grip(this.plane, {
      name: tr("start of the walk"), text: "x̃", colour: INK,
      moved: (to, resting) => this.move(to, resting),
    }); // prettier-ignore
    this.grips.push(this.grip);
    this.plane.canvas.onclick = (event) => this.plane && this.move(this.plane.pointUnder(/** @type {PointerEvent} */ (event)), true);
    const card = element("section", { class: "card", "aria-label": tr("Denoiser") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.curve = choice(bar, tr("Data"), CURVES.map((name) => tr(name)), (index) => this.change({ [CURVE]: index }));
    this.shown = choice(bar, tr("Arrows"), [tr("on a grid"), tr("from corrupted data")], (index) => this.change({ [SHOWN]: index }));
    const acts = element("div", { class: "bar" }, card);
    this.falls = button(acts, tr("σ falls along the walk"), tr("Let the noise that the denoiser expects fall to 0.05"), () => this.change({ [FALLS]: 1 - this.values[FALLS] }));
    button(acts, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.sigma = slider(card, tr("noise σ"), { min: 0.05, max: 2, step: 0.05 }, (value) => this.change({ [SIGMA]: value }));
    this.count = slider(card, tr("data N"), { min: 2, max: 300, step: 2 }, (value) => this.change({ [COUNT]: value }));
    element("p", { class: "formula lead", role: "math", text: "D(x̃) = E[x | x̃] = Σ wᵢ xᵢ" }, card);
    element("p", { class: "formula", role: "math", text: "wᵢ ∝ exp(−|x̃ − xᵢ|² / 2σ²)" }, card);
    this.mean = element("p", { class: "values" }, card);
    element("p", { class: "formula", role: "math", text: "D(x̃) − x̃ = σ² ∇ ln p(x̃)" }, card);
    this.score = element("p", { class: "values" }, card);
    this.errors = element("p", { class: "verdict lead", role: "status" }, card);
    this.end = element("p", { class: "values" }, card);
    this.height = new Plot(card, { title: "", label: "", x: [0, STEPS], y: [-5, 0], kind: "low" });
  }

  /** @param {Pair} to @param {boolean} resting */
  move([x, y], resting) {
    this.change({ [START]: limit(x, -SIDE, SIDE), [START + 1]: limit(y, -SIDE, SIDE) }, resting);
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { values: v, plane, height, draws, colours } = this;
    if (!plane || !height || !draws || !this.mean || !this.score || !this.errors || !this.end) return;
    const sigma = v[SIGMA];
    const start = /** @type {Pair} */ (v.slice(START, START + 2));
    const points = curvePoints(v[CURVE], Math.round(v[COUNT]));
    const path = walk(start, points, sigma, STEPS, v[FALLS] === 1);
    const noisy = draws.map(({ share, noise: [a, b] }) => {
      const clean = points[Math.floor(share * points.length)];
      const at = /** @type {Pair} */ ([clean[0] + sigma * a, clean[1] + sigma * b]);
      return { clean, at, mean: denoise(at, points, sigma).mean };
    });
    if (plane.begin(style)) {
      if (v[SHOWN]) {
        noisy.forEach(({ at, mean }) => plane.arrow(at, mean, { colour: colours.first, width: 1, alpha: 0.6 }));
        noisy.forEach(({ at }) => plane.dot(at, { colour: style.text, width: 1.8, alpha: 0.6 }));
      } else {
        const cell = (2 * SIDE) / CELLS;
        for (let k = 0; k < CELLS * CELLS; k += 1) {
          const at = /** @type {Pair} */ ([-SIDE + ((k % CELLS) + 0.5) * cell, -SIDE + (Math.floor(k / CELLS) + 0.5) * cell]);
          const [u, w] = denoise(at, points, sigma).mean;
          const share = Math.min(0.5, (0.85 * cell) / Math.max(1e-9, Math.hypot(u - at[0], w - at[1])));
          plane.arrow(at, [at[0] + share * (u - at[0]), at[1] + share * (w - at[1])], { colour: colours.first, width: 1.2, alpha: 0.8 });
        }
      }
      points.forEach((point) => plane.dot(point, { colour: colours.second, width: points.length > 100 ? 2 : 3.5 }));
      plane.curve(path, { colour: INK, width: 2.2 });
      path.forEach((point) => plane.dot(point, { colour: INK, width: 3 }));
      plane.end();
      plane.describe(v[SHOWN] ? tr("Corrupted data, arrows to D(x̃): click to walk") : tr("Arrows along D(x̃) − x̃: click to walk"), tr("Field of the best denoiser of data on a {curve}, noise {sigma}", { curve: tr(CURVES[v[CURVE]]), sigma: number(sigma) }));
      this.grip?.place(start, tr("start {start}", { start: listed(start) }));
    }
    const heights = path.map((point, k) => /** @type {Pair} */ ([k, denoise(point, points, sigma).logDensity]));
    const values = heights.map(([, y]) => y);
    height.y = [Math.max(-40, Math.min(...values) - 0.5), Math.max(...values) + 0.5];
    if (height.begin(style)) {
      height.curve(heights, { colour: INK, width: 2.2 });
      height.end();
      height.describe(tr("ln p(x̃) along the walk, by step"), tr("From {first} to {last}", { first: number(values[0]), last: number(values[STEPS]) }));
    }
    const { mean } = denoise(start, points, sigma);
    const slope = score(start, points, sigma);
    const pair = (/** @type {number[]} */ both) => `(${listed(both, 3)})`;
    write(this.mean, `D${pair(start)} = ${pair(mean)}`);
    write(this.score, tr("{step} = {sigma}² · {slope}; the gradient by differences of ln p", { step: pair([mean[0] - start[0], mean[1] - start[1]]), sigma: number(sigma), slope: pair(slope) }));
    const error = noisy.reduce((sum, { clean, mean: [u, w] }) => sum + (u - clean[0]) ** 2 + (w - clean[1]) ** 2, 0) / DRAWS;
    const raw = noisy.reduce((sum, { clean, at: [u, w] }) => sum + (u - clean[0]) ** 2 + (w - clean[1]) ** 2, 0) / DRAWS;
    write(this.errors, tr("Mean squared error over {count} corrupted data: {before} before, {after} after denoising", { count: DRAWS, before: number(raw, 3), after: number(error, 3) }));
    const last = path[STEPS];
    const far = Math.min(...curvePoints(v[CURVE], 1000).map(([a, b]) => Math.hypot(a - last[0], b - last[1])));
    write(this.end, tr("The walk ends at {end}, {distance} from the curve", { end: pair(last), distance: number(far, 3) }));
    if (this.curve) this.curve.value = String(v[CURVE]);
    if (this.shown) this.shown.value = String(v[SHOWN]);
    this.falls?.setAttribute("aria-pressed", String(v[FALLS] === 1));
    this.sigma?.set(sigma);
    this.count?.set(v[COUNT], number(v[COUNT], 0));
    Object.assign(this.root.dataset, { far: far.toFixed(3), errors: `${raw.toFixed(3)} ${error.toFixed(3)}` });
  }
}

export default define(
  { class: "experiment denoising-field", "data-testid": "denoising_field" },
  (root, channel, activity) => new DenoisingField(root, channel, activity),
);
