// The losses of one pixel over its output, for a target that is dragged, with their slopes; and the mean losses of one
// constant for the same pixel of several images. Python gets target, output and the images' pixels once a gesture rests.

import { linearTicks } from "../kit/axis.js";
import { line } from "../kit/curves.js";
import { brushOf, element, pixelRatio, resize, write } from "../kit/dom.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { localise, mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { bestConstants, gradients, losses, meanLosses } from "./losses.js";

/** @typedef {{ values: number[], colours: string[] }} Data target, output, then the pixel of several images */
/** @typedef {{ x: number, text: string, colour: string }} Upright a line across the chart */

const NAMES = [mark("squared"), mark("absolute"), mark("cross-entropy")];
const STEPS = 400;
const TOP = 2.5; // of the loss
const [LEFT, RIGHT, UP, DOWN] = [34, 10, 20, 24]; // margins

/** @param {number} value */
const number = (value) => (Number.isFinite(value) ? localise(value.toFixed(2).replace(/^-(?=0\.00$)/, "").replace("-", "−")) : "∞"); // prettier-ignore

/** Losses with their names. @param {readonly number[]} values */
const named = (values) => values.map((value, k) => `${tr(NAMES[k])} ${number(value)}`).join(", ");

class Chart {
  /** @param {Element} parent @param {(x: number, isFirst: boolean) => void} dragged @param {() => void} dropped */
  constructor(parent, dragged, dropped) {
    this.stage = element("div", { class: "chart" }, parent);
    this.canvas = element("canvas", { role: "img", title: tr("Drag a line") }, this.stage);
    this.held = false;
    const at = (/** @type {PointerEvent} */ event) => {
      const box = this.canvas.getBoundingClientRect();
      return Math.max(0, Math.min(1, (event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT)));
    };
    this.canvas.onpointerdown = (event) => {
      event.preventDefault();
      this.canvas.setPointerCapture(event.pointerId);
      this.held = true;
      dragged(at(event), true);
    };
    this.canvas.onpointermove = (event) => this.held && dragged(at(event), false);
    this.canvas.onpointerup = this.canvas.onpointercancel = () => {
      if (this.held) dropped();
      this.held = false;
    };
  }

  /**
   * @param {(x: number) => number[]} curves
   * @param {{ colours: string[], style: import("../kit/theme.js").Style, uprights: Upright[], dots: { x: number, y: number, slope?: number, colour: string }[], below: number[] }} look
   */
  draw(curves, { colours, style, uprights, dots, below }) {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (width < 60 || height < 60) return;
    const ratio = pixelRatio();
    resize(this.canvas, Math.round(width * ratio), Math.round(height * ratio));
    const brush = brushOf(this.canvas, this.canvas.width / width);
    brush.clearRect(0, 0, width, height);
    const bottom = height - DOWN;
    const x = (/** @type {number} */ value) => LEFT + (width - LEFT - RIGHT) * value;
    const y = (/** @type {number} */ value) => bottom - ((bottom - UP) * value) / TOP;
    brush.font = style.font;
    brush.fillStyle = brush.strokeStyle = style.text;
    brush.textBaseline = "middle";
    brush.textAlign = "right";
    for (const tick of linearTicks(0, TOP, 5)) {
      brush.globalAlpha = tick === 0 ? 0.5 : 0.12;
      line(brush, LEFT, y(tick), width - RIGHT, y(tick));
      brush.globalAlpha = style.isStrong ? 1 : 0.75;
      brush.fillText(localise(String(Number(tick.toFixed(2)))), LEFT - 5, y(tick));
    }
    brush.textAlign = "center";
    brush.textBaseline = "top";
    for (const tick of [0, 0.25, 0.5, 0.75, 1]) brush.fillText(localise(String(tick)), x(tick), bottom + 6);
    brush.globalAlpha = 1;
    for (const { x: at, text, colour } of uprights) {
      brush.strokeStyle = brush.fillStyle = colour;
      brush.lineWidth = 1.5;
      brush.setLineDash([4, 3]);
      line(brush, x(at), UP, x(at), bottom);
      brush.setLineDash([]);
      brush.textAlign = at > 0.85 ? "right" : at < 0.15 ? "left" : "center";
      brush.textBaseline = "bottom";
      brush.fillText(text, x(at), UP - 3);
    }
    brush.save();
    brush.beginPath();
    brush.rect(LEFT, UP - 2, width - LEFT - RIGHT, bottom - UP + 4);
    brush.clip();
    brush.lineWidth = style.isStrong ? 3.5 : 2.5;
    const points = Array.from({ length: STEPS + 1 }, (_, k) => curves(k / STEPS));
    colours.forEach((colour, n) => {
      brush.strokeStyle = colour;
      brush.setLineDash([[], [8, 4], [2, 3]][n]);
      brush.beginPath();
      points.forEach((values, k) => Number.isFinite(values[n]) && brush.lineTo(x(k / STEPS), y(Math.min(values[n], 2 * TOP))));
      brush.stroke();
      brush.setLineDash([]);
    });
    for (const { x: at, y: value, slope, colour } of dots) {
      brush.fillStyle = brush.strokeStyle = colour;
      brush.lineWidth = 1.5;
      if (slope !== undefined && Number.isFinite(slope)) {
        const reach = 0.14 / Math.hypot(1, slope / TOP);
        line(brush, x(at - reach), y(value - reach * slope), x(at + reach), y(value + reach * slope));
      }
      brush.beginPath();
      brush.arc(x(at), y(value), 5, 0, 2 * Math.PI);
      brush.fill();
    }
    brush.restore();
    brush.fillStyle = style.text;
    for (const at of below) {
      brush.beginPath();
      brush.arc(x(at), bottom, 4.5, 0, 2 * Math.PI);
      brush.fill();
    }
  }
}

