// Two points and their projections onto a disc, a square or a circle in the norm of a matrix Q. Points and the axes of Q
// are dragged. In the norm of Q the projections are never farther apart than the points, if the set is convex.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, listed, number } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { localise, mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { random } from "../kit/random.js";
import { entries, matrixOf, norm, project, ratios } from "./sets.js";

/** @typedef {[number, number]} Pair */

const FIRST_VIEW = [0, 4.62, 0.38, 22.5, 2, 1, -0.5, 2];
const [SHAPE, VALUES, ANGLE, POINTS] = [0, 1, 3, 4];
const SHAPES = /** @type {import("./sets.js").Shape[]} */ ([mark("disc"), mark("square"), mark("circle")]);
const REACH = 3;
const [LEAST, MOST] = [0.1, 9]; // eigenvalues
const PAIRS = 2000;
const ACCENT = "#c2419f";

class Projection extends Experiment {
  make() {
    const panels = element("div", { class: "panels first" }, this.root);
    this.plane = new Plot(panels, { title: "", label: "", x: [-REACH, REACH], y: [-REACH, REACH], isSquare: true });
    this.ball = new Plot(panels, { title: "", label: "", x: [-REACH, REACH], y: [-REACH, REACH], isSquare: true });
    const { plane, ball, colours } = this;
    this.points = [colours.first, colours.second].map((colour, k) => {
      return this.grip(plane, { name: tr("point z{number}", { number: k + 1 }), text: `z${"₁₂"[k]}`, colour }, ([x, y]) => ({
        [POINTS + 2 * k]: limit(x, -REACH, REACH), [POINTS + 2 * k + 1]: limit(y, -REACH, REACH),
      })); // prettier-ignore
    });
    this.axes = [0, 1].map((k) => {
      return this.grip(ball, { name: [tr("first axis of Q"), tr("second axis of Q")][k], text: "", colour: ACCENT }, (to) => {
        const size = limit(Math.hypot(...to), 1 / Math.sqrt(MOST), 1 / Math.sqrt(LEAST));
        const turn = (Math.atan2(to[1], to[0]) * 180) / Math.PI - 90 * k;
        return { [VALUES + k]: 1 / size ** 2, [ANGLE]: ((turn + 540) % 360) - 180 };
      });
    });
    const card = element("section", { class: "card", "aria-label": tr("Projections") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.choice = choice(bar, tr("Set F"), [tr("disc"), tr("square"), tr("circle (not convex)")], (index) => this.change({ [SHAPE]: index }));
    button(bar, "Q = I", tr("The usual norm"), () => this.change({ [VALUES]: 1, [VALUES + 1]: 1 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    element("p", { class: "formula", role: "math", text: tr("u = P(z) = argmin (x − z)ᵀ Q (x − z) over x ∈ F") }, card);
    this.matrix = element("p", { class: "values" }, card);
    this.lines = [0, 1].map(() => element("p", { class: "values" }, card));
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of [tr("norm"), "u₁ − u₂", "z₁ − z₂", tr("ratio")]) element("th", { text }, head);
    this.rows = ["Q", tr("Euclid")].map((name) => {
      const row = element("tr", {}, table);
      element("th", { text: name }, row);
      return [0, 1, 2].map(() => element("td", {}, row));
    });
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
    button(element("div", { class: "bar lead" }, card), tr("Try {count} pairs", { count: localise(PAIRS.toLocaleString("en")) }), tr("Look for the largest ratios with this set and this Q"), () => this.search());
    this.found = element("p", { class: "values", role: "status" }, card);
  }

  /** @param {Plot} plot @param {{ name: string, text: string, colour: string }} options @param {(to: Pair) => Record<number, number>} set */
  grip(plot, options, set) {
    const grip = new Grip(plot, { ...options, moved: (to, resting) => this.change(set(to), resting) });
    this.grips.push(grip);
    return grip;
  }

  /** @returns {import("./sets.js").Shape} */
  get shape() {
    return SHAPES[Math.round(this.values[SHAPE])];
  }

  get q() {
    return matrixOf(this.values[VALUES], this.values[VALUES + 1], this.values[ANGLE]);
  }

  search() {
    const next = random(1);
    const best = [0, 0];
    for (let k = 0; k < PAIRS; k += 1) {
      const z = /** @type {Pair} */ ([2 * REACH * next() - REACH, 2 * REACH * next() - REACH]);
      const step = 10 ** (-3 * next()); // near and far
      const turn = 2 * Math.PI * next();
      const { inNorm, byEuclid } = ratios(this.shape, [z, [z[0] + step * Math.cos(turn), z[1] + step * Math.sin(turn)]], this.q);
      [inNorm, byEuclid].forEach(([u, apart], at) => (best[at] = Math.max(best[at], u / apart)));
    }
    if (this.found) write(this.found, tr("Largest ratio found: {norm} in the norm of Q, {euclid} by Euclid.", { norm: number(best[0], 3), euclid: number(best[1], 3) }));
    this.root.dataset.largest = best.map((value) => value.toFixed(4)).join(" ");
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { values: v, q, shape, plane, ball, choice, rows } = this;
    if (!plane || !ball || !choice || !rows || !this.points || !this.axes || !this.lines || !this.matrix || !this.verdict || !this.found) return;
    const z = /** @type {[Pair, Pair]} */ ([v.slice(POINTS, POINTS + 2), v.slice(POINTS + 2, POINTS + 4)]);
    const u = z.map((point) => project(shape, point, q));
    const key = JSON.stringify([shape, q]);
    if (this.root.dataset.searched !== key) {
      this.root.dataset.searched = key;
      write(this.found, "");
    }
    if (plane.begin(style)) {
      this.drawSet(plane, style);
      z.forEach((point, k) => {
        const colour = [this.colours.first, this.colours.second][k];
        const radius = norm([u[k][0] - point[0], u[k][1] - point[1]], q);
        if (radius > 1e-3) plane.curve(this.ellipse(point, radius), { colour, width: 1.2, dash: [4, 4] }, true);
        plane.arrow(point, u[k], { colour, width: 2 });
        plane.dot(u[k], { colour, width: 5 });
        plane.write(`u${"₁₂"[k]}`, [u[k][0] + 0.1, u[k][1] + 0.1], { colour: style.text });
      });
      plane.curve(z, { colour: style.text, width: 1.5, dash: [2, 4] });
      plane.curve(u, { colour: style.text, width: 2.5 });
      plane.end();
      plane.describe(tr("Projections onto F; dashed: equal distance from z"), tr("Projections of two points onto a {set}: u₁ at {first}, u₂ at {second}", { set: tr(shape), first: listed(u[0]), second: listed(u[1]) }));
    }
    if (ball.begin(style)) {
      ball.curve(this.ellipse([0, 0], 1), { colour: ACCENT, width: 2 }, true);
      q.axes.forEach((axis, k) => ball.arrow([0, 0], this.end(axis, k), { colour: ACCENT, width: 2.5 }));
      ball.end();
      ball.describe(tr("Unit ball of the norm of Q"), tr("Points x with norm of Q equal to 1"));
    }
    z.forEach((point, k) => this.points?.[k].place(point, listed(point)));
    q.axes.forEach((axis, k) => this.axes?.[k].place(this.end(axis, k), tr("eigenvalue {value}", { value: number(q.values[k]) })));
    choice.value = String(Math.round(v[SHAPE]));
    const [a, b, d] = entries(q).map((value) => number(value));
    write(this.matrix, tr("Q = ({a}  {b};  {b}  {d}), eigenvalues {values}", { a, b, d, values: listed(q.values) }));
    u.forEach((point, k) => {
      const distance = norm([point[0] - z[k][0], point[1] - z[k][1]], q);
      if (this.lines) write(this.lines[k], tr("P({from}) = ({to}), distance {distance}", { from: listed(z[k]), to: listed(point, 4), distance: number(distance, 3) }));
    });
    const { inNorm, byEuclid } = ratios(shape, z, q);
    [inNorm, byEuclid].forEach(([near, far], k) => {
      [near, far, near / far].forEach((value, at) => write(rows[k][at], number(value, 4)));
    });
    const found = { u: number(inNorm[0], 3), z: number(inNorm[1], 3) };
    const holds = inNorm[0] <= inNorm[1] + 1e-9;
    write(this.verdict, holds ? tr("{u} ≤ {z}: not farther apart in the norm of Q.", found) : tr("{u} > {z}: farther apart, since F is not convex.", found));
    this.root.dataset.distances = [...inNorm, ...byEuclid].map((value) => value.toFixed(4)).join(" ");
  }

  /** @param {Pair} axis @param {number} k @returns {Pair} */
  end(axis, k) {
    const length = 1 / Math.sqrt(this.q.values[k]);
    return [axis[0] * length, axis[1] * length];
  }

  /** Points at one distance in the norm of Q. @param {Pair} centre @param {number} radius @returns {Pair[]} */
  ellipse(centre, radius) {
    const [e, f] = this.q.axes.map((axis, k) => this.end(axis, k));
    return Array.from({ length: 90 }, (_, k) => {
      const [c, s] = [radius * Math.cos((k * Math.PI) / 45), radius * Math.sin((k * Math.PI) / 45)];
      return [centre[0] + c * e[0] + s * f[0], centre[1] + c * e[1] + s * f[1]];
    });
  }

  /** @param {Plot} plane @param {import("../kit/theme.js").Style} style */
  drawSet(plane, style) {
    /** @type {Pair[]} */
    const square = [[-1, -1], [1, -1], [1, 1], [-1, 1]]; // prettier-ignore
    const round = Array.from({ length: 90 }, (_, k) => /** @type {Pair} */ ([Math.cos((k * Math.PI) / 45), Math.sin((k * Math.PI) / 45)]));
    plane.curve(this.shape === "square" ? square : round, { colour: style.text, width: 2 }, true);
    if (this.shape === "circle") return;
    plane.brush.globalAlpha = 0.12;
    plane.brush.fill();
  }
}

export default define(
  { class: "experiment", "data-testid": "projection" },
  (root, channel, activity) => new Projection(root, channel, activity),
);
