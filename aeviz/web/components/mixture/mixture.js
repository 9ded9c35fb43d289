// Points of a plane and a mixture of Gaussians that EM fits to them. One button goes a half step: E colours the points by
// their responsibilities and closes the gap to the log-likelihood, M moves the components. K-means runs on the same data.

import { onDark } from "../kit/class_colours.js";
import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, joined, limit, listed, number, rounded } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { localise, tr, trc } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { random } from "../kit/random.js";
import { MOST, Trace, axesOf, logJoint } from "./em.js";

/** @typedef {import("./em.js").Pair} Pair */
/** @typedef {import("./em.js").State} State */
/** @typedef {import("../kit/theme.js").Style} Style */
/** @typedef {{ name: string, points: Pair[] }} Data */
/** @typedef {import("../kit/experiment.js").Colours} Colours */

const [DATA, HARD, FLOOR, HALF, MEANS] = [0, 1, 2, 3, 4];
/** Means that a set of data starts with; others start from points drawn among the data. @type {number[][]} */
const STARTS = [[-1, 0, 0, 0.5, 1, 0], [-0.5, 1, 0.5, -1], [-1.5, -1, 4, 3]];
const OUTLIER = 2; // index of the data with a single point far away
const [FEWEST, LARGEST] = [2, 6]; // components
const REACH = 99; // of a mean
const PACE_MS = 110; // between half steps of a run
const WINDOW = 12; // half steps that the curve shows
const CIRCLE = Array.from({ length: 73 }, (_, k) => (k * Math.PI) / 36);
const SYMBOLS = "₁₂₃₄₅₆";

/** @param {string} colour #rrggbb @returns {number[]} */
const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

class Mixture extends Experiment {
  /** @type {Data[]} */
  sets = [];
  /** @type {string[]} */
  palette = []; // on a light page
  /** @type {string[]} */
  paints = [];
  /** @type {Grip[]} */
  meanGrips = [];
  /** @type {Trace | null} */
  trace = null;
  traced = ""; // what the trace was made for
  timer = 0; // of a run
  seed = 1;
  hovered = -1; // point under the pointer

