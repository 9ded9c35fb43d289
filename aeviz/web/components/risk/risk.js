// A polynomial fitted to a sample, the loss at one pair (x, y) that is dragged, and the empirical risk beside the risk:
// over the degree, and over the size of the sample.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { draw, empiricalRisk, fit, leastRisk, lossOf, predict, risk, target } from "./risks.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ empirical: number, risk: number }} Risks */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [0, 9, 15, 0.4, 0, 0.05, 0.2];
const [LOSS, DEGREE, COUNT, NOISE, SEED, X, Y] = [0, 1, 2, 3, 4, 5, 6];
const HIGHEST = 12; // degree
const SIZES = [3, 5, 7, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 120, 150, 200];
const LOGS = /** @type {Pair} */ ([-3, 2]); // decimal logarithms of risks that are drawn
const REACH = 2.6; // of y
const PURPLE = "#7a4fa3";

class Risk extends Experiment {
  /** @type {Map<string, Risks>} */
  known = new Map();

  make() {
    const panels = element("div", { class: "panels" }, this.root);
    this.plane = new Plot(panels, { title: "", label: "", x: [-1, 1], y: [-REACH, REACH], kind: "half wide" });
    this.degrees = new Plot(panels, { title: "", label: "", x: [0, HIGHEST], y: LOGS, isLog: true, kind: "half" });
    this.sizes = new Plot(panels, { title: "", label: "", x: [0, 200], y: LOGS, isLog: true, kind: "half" });
    const grip = (/** @type {Plot} */ plot, /** @type {string} */ text, /** @type {string} */ name, step = 1) => {
      const moved = (/** @type {Pair} */ to, /** @type {boolean} */ resting) => this.change(this.moved(text, to), resting);
      const made = new Grip(plot, { name, text, colour: text === "y" ? PURPLE : this.colours.second, step, moved });
      this.grips.push(made);
      return made;
    };
    this.pair = grip(this.plane, "y", tr("pair (x, y) whose loss is shown"), 0.1);
    this.degreeGrip = grip(this.degrees, "d", tr("degree d"));
    this.countGrip = grip(this.sizes, "n", tr("size n of the sample"));
    const card = element("section", { class: "card", "aria-label": tr("Risk") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.loss = choice(bar, tr("Loss"), [tr("squared error"), tr("absolute error")], (index) => this.change({ [LOSS]: index }));
    button(bar, tr("Redraw"), tr("Another sample of the same distribution"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.degree = slider(card, tr("degree d"), { min: 0, max: HIGHEST, step: 1 }, (value) => this.change({ [DEGREE]: value }));
    this.count = slider(card, tr("data n"), { min: 2, max: 200, step: 1 }, (value) => this.change({ [COUNT]: value }));
    this.noise = slider(card, tr("deviation σ"), { min: 0.05, max: 1, step: 0.05 }, (value) => this.change({ [NOISE]: value }));
    this.pairFormula = element("p", { class: "formula lead", role: "math" }, card);
    this.pairLive = element("p", { class: "values" }, card);
    [["L,D", "(f) = (1/n) Σ L(xᵢ, yᵢ, f(xᵢ))"], ["L,P", "(f) = ∫ L(x, y, f(x)) dP(x, y)"]].forEach(([below, text], k) => {
      element("p", { class: k ? "formula" : "formula lead", role: "math" }, card).append("R", element("sub", { text: below }), text);
    }); // prettier-ignore
    this.closed = element("p", { class: "formula", role: "math" }, card);
    const table = element("table", {}, card);
    const { first, second } = this.colours;
    this.rows = [[tr("empirical risk"), first], [tr("risk"), second], [tr("gap: risk − empirical risk"), ""], [tr("least risk of all functions"), "#8c8c8c"]].map(([text, colour]) => {
      const row = element("tr", {}, table);
      element("span", { class: colour ? "key" : "", style: `--colour:${colour}`, text }, element("th", {}, row));
      return element("td", {}, row);
    }); // prettier-ignore
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
  }

  /** @param {string} text of the grip @param {Pair} to @returns {Record<number, number>} */
  moved(text, [x, y]) {
    if (text === "d") return { [DEGREE]: limit(Math.round(x), 0, HIGHEST) };
    if (text === "n") return { [COUNT]: limit(Math.round(x), 2, 200) };
    return { [X]: limit(x, -1, 1), [Y]: limit(y, -REACH, REACH) };
  }

  get isAbsolute() {
    return this.values[LOSS] >= 0.5;
  }

  /** Risks of the polynomial of a degree fitted to the first data. @param {number} degree @param {number} count @returns {Risks} */
  risks(degree, count) {
    const { isAbsolute, values: v } = this;
    const key = [isAbsolute, degree, count, v[NOISE], v[SEED]].join();
    let found = this.known.get(key);
    if (!found) {
      const data = draw(count, v[NOISE], v[SEED]);
      const weights = fit(data, degree, isAbsolute);
      found = { empirical: empiricalRisk(weights, data, isAbsolute), risk: risk(weights, v[NOISE], isAbsolute) };
      if (this.known.size > 5000) this.known.clear();
      this.known.set(key, found);
    }
    return found;
  }

  /** @param {Style} style */
  paint(style) {
    const v = this.values;
    const [degree, count] = [Math.round(v[DEGREE]), Math.round(v[COUNT])];
    const data = draw(count, v[NOISE], v[SEED]);
    const weights = fit(data, degree, this.isAbsolute);
    this.paintFit(style, data, weights);
    const byDegree = Array.from({ length: HIGHEST + 1 }, (_, k) => /** @type {[number, Risks]} */ ([k, this.risks(k, count)]));
    const bySize = SIZES.map((size) => /** @type {[number, Risks]} */ ([size, this.risks(degree, size)]));
    this.paintRisks(style, this.degrees, byDegree);
    this.paintRisks(style, this.sizes, bySize);
    const shown = this.risks(degree, count);
    const found = { risk: number(shown.risk, 3), empirical: number(shown.empirical, 3) };
    const at = limit(Math.log10(Math.max(shown.risk, 1e-9)), ...LOGS);
    this.degreeGrip?.place([degree, at], tr("degree {degree}", { degree }));
    this.countGrip?.place([count, at], tr("{count} data", { count }));
    this.degrees?.describe(tr("Risks over the degree d, n = {count}", { count }), tr("At degree {degree} the risk is {risk}, the empirical risk {empirical}", { degree, ...found }));
    this.sizes?.describe(tr("Risks over the data n, d = {degree}", { degree }), tr("With {count} data the risk is {risk}, the empirical risk {empirical}", { count, ...found }));
    this.showCard(shown, byDegree);
  }

  /** @param {Style} style @param {import("./risks.js").Data} data @param {number[]} weights */
  paintFit(style, data, weights) {
    const { plane, colours, isAbsolute } = this;
    const [x, y] = [this.values[X], this.values[Y]];
    const t = predict(weights, x);
    if (!plane) return;
    if (plane.begin(style)) {
      plane.graph(target, { colour: style.text, width: 1.2, dash: [5, 4] });
      data.x.forEach((at, k) => {
        plane.curve([[at, data.y[k]], [at, predict(weights, at)]], { colour: colours.first, width: 1.2, alpha: 0.6 }); // prettier-ignore
        plane.dot([at, data.y[k]], { colour: colours.first, width: 3.5 });
      });
      plane.graph((at) => predict(weights, at), { colour: colours.second, width: 2.6 });
      plane.curve([[x, y], [x, t]], { colour: PURPLE, width: 3 }); // prettier-ignore
      if (!isAbsolute) {
        const [[left, from], [, to]] = [plane.place([x, y]), plane.place([x, t])];
        const side = Math.abs(to - from);
        plane.take({ colour: PURPLE, alpha: 0.2 });
        plane.brush.fillRect(x > 0 ? left - side : left, Math.min(from, to), side, side);
      }
      plane.end();
      this.pair?.place([x, y], tr("x {x}, y {y}", { x: number(x), y: number(y) }));
    }
    const count = { count: data.x.length };
    const title = isAbsolute ? tr("{count} data, the polynomial f of least absolute error, and E(y | x), dashed", count) : tr("{count} data, the polynomial f of least squared error, and E(y | x), dashed", count);
    plane.describe(title, tr("At x = {x} the polynomial is at {t}", { x: number(x), t: number(t) }));
    const gap = `y − t = ${number(y)} − ${t < 0 ? `(${number(t)})` : number(t)}`;
    if (this.pairFormula) write(this.pairFormula, isAbsolute ? "L(x, y, t) = |y − t|,  t = f(x)" : "L(x, y, t) = (y − t)²,  t = f(x)");
    if (this.pairLive) write(this.pairLive, tr("At x = {x}: {gap} = {difference}, so L = {loss}", { x: number(x), gap, difference: number(y - t), loss: number(lossOf(y - t, isAbsolute), 3) }));
  }

  /** @param {Style} style @param {Plot | undefined} plot @param {[number, Risks][]} risks */
  paintRisks(style, plot, risks) {
    if (!plot?.begin(style)) return;
    const { colours } = this;
    const logs = (/** @type {"empirical" | "risk"} */ kind) => risks.map(([at, found]) => /** @type {Pair} */ ([at, Math.log10(Math.max(found[kind], 1e-9))]));
    const least = Math.log10(leastRisk(this.values[NOISE], this.isAbsolute));
    plot.curve([[plot.x[0], least], [plot.x[1], least]], { colour: "#8c8c8c", width: 1.5, dash: [5, 4] }); // prettier-ignore
    for (const [kind, colour] of /** @type {["empirical" | "risk", string][]} */ ([["empirical", colours.first], ["risk", colours.second]])) {
      plot.curve(logs(kind), { colour, width: 2.4 });
      for (const point of logs(kind)) plot.dot(point, { colour, width: 2.5 });
    } // prettier-ignore
    plot.end();
  }

  /** @param {Risks} shown @param {[number, Risks][]} byDegree */
  showCard(shown, byDegree) {
    const v = this.values;
    this.degree?.set(v[DEGREE], String(v[DEGREE]));
    this.count?.set(v[COUNT], String(v[COUNT]));
    this.noise?.set(v[NOISE]);
    if (this.loss) this.loss.value = this.isAbsolute ? "1" : "0";
    if (this.closed) write(this.closed, this.isAbsolute ? "= ½ ∫ |g − f| + b exp(−|g − f| / b) dx, b = σ/√2" : "= ½ ∫ (g − f)² dx + σ²,  g(x) = E(y | x)");
    const least = leastRisk(v[NOISE], this.isAbsolute);
    [shown.empirical, shown.risk, shown.risk - shown.empirical, least].forEach((value, k) => {
      if (this.rows) write(this.rows[k], value > 1e4 ? localise(value.toExponential(1)) : number(value, 3));
    });
    const best = byDegree.reduce((most, one) => (one[1].risk < most[1].risk ? one : most))[0];
    const degree = Math.round(v[DEGREE]);
    const ratio = shown.risk / byDegree[best][1].risk;
    const state = degree > best && ratio > 1.2 ? tr("Overfitting") : degree < best && ratio > 1.2 ? tr("Underfitting") : tr("Near the best");
    if (this.verdict) write(this.verdict, tr("{state}: with these data degree {best} has the least risk, degree {highest} the least empirical risk.", { state, best, highest: HIGHEST }));
    this.root.dataset.risks = `${shown.empirical.toFixed(4)} ${shown.risk.toFixed(4)}`;
    this.root.dataset.best = String(best);
  }
}

export default define(
  { class: "experiment risk", "data-testid": "risk" },
  (root, channel, activity) => new Risk(root, channel, activity),
);
