// Validation errors of compared optimizers, played over the epochs. Verdict, intervals and table belong to the epoch that is
// shown; strips below the curves tell at which epochs a difference is shown. A question comes first: until the visitor has
// seen the end, curves and strips grow with the epochs, and the future stays hidden.

import { element, icon, write } from "../kit/dom.js";
import { Experiment, number, slider } from "../kit/experiment.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { onPage } from "../kit/class_colours.js";
import { ICONS } from "../kit/player.js";
import { Plot } from "../kit/plot.js";
import { Prediction } from "../kit/prediction.js";
import { isAddressed } from "../kit/told.js";
import { gapAt, history, isLone, meanAt, outlook, percent, stretches, subject, verdict } from "./verdict.js";

/** @typedef {import("./verdict.js").Line} Line */
/** @typedef {import("../kit/plot.js").Pair} Pair */
/** @typedef {{ bar: HTMLElement, error: HTMLElement, gap: HTMLElement, seeds: HTMLElement, dots: HTMLElement[], mean: HTMLElement }} Row of the table, and of the trainings as dots */

const PLAY_MS = 9000; // from the first epoch to the last
const SLOWEST_MS = 250; // an epoch at most
const BEGUN = 6; // a question comes after so large a part of the epochs: one in six
const ROOM = 0.025; // beside the first and the last epoch, of what lies between: the dots are whole
const SETTINGS = /^(epoch|comparison|part|why|left|right|of|aligned)$/; // an address with one shows the end
/** @type {Set<string>} */
const told = new Set(); // questions whose end the visitor has seen

/**
 * How far single trainings lie from the first optimizer's mean, as a share of it: nine in ten of all epochs do not lie farther.
 * @param {Line[]} lines @param {number} epochs
 */
function spreadOf(lines, epochs) {
  const shares = lines.flatMap(({ errors }) => Array.from(errors, (error, k) => Math.abs(error / meanAt(lines[0], (k % epochs) + 1, epochs) - 1)));
  shares.sort((a, b) => a - b);
  return Math.max(0.01, shares[Math.floor(0.9 * (shares.length - 1))] ?? 0);
}

/** @param {Line} line @param {number} mean @param {number} epoch @param {number} epochs */
function seedWords({ title, errors }, mean, epoch, epochs) {
  const those = Array.from({ length: errors.length / epochs }, (_, seed) => errors[seed * epochs + epoch - 1]);
  return tr("{title}: {low} to {high}, mean {mean}", { title, low: number(Math.min(...those), 4), high: number(Math.max(...those), 4), mean: number(mean, 4) });
}

/** A count with two digits that count. @param {number} value */
const roughly = (value) => localise(Number(value.toPrecision(2)).toLocaleString("en"));

class OptimizerEpochs extends Experiment {
  /** @param {any} data */
  receive(data) {
    const isFirst = !this.lines;
    const before = isFirst ? 1 : this.epoch;
    this.lines = /** @type {Line[]} */ (data.lines);
    this.epochs = Number(data.epochs);
    this.most = Number(data.mostSeeds);
    this.ends = /** @type {Pair} */ (data.ends);
    super.receive(data);
    if (this.caveat) write(this.caveat, String(data.caveat));
    this.fill();
    const isNew = this.ask(data.question, isFirst && isAddressed(SETTINGS));
    if (!isNew && !this.isTold) this.values = [before]; // the same once more, such as after a change of the theme
    this.redraw();
  }

  /** Returns whether the question is new. @param {import("../kit/prediction.js").Question | null} question @param {boolean} isAddressed */
  ask(question, isAddressed) {
    const { prediction } = this;
    if (!prediction) return true;
    const key = JSON.stringify(question);
    if (isAddressed) told.add(key);
    const isNew = key !== prediction.key;
    prediction.set(question, key, told.has(key));
    if (isNew && question && !prediction.isTold) {
      this.halt(); // the address does not learn of it: with an epoch it would tell the answer
      this.values = [this.begun];
    }
    return isNew;
  }

  /** Whether the end is known, or nothing is asked. */
  get isTold() {
    return !this.prediction?.question || this.prediction.isTold;
  }

  /** The epoch at which a question begins: what the trainings have done by then is seen. */
  get begun() {
    return Math.max(1, Math.round((this.epochs ?? 1) / BEGUN));
  }

  get epoch() {
    return Math.min(this.values[0] ?? 1, this.epochs ?? 1);
  }

