// Outcomes as bars that are dragged up and down. Beside them: their entropy in a unit, its largest value, and the entropy
// over the probability of the outcome moved last, which for two outcomes is the curve of a coin. Python gets the
// probabilities once a gesture rests.

import { linearTicks } from "../kit/axis.js";
import { line } from "../kit/curves.js";
import { brushOf, button, element, pixelRatio, resize, write } from "../kit/dom.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { localise, mark, tr, trc } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { RIVALS, entropy, information, normalise, withProbability } from "./probabilities.js";

/** @typedef {{ column: HTMLElement, bar: HTMLElement, info: HTMLElement, share: HTMLElement, name: HTMLElement }} Column */

/** Bases of the logarithm. @type {Record<string, number>} */
const UNITS = { [mark("bits")]: 2, [mark("nats")]: Math.E, [mark("hartleys")]: 10 };
const MOST = 6; // outcomes
const FIRST_VIEW = [0.8, 0.2];
/** Changes of a key. @type {Record<string, number>} */
const KEYS = { ArrowUp: 0.01, ArrowRight: 0.01, ArrowDown: -0.01, ArrowLeft: -0.01, PageUp: 0.1, PageDown: -0.1 };

/** @param {number} value */
const number = (value) => (Number.isFinite(value) ? localise(value.toFixed(3)) : "∞");
/** @param {number} value */
const short = (value) => localise(value.toFixed(2));

