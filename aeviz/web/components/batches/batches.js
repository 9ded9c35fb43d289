// Gradient descent on the risk of a straight line with all data, with batches and with single data: three paths from one
// start, the gradient of each datum at the start as an arrow, and the risk over the data seen.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { COUNT, EPOCHS, batchVariance, datumGradients, descend, makeData, makeOrder, mean, quadratic, risk } from "./descent.js";

/** @typedef {[number, number]} Pair */

const FIRST_VIEW = [-0.6, 1.7, 0.1, 0, 512, 0];
const [START, RATE, FALLS, SEEN, SEED] = [0, 2, 3, 4, 5];
const SIZES = [COUNT, 8, 1];
const RANGES = /** @type {[Pair, Pair]} */ ([[-1.2, 2.4], [-1.3, 2.3]]); // prettier-ignore
const ARROW = 0.4; // length of an arrow by that of its gradient

class Batches extends Experiment {
  make() {
    this.data = makeData();
    this.bowl = quadratic(this.data);
    const panels = element("div", { class: "panels first" }, this.root);
    this.plane = new Plot(panels, { title: "", label: "", x: RANGES[0], y: RANGES[1], isSquare: true });
    this.chart = new Plot(panels, { title: "", label: "", x: [0, EPOCHS * COUNT], y: [-5, 1], isLog: true, isSquare: true });
    this.grip = new Grip(this.plane, {
      name: "start of all paths", text: "θ₀", colour: "#7a4fa3",
      moved: ([a, c], resting) => this.change({ [START]: limit(a, ...RANGES[0]), [START + 1]: limit(c, ...RANGES[1]) }, resting),
    }); // prettier-ignore
    this.grips.push(this.grip);
    const card = element("section", { class: "card", "aria-label": "Batches" }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.falls = choice(bar, "Learning rate", ["constant γ", "falling, γ / √t"], (index) => this.change({ [FALLS]: index }));
    button(bar, "Other order", "Shuffle the data anew", () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    button(bar, "Reset", "Back to the first view", () => this.adopt(FIRST_VIEW));
    this.rate = slider(card, "rate γ", { min: 0.01, max: 0.9, step: 0.01 }, (value) => this.change({ [RATE]: value }));
    this.seen = slider(card, "data seen", { min: 0, max: EPOCHS * COUNT, step: COUNT / 8 }, (value) => this.change({ [SEEN]: value }));
    element("p", { class: "formula lead", role: "math", text: "∂R(θ) = (1/N) Σᵢ ∂L(xᵢ, yᵢ, θ)" }, card);
    this.lemma = element("p", { class: "values" }, card);
    element("p", { class: "formula", role: "math", text: "θ ← θ − γ (1/n) Σ ∂L over n data" }, card);
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of ["n", "steps", "risk − least", "sd of the gradient"]) element("th", { text }, head);
    this.rows = SIZES.map((size, k) => {
      const row = element("tr", {}, table);
      const title = element("th", {}, row);
      element("span", { class: "key", style: `--colour:${this.colour(k)}`, text: size === COUNT ? `all ${COUNT}` : String(size) }, title);
      return [0, 1, 2].map(() => element("td", {}, row));
    });
    element("p", { class: "values", text: "Thin arrows: the step of each datum alone at θ₀, minus its gradient. Thick: their mean, the step of gradient descent." }, card);
  }

  /** @param {number} index */
  colour(index) {
    return ["#8c8c8c", this.colours.first, this.colours.second][index];
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { values: v, data, plane, chart, bowl, rows } = this;
    if (!data || !bowl || !plane || !chart || !rows || !this.rate || !this.seen || !this.falls || !this.lemma) return;
    const start = /** @type {Pair} */ (v.slice(START, START + 2));
    const gradients = datumGradients(start, data);
    const centre = mean(gradients);
    const least = risk(bowl.minimum, data);
    const order = makeOrder(Math.round(v[SEED]));
    const shownData = Math.round(v[SEEN]);
    const paths = SIZES.map((size) => {
      return descend({ start, data, order, size, rate: v[RATE], falls: v[FALLS] >= 0.5 }).slice(0, 1 + Math.floor(shownData / size));
    });
    const excess = (/** @type {Pair} */ theta) => Math.max(1e-9, risk(theta, data) - least);

    if (plane.begin(style)) {
      this.drawContours(plane, style);
      gradients.forEach(([a, c]) => plane.arrow(start, [start[0] - ARROW * a, start[1] - ARROW * c], { colour: style.text, width: 0.8, alpha: 0.4 }));
      [2, 1, 0].forEach((k) => {
        plane.curve(paths[k], { colour: this.colour(k), width: k === 2 ? 1.2 : 2, alpha: k === 2 ? 0.8 : 1 });
        plane.dot(paths[k].at(-1) ?? start, { colour: this.colour(k), width: 5 });
      });
      plane.arrow(start, [start[0] - ARROW * centre[0], start[1] - ARROW * centre[1]], { colour: "#7a4fa3", width: 4 });
      plane.end();
      plane.describe("Risk over slope and intercept", `Paths of three batch sizes on the contours of the risk, whose minimum is at slope ${number(bowl.minimum[0])}, intercept ${number(bowl.minimum[1])}`);
      this.grip?.place(start, `slope ${number(start[0])}, intercept ${number(start[1])}`);
    }
    if (chart.begin(style)) {
      [2, 1, 0].forEach((k) => {
        chart.curve(paths[k].map((theta, step) => /** @type {Pair} */ ([step * SIZES[k], Math.log10(excess(theta))])), { colour: this.colour(k), width: k === 2 ? 1.2 : 2 });
      });
      chart.end();
      chart.describe("Risk above its least value, by data seen", "Risk of the three paths by the number of data seen");
    }
    rows.forEach((cells, k) => {
      const last = paths[k].at(-1) ?? start;
      write(cells[0], String(paths[k].length - 1));
      write(cells[1], excess(last) < 1e-3 || excess(last) > 99 ? excess(last).toExponential(1).replace("-", "−") : number(excess(last), 3));
      write(cells[2], number(Math.sqrt(batchVariance(gradients, SIZES[k])), 3));
    });
    this.falls.value = String(Math.round(v[FALLS]));
    this.rate.set(v[RATE]);
    this.seen.set(shownData, `${number(shownData / COUNT, 1)} ep.`);
    write(this.lemma, `At θ₀ = (${start.map((value) => number(value)).join(", ")}): mean of ${COUNT} gradients = (${centre.map((value) => number(value, 3)).join(", ")})`);
    this.root.dataset.risks = paths.map((path) => excess(path.at(-1) ?? start).toExponential(3)).join(" ");
  }

  /** Ellipses of equal risk about the minimum. @param {Plot} plane @param {import("../kit/theme.js").Style} style */
  drawContours(plane, style) {
    if (!this.bowl) return;
    const { hessian: [xx, xm, one], minimum } = this.bowl; // prettier-ignore
    const low = Math.sqrt(xx); // Cholesky factor of the curvature, upper triangle (low, side; 0, down)
    const side = xm / low;
    const down = Math.sqrt(one - side * side);
    for (const level of [0.02, 0.1, 0.3, 0.7, 1.3, 2.2, 3.5]) {
      const radius = Math.sqrt(2 * level);
      const points = Array.from({ length: 73 }, (_, k) => {
        const [u, w] = [radius * Math.cos((k * Math.PI) / 36), radius * Math.sin((k * Math.PI) / 36)];
        const second = w / down;
        return /** @type {Pair} */ ([minimum[0] + (u - side * second) / low, minimum[1] + second]);
      });
      plane.curve(points, { colour: style.text, width: 1, alpha: style.isStrong ? 0.6 : 0.25 });
    }
    plane.dot(minimum, { colour: style.text, width: 3.5 });
  }
}

export default define(
  { class: "experiment", "data-testid": "batches" },
  (root, channel, activity) => new Batches(root, channel, activity),
);