  make() {
    const { root } = this;
    this.prediction = new Prediction(root, () => this.play(true), () => {
      told.add(this.prediction?.key ?? "");
      this.go(this.epochs ?? 1);
      this.redraw();
    });
    this.lead = element("p", { class: "verdict", role: "status" }, root);
    const bar = element("div", { class: "bar" }, root);
    this.button = element("button", { type: "button", class: "play" }, bar);
    this.icon = element("span", {}, this.button);
    this.label = element("span", {}, this.button);
    this.button.onclick = () => this.play(!this.timer);
    this.place = slider(bar, tr("Epoch"), { min: 1, max: 1, step: 1 }, (value) => this.go(value));
    const body = element("div", { class: "panels first" }, root);
    this.plot = new Plot(element("div", { class: "stack" }, body), { title: tr("Validation error (MSE). Thin line: one training (a seed sets its initial weights and batches). Thick line: mean"), label: "", x: [1, 2], y: [-1, 1], isLog: true }); // prettier-ignore
    const card = element("div", { class: "card" }, body);
    this.title = element("h2", {}, card);
    this.seeds = element("div", { class: "seeds", role: "img" }, card);
    this.look = element("p", { class: "lead" }, card);
    this.caveat = element("p", { class: "caveat" }, card);
    const how = element("details", {}, card);
    element("summary", { text: tr("Numbers, and how they are computed") }, how);
    this.table = element("table", {}, how);
    this.short = element("p", { class: "values" }, how);
    this.note = element("p", { class: "values" }, how);
    this.strips = element("div", { class: "strips" }, body); // on a phone below the dots, which tell more
    const { stage } = this.plot;
    stage.onpointerdown = (event) => {
      stage.setPointerCapture(event.pointerId);
      this.go(this.under(event));
    };
    stage.onpointermove = (event) => event.buttons && this.go(this.under(event));
  }

  /** The epoch under the pointer. @param {PointerEvent} event */
  under(event) {
    const at = this.plot?.pointUnder(event)[0] ?? 1;
    return Math.max(1, Math.min(this.epochs ?? 1, Math.round(at)));
  }

  /** Lay out what only the lines decide: the strips and the rows of the table. */
  fill() {
    const { lines, epochs = 1, strips, table, plot, place, ends, look, note } = this;
    if (!lines || !strips || !table || !plot || !place || !ends || !look || !note) return;
    const [first, ...others] = lines;
    const hasSeeds = first.errors.length > epochs;
    const room = ROOM * Math.max(1, epochs - 1);
    plot.x = [1 - room, Math.max(2, epochs) + room];
    plot.first = 1;
    const [low, high] = [Math.log10(ends[0]), Math.log10(ends[1])];
    plot.y = [low - 0.05 * (high - low) - 1e-3, high + 0.05 * (high - low) + 1e-3];
    place.input.max = String(epochs);
    strips.replaceChildren();
    /** @type {HTMLElement[]} */
    this.cursors = [];
    /** @type {HTMLElement[]} */
    this.tracks = [];
    /** @type {HTMLElement[]} */
    this.histories = [];
    if (hasSeeds) {
      const key = element("p", { text: `${tr("Lower error by epoch:")} ` }, strips);
      for (const { title, colour } of lines) element("span", { class: "key", style: `--colour:${onPage(colour, this.root)}`, text: title }, key);
      element("span", { class: "key none", text: tr("too few seeds to tell") }, key);
    }
    for (const line of hasSeeds ? others : []) {
      const words = element("p", {}, strips);
      element("b", { text: `${line.title}: ` }, words);
      this.histories.push(element("span", { text: history(line, first.title, epochs) }, words));
      const track = element("div", { class: "track", "aria-hidden": "true" }, strips);
      for (const { side, from, to } of stretches(line, epochs)) {
        if (!side) continue;
        const share = (/** @type {number} */ epoch) => (100 * Math.max(0, epoch - 1)) / Math.max(1, epochs - 1);
        const colour = onPage(side > 0 ? first.colour : line.colour, this.root);
        element("i", { style: `left:${share(from - 0.5)}%;right:${100 - Math.min(100, share(to + 0.5))}%;background:${colour}` }, track); // prettier-ignore
      }
      this.cursors.push(element("u", {}, track));
      this.tracks.push(track);
    }
    table.replaceChildren();
    const head = element("tr", {}, element("thead", {}, table));
    for (const text of ["", tr("mean error"), tr("difference from {title}", { title: first.title })]) element("th", { text, scope: "col" }, head);
    const hint = tr("For each optimizer: so many would show this difference in 80 of 100 such comparisons, if difference and spread stay.");
    element("th", { text: tr("seeds needed"), scope: "col", title: hint }, head);
    const body = element("tbody", {}, table);
    this.spread = spreadOf(lines, epochs);
    const points = this.fillSeeds();
    this.rows = lines.map((line, k) => {
      const row = element("tr", {}, body);
      const name = element("th", { scope: "row" }, row);
      element("span", { class: "key", style: `--colour:${onPage(line.colour, this.root)}`, text: line.title }, name);
      const error = element("td", {}, row);
      const gap = element("td", {}, row);
      const seeds = element("td", {}, row);
      const below = element("tr", { class: "below" }, body);
      const cell = element("td", { colspan: "4" }, below);
      const bar = element("div", { class: "interval", "aria-hidden": "true" }, cell);
      below.hidden = line === first || !hasSeeds;
      return { bar, error, gap, seeds, ...points[k] };
    });
    const words = hasSeeds ? outlook(lines, epochs) : "";
    write(look, words);
    if (this.short) write(this.short, hasSeeds ? tr("Where a bar is grey, other seeds might reverse the difference.") : "");
    this.reach = hasSeeds ? this.farthest(others, first) : 1;
    write(note, hasSeeds
      ? tr("Bars: 95 % intervals (Welch) in % of {title}'s error. A grey bar holds 0. Without any difference, a bar leaves out 0 in one case in twenty; neighbouring epochs do so together. Seeds needed: for each optimizer, to show the difference with a chance of 80 %, if difference and spread stay (Cohen 1988).", { title: first.title })
      : tr("One run each gives no spread, so nothing tells a difference from chance.")); // prettier-ignore
  }