class PixelLoss {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    /** @type {number[]} */
    this.values = [];
    /** @type {string[]} */
    this.colours = [];
    this.frame = 0;
    this.moved = 0; // place of the number that a pointer drags
    this.kept = new KeptNumbers(channel, activity, () => this.values);
    const first = element("section", { class: "part", "aria-label": tr("Losses over the output") }, root);
    element("h4", { text: tr("Loss over the output y, for a target t: drag either") }, first);
    this.single = new Chart(first, (x, isFirst) => this.drag(x, isFirst, 0, 2), () => this.kept.start()); // prettier-ignore
    /** @type {HTMLInputElement[]} */
    this.sliders = [];
    const bar = element("div", { class: "bar" }, first);
    this.slider(bar, "t", tr("Target t"));
    this.slider(bar, "y", tr("Output y"));
    this.table = element("table", { class: "values" }, first);
    this.rows = NAMES.map((name) => {
      const row = element("tr", {}, this.table);
      return { title: element("th", { text: tr(name) }, row), loss: element("td", {}, row), slope: element("td", {}, row) };
    });
    this.least = element("p", { class: "values" }, first);
    const second = element("section", { class: "part", "aria-label": tr("The best constant") }, root);
    element("h4", { text: tr("Mean loss of a constant, for a pixel of five images: drag the dots") }, second);
    this.several = new Chart(second, (x, isFirst) => this.drag(x, isFirst, 2, this.values.length), () => this.kept.start()); // prettier-ignore
    this.pixels = element("div", { class: "bar" }, second);
    this.best = element("p", { class: "values lead", role: "status" }, second);
    this.note = element("p", { class: "values" }, second);
    this.unwatch = watchLooks(root, () => this.redraw());
  }

  /** @param {Element} parent @param {string} text @param {string} label */
  slider(parent, text, label) {
    const holder = element("label", {}, parent);
    element("span", { text }, holder);
    const input = element("input", { type: "range", min: "0", max: "1", step: "0.01", "aria-label": label }, holder);
    const at = this.sliders.push(input) - 1;
    input.oninput = () => {
      this.values[at] = Number(input.value);
      this.redraw();
      this.kept.start();
    };
  }

  /** @param {Data} data */
  receive({ values, colours }) {
    this.colours = colours;
    while (this.sliders.length < values.length) this.slider(this.pixels, "", tr("Pixel of image {number}", { number: this.sliders.length - 1 }));
    if (!this.kept.isNews(values, this.single.held || this.several.held)) return;
    this.values = [...values];
    this.redraw();
  }

  /** Move the number that is nearest to where a drag begins. @param {number} x @param {boolean} isFirst @param {number} from @param {number} to */
  drag(x, isFirst, from, to) {
    if (isFirst) {
      const far = (/** @type {number} */ k) => Math.abs(this.values[k] - x);
      this.moved = from;
      for (let k = from; k < to; k += 1) if (far(k) < far(this.moved)) this.moved = k;
    }
    this.values[this.moved] = Math.round(100 * x) / 100;
    this.redraw();
  }

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    if (!this.values.length || !this.root.isConnected) return;
    const { colours } = this;
    const [t, y, ...pixels] = this.values;
    const style = styleOf(this.root);
    const [found, slopes] = [losses(t, y), gradients(t, y)];
    this.sliders.forEach((slider, k) => {
      slider.value = String(this.values[k]);
      slider.setAttribute("aria-valuetext", number(this.values[k]));
    });
    const dots = found.map((value, k) => ({ x: y, y: value, slope: slopes[k], colour: colours[k] }));
    this.single.draw((x) => losses(t, x), { colours, style, dots, below: [], uprights: [
      { x: t, text: `t = ${number(t)}`, colour: style.text }, { x: y, text: Math.abs(t - y) < 0.12 ? "" : `y = ${number(y)}`, colour: style.text },
    ] }); // prettier-ignore
    const live = [
      `(y − t)² = (${number(y)} − ${number(t)})² = ${number(found[0])}`, `|y − t| = ${number(found[1])}`,
      `−t ln y − (1 − t) ln(1 − y) = ${number(found[2])}`,
    ]; // prettier-ignore
    const rules = ["2(y − t)", "sign(y − t)", "(y − t) / (y(1 − y))"];
    this.rows.forEach(({ title, loss, slope }, k) => {
      title.style.setProperty("--colour", colours[k]);
      write(loss, live[k]);
      write(slope, tr("slope {rule} = {value}", { rule: rules[k], value: number(slopes[k]) }));
    });
    const entropy = losses(t, t)[2];
    write(this.least, tr("Least at y = t: 0, 0, and the entropy of t, {entropy}; above it the cross-entropy is a KL divergence, {divergence}.", { entropy: number(entropy), divergence: number(found[2] - entropy) }));
    const best = bestConstants(pixels);
    const least = best.map((constant, k) => meanLosses(pixels, constant)[k]);
    const marks = best.map((constant, k) => ({ x: constant, y: least[k], colour: colours[k] }));
    const isClose = Math.abs(best[0] - best[1]) < 0.2;
    this.several.draw((x) => meanLosses(pixels, x), { colours, style, dots: marks, below: pixels, uprights: [
      { x: best[0], text: isClose ? "" : tr("mean"), colour: colours[0] }, { x: best[1], text: isClose ? "" : tr("median"), colour: colours[1] },
    ] }); // prettier-ignore
    write(this.best, tr("Squared error prefers the mean {mean}, absolute error the median {median}, cross-entropy the mean again.", { mean: number(best[0]), median: number(best[1]) }));
    write(this.note, tr("Least mean losses: {losses}. A decoder that cannot tell these images apart gives this grey: blur under squared error, one of the images' own values under absolute error.", { losses: named(least) }));
    this.single.canvas.setAttribute("aria-label", tr("Losses at output {y} for target {t}: {losses}", { y: number(y), t: number(t), losses: named(found) }));
    this.several.canvas.setAttribute("aria-label", tr("Mean losses over a constant; mean {mean}, median {median}", { mean: number(best[0]), median: number(best[1]) }));
    this.root.dataset.losses = found.map((value) => value.toFixed(4)).join(" ");
    this.root.dataset.best = best.map((value) => value.toFixed(3)).join(" ");
  }

  close() {
    this.unwatch();
    this.kept.stop();
    cancelAnimationFrame(this.frame);
  }
}

export default define(
  { class: "experiment pixel", "data-testid": "pixel-loss" },
  (root, channel, activity) => new PixelLoss(root, channel, activity),
);
