// The covariance of the codes of a model, made diagonal by rotations of two coordinates each, the orthogonal matrix that
// they make, the eigenvalues, and the sum of the largest λ u uᵀ.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { mark, tr, trc } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { NumberGrid } from "../kit/number_grid.js";
import { Plot } from "../kit/plot.js";
import { difference, gram, identity, lowRank, norm, offDiagonal, ordered, rotations } from "./jacobi.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("../kit/theme.js").Style} Style */
/** @typedef {{ name: string, matrix: number[][] }} Choice */
/** @typedef {import("./jacobi.js").State} State */

const FIRST_VIEW = [0, 250, 3];
const [MATRIX, STEPS, RANK] = [0, 1, 2];
const MOST = 250; // rotations
const TITLES = [mark("Σ, the covariance"), mark("QᵀΣQ: diagonal at the end"), mark("Q: eigenvectors as columns"), mark("Σ λᵢuᵢuᵢᵀ of the k largest λ")];

class Spectral extends Experiment {
  /** @type {Choice[]} */
  choices = [];
  /** @type {Map<number, State[]>} */
  known = new Map();
  place = { row: 0, column: 1 };

  /** @param {any} data */
  receive(data) {
    this.choices = data.choices;
    super.receive(data);
  }

  make() {
    const panels = element("div", { class: "panels quad matrices" }, this.root);
    this.grids = TITLES.map((text) => {
      const section = element("section", { class: "panel" }, panels);
      const title = element("h2", { text: tr(text) }, section);
      const pointed = (/** @type {{ row: number, column: number }} */ place) => {
        this.place = place;
        this.redraw();
      };
      return { title, grid: new NumberGrid(section, { label: tr(text), pointed }) };
    });
    const card = element("section", { class: "card", "aria-label": tr("Spectral theorem") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.choice = choice(bar, tr("Codes of"), this.choices.map(({ name }) => name), (index) => this.change({ [MATRIX]: index, [RANK]: Math.min(this.values[RANK], this.choices[index].matrix.length) }));
    button(bar, tr("Rotate"), tr("One more rotation of two coordinates"), () => this.change({ [STEPS]: Math.min(this.last, this.values[STEPS]) + 1 }));
    button(bar, trc("the beginning", "Start"), tr("No rotation yet"), () => this.change({ [STEPS]: 0 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.steps = slider(card, tr("rotations"), { min: 0, max: MOST, step: 1 }, (value) => this.change({ [STEPS]: value }));
    this.rank = slider(card, tr("rank k"), { min: 0, max: 10, step: 1 }, (value) => this.change({ [RANK]: value }));
    this.bars = new Plot(card, { title: "", label: "", x: [0.5, 10.5], y: [0, 1], kind: "low" });
    this.grip = new Grip(this.bars, {
      name: tr("rank k"), text: "k", colour: this.colours.second, step: 1,
      moved: ([x], resting) => this.change({ [RANK]: limit(Math.round(x), 0, this.matrix.length) }, resting),
    }); // prettier-ignore
    this.grips.push(this.grip);
    element("p", { class: "formula lead", role: "math", text: "Σ = QΛQᵀ = Σᵢ λᵢ uᵢuᵢᵀ" }, card);
    this.entry = element("p", { class: "values" }, card);
    const table = element("table", {}, card);
    this.rows = [tr("size off the diagonal of QᵀΣQ"), "‖QᵀQ − I‖", tr("‖Σ − rebuild of rank k‖"), tr("variance in the k largest")].map((text) => {
      const row = element("tr", {}, table);
      element("th", { text }, row);
      return element("td", {}, row);
    });
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
  }

  get index() {
    return limit(Math.round(this.values[MATRIX]), 0, this.choices.length - 1);
  }

  get matrix() {
    return this.choices[this.index].matrix;
  }

  get states() {
    const found = this.known.get(this.index) ?? rotations(this.matrix, MOST);
    this.known.set(this.index, found);
    return found;
  }

  /** Rotations until the matrix is diagonal. */
  get last() {
    return this.states.length - 1;
  }

  /** @param {Style} style */
  paint(style) {
    const { matrix, values: v, grids, colours } = this;
    const size = matrix.length;
    const done = Math.min(this.last, Math.round(v[STEPS]));
    const state = this.states[done];
    const rank = limit(Math.round(v[RANK]), 0, size);
    const rebuilt = lowRank(state, rank);
    const most = Math.max(...matrix.flat().map(Math.abs));
    const shown = [matrix, state.turned, state.axes, rebuilt];
    const columns = ordered(state.turned).slice(0, rank);
    grids?.forEach(({ grid }, k) => {
      const top = k === 2 ? 1 : k === 1 ? Math.max(...state.turned.flat().map(Math.abs)) : most;
      const kept = columns.map((column) => ({ row: 0, column, height: size, width: 1, colour: colours.second }));
      const here = { ...this.place, height: 1, width: 1, colour: style.text };
      const marks = k === 2 ? kept : k === 1 ? [] : [here];
      grid.draw({ values: shown[k].flat(), rows: size, columns: size, range: [-top, top], colours: [colours.first, colours.second], marks, format: (value) => number(value, Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2).replace(/^(−?)0(?=[.,])/, "$1") }, style); // prettier-ignore
    });
    if (grids) write(grids[3].title, tr("Σ λᵢuᵢuᵢᵀ of the {rank} largest λ", { rank }));
    this.paintBars(style, state, rank);
    this.showCard(state, rank, rebuilt, done);
  }

  /** @param {Style} style @param {State} state @param {number} rank */
  paintBars(style, { turned }, rank) {
    const { bars, colours } = this;
    if (!bars) return;
    const values = ordered(turned).map((k) => turned[k][k]);
    bars.x = [-0.5, values.length + 0.5];
    bars.y = [0, 1.1 * values[0]];
    if (bars.begin(style)) {
      values.forEach((value, k) => {
        const look = { colour: k < rank ? colours.second : "#8c8c8c", width: Math.max(4, (0.6 * bars.inner[0]) / (values.length + 1)) };
        bars.curve([[k + 1, 0], [k + 1, value]], look); // prettier-ignore
      });
      bars.end();
      this.grip?.place([rank, rank ? values[rank - 1] : 0], tr("rank {rank}", { rank }));
    }
    bars.describe(tr("Diagonal of QᵀΣQ, sorted: λᵢ"), tr("Largest {largest}, smallest {smallest}", { largest: number(values[0]), smallest: number(values[values.length - 1], 3) }));
  }

  /** @param {State} state @param {number} rank @param {number[][]} rebuilt @param {number} done */
  showCard(state, rank, rebuilt, done) {
    const { matrix, rows } = this;
    const size = matrix.length;
    const { row, column } = { row: Math.min(this.place.row, size - 1), column: Math.min(this.place.column, size - 1) };
    const diagonal = ordered(state.turned).map((k) => state.turned[k][k]);
    const total = diagonal.reduce((sum, value) => sum + value, 0);
    const kept = diagonal.slice(0, rank).reduce((sum, value) => sum + value, 0);
    const off = offDiagonal(state.turned);
    const small = (/** @type {number} */ value) => (value < 1e-3 ? value.toExponential(0).replace("-", "−") : number(value, 3));
    [small(off), small(norm(difference(gram(state.axes), identity(size)))), small(norm(difference(matrix, rebuilt))), `${number((100 * kept) / total, 1)} %`].forEach((text, k) => rows && write(rows[k], text));
    if (this.choice) this.choice.value = String(this.index);
    this.steps?.set(done, `${done}`);
    if (this.steps) this.steps.input.max = String(this.last);
    if (this.rank) this.rank.input.max = String(size);
    this.rank?.set(rank, tr("{rank} of {size}", { rank, size }));
    if (this.entry) write(this.entry, tr("Row {row}, column {column}: Σ has {entry}, the sum of {rank} terms {sum}", { row: row + 1, column: column + 1, entry: number(matrix[row][column], 3), rank, sum: number(rebuilt[row][column], 3) }));
    if (this.verdict) write(this.verdict, done < this.last ? tr("{done} of {count} rotations: each makes the largest entry off the diagonal 0, and may bring back others.", { done, count: this.last }) : tr("Diagonal after {count} rotations: the columns of Q are eigenvectors.", { count: this.last }));
    this.root.dataset.off = off.toExponential(2);
    this.root.dataset.values = diagonal.map((value) => value.toFixed(4)).join(" ");
  }
}

export default define(
  { class: "experiment spectral", "data-testid": "spectral" },
  (root, channel, activity) => new Spectral(root, channel, activity),
);