  /** Lay out a row of dots for each optimizer, a dot a training. */
  fillSeeds() {
    const { lines = [], epochs = 1, seeds, spread = 1 } = this;
    seeds?.replaceChildren();
    const rows = lines.map(({ title, colour, errors }) => {
      const row = element("div", { style: `--colour:${onPage(colour, this.root)}` }, seeds);
      element("span", { class: "key", text: title }, row);
      const track = element("div", { class: "places" }, row);
      const mean = element("u", {}, track);
      return { mean, dots: Array.from({ length: errors.length / epochs }, () => element("i", {}, track)) };
    });
    const ends = element("div", { class: "ends" }, seeds);
    element("span", { text: tr("A dot: one training. Line: their mean.") }, ends);
    const scale = element("div", { class: "places" }, ends);
    for (const text of [`−${percent(spread, 1)}`, tr("mean of {title}", { title: lines[0]?.title ?? "" }), `+${percent(spread, 1)}`]) element("span", { text }, scale);
    return rows;
  }

  /** The largest share of the first's error that nine in ten intervals reach. @param {Line[]} others @param {Line} first */
  farthest(others, first) {
    const epochs = this.epochs ?? 1;
    const ends = others.flatMap((line) =>
      Array.from({ length: epochs }, (_, k) => {
        const { difference, half } = gapAt(line, k + 1);
        return (Math.abs(difference) + half) / meanAt(first, k + 1, epochs);
      }),
    );
    ends.sort((a, b) => a - b);
    return ends[Math.floor(0.95 * (ends.length - 1))] || 1;
  }

  /** @param {boolean} isOn */
  play(isOn) {
    const { epochs = 1 } = this;
    this.halt();
    if (isOn) {
      const lasts = Math.min(PLAY_MS, SLOWEST_MS * epochs);
      const from = this.epoch >= epochs ? 1 : this.epoch;
      const begin = performance.now() - (lasts * (from - 1)) / Math.max(1, epochs - 1);
      const step = () => {
        const share = Math.min(1, (performance.now() - begin) / lasts);
        this.values = [1 + Math.round(share * (epochs - 1))];
        this.timer = share < 1 ? requestAnimationFrame(step) : 0;
        if (!this.timer) this.rest();
        this.redraw();
      };
      this.activity.mark("playing", true);
      step();
    } else this.rest();
    this.redraw();
  }

  halt() {
    cancelAnimationFrame(this.timer ?? 0);
    this.timer = 0;
    this.activity.mark("playing", false);
  }

  /** Playing is over: the address learns where. */
  rest() {
    this.activity.mark("playing", false);
    this.kept.start();
  }

  /** @param {number} epoch */
  go(epoch) {
    if (this.timer) this.play(false);
    if (epoch !== this.epoch) this.change({ 0: epoch });
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { lines, epochs = 1, epoch, place, lead, label, cursors = [] } = this;
    if (!lines || !place || !lead || !label) return;
    const text = this.isTold ? verdict(lines, epoch, epochs) : subject(lines, epoch, epochs);
    lead.setAttribute("aria-live", this.timer ? "off" : "polite"); // not each epoch on the way
    write(lead, text);
    place.set(epoch, tr("{count} of {all}", { count: epoch, all: epochs }));
    this.paintCurves(style, text);
    if (epoch === epochs) this.prediction?.tell();
    this.paintTable();
    const at = `${(100 * (epoch - 1)) / Math.max(1, epochs - 1)}%`;
    for (const cursor of cursors) cursor.style.left = at;
    const { isTold } = this;
    const seen = isTold ? "" : "hidden";
    if (this.caveat) this.caveat.hidden = !isTold;
    if (this.look) this.look.hidden = !isTold || !this.look.textContent;
    if (this.strips) this.strips.style.visibility = isTold || this.timer || epoch > 1 ? "" : "hidden"; // which keeps their room
    for (const words of this.histories ?? []) words.style.visibility = seen;
    for (const track of this.tracks ?? []) track.style.clipPath = isTold ? "" : `inset(-0.2rem calc(100% - ${at} - 1px) -0.2rem -1px)`;
    const name = this.timer ? tr("Pause") : tr("Play");
    if (label.textContent !== name) {
      write(label, name);
      this.icon?.replaceChildren(icon(this.timer ? ICONS.pause : ICONS.play));
    }
    this.root.dataset.epoch = String(epoch);
  }