class Entropy {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    /** @type {number[]} */
    this.values = [];
    this.moved = 0; // the outcome moved last
    this.isHeld = false;
    this.colour = "";
    this.frame = 0;
    this.kept = new KeptNumbers(channel, activity, () => this.values.map((value) => Math.round(100 * value) / 100));
    this.stage = element("div", { class: "stage", role: "group", "aria-label": tr("Probabilities of the outcomes") }, root);
    /** @type {Column[]} */
    this.columns = [];
    const card = element("section", { class: "card", "aria-label": tr("Entropy") }, root);
    const bar = element("div", { class: "bar" }, card);
    this.count = this.pick(bar, tr("Outcomes"), Array.from({ length: MOST - 1 }, (_, k) => String(k + 2)));
    this.count.onchange = () => {
      const count = Number(this.count.value);
      this.moved = 0;
      this.adopt(count === 2 ? FIRST_VIEW : Array.from({ length: count }, (_, k) => 1 / 2 ** (k + 1)));
    };
    this.unit = this.pick(bar, trc("a measure", "Unit"), Object.keys(UNITS), Object.keys(UNITS).map((unit) => tr(unit)));
    this.unit.onchange = () => this.redraw();
    button(bar, tr("Uniform"), tr("The same probability for every outcome"), () => this.adopt(this.values.map(() => 1)));
    button(bar, tr("Certain"), tr("The outcome moved last always occurs"), () => {
      this.adopt(this.values.map((_, k) => Number(k === this.moved)));
    });
    const lead = element("p", { class: "lead" }, card);
    element("span", { text: tr("Entropy ") }, lead);
    this.entropy = element("b", {}, lead);
    this.most = element("p", { class: "values" }, card);
    this.track = element("i", {}, element("div", { class: "track", "aria-hidden": "true" }, card));
    this.formula = element("p", { class: "formula", role: "math" }, card);
    this.live = element("p", { class: "values" }, card);
    this.title = element("p", { class: "chart-title" }, card);
    this.chart = element("div", { class: "chart" }, card);
    this.canvas = element("canvas", { role: "img" }, this.chart);
    this.why = new Derivation(root);
    this.unwatch = watchLooks(root, () => this.redraw());
  }

  /** @param {Element} parent @param {string} title @param {string[]} options @param {string[]} [texts] of the options */
  pick(parent, title, options, texts = options) {
    const label = element("label", {}, parent);
    element("span", { text: title }, label);
    const select = element("select", { "aria-label": title }, label);
    options.forEach((option, k) => element("option", { value: option, text: texts[k] }, select));
    return select;
  }

  get base() {
    return UNITS[this.unit.value];
  }

  /** @param {{ values: number[], colour: string }} data */
  receive({ values, colour }) {
    this.colour = colour;
    if (this.kept.isNews(values, this.isHeld)) this.take(values);
  }

  /** @param {number[]} values */
  take(values) {
    this.values = normalise(values);
    this.count.value = String(values.length);
    if (this.columns.length !== values.length) this.makeColumns();
    this.redraw();
  }

  /** @param {number[]} values */
  adopt(values) {
    this.take(values);
    this.kept.start();
  }

  makeColumns() {
    this.stage.replaceChildren();
    this.moved = Math.min(this.moved, this.values.length - 1);
    this.columns = this.values.map((_, k) => {
      const outcome = this.values.length === 2 ? [tr("heads"), tr("tails")][k] : tr("outcome {index}", { index: k + 1 });
      const column = element("div", { class: "column" }, this.stage);
      const info = element("span", { class: "info" }, column);
      const field = element("div", { class: "field", role: "slider", tabindex: "0", "aria-orientation": "vertical", "aria-label": tr("Probability of {outcome}", { outcome }), "aria-valuemin": "0", "aria-valuemax": "1", title: tr("Drag up or down, or use the arrow keys") }, column); // prettier-ignore
      const bar = element("div", { class: "fill", style: `--colour:${this.colour}` }, field);
      const share = element("b", {}, column);
      const name = element("span", { text: outcome }, column);
      field.onpointerdown = (event) => {
        event.preventDefault();
        field.focus({ preventScroll: true });
        field.setPointerCapture(event.pointerId);
        this.isHeld = true;
        this.drag(k, field, event);
      };
      field.onpointermove = (event) => this.isHeld && this.drag(k, field, event);
      field.onpointerup = field.onpointercancel = () => {
        if (!this.isHeld) return;
        this.isHeld = false;
        this.kept.start();
      };
      field.onkeydown = (event) => {
        const step = KEYS[event.key];
        if (!step) return;
        event.preventDefault();
        this.set(k, this.values[k] + step);
        this.kept.start();
      };
      return { column: field, bar, info, share, name };
    });
  }

  /** @param {number} index @param {HTMLElement} field @param {PointerEvent} event */
  drag(index, field, event) {
    const box = field.getBoundingClientRect();
    this.set(index, (box.bottom - event.clientY) / box.height);
  }

  /** @param {number} index @param {number} value */
  set(index, value) {
    this.moved = index;
    this.values = withProbability(this.values, index, Math.round(100 * Math.max(0, Math.min(1, value))) / 100);
    this.redraw();
  }

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    if (!this.columns.length || !this.root.isConnected) return;
    const { values, base } = this;
    const unit = this.unit.value;
    const bound = Math.log(values.length) / Math.log(base);
    const found = entropy(values, base);
    this.columns.forEach(({ column, bar, info, share }, k) => {
      bar.style.height = `${100 * values[k]}%`;
      write(info, tr("information {value} {unit}", { value: number(information(values[k], base)), unit: tr(unit) }));
      write(share, short(values[k]));
      column.setAttribute("aria-valuenow", values[k].toFixed(2));
      column.setAttribute("aria-valuetext", tr("{share}, information {value} {unit}", { share: short(values[k]), value: number(information(values[k], base)), unit: tr(unit) }));
    });
    const log = { bits: "log₂", nats: "ln", hartleys: "log₁₀" }[unit];
    write(this.entropy, `${number(found)} ${tr(unit)}`);
    write(this.most, tr("Largest for {count} outcomes: {log} {count} = {value}, all equally likely", { count: values.length, log: log ?? "", value: number(bound) }));
    this.track.style.width = `${(100 * found) / bound}%`;
    write(this.formula, `H = −Σ pᵢ ${log} pᵢ`);
    const terms = values.map((p) => (p > 0 ? `${short(p)} · ${number(information(p, base))}` : "0"));
    write(this.live, `= ${terms.join(" + ")} = ${number(found)}`);
    const outcome = this.columns[this.moved].name.textContent ?? "";
    write(this.title, values.length > 2 ? tr("H over the probability of {outcome}, the others in proportion", { outcome }) : tr("H over the probability of {outcome}", { outcome }));
    this.drawChart(found);
    this.why.show(values[this.moved], outcome, base);
    this.root.dataset.entropy = found.toFixed(4);
  }

  /** @param {number} found */
  drawChart(found) {
    const [width, height] = [this.chart.clientWidth, this.chart.clientHeight];
    if (width < 60 || height < 60) return;
    const style = styleOf(this.root);
    const ratio = pixelRatio();
    resize(this.canvas, Math.round(width * ratio), Math.round(height * ratio));
    const brush = brushOf(this.canvas, this.canvas.width / width);
    brush.clearRect(0, 0, width, height);
    const [left, right, top, bottom] = [34, width - 10, 8, height - 22];
    const curve = Array.from({ length: 201 }, (_, k) => entropy(withProbability(this.values, this.moved, k / 200), this.base));
    const most = 1.08 * Math.max(...curve);
    /** @param {number} share */
    const x = (share) => left + (right - left) * share;
    /** @param {number} value */
    const y = (value) => bottom - ((bottom - top) * value) / most;
    brush.font = style.font;
    brush.fillStyle = brush.strokeStyle = style.text;
    brush.textAlign = "right";
    brush.textBaseline = "middle";
    for (const tick of linearTicks(0, most, 3)) {
      brush.globalAlpha = tick === 0 ? 0.4 : 0.12;
      line(brush, left, y(tick), right, y(tick));
      brush.globalAlpha = 0.75;
      brush.fillText(localise(String(Number(tick.toFixed(2)))), left - 5, y(tick));
    }
    brush.textAlign = "center";
    brush.textBaseline = "top";
    for (const tick of [0, 0.25, 0.5, 0.75, 1]) brush.fillText(localise(String(tick)), x(tick), bottom + 5);
    brush.globalAlpha = 1;
    brush.lineWidth = 2;
    brush.beginPath();
    curve.forEach((value, k) => brush.lineTo(x(k / 200), y(value)));
    brush.stroke();
    brush.fillStyle = brush.strokeStyle = this.colour;
    const share = this.values[this.moved];
    line(brush, x(share), bottom, x(share), y(found));
    brush.beginPath();
    brush.arc(x(share), y(found), 5.5, 0, 2 * Math.PI);
    brush.fill();
    this.canvas.setAttribute("aria-label", tr("Curve of the entropy; at probability {share} it is {value}", { share: short(share), value: number(found) }));
  }

  close() {
    this.unwatch();
    this.kept.stop();
    cancelAnimationFrame(this.frame);
  }
}

