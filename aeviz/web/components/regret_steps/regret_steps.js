// The costs f_t of the counterexample, one after the other: a line over the points from -1 to 1, and on it the point x_t that
// each method has chosen before it knew the line. Python sends points and average regrets of the first steps.

import { element, icon, write } from "../kit/dom.js";
import { Experiment, number, slider } from "../kit/experiment.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { onPage } from "../kit/class_colours.js";
import { ICONS } from "../kit/player.js";
import { Plot } from "../kit/plot.js";
import { isAddressed, tell } from "../kit/told.js";

/** @typedef {{ title: string, colour: string, x: number[], regret: number[] }} Track */

const SLOW = 12; // steps that can be read one by one
const [SLOW_MS, FAST_MS] = [600, 50];
const SETTINGS = /^(costs|compared|slope|memory|first|alpha|horizon|seed)$/; // an address with one has its answer shown
let hasPlayed = false; // by itself, in this visit
let isTold = false; // whether the visitor has seen the end

class RegretSteps extends Experiment {
  /** @param {any} data */
  receive(data) {
    this.tracks = /** @type {Track[]} */ (data.tracks);
    this.slopes = /** @type {number[]} */ (data.slopes); // none where costs are random: each sequence has its own
    this.last = this.tracks[0].x.length;
    this.step = Math.min(this.step ?? 1, this.last);
    super.receive(data);
    if (Boolean(data.asks) === this.asks) return this.redraw();
    this.asks = Boolean(data.asks);
    this.begin();
  }

  /** Stand at the first step while a lesson asks; play once it has asked. */
  begin() {
    const hasAsked = this.step !== undefined && this.bar?.hidden;
    for (const part of [this.bar, this.course?.section]) { // the points by step name the best one
      if (part) part.hidden = Boolean(this.asks);
    }
    if (this.plot) this.plot.section.style.gridColumn = this.asks ? "1 / -1" : "";
    if (this.asks) {
      this.go(1);
      tell("regret", false);
      return;
    }
    this.tell(isTold || isAddressed(SETTINGS));
    if (!hasAsked && (!isTold || hasPlayed)) return;
    if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    hasPlayed = true;
    this.play(true);
  }

  make() {
    const { root } = this;
    const bar = (this.bar = element("div", { class: "bar" }, root));
    this.button = element("button", { type: "button", class: "play" }, bar);
    this.icon = element("span", {}, this.button);
    this.label = element("span", {}, this.button);
    this.button.onclick = () => this.play(!this.timer);
    this.place = slider(bar, tr("step t"), { min: 1, max: 1, step: 1 }, (value) => this.go(value));
    this.shortcut = element("button", { type: "button", text: tr("Show the verdicts") }, bar);
    this.shortcut.onclick = () => this.tell(true);
    const panels = element("div", { class: "panels" }, root);
    this.plot = new Plot(panels, { title: "", label: "", x: [-1.12, 1.12], y: [-1, 1] });
    this.course = new Plot(panels, { title: tr("The point x_t by step t: \u22121 is best, 1 is worst"), label: "", x: [0, 1], y: [-1.12, 1.12] });
    this.words = element("p", { class: "values", role: "status" }, root);
  }

  /** @param {boolean} isNow Whether the page's verdicts are shown, or else its question */
  tell(isNow) {
    isTold = isNow;
    tell("regret", isNow);
    if (this.shortcut) this.shortcut.hidden = isNow;
  }

  /** @param {boolean} isOn */
  play(isOn) {
    clearTimeout(this.timer);
    this.timer = 0;
    if (isOn) {
      if ((this.step ?? 1) >= (this.last ?? 1)) this.step = 1;
      this.wait();
    }
    this.redraw();
  }

  wait() {
    this.timer = window.setTimeout(() => {
      this.step = (this.step ?? 1) + 1;
      if (this.step < (this.last ?? 1)) this.wait();
      else this.timer = 0;
      this.redraw();
    }, (this.step ?? 1) < SLOW ? SLOW_MS : FAST_MS);
  }

  /** @param {number} step */
  go(step) {
    this.play(false);
    this.step = step;
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { plot, course, tracks, slopes, place, words, button, label, step = 1, last = 1 } = this;
    if (!plot || !course || !tracks || !slopes || !place || !words || !button || !label) return;
    const slope = slopes[step - 1] ?? 0;
    const most = 1.6 * Math.max(1, ...slopes.slice(0, 3).map(Math.abs));
    plot.y = [-most, most];
    place.input.max = String(last);
    place.set(step, String(step));
    const factor = slope === -1 ? "−" : localise(String(Number(slope.toFixed(1))).replace("-", "−"));
    const points = tracks.map(({ title, x }) => tr("{title} at {x}", { title, x: number(x[step - 1]) })).join(", ");
    if (slopes.length) plot.describe(tr("Step {step}: cost f(x) = {factor}x. Lower is better.", { step, factor }), tr("Step {step}, cost f(x) = {factor}x: {points}", { step, factor, points }));
    else plot.describe(tr("Step {step}: mean of the points chosen over the sequences.", { step }), tr("Step {step}, mean of the points chosen over the sequences: {points}", { step, points }));
    if (plot.begin(style)) {
      plot.curve([[-1, -slope], [1, slope]], { colour: style.text, width: 2 });
      tracks.forEach(({ x, colour }, k) => {
        const at = x[step - 1];
        plot.dot([at, slope * at], { colour: onPage(colour, this.root), width: 6 + 4 * (tracks.length - 1 - k) });
      });
      plot.end();
    }
    course.x = [0, last];
    course.canvas.setAttribute("aria-label", tr("Points chosen up to step {step}", { step }));
    if (course.begin(style)) {
      tracks.forEach(({ x, colour }, k) => {
        const look = { colour: onPage(colour, this.root), width: 1.5 + 1.5 * (tracks.length - 1 - k) };
        course.curve(x.slice(0, step).map((at, index) => [index + 1, at]), look);
        course.dot([step, x[step - 1]], { ...look, width: 4 });
      });
      course.end();
    }
    if (step === last && !isTold && !this.asks) this.tell(true);
    words.replaceChildren(
      ...tracks.map(({ title, colour, x, regret }) =>
        element("span", { class: "key", style: `--colour:${onPage(colour, this.root)}`, text: this.asks ? `${title}: x = ${number(x[step - 1])}` : tr("{title}: x = {x}, average regret {regret}", { title, x: number(x[step - 1]), regret: number(regret[step - 1]) }) }),
      ),
    );
    const name = this.timer ? tr("Pause") : tr("Play");
    if (label.textContent !== name) {
      write(label, name);
      this.icon?.replaceChildren(icon(this.timer ? ICONS.pause : ICONS.play));
    }
    this.root.dataset.step = String(step);
  }

  close() {
    clearTimeout(this.timer);
    super.close();
  }
}

export default define(
  { class: "experiment regret-steps", "data-testid": "regret_steps" },
  (root, channel, activity) => new RegretSteps(root, channel, activity),
);
