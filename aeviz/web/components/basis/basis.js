// The same data fitted with fixed Gaussian bumps, by least squares, and by a network whose hidden units are drawn as its
// basis functions while it trains in the page.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, number, slider } from "../kit/experiment.js";
import { tr, trc } from "../kit/language.js";
import { leastSquares } from "../kit/least_squares.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { Training, bumps, initial, makeData, network, target, unit } from "./regression.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [5, 0.25, 0, 0, 0];
const [COUNT, WIDTH, STEPS, FIXED, SEED] = [0, 1, 2, 3, 4]; // steps in hundreds
const MOST = 4000; // steps
const RATE = 0.02;
const A_FRAME = 5; // steps of a run
const GRID = Array.from({ length: 201 }, (_, k) => -1 + k / 100);

class Basis extends Experiment {
  timer = 0; // of a run
  key = ""; // of what is trained

  make() {
    this.data = makeData();
    const panels = element("div", { class: "panels" }, this.root);
    const plot = (/** @type {Pair} */ y) => new Plot(panels, { title: "", label: "", x: [-1, 1], y, kind: "half" });
    this.fits = [plot([-1.3, 1.3]), plot([-1.3, 1.3])];
    this.bases = [plot([-0.1, 1.1]), plot([-1.1, 1.1])];
    const card = element("section", { class: "card", "aria-label": tr("Basis functions") }, this.root);
    this.count = slider(card, tr("functions M"), { min: 1, max: 20, step: 1 }, (value) => this.change({ [COUNT]: value }));
    element("p", { class: "formula", role: "math", text: "y(x) = w₀ + Σ wⱼ φⱼ(x)" }, card);
    element("p", { class: "formula lead", role: "math", text: tr("fixed: φⱼ(x) = exp(−(x − μⱼ)² / 2s²)") }, card);
    this.width = slider(card, tr("width s"), { min: 0.05, max: 1, step: 0.01 }, (value) => this.change({ [WIDTH]: value }));
    element("p", { class: "formula lead", role: "math", text: tr("learned: φⱼ(x) = tanh(uⱼ x + cⱼ)") }, card);
    const bar = element("div", { class: "bar" }, card);
    this.fixed = choice(bar, tr("Train"), [tr("both layers"), tr("the output layer alone")], (index) => this.change({ [FIXED]: index, [STEPS]: 0 }));
    const acts = element("div", { class: "bar" }, card);
    this.step = button(acts, tr("Step"), tr("One step of Adam with all data"), () => this.go(1));
    this.run = button(acts, trc("a verb", "Run"), tr("Train until stopped"), () => this.play());
    button(acts, tr("New start"), tr("Other initial weights"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100, [STEPS]: 0 }));
    button(acts, tr("Reset"), tr("Back to the first view"), () => this.reset());
    this.steps = slider(card, tr("steps"), { min: 0, max: MOST, step: 1 }, (value) => this.change({ [STEPS]: value / 100 }));
    const table = element("table", { class: "lead" }, card);
    const head = element("tr", {}, table);
    for (const text of [tr("root mean square"), tr("to the data"), tr("to the function")]) element("th", { text }, head);
    this.rows = [tr("fixed"), tr("learned")].map((text) => {
      const row = element("tr", {}, table);
      element("th", { text }, row);
      return [0, 1].map(() => element("td", {}, row));
    });
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
  }

  get stepCount() {
    return Math.round(100 * this.values[STEPS]);
  }

  reset() {
    this.pause();
    this.adopt(FIRST_VIEW);
  }

  /** @param {number} count @param {boolean} [resting] */
  go(count, resting = true) {
    this.change({ [STEPS]: Math.min(MOST, this.stepCount + count) / 100 }, resting);
  }

  play() {
    if (this.timer) return this.pause();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.go(MOST);
    this.activity.mark("run", true);
    this.timer = window.setInterval(() => {
      if (this.stepCount >= MOST || !this.root.isConnected) this.pause();
      else this.go(A_FRAME, false);
    }, 16);
    return this.redraw();
  }

  pause() {
    if (!this.timer) return;
    window.clearInterval(this.timer);
    this.timer = 0;
    this.activity.mark("run", false);
    this.kept.start();
    this.redraw();
  }

  close() {
    window.clearInterval(this.timer);
    super.close();
  }

  /** The network after its steps; training goes on from those that are done. @param {import("./regression.js").Data} data */
  trained(data) {
    const v = this.values;
    const count = Math.round(v[COUNT]);
    const key = [count, v[FIXED], v[SEED]].join();
    if (!this.training || key !== this.key || this.training.steps > this.stepCount) {
      this.training = new Training(initial(count, v[SEED]), data, RATE, v[FIXED] >= 0.5);
    }
    this.key = key;
    while (this.training.steps < this.stepCount) this.training.step();
    return this.training.parameters;
  }

  /** @param {Style} style */
  paint(style) {
    const { data, fits, bases, rows, colours, values: v } = this;
    if (!data || !fits || !bases || !rows) return;
    const count = Math.round(v[COUNT]);
    const weights = leastSquares(data.x.map((x) => bumps(x, count, v[WIDTH])), data.y);
    const parameters = this.trained(data);
    const rules = [
      (/** @type {number} */ x) => bumps(x, count, v[WIDTH]).reduce((sum, value, k) => sum + weights[k] * value, 0),
      (/** @type {number} */ x) => network(parameters, x),
    ];
    const root = (/** @type {number[]} */ gaps) => Math.sqrt(gaps.reduce((sum, gap) => sum + gap * gap, 0) / gaps.length);
    const errors = rules.map((rule) => [root(data.x.map((x, k) => rule(x) - data.y[k])), root(GRID.map((x) => rule(x) - target(x)))]);
    const names = [tr("Fixed basis: fit"), tr("Learned basis, {count} steps: fit", { count: this.stepCount })];
    rules.forEach((rule, side) => {
      const colour = [colours.first, colours.second][side];
      const [fit, basis] = [fits[side], bases[side]];
      if (fit.begin(style)) {
        fit.graph(target, { colour: style.text, width: 1.2, dash: [5, 4] });
        data.x.forEach((x, k) => fit.dot([x, data.y[k]], { colour: style.text, width: 2.5, alpha: 0.6 }));
        fit.graph(rule, { colour, width: 2.6 });
        fit.end();
      }
      fit.describe(names[side], tr("Root mean square error to the function {error}", { error: number(errors[side][1], 3) }));
      if (basis.begin(style)) {
        for (let j = 0; j < count; j += 1) {
          const values = GRID.map((x) => /** @type {Pair} */ ([x, side ? unit(parameters, j, x) : bumps(x, count, v[WIDTH])[j + 1]]));
          basis.curve(values, { colour, width: 1.8, alpha: style.isStrong ? 1 : 0.8 });
        }
        basis.end();
      }
      basis.describe(side ? tr("φⱼ: the hidden units") : tr("φⱼ: Gaussian bumps"), tr("{count} basis functions", { count }));
      rows[side].forEach((cell, k) => write(cell, number(errors[side][k], 3)));
    });
    this.showCard(errors[0][1], errors[1][1]);
  }

  /** @param {number} fixed @param {number} learned errors to the function */
  showCard(fixed, learned) {
    const v = this.values;
    this.count?.set(v[COUNT], String(v[COUNT]));
    this.width?.set(v[WIDTH]);
    this.steps?.set(this.stepCount, String(this.stepCount));
    if (this.fixed) this.fixed.value = String(Math.round(v[FIXED]));
    const isOver = this.stepCount >= MOST;
    if (this.step) this.step.disabled = isOver || this.timer > 0;
    if (this.run) {
      this.run.disabled = isOver;
      write(this.run, this.timer ? tr("Stop") : trc("a verb", "Run"));
    }
    if (this.verdict && !this.timer) {
      const ratio = fixed / learned;
      write(this.verdict, ratio > 1 ? tr("The learned basis is {ratio} times nearer to the function.", { ratio: number(ratio, 1) }) : tr("The fixed basis is {ratio} times nearer to the function.", { ratio: number(1 / ratio, 1) }));
    }
    this.root.dataset.errors = `${fixed.toFixed(4)} ${learned.toFixed(4)}`;
    this.root.dataset.steps = String(this.stepCount);
  }
}

export default define(
  { class: "experiment basis", "data-testid": "basis" },
  (root, channel, activity) => new Basis(root, channel, activity),
);