/** Why information is a logarithm: two independent outcomes, and functions that might measure their surprise. */
class Derivation {
  /** @param {Element} parent */
  constructor(parent) {
    const fold = element("details", {}, parent);
    element("summary", { text: tr("Why the logarithm? Information of independent outcomes adds up: h(pq) = h(p) + h(q)") }, fold);
    const inside = element("div", { class: "why" }, fold);
    const left = element("div", { class: "card" }, inside);
    this.title = element("p", {}, left);
    const table = element("table", {}, left);
    const head = element("tr", {}, table);
    for (const text of ["h", "h(p)", "h(q)", "h(p) + h(q)", "h(pq)", ""]) element("th", { text }, head);
    this.rows = RIVALS.map(([name]) => {
      const row = element("tr", {}, table);
      element("th", { text: name }, row);
      return Array.from({ length: 5 }, () => element("td", {}, row));
    });
    const steps = element("ol", {}, inside);
    this.steps = Array.from({ length: 4 }, () => element("li", {}, steps));
  }

  /** @param {number} p @param {string} name of the outcome @param {number} base */
  show(p, name, base) {
    const q = 1 / 6;
    write(this.title, tr("Draw and throw a die: {name}, p = {p}, and a six, q = 1/6. Both: pq = {both}", { name, p: short(p), both: number(p * q) }));
    RIVALS.forEach(([, rule], k) => {
      const [first, second, both] = [p, q, p * q].map((share) => rule(share, base));
      const gap = Math.abs(both - first - second); // not a number where an outcome is impossible
      const words = gap < 1e-9 * (1 + Math.abs(both)) ? tr("equal") : gap > 0 ? tr("off by {gap}", { gap: number(gap) }) : "";
      [...[first, second, first + second, both].map(number), words].forEach((text, c) => write(this.rows[k][c], text));
      if (!k) this.log = (/** @type {number} */ share) => rule(share, base);
    });
    const h = this.log ?? Number;
    [
      tr("Additive: h(p²) = h(p) + h(p) = 2h(p): {square} = 2 · {value}. By induction h(pᵏ) = k h(p).", { square: number(h(p * p)), value: number(h(p)) }),
      tr("h(p) = h((p^(1/m))ᵐ) = m h(p^(1/m)), so h(√p) = ½ h(p): {root}. Together: h(p^(k/m)) = (k/m) h(p).", { root: number(h(Math.sqrt(p))) }),
      tr("A rarer outcome has more information: h falls. Every real x lies between fractions, so h(pˣ) = x h(p) for every x > 0."),
      tr("Write p = e⁻ˣ: h(p) = x h(1/e) = −c ln p with c = h(1/e) > 0. The unit is all that is free: c = 1 nats, c = 1/ln 2 bits."),
    ].forEach((text, k) => write(this.steps[k], text)); // prettier-ignore
  }
}

export default define(
  { class: "entropy", "data-testid": "entropy" },
  (root, channel, activity) => new Entropy(root, channel, activity),
);
