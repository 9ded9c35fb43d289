// The costs f_t of the counterexample, one after the other: a line over the points from -1 to 1, and on it the point x_t that
// each method has chosen before it knew the line. Python sends points and average regrets. Playing shows the first steps one by
// one and then goes on in growing strides, at an even pace over the logarithmic axis of the points by step.

import { element, icon, write } from "../kit/dom.js";
import { Experiment, number, slider } from "../kit/experiment.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { onPage } from "../kit/class_colours.js";
import { ICONS } from "../kit/player.js";
import { Plot } from "../kit/plot.js";
import { Prediction } from "../kit/prediction.js";
import { isAddressed, tell } from "../kit/told.js";

/** @typedef {{ title: string, colour: string, x: Float32Array, regret: Float32Array, means?: Float32Array }} Track */
/** @typedef {import("../kit/plot.js").Pair} Pair */

const PERIOD = 3; // of the deterministic costs
const SLOW = 10; // steps that can be read one by one
const [SLOW_MS, PLAY_MS] = [600, 12_000]; // a step of those, and the whole
const FRAME_MS = 1000; // at most, of a page that was not seen
const SETTINGS = /^(costs|compared|slope|memory|first|alpha|horizon|seed)$/; // an address with one has its answer shown
let hasPlayed = false; // by itself, in this visit
let isTold = false; // whether the visitor has seen the end

/** Means of the last tenth of the steps up to each, of whole periods of the costs. @param {Float32Array} x */
export function meansOf(x) {
  const sums = new Float64Array(x.length + 1);
  x.forEach((at, k) => (sums[k + 1] = sums[k] + at));
  return x.map((_, k) => {
    const count = Math.min(k + 1, PERIOD * Math.max(1, Math.floor((k + 1) / (10 * PERIOD))));
    return (sums[k + 1] - sums[k + 1 - count]) / count;
  });
}

/** When a step is reached, in ms. @param {number} step @param {number} last */
export function timeOf(step, last) {
  const slow = SLOW_MS * (SLOW - 1);
  return step <= SLOW ? SLOW_MS * (step - 1) : slow + ((PLAY_MS - slow) * Math.log(step / SLOW)) / Math.log(last / SLOW);
}

/** The step that is reached after a time. @param {number} time in ms @param {number} last */
export function stepAt(time, last) {
  const slow = SLOW_MS * (SLOW - 1);
  if (time < slow) return 1 + Math.floor(time / SLOW_MS + 1e-6);
  return Math.min(last, Math.floor(SLOW * (last / SLOW) ** ((time - slow) / (PLAY_MS - slow)) + 1e-6));
}

class RegretSteps extends Experiment {
  step = 1;
  asked = ""; // the question, as JSON

  /** @param {any} data */
  receive(data) {
    this.tracks = /** @type {Track[]} */ (data.tracks);
    for (const track of this.tracks) track.means = meansOf(track.x);
    this.slopes = /** @type {Float32Array} */ (data.slopes); // of a period; none where costs are random: each sequence has its own
    this.last = this.tracks[0].x.length;
    this.step = Math.min(this.step, this.last);
    super.receive(data);
    this.question = /** @type {import("../kit/prediction.js").Question | null} */ (data.question);
    if (Boolean(data.asks) !== this.asks) {
      this.asks = Boolean(data.asks);
      this.begin();
    }
    this.arrange();
    this.offer();
    this.redraw();
  }

  /** Random costs differ from sequence to sequence: there is no one line to draw. The points by step name the best one. */
  arrange() {
    const { plot, course, slopes, asks } = this;
    if (!plot || !course) return;
    const isRandom = !slopes?.length;
    plot.section.hidden = isRandom;
    course.section.hidden = !isRandom && Boolean(asks);
    plot.section.style.gridColumn = asks ? "1 / -1" : "";
    course.section.style.gridColumn = isRandom ? "1 / -1" : "";
    write(course.title, isRandom
      ? tr("Mean of x_t over the sequences by step t: \u22121 is best, 1 is worst. Thick line: running mean")
      : tr("The point x_t by step t: \u22121 is best, 1 is worst. Thick line: running mean")); // prettier-ignore
  }

  /** Stand at the first step while a lesson asks; play once it has asked. */
  begin() {
    const hasAsked = this.bar?.hidden;
    for (const part of [this.bar, this.pace]) if (part) part.hidden = Boolean(this.asks);
    if (this.asks) {
      this.go(1);
      tell("regret", false);
      return;
    }
    isTold ||= isAddressed(SETTINGS);
    tell("regret", isTold);
    if (!hasAsked && (!isTold || hasPlayed)) return;
    if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    hasPlayed = true;
    this.play(true);
  }

  /** Ask, or answer where the end is known. Other settings are told at once then, and a former guess does not count for them. */
  offer() {
    const asked = JSON.stringify(this.question ?? null);
    if (this.asked && asked !== this.asked && !isTold) this.go(1); // the steps so far may show the answer to the new one
    this.asked = asked;
    if (!this.asks) this.prediction?.set(this.question ?? null, asked, isTold);
    if (this.prediction && this.asks) this.prediction.node.hidden = this.prediction.answer.hidden = true;
  }