  make() {
    this.plane = new Plot(this.root, { title: "", label: "", x: [-1, 1], y: [-1, 1] });
    this.plane.stage.onpointermove = (event) => this.hover(event);
    const card = element("section", { class: "card", "aria-label": tr("Algorithm") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.data = choice(bar, tr("Data"), this.sets.map(({ name }) => name), (index) => this.begin(index, STARTS[index]));
    const counts = Array.from({ length: LARGEST - FEWEST + 1 }, (_, k) => String(FEWEST + k));
    this.count = choice(bar, "K", counts, (index) => this.begin(this.index, this.drawMeans(FEWEST + index)));
    this.method = choice(bar, "", [tr("EM: soft"), tr("k-means: hard")], (index) => this.change({ [HARD]: index }));
    this.method.setAttribute("aria-label", tr("Assignment"));
    const label = element("label", {}, bar);
    this.floor = element("input", { type: "checkbox" }, label);
    element("span", { text: tr("variance floor") }, label);
    this.floor.onchange = () => this.change({ [FLOOR]: Number(this.floor?.checked) });

    const steps = element("div", { class: "bar" }, card);
    this.back = button(steps, "←", tr("Half a step back"), () => this.go(this.half - 1));
    this.e = button(steps, tr("E-step"), tr("Compute the responsibilities"), () => this.go(this.half + 1));
    this.m = button(steps, tr("M-step"), tr("Compute weights, means and covariances"), () => this.go(this.half + 1));
    this.run = button(steps, trc("a verb", "Run"), tr("Half steps until nothing changes"), () => this.play());
    button(steps, tr("New start"), tr("Other means, drawn among the data"), () => this.begin(this.index, this.drawMeans(this.means.length)));
    this.collapse = button(steps, tr("Singularity"), tr("A component on a single point, without a floor of the variance"), () => this.adopt([OUTLIER, 0, 0, 0, ...STARTS[OUTLIER]])); // prettier-ignore
    button(steps, tr("Reset"), tr("Back to the first half step; again: to the first view"), () => (this.half ? this.go(0) : this.adopt([0, 0, 1, 0, ...STARTS[0]]))); // prettier-ignore
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
    this.curve = new Plot(card, { title: "", label: "", x: [0, WINDOW], y: [0, 1], kind: "half low" });
    this.formula = element("p", { class: "formula", role: "math" }, card);
    this.live = element("p", { class: "values" }, card);
    this.rule = element("p", { class: "formula lead", role: "math" }, card);
    this.point = element("p", { class: "values" }, card);
    this.table = element("table", {}, card);
  }

  /** @param {{ values: number[], colours: Colours, sets: Data[], palette: string[] }} sent */
  receive(sent) {
    this.sets = sent.sets;
    this.palette = sent.palette;
    super.receive(sent);
  }

  get index() {
    const index = Math.round(this.values[DATA]);
    return index < this.sets.length ? index : 0;
  }

  get half() {
    return Math.round(this.values[HALF]);
  }

  /** @returns {Pair[]} */
  get means() {
    return Array.from({ length: (this.values.length - MEANS) / 2 }, (_, k) => [this.values[MEANS + 2 * k], this.values[MEANS + 2 * k + 1]]); // prettier-ignore
  }

  /** Coordinates of points drawn among the data. @param {number} count */
  drawMeans(count) {
    const { points } = this.sets[this.index];
    const next = random((this.seed += 1));
    return Array.from({ length: count }, () => points[Math.floor(next() * points.length)]).flatMap((point) => point.map(rounded));
  }

  /** Start anew. @param {number} index of the data @param {number[] | undefined} means */
  begin(index, means) {
    this.pause();
    this.values[DATA] = index;
    this.adopt([index, ...this.values.slice(HARD, HALF), 0, ...(means ?? this.drawMeans(5))]);
  }

  /** @param {number} half */
  go(half) {
    this.pause();
    this.change({ [HALF]: limit(half, 0, MOST) });
  }

  play() {
    if (this.timer) return this.pause();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.go(MOST);
    this.activity.mark("run", true);
    this.timer = window.setInterval(() => {
      if (this.traceNow().isOver && this.half >= this.traceNow().states.length - 1) this.pause();
      else this.change({ [HALF]: this.half + 1 }, false);
    }, PACE_MS);
    return this.redraw();
  }

  pause() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.activity.mark("run", false);
    this.kept.start();
    this.redraw();
  }

  traceNow() {
    const made = JSON.stringify([this.index, ...this.values.slice(HARD, HALF), ...this.values.slice(MEANS)]);
    if (!this.trace || made !== this.traced) {
      this.traced = made;
      const [isHard, hasFloor] = [this.values[HARD] === 1, this.values[FLOOR] === 1];
      this.trace = new Trace(this.sets[this.index].points, this.means, { isHard, hasFloor });
    }
    return this.trace;
  }

  /** A component was dragged: the means as they are now are a new start. @param {number} k @param {Pair} to */
  move(k, to) {
    this.pause();
    const means = this.traceNow().at(this.half).mixture.means.map((mean, j) => (j === k ? to : mean));
    this.values[HALF] = 0;
    return Object.fromEntries(means.flat().map((value, at) => [MEANS + at, rounded(limit(value, -REACH, REACH))]));
  }

  /** @param {PointerEvent} event */
  hover(event) {
    const { plane, sets } = this;
    if (!plane || this.timer) return;
    const box = plane.stage.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = 18; // pixels
    this.hovered = -1;
    sets[this.index].points.forEach((point, i) => {
      const [px, py] = plane.place(point);
      const far = Math.hypot(px - x, py - y);
      if (far < best) [best, this.hovered] = [far, i];
    });
    this.redraw();
  }

  makeGrips() {
    const { plane, means } = this;
    if (!plane || this.meanGrips.length === means.length) return;
    for (const { node } of this.meanGrips) node.remove();
    this.meanGrips = means.map((_, k) => new Grip(plane, {
      name: tr("mean of component {number}", { number: k + 1 }), text: String(k + 1), colour: this.paints[k],
      moved: (to, resting) => this.change(this.move(k, to), resting),
    })); // prettier-ignore
    this.grips = this.meanGrips;
  }

  /** @param {Style} style */
  paint(style) {
    this.paints = style.isDark ? this.palette.map(onDark) : this.palette;
    const trace = this.traceNow();
    const state = trace.at(this.half);
    const last = trace.states.length - 1;
    if (this.half > last) this.values[HALF] = last; // no more to do
    this.makeGrips();
    this.paintPlane(style, trace, state);
    this.paintCurve(style, trace);
    this.showCard(trace, state);
  }

  /** @param {Style} style @param {Trace} trace @param {State} state */
  paintPlane(style, trace, { mixture, shares }) {
    const { plane, paints } = this;
    const { points } = trace;
    const K = mixture.weights.length;
    if (!plane) return;
    const box = plane.stage;
    const middle = [0, 1].map((d) => (Math.max(...points.map((p) => p[d])) + Math.min(...points.map((p) => p[d]))) / 2);
    const reach = [0, 1].map((d) => 1.08 * Math.max(...points.map((p) => Math.abs(p[d] - middle[d]))));
    const [width, height] = [box.clientWidth - 52, box.clientHeight - 38];
    const unit = Math.max(reach[0] / width, reach[1] / height); // one scale for both axes
    plane.x = [middle[0] - unit * width, middle[0] + unit * width];
    plane.y = [middle[1] - unit * height, middle[1] + unit * height];
    if (!plane.begin(style)) return;
    const mixed = paints.map(channels);
    const isBlank = this.half === 0;
    points.forEach((point, i) => {
      const row = shares.subarray(i * K, i * K + K);
      const colour = [0, 1, 2].map((c) => Math.round(row.reduce((sum, share, k) => sum + share * mixed[k][c], 0)));
      plane.dot(point, { colour: isBlank ? style.text : `rgb(${colour.join(",")})`, width: 3.2, alpha: isBlank ? 0.45 : style.isStrong ? 1 : 0.85 }); // prettier-ignore
    });
    if (!trace.isHard) {
      mixture.means.forEach((mean, k) => {
        const { values, axis } = axesOf(mixture.covariances[k]);
        const [a, b] = values.map((value) => Math.sqrt(Math.max(0, value)));
        for (const radius of [1, 2]) {
          const ellipse = CIRCLE.map((t) => {
            const [u, v] = [radius * a * Math.cos(t), radius * b * Math.sin(t)];
            return /** @type {Pair} */ ([mean[0] + u * axis[0] - v * axis[1], mean[1] + u * axis[1] + v * axis[0]]);
          });
          plane.curve(ellipse, { colour: paints[k], width: radius === 1 ? 2.4 : 1.2, dash: radius === 1 ? [] : [5, 4] });
        }
      });
    }
    const [x, y] = plane.place(points[this.pointShown(shares, K)]);
    plane.take({ colour: style.text, width: 1.8 });
    plane.brush.beginPath();
    plane.brush.arc(x, y, 7, 0, 2 * Math.PI);
    plane.brush.stroke();
    plane.end();
    plane.describe(
      trace.isHard ? tr("Points in the colour of the nearest mean") : tr("Points in the colours of their responsibilities; ellipses at 1 and 2 standard deviations"),
      tr("{points} points, {components} components with means {means}", { points: points.length, components: K, means: mixture.means.map((mean) => listed(mean)).join("; ") }),
    ); // prettier-ignore
    mixture.means.forEach((mean, k) => {
      const inside = /** @type {Pair} */ ([limit(mean[0], ...plane.x), limit(mean[1], ...plane.y)]);
      this.meanGrips[k].place(inside, tr("at {place}; weight {weight}", { place: listed(mean), weight: number(mixture.weights[k]) }));
      this.meanGrips[k].node.style.setProperty("--colour", paints[k]);
    });
  }

  /**
   * The point under the pointer, or the one whose responsibilities are least clear.
   * @param {Float64Array} shares
   * @param {number} K
   * @returns {number}
   */
  pointShown(shares, K) {
    if (this.hovered >= 0 && this.hovered < shares.length / K) return this.hovered;
    let [best, least] = [0, Infinity];
    for (let i = 0; i < shares.length / K; i += 1) {
      const most = Math.max(...shares.subarray(i * K, i * K + K));
      if (most < least - 1e-12) [best, least] = [i, most];
    }
    return best;
  }

  /** @param {Style} style @param {Trace} trace */
  paintCurve(style, trace) {
    const { curve, half } = this;
    if (!curve) return;
    const from = Math.max(0, half - WINDOW);
    const shown = trace.states.slice(from, half + 1).map((state, k) => ({ ...state, at: from + k }));
    const finite = shown.flatMap(({ value, bound, at }) => (at ? [value, bound] : [value])).filter(Number.isFinite);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const room = Math.max(0.1 * (high - low), 1e-3 * Math.abs(high), 0.01);
    curve.x = [from, from + WINDOW];
    curve.y = [low - room, high + room];
    if (!curve.begin(style)) return;
    const pairs = (/** @type {"value" | "bound"} */ which) => shown.filter((state) => Number.isFinite(state[which])).map((state) => /** @type {Pair} */ ([state.at, state[which]])); // prettier-ignore
    curve.curve(pairs("value"), { colour: style.text, width: 1.6, dash: trace.isHard ? [] : [6, 4] });
    if (!trace.isHard) {
      curve.curve(pairs("bound"), { colour: style.text, width: 2.4 });
      for (const point of pairs("bound")) curve.dot(point, { colour: style.text, width: 3 });
    }
    for (const point of pairs("value")) curve.dot(point, { colour: style.text, width: trace.isHard ? 3 : 1.8 });
    curve.end();
    const { value, bound } = trace.states[half];
    curve.describe(
      trace.isHard ? tr("Sum of squared distances, by half steps") : tr("ln p(D) (dashed) and lower bound (solid), by half steps"),
      trace.isHard ? tr("By half steps, now {value}", { value: number(value) }) : tr("By half steps, now {value}, bound {bound}", { value: number(value), bound: number(bound) }),
    );
  }

  /** @param {Trace} trace @param {State} state */
  showCard(trace, { mixture, shares, value, bound }) {
    const { half } = this;
    const { isHard } = trace;
    const K = mixture.weights.length;
    const isEnd = trace.isOver && half >= trace.states.length - 1;
    const set = (/** @type {HTMLSelectElement | undefined} */ node, /** @type {number} */ index) => node && (node.value = String(index));
    set(this.data, this.index);
    set(this.count, K - FEWEST);
    set(this.method, Number(isHard));
    if (this.floor) [this.floor.checked, this.floor.disabled] = [this.values[FLOOR] === 1, isHard];
    if (this.back) this.back.disabled = half === 0;
    if (this.e) this.e.disabled = isEnd || half % 2 === 1;
    if (this.m) this.m.disabled = isEnd || half % 2 === 0;
    if (this.run) {
      this.run.disabled = isEnd;
      write(this.run, this.timer ? tr("Stop") : trc("a verb", "Run"));
    }
    const collapsed = isEnd && trace.collapsed >= 0;
    const iteration = Math.ceil(half / 2);
    const gap = value - bound;
    const state = half === 0
      ? isHard ? tr("Start: Q is uniform: no point is assigned.") : tr("Start: Q is uniform: the bound lies below ln p(D).")
      : half % 2
        ? isHard ? tr("Iteration {count}, after E: each point belongs to the nearest mean.", { count: iteration }) : tr("Iteration {count}, after E: the bound touches ln p(D).", { count: iteration })
        : isHard ? tr("Iteration {count}, after M: each mean is the centroid of its points.", { count: iteration }) : tr("Iteration {count}, after M: both have risen, the gap has opened.", { count: iteration }); // prettier-ignore
    if (this.verdict) {
      write(
        this.verdict,
        collapsed
          ? tr("Component {number} has collapsed: its covariance is singular, ln p(D) grows without bound.", { number: trace.collapsed + 1 })
          : `${state}${isEnd && trace.isSettled ? ` ${tr("Converged.")}` : ""}`,
      );
    }
    if (this.formula) write(this.formula, isHard ? "J = Σᵢ ‖xᵢ − μₖ₍ᵢ₎‖²" : "ln p(D) = ELBO + Σᵢ KL(rᵢ ‖ p(z|xᵢ))");
    if (this.live) {
      write(this.live, isHard ? `J = ${number(half ? value : NaN)}` : collapsed ? "∞" : `${number(value)} = ${number(bound)} + ${number(Math.round(100 * value) / 100 - Math.round(100 * bound) / 100)}`); // prettier-ignore
    }
    this.showRule(trace, mixture, shares);
    this.showTable(trace, mixture, shares);
    this.root.dataset.half = String(half);
    this.root.dataset.value = isHard && half === 0 ? "" : value.toFixed(3);
    this.root.dataset.gap = collapsed ? "" : Math.max(0, gap).toFixed(3);
  }

  /** The rule of the half step, with the numbers of one point. @param {Trace} trace @param {import("./em.js").Mixture} mixture @param {Float64Array} shares */
  showRule({ points, isHard }, mixture, shares) {
    if (!this.rule || !this.point) return;
    const K = mixture.weights.length;
    const i = this.pointShown(shares, K);
    const isE = this.half % 2 === 1;
    const e = isHard ? tr("rᵢₖ = 1 for the nearest μₖ, otherwise 0") : "E: rᵢₖ = πₖ N(xᵢ; μₖ, Σₖ) / Σₗ πₗ N(xᵢ; μₗ, Σₗ)";
    const m = isHard ? tr("μₖ = mean of the points of cluster k") : "M: πₖ = nₖ/N, μₖ = Σᵢ rᵢₖxᵢ / nₖ, Σₖ = Σᵢ rᵢₖ(xᵢ−μₖ)(xᵢ−μₖ)ᵀ / nₖ";
    write(this.rule, isE || this.half === 0 ? e : m);
    const x = tr("Ringed point x = ({place})", { place: listed(points[i]) });
    const row = [...shares.subarray(i * K, i * K + K)];
    if (isHard || !isE) {
      write(this.point, `${x}: ${joined(row.map((share, k) => `r${SYMBOLS[k]} = ${number(share)}`))}`);
      return;
    }
    const terms = [...logJoint([points[i]], mixture)].map(Math.exp);
    const sum = terms.reduce((total, term) => total + term, 0);
    write(this.point, `${x}: ${joined(terms.map((term, k) => `r${SYMBOLS[k]} = ${localise(term.toPrecision(2))}/${localise(sum.toPrecision(2))} = ${number(row[k])}`))}`); // prettier-ignore
  }

  /** @param {Trace} trace @param {import("./em.js").Mixture} mixture @param {Float64Array} shares */
  showTable({ isHard }, mixture, shares) {
    const { table, paints } = this;
    const K = mixture.weights.length;
    if (!table) return;
    if (table.rows.length !== K + 1) {
      table.replaceChildren();
      for (let r = 0; r <= K; r += 1) {
        const row = element("tr", {}, table);
        for (let c = 0; c < 5; c += 1) element(r && c ? "td" : "th", {}, row);
      }
    }
    const lines = [["k", "nₖ", "πₖ", "μₖ", tr("σ along the axes")]];
    for (let k = 0; k < K; k += 1) {
      let count = 0;
      for (let i = k; i < shares.length; i += K) count += shares[i];
      const sds = axesOf(mixture.covariances[k]).values.map((value) => Math.sqrt(Math.max(0, value)));
      const mean = listed(mixture.means[k]);
      lines.push([String(k + 1), number(count, 1), isHard ? "" : number(mixture.weights[k]), mean, isHard ? "" : listed(sds)]);
    }
    lines.forEach((line, r) => line.forEach((text, c) => write(table.rows[r].cells[c], text)));
    paints.slice(0, K).forEach((colour, k) => {
      const cell = table.rows[k + 1].cells[0];
      cell.className = "key";
      cell.style.setProperty("--colour", colour);
    });
  }

  close() {
    clearInterval(this.timer);
    super.close();
  }
}

export default define(
  { class: "experiment mixture", "data-testid": "mixture" },
  (root, channel, activity) => new Mixture(root, channel, activity),
);
