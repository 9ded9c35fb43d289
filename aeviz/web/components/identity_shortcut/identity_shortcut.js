// Arrows from points of the plane to their reconstructions: an autoencoder that copies has none. Code, penalty and decoder
// of the point that the visitor drags.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { MODELS, autoencode, decoderOf, directions, lineOf, makeData } from "./copies.js";

/** @typedef {[number, number]} Pair */

const FIRST_VIEW = [1, 1, 0.4, 1, 1.2, 1.8];
const [DATA, MODEL, WEIGHT, FACTOR, POINT] = [0, 1, 2, 3, 4];
const SIDE = 3; // of the plane
const CELLS = 17;
const INK = "#c2419f";
const ACTIVE = 1e-9;

class IdentityShortcut extends Experiment {
  make() {
    this.sets = [0, 1].map((index) => {
      const data = makeData(index);
      return { data, line: { ...lineOf(data), units: directions(index) } };
    });
    const square = { label: "", x: /** @type {Pair} */ ([-SIDE, SIDE]), y: /** @type {Pair} */ ([-SIDE, SIDE]) };
    this.plane = new Plot(this.root, { title: "", ...square, isSquare: true });
    this.grip = new Grip(this.plane, {
      name: tr("input x"), text: "x", colour: INK,
      moved: ([a, b], resting) => this.change({ [POINT]: limit(a, -SIDE, SIDE), [POINT + 1]: limit(b, -SIDE, SIDE) }, resting),
    }); // prettier-ignore
    this.grips.push(this.grip);
    const card = element("section", { class: "card", "aria-label": tr("Autoencoder") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.model = choice(bar, tr("Autoencoder"), MODELS.map((name) => tr(name)), (index) => this.change({ [MODEL]: index }));
    this.data = choice(bar, tr("Data"), [tr("near a line"), tr("near three rays")], (index) => this.change({ [DATA]: index }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.weight = slider(card, tr("penalty λ"), { min: 0, max: 2, step: 0.05 }, (value) => this.change({ [WEIGHT]: value }));
    this.factor = slider(card, tr("code times c"), { min: 0.01, max: 2, step: 0.01 }, (value) => this.change({ [FACTOR]: value }));
    this.formula = element("p", { class: "formula lead", role: "math" }, card);
    this.code = element("p", { class: "values" }, card);
    this.bars = new Plot(card, { title: "", label: "", x: [0, 1], y: [0, 1], kind: "low" });
    element("p", { class: "formula", role: "math", text: "|x − x̂|² + λ Σ |zⱼ|" }, card);
    this.loss = element("p", { class: "values" }, card);
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of [tr("mean over"), tr("data"), tr("whole plane")]) element("th", { text, scope: "col" }, head);
    this.rows = [tr("squared error"), "λ Σ |zⱼ|", tr("active units")].map((title) => {
      const row = element("tr", {}, table);
      element("th", { text: title, scope: "row" }, row);
      return [0, 1].map(() => element("td", {}, row));
    });
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { values: v, plane, bars, sets, colours } = this;
    if (!plane || !bars || !sets || !this.rows || !this.formula || !this.code || !this.loss || !this.verdict) return;
    const { data, line } = sets[v[DATA]];
    const model = v[MODEL];
    const [weight, factor] = [v[WEIGHT], model === 3 ? 1 : v[FACTOR]];
    const x = /** @type {Pair} */ (v.slice(POINT, POINT + 2));
    const one = autoencode(x, model, line, weight);
    const cell = (2 * SIDE) / CELLS;
    const grid = Array.from({ length: CELLS * CELLS }, (_, k) => /** @type {Pair} */ ([-SIDE + ((k % CELLS) + 0.5) * cell, -SIDE + (Math.floor(k / CELLS) + 0.5) * cell])); // prettier-ignore
    const found = [data, grid].map((points) => points.map((point) => ({ point, ...autoencode(point, model, line, weight) })));
    const units = decoderOf(model, line);
    if (plane.begin(style)) {
      for (const { point, made } of found[1]) {
        plane.arrow(point, made, { colour: colours.first, width: 1.2, alpha: 0.7 });
        plane.dot(point, { colour: colours.first, width: 1.2, alpha: 0.7 });
      }
      data.forEach((point) => plane.dot(point, { colour: colours.second, width: 2.2, alpha: 0.7 }));
      const from = model === 2 ? line.mean : /** @type {Pair} */ ([0, 0]);
      units.forEach(([a, b], k) => {
        const isActive = Math.abs(one.code[k]) > ACTIVE;
        plane.arrow(from, [from[0] + a, from[1] + b], { colour: style.text, width: isActive ? 3 : 1.4, alpha: isActive ? 1 : 0.5 });
      });
      plane.curve([x, one.made], { colour: INK, width: 2.5 });
      plane.dot(one.made, { colour: INK, width: 5 });
      plane.end();
      plane.describe(tr("Arrows from x to x̂; thick: decoder weights of the units"), tr("Reconstructions by {model}", { model: tr(MODELS[model]) }));
      this.grip?.place(x, `x ${listed(x)}`);
    }
    const code = one.code.map((value) => value * factor);
    const most = Math.max(0.5, ...code.map(Math.abs));
    bars.x = [0.5, code.length + 0.5];
    bars.y = [code.some((value) => value < 0) ? -1.1 * most : 0, 1.1 * most];
    if (bars.begin(style)) {
      code.forEach((value, k) => bars.curve([[k + 1, 0], [k + 1, value]], { colour: INK, width: 14 })); // prettier-ignore
      bars.end();
      bars.describe(tr("Code z of x, by unit"), tr("Code {z}", { z: listed(code) }));
    }
    const penalties = found.map((all) => (weight * factor * all.reduce((sum, each) => sum + each.code.reduce((part, z) => part + Math.abs(z), 0), 0)) / all.length); // prettier-ignore
    const errors = found.map((all) => all.reduce((sum, { point, made }) => sum + (point[0] - made[0]) ** 2 + (point[1] - made[1]) ** 2, 0) / all.length);
    const active = found.map((all) => all.reduce((sum, each) => sum + each.code.filter((z) => Math.abs(z) > ACTIVE).length, 0) / all.length);
    [errors, penalties, active].forEach((values, row) => values.forEach((value, k) => write(this.rows?.[row][k] ?? this.root, number(value, row === 2 ? 1 : 3))));
    const c = factor === 1 ? "" : `${number(factor)} · `;
    const by = factor === 1 ? "" : ` / ${number(factor)}`;
    const formulas = [`z = ${c}I x,  x̂ = I z${by}`, `z = ${c}ReLU(x, −x),  x̂ = (I, −I) z${by}`, `z = ${c}u′(x − m),  x̂ = m + u z${by}`, "z = argmin |x − Dz|² + λ Σ zⱼ,  z ≥ 0"]; // prettier-ignore
    write(this.formula, formulas[model]);
    write(this.code, `x = (${listed(x)}), z = (${listed(code)}), x̂ = (${listed(one.made)})`);
    const error = (x[0] - one.made[0]) ** 2 + (x[1] - one.made[1]) ** 2;
    const penalty = weight * code.reduce((sum, z) => sum + Math.abs(z), 0);
    write(this.loss, `${number(error, 3)} + ${number(penalty, 3)} = ${number(error + penalty, 3)}`);
    const isCopy = errors[1] < 1e-9;
    const ratio = errors[1] / Math.max(1e-9, errors[0]);
    const words = tr("Over the whole plane the error is {ratio} times that of the data.", { ratio: number(ratio, ratio < 10 ? 1 : 0) });
    write(this.verdict, isCopy ? tr("Copies every point: the error does not tell data from noise.") : words);
    if (this.model) this.model.value = String(model);
    if (this.data) this.data.value = String(v[DATA]);
    this.weight?.set(weight);
    this.factor?.set(factor);
    if (this.factor) this.factor.label.hidden = model === 3;
    Object.assign(this.root.dataset, { errors: errors.map((value) => value.toFixed(4)).join(" "), penalty: penalty.toFixed(3) });
  }
}

export default define(
  { class: "experiment identity-shortcut", "data-testid": "identity_shortcut" },
  (root, channel, activity) => new IdentityShortcut(root, channel, activity),
);
