// Gradient descent on the risk of a straight line or a small network with all data, with batches and with single data:
// three paths from one start, the gradient of each datum at the start as an arrow, the risk over the data seen, and where
// descents from other starts end.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, joined, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { isoline } from "../kit/isoline.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { COUNT, EPOCHS, MODELS, batchVariance, datumGradients, descend, longDescent, makeOrder, mean, middleAndMean, risk } from "./descent.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("./descent.js").Model} Model */
/** @typedef {{ data: import("./descent.js").Data, starts: Pair[][], least: number, segments: Pair[][] }} Scene of a model */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [-0.6, 1.7, 0.1, 0, 512, 0, 0, 0];
const [START, RATE, FALLS, SEEN, SEED, MODEL, STARTS] = [0, 2, 3, 4, 5, 6, 7];
const SIZES = [COUNT, 8, 1];
const CELLS = 61; // of the grid of the contours, along each axis
const ARROW = 0.4; // length of an arrow by that of its gradient
const PURPLE = "#7a4fa3";

class Batches extends Experiment {
  /** @type {Map<Model, Scene>} */
  scenes = new Map();

  make() {
    const panels = element("div", { class: "panels first" }, this.root);
    const [x, y] = MODELS[0].ranges;
    this.plane = new Plot(panels, { title: "", label: "", x, y, isSquare: true });
    const stack = element("div", { class: "stack" }, panels);
    this.chart = new Plot(stack, { title: "", label: "", x: [0, EPOCHS * COUNT], y: [-5, 1], isLog: true, kind: "half" });
    this.fit = new Plot(stack, { title: "", label: "", x: [-1.1, 2.1], y: [-2, 3], kind: "half" });
    this.grip = new Grip(this.plane, {
      name: tr("start of all paths"), text: "θ₀", colour: PURPLE,
      moved: ([a, c], resting) => this.change({ [START]: limit(a, ...this.model.ranges[0]), [START + 1]: limit(c, ...this.model.ranges[1]) }, resting),
    }); // prettier-ignore
    this.grips.push(this.grip);
    const card = element("section", { class: "card", "aria-label": tr("Batches") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.choice = choice(bar, tr("Model"), MODELS.map(({ name }) => tr(name)), (index) => {
      const [first, second] = MODELS[index].start;
      this.change({ [MODEL]: index, [START]: first, [START + 1]: second, [STARTS]: this.values[STARTS] ?? 0 });
    });
    this.falls = choice(bar, tr("Learning rate"), [tr("constant γ"), tr("falling, γ / √t")], (index) => this.change({ [FALLS]: index }));
    button(bar, tr("Other order"), tr("Shuffle the data anew"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    this.starts = button(bar, tr("Eight starts"), tr("Gradient descent with all data from eight other starts"), () => this.change({ [MODEL]: this.values[MODEL] ?? 0, [STARTS]: this.isMany ? 0 : 1 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.rate = slider(card, tr("rate γ"), { min: 0.01, max: 0.9, step: 0.01 }, (value) => this.change({ [RATE]: value }));
    this.seen = slider(card, tr("data seen"), { min: 0, max: EPOCHS * COUNT, step: COUNT / 8 }, (value) => this.change({ [SEEN]: value }));
    element("p", { class: "formula lead", role: "math", text: "∂R(θ) = (1/N) Σᵢ ∂L(xᵢ, yᵢ, θ)" }, card);
    this.lemma = element("p", { class: "values" }, card);
    element("p", { class: "formula", role: "math", text: tr("θ ← θ − γ (1/n) Σ ∂L over n data") }, card);
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of ["n", tr("steps"), tr("risk − least"), tr("sd of the gradient")]) element("th", { text }, head);
    this.rows = SIZES.map((size, k) => {
      const row = element("tr", {}, table);
      const title = element("th", {}, row);
      element("span", { class: "key", style: `--colour:${this.colour(k)}`, text: size === COUNT ? tr("all {count}", { count: COUNT }) : String(size) }, title);
      return [0, 1, 2].map(() => element("td", {}, row));
    });
    this.arrows = element("p", { class: "values", text: tr("Thin arrows: the step of each datum alone at θ₀, minus its gradient. Thick: their mean, the step of gradient descent.") }, card);
    this.middle = element("p", { class: "values" }, card);
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
  }

  /** @param {number} index */
  colour(index) {
    return ["#8c8c8c", this.colours.first, this.colours.second][index];
  }

  get model() {
    return MODELS[Math.round(this.values[MODEL] ?? 0)];
  }

  get isMany() {
    return (this.values[STARTS] ?? 0) >= 0.5;
  }

  /** What of a model does not change: its data, descents from a circle of starts, contours. */
  get scene() {
    const { model } = this;
    const known = this.scenes.get(model);
    if (known) return known;
    const data = model.makeData();
    const [across, up] = model.ranges;
    const at = (/** @type {Pair} */ [low, high], /** @type {number} */ share) => low + share * (high - low);
    const starts = Array.from({ length: 8 }, (_, k) => {
      const angle = (Math.PI * (2 * k + 1)) / 8;
      return longDescent([at(across, 0.5 + 0.46 * Math.cos(angle)), at(up, 0.5 + 0.46 * Math.sin(angle))], data, model);
    });
    const least = Math.min(...starts.map((path) => risk(path[path.length - 1], data, model)));
    const point = (/** @type {number} */ column, /** @type {number} */ row) => /** @type {Pair} */ ([at(across, column / (CELLS - 1)), at(up, row / (CELLS - 1))]);
    const field = Float64Array.from({ length: CELLS * CELLS }, (_, k) => risk(point(k % CELLS, Math.floor(k / CELLS)), data, model) - least);
    const segments = model.levels.flatMap((level) => isoline(field, CELLS, level)).map(([a, b, c, d]) => [point(a, b), point(c, d)]);
    const scene = { data, starts, least, segments };
    this.scenes.set(model, scene);
    return scene;
  }

  /** @param {Style} style */
  paint(style) {
    const { values: v, model, scene } = this;
    const { data } = scene;
    const start = /** @type {Pair} */ ([0, 1].map((k) => limit(v[START + k], ...model.ranges[k])));
    const gradients = datumGradients(start, data, model);
    const order = makeOrder(Math.round(v[SEED]));
    const shownData = Math.round(v[SEEN]);
    const paths = SIZES.map((size) => {
      return descend({ start, data, order, size, rate: v[RATE], falls: v[FALLS] >= 0.5, model }).slice(0, 1 + Math.floor(shownData / size));
    });
    this.paintPlane(style, start, gradients, paths);
    this.paintCharts(style, paths);
    this.showCard(start, gradients, paths, shownData);
  }

  /** @param {Pair} theta the risk above its least value */
  excess(theta) {
    return Math.max(1e-9, risk(theta, this.scene.data, this.model) - this.scene.least);
  }

  /** @param {Style} style @param {Pair} start @param {Pair[]} gradients @param {Pair[][]} paths */
  paintPlane(style, start, gradients, paths) {
    const { plane, model, scene } = this;
    if (!plane) return;
    [plane.x, plane.y] = model.ranges;
    const step = (/** @type {Pair} */ gradient) => /** @type {Pair} */ ([start[0] - ARROW * gradient[0], start[1] - ARROW * gradient[1]]);
    if (plane.begin(style)) {
      plane.segments(scene.segments, { colour: style.text, width: 1, alpha: style.isStrong ? 0.6 : 0.25 });
      for (const path of this.isMany ? scene.starts : []) {
        plane.curve(path, { colour: PURPLE, width: 1.3, dash: [4, 3] });
        plane.dot(path[0], { colour: PURPLE, width: 2.5 });
        plane.dot(path[path.length - 1], { colour: PURPLE, width: 5 });
      }
      gradients.forEach((gradient) => plane.arrow(start, step(gradient), { colour: style.text, width: 0.8, alpha: 0.4 }));
      [2, 1, 0].forEach((k) => {
        plane.curve(paths[k], { colour: this.colour(k), width: k === 2 ? 1.2 : 2, alpha: k === 2 ? 0.8 : 1 });
        plane.dot(paths[k].at(-1) ?? start, { colour: this.colour(k), width: 5 });
      });
      plane.arrow(start, step(mean(gradients)), { colour: PURPLE, width: 4 });
      plane.end();
      this.grip?.place(start, joined(model.symbols.map((symbol, k) => `${symbol} ${number(start[k])}`)));
    }
    plane.describe(tr("Risk over {first} and {second}", { first: model.symbols[0], second: model.symbols[1] }), tr("Paths of three batch sizes on the contours of the risk"));
  }

  /** @param {Style} style @param {Pair[][]} paths */
  paintCharts(style, paths) {
    const { chart, fit, model, scene } = this;
    if (chart?.begin(style)) {
      [2, 1, 0].forEach((k) => {
        chart.curve(paths[k].map((theta, step) => /** @type {Pair} */ ([step * SIZES[k], Math.log10(this.excess(theta))])), { colour: this.colour(k), width: k === 2 ? 1.2 : 2 });
      });
      chart.end();
    }
    chart?.describe(tr("Risk above its least value, by data seen"), tr("Risk of the three paths by the number of data seen"));
    if (fit?.begin(style)) {
      scene.data.x.forEach((x, k) => fit.dot([x, scene.data.y[k]], { colour: style.text, width: 2.2, alpha: 0.6 }));
      [2, 1, 0].forEach((k) => fit.graph((x) => model.predict(paths[k][paths[k].length - 1], x), { colour: this.colour(k), width: 2 }));
      fit.end();
    }
    fit?.describe(tr("Data and {formula}", { formula: model.formula }), tr("Data, and the three functions at the end of their paths"));
  }

  /** @param {Pair} start @param {Pair[]} gradients @param {Pair[][]} paths @param {number} shownData */
  showCard(start, gradients, paths, shownData) {
    const { values: v, rows, model } = this;
    rows?.forEach((cells, k) => {
      const excess = this.excess(paths[k].at(-1) ?? start);
      write(cells[0], String(paths[k].length - 1));
      write(cells[1], excess < 1e-3 || excess > 99 ? localise(excess.toExponential(1)).replace("-", "−") : number(excess, 3));
      write(cells[2], number(Math.sqrt(batchVariance(gradients, SIZES[k])), 3));
    });
    if (this.choice) this.choice.value = String(MODELS.indexOf(model));
    if (this.falls) this.falls.value = String(Math.round(v[FALLS]));
    this.starts?.setAttribute("aria-pressed", String(this.isMany));
    this.rate?.set(v[RATE]);
    this.seen?.set(shownData, tr("{epochs} ep.", { epochs: number(shownData / COUNT, 1) }));
    const centre = listed(mean(gradients), 3);
    if (this.lemma) write(this.lemma, tr("At θ₀ = ({start}): mean of {count} gradients = ({mean})", { start: listed(start), count: COUNT, mean: centre }));
    if (this.arrows) this.arrows.hidden = this.isMany;
    if (this.middle) this.middle.hidden = !this.isMany;
    this.showEnds();
    this.root.dataset.risks = paths.map((path) => this.excess(path.at(-1) ?? start).toExponential(3)).join(" ");
  }

  /** Where two opposite starts end, and the risk half-way. */
  showEnds() {
    const { model, scene, middle, verdict } = this;
    if (!middle || !verdict) return;
    const [p, q] = [1, 5].map((k) => scene.starts[k][scene.starts[k].length - 1]);
    const [between, average] = middleAndMean(p, q, scene.data, model);
    const name = (/** @type {Pair} */ theta) => `(${listed(theta)})`;
    const isOne = Math.hypot(p[0] - q[0], p[1] - q[1]) < 0.01;
    write(middle, isOne ? tr("Two opposite starts end at one point, {p}.", { p: name(p) }) : tr("Two opposite starts end at p = {p}, q = {q}: R(½p + ½q) = {between} {sign} {average} = ½R(p) + ½R(q)", { p: name(p), q: name(q), between: number(between, 3), sign: between > average + 1e-3 ? ">" : "=", average: number(average, 3) }));
    const kinds = [tr("Strictly convex: one minimiser, wherever the start."), tr("Convex, not strictly: a valley. Each start ends at another minimiser; the least risk is the same."), tr("Not convex: (u, w) and (−u, −w) are one function; which one is found depends on the start.")]; // prettier-ignore
    write(verdict, kinds[MODELS.indexOf(model)]);
    this.root.dataset.ends = `${name(p)} ${name(q)}`;
  }
}

export default define(
  { class: "experiment", "data-testid": "batches" },
  (root, channel, activity) => new Batches(root, channel, activity),
);