  make() {
    const { root } = this;
    this.prediction = new Prediction(root, () => {
      this.go(1);
      this.play(true);
    }, () => {
      isTold = true;
      this.go(this.last ?? 1);
    });
    const bar = (this.bar = element("div", { class: "bar" }, root));
    this.button = element("button", { type: "button", class: "play" }, bar);
    this.icon = element("span", {}, this.button);
    this.label = element("span", {}, this.button);
    this.button.onclick = () => this.play(!this.timer);
    this.place = slider(bar, tr("step t"), { min: 1, max: 1, step: 1 }, (value) => this.go(value));
    this.pace = element("p", { class: "values" }, root);
    const panels = element("div", { class: "panels course" }, root);
    this.plot = new Plot(panels, { title: "", label: "", x: [-1.25, 1.25], y: [-1, 1] }); // room for whole dots at the ends
    this.course = new Plot(panels, { title: "", label: "", x: [0, 1], y: [-1.25, 1.25], isLogX: true });
    this.words = element("p", { class: "values", role: "status" }, root);
    root.append(this.prediction.answer); // above the verdicts: the plots do not move when it comes
  }

  /** @param {boolean} isOn */
  play(isOn) {
    cancelAnimationFrame(this.timer ?? 0);
    this.timer = 0;
    const { last = 1 } = this;
    if (isOn) {
      if (this.step >= last) this.step = 1;
      let time = timeOf(this.step, last);
      let before = performance.now();
      const advance = (/** @type {number} */ now) => {
        time += Math.max(0, Math.min(FRAME_MS, now - before));
        before = now;
        const step = stepAt(time, last);
        this.timer = step < last ? requestAnimationFrame(advance) : 0;
        if (step !== this.step) this.redraw();
        this.step = step;
      };
      this.timer = requestAnimationFrame(advance);
    }
    this.redraw();
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
    const slope = slopes[(step - 1) % Math.max(1, slopes.length)] ?? 0;
    const most = 1.6 * Math.max(1, ...slopes.map(Math.abs));
    plot.y = [-most, most];
    place.input.max = String(last);
    place.set(step, String(step));
    const factor = slope === -1 ? "−" : localise(String(Number(slope.toFixed(1))).replace("-", "−"));
    const points = tracks.map(({ title, x }) => tr("{title} at {x}", { title, x: number(x[step - 1]) })).join(", ");
    if (slopes.length) plot.describe(tr("Step {step}: cost f(x) = {factor}x. Lower is better.", { step, factor }), tr("Step {step}, cost f(x) = {factor}x: {points}", { step, factor, points }));
    if (plot.begin(style)) {
      plot.curve([[-1, -slope], [1, slope]], { colour: style.text, width: 2 });
      tracks.forEach(({ x, colour }, k) => {
        const at = x[step - 1];
        plot.dot([at, slope * at], { colour: onPage(colour, this.root), width: 6 + 4 * (tracks.length - 1 - k) });
      });
      plot.end();
    }
    if (this.pace) write(this.pace, tr("Play shows {slow} steps one by one and then goes on in growing strides: all {last} take {seconds} seconds.", { slow: SLOW, last: localise(last.toLocaleString("en")), seconds: PLAY_MS / 1000 })); // prettier-ignore
    this.paintCourse(style);
    if (step === last && !isTold && !this.asks) this.prediction?.tell();
    words.setAttribute("aria-live", this.timer ? "off" : "polite"); // not each step on the way
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

  /** The points up to the step: thin and faint; their means above, that of the first method the widest. @param {import("../kit/theme.js").Style} style */
  paintCourse(style) {
    const { course, tracks = [], step = 1, last = 1 } = this;
    if (!course) return;
    const room = 0.04 * Math.log10(last); // for whole dots at the ends
    course.x = [-room, Math.log10(last) + room];
    course.canvas.setAttribute("aria-label", tr("Points chosen up to step {step}", { step }));
    if (!course.begin(style)) return;
    const along = (/** @type {Float32Array} */ values) => Array.from(values.subarray(0, step), (at, k) => /** @type {Pair} */ ([Math.log10(k + 1), at]));
    for (const { x, colour } of tracks) course.curve(along(x), { colour: onPage(colour, this.root), width: 1, alpha: style.isStrong || step <= SLOW ? 0.8 : 0.4 });
    tracks.forEach(({ x, colour, means }, k) => {
      const look = { colour: onPage(colour, this.root), width: 2 + 2 * (tracks.length - 1 - k) };
      if (means && step > SLOW) course.curve(along(means).slice(SLOW - 1), look);
      course.dot([Math.log10(step), x[step - 1]], { ...look, width: 4 + 2 * (tracks.length - 1 - k) });
    });
    course.end();
  }

  close() {
    cancelAnimationFrame(this.timer ?? 0);
    super.close();
  }
}

export default define(
  { class: "experiment regret-steps", "data-testid": "regret_steps" },
  (root, channel, activity) => new RegretSteps(root, channel, activity),
);