  /** @param {import("../kit/theme.js").Style} style @param {string} text */
  paintCurves(style, text) {
    const { lines, epochs = 1, epoch, plot } = this;
    if (!lines || !plot) return;
    plot.canvas.setAttribute("aria-label", tr("Validation errors over {epochs} epochs. {text}", { epochs, text }));
    if (!plot.begin(style)) return;
    for (const isPast of this.isTold ? [false, true] : [true]) {
      const range = isPast ? [1, epoch] : [epoch, epochs];
      const length = range[1] - range[0] + 1;
      const faint = isPast || style.isStrong ? 1 : 0.25;
      for (const { errors, colour } of lines) {
        for (let seed = 0; seed < errors.length / epochs && errors.length > epochs; seed += 1) {
          const points = Array.from({ length }, (_, k) => /** @type {Pair} */ ([range[0] + k, Math.log10(errors[seed * epochs + range[0] + k - 1])]));
          plot.curve(points, { colour: onPage(colour, this.root), width: 1, alpha: 0.5 * faint });
        }
      }
      for (const line of lines) {
        const points = Array.from({ length }, (_, k) => /** @type {Pair} */ ([range[0] + k, Math.log10(meanAt(line, range[0] + k, epochs))]));
        plot.curve(points, { colour: onPage(line.colour, this.root), width: 3, dash: line.dash, alpha: faint });
      }
    }
    plot.curve([[epoch, plot.y[0]], [epoch, plot.y[1]]], { colour: style.text, width: 1.5 });
    for (const line of lines) {
      const at = /** @type {Pair} */ ([epoch, Math.log10(meanAt(line, epoch, epochs))]);
      plot.dot(at, { colour: style.background, width: 7 });
      plot.dot(at, { colour: onPage(line.colour, this.root), width: 5 });
    }
    plot.end();
  }

  paintTable() {
    const { lines, rows, epochs = 1, epoch, title, reach = 1, most = 1, spread = 1 } = this;
    if (!lines || !rows || !title) return;
    write(title, tr("After epoch {epoch}", { epoch }));
    const means = lines.map((line) => meanAt(line, epoch, epochs));
    this.seeds?.setAttribute("aria-label", tr("Errors of single trainings after epoch {epoch}. {means}", { epoch, means: lines.map((line, k) => seedWords(line, means[k], epoch, epochs)).join("; ") }));
    const place = (/** @type {number} */ value) => `${Math.max(0, Math.min(100, 50 + (50 * (value / means[0] - 1)) / spread))}%`;
    lines.forEach((line, k) => {
      const { bar, error, gap, seeds, dots, mean } = rows[k];
      mean.style.left = place(means[k]);
      dots.forEach((dot, seed) => (dot.style.left = place(line.errors[seed * epochs + epoch - 1])));
      write(error, number(means[k], 4));
      if (!k) return;
      const found = gapAt(line, epoch);
      const isKnown = Number.isFinite(found.half);
      const sign = found.difference > 0 ? "+" : "";
      write(gap, `${sign}${percent(found.difference, means[0])}${isKnown ? ` ± ${percent(found.half, means[0])}` : ""}`);
      write(seeds, !isKnown ? "–" : this.isTold && isLone(line, epoch, epochs) ? tr("may be chance") : found.side ? tr("shown") : found.seeds > most ? `> ${localise(most.toLocaleString("en"))}` : tr("about {count}", { count: roughly(found.seeds) }));
      const share = (/** @type {number} */ value) => Math.max(0, Math.min(100, 50 + (50 * value) / (means[0] * reach)));
      const [low, middle, high] = [found.difference - found.half, found.difference, found.difference + found.half].map(share);
      bar.style.cssText = `--low:${low}%;--middle:${middle}%;--high:${100 - high}%`;
      bar.classList.toggle("open", !found.side);
    });
  }

  close() {
    cancelAnimationFrame(this.timer ?? 0);
    super.close();
  }
}

export default define(
  { class: "experiment optimizer-epochs", "data-testid": "optimizer_epochs" },
  (root, channel, activity) => new OptimizerEpochs(root, channel, activity),
);
