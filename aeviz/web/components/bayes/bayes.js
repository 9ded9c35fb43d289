// A student's probability θ of a perfect score: a Beta prior, exams that the visitor adds, and the posterior, with the next
// exam as Bayes and as maximum likelihood predict it. The posterior can be made the next prior.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, number, slider } from "../kit/experiment.js";
import { localise, mark, tr, trc } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { betaDensity, evidence, predicted } from "./beta.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [2, 8, 3, 0];
const [A, B, GOOD, BAD] = [0, 1, 2, 3];
const [LEAST, LARGEST] = [0.5, 99]; // of a and b
const MOST = 50; // exams of a kind
const PRIORS = /** @type {[string, number, number][]} */ ([
  [mark("perfect scores are rare: Beta(2, 8)"), 2, 8],
  [mark("uniform: Beta(1, 1)"), 1, 1],
  [mark("about even: Beta(10, 10)"), 10, 10],
  [mark("a good student: Beta(8, 2)"), 8, 2],
]);
const PLACES = Array.from({ length: 399 }, (_, k) => (k + 1) / 400);

class Bayes extends Experiment {
  make() {
    this.plot = new Plot(this.root, { title: "", label: "", x: [0, 1], y: [0, 1] });
    const card = element("section", { class: "card", "aria-label": tr("Prior and exams") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.prior = choice(bar, tr("Prior"), [...PRIORS.map(([name]) => tr(name)), trc("a prior", "own")], (index) => {
      if (PRIORS[index]) this.change({ [A]: PRIORS[index][1], [B]: PRIORS[index][2] });
    });
    const range = { min: LEAST, max: 30, step: 0.5 };
    this.sliders = [A, B].map((at) => slider(card, at === A ? "a" : "b", range, (value) => this.change({ [at]: value })));
    const exams = element("div", { class: "bar" }, card);
    this.good = button(exams, tr("+ perfect score"), tr("One more perfect exam"), () => this.change({ [GOOD]: limit(this.values[GOOD] + 1, 0, MOST) }));
    this.bad = button(exams, tr("+ not perfect"), tr("One more exam that is not perfect"), () => this.change({ [BAD]: limit(this.values[BAD] + 1, 0, MOST) }));
    button(exams, tr("No exams"), tr("Take all exams away"), () => this.change({ [GOOD]: 0, [BAD]: 0 }));
    const acts = element("div", { class: "bar" }, card);
    this.next = button(acts, tr("Posterior → prior"), tr("The posterior becomes the prior of the next exams"), () => {
      this.change({ [A]: this.values[A] + this.values[GOOD], [B]: this.values[B] + this.values[BAD], [GOOD]: 0, [BAD]: 0 });
    });
    button(acts, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    element("p", { class: "formula lead", role: "math", text: "p(θ|D) = p(D|θ) p(θ) / p(D)" }, card);
    this.rule = element("p", { class: "values" }, card);
    this.evidence = element("p", { class: "values" }, card);
    element("p", { class: "formula lead", role: "math", text: tr("p(next perfect | D) = (a + s) / (a + b + n)") }, card);
    this.bayes = element("p", { class: "verdict", role: "status" }, card);
    this.share = element("p", { class: "values" }, card);
    this.mle = element("p", { class: "values" }, card);
  }

  /** @param {Style} style */
  paint(style) {
    const { plot, colours } = this;
    const [a, b, s, f] = this.values;
    if (!plot) return;
    const prior = PLACES.map((x) => betaDensity(x, a, b));
    const posterior = PLACES.map((x) => betaDensity(x, a + s, b + f));
    const chance = PLACES.map((x) => x ** s * (1 - x) ** f);
    const highest = Math.max(...prior.slice(2, -2), ...posterior.slice(2, -2), 1);
    plot.y = [0, 1.08 * Math.min(highest, 20)];
    const most = s + f ? (s / (s + f)) ** s * (f / (s + f)) ** f : 1;
    const mean = predicted(a, b, s, f);
    if (plot.begin(style)) {
      const pairs = (/** @type {number[]} */ heights) => PLACES.map((x, k) => /** @type {Pair} */ ([x, heights[k]]));
      const scaled = chance.map((value) => (0.9 * plot.y[1] * value) / most);
      plot.curve(pairs(scaled), { colour: style.text, width: 1.6, dash: [3, 4] });
      plot.curve(pairs(prior), { colour: colours.first, width: 2.2, dash: [8, 4] });
      plot.curve(pairs(posterior), { colour: colours.second, width: 2.8 });
      plot.curve([[mean, 0], [mean, plot.y[1]]], { colour: colours.second, width: 1.4, dash: [2, 3] }); // prettier-ignore
      plot.write(tr("mean of the posterior"), [mean, 0.93 * plot.y[1]], { colour: style.text }, mean > 0.6 ? "right" : "left");
      plot.end();
    }
    const words = tr("Prior Beta({a}, {b}), posterior Beta({c}, {d}) with mean {mean}", { a: number(a, 1), b: number(b, 1), c: number(a + s, 1), d: number(b + f, 1), mean: number(mean, 3) });
    plot.describe(tr("Densities over θ: prior (dashed), posterior (solid), likelihood (dotted, scaled)"), words);
    this.showCard(a, b, s, f);
  }

  /** @param {number} a @param {number} b @param {number} s @param {number} f */
  showCard(a, b, s, f) {
    const n = s + f;
    const mean = predicted(a, b, s, f);
    const known = PRIORS.findIndex(([, first, second]) => first === a && second === b);
    if (this.prior) this.prior.value = String(known < 0 ? PRIORS.length : known);
    this.sliders?.forEach((part, k) => part.set(this.values[k], number(this.values[k], 1)));
    if (this.good) this.good.disabled = s >= MOST;
    if (this.bad) this.bad.disabled = f >= MOST;
    if (this.next) this.next.disabled = !n || a + s > LARGEST || b + f > LARGEST;
    if (!this.rule || !this.evidence || !this.bayes || !this.mle || !this.share) return;
    write(this.rule, tr("n = {n} exams, s = {s} perfect: Beta({a}, {b}) → Beta({a} + {s}, {b} + {f})", { n, s, f, a: number(a, 1), b: number(b, 1) }));
    const total = evidence(a, b, s, f);
    write(this.evidence, `p(D) = ∫ p(D|θ) p(θ) dθ = ${total < 0.001 ? localise(total.toExponential(2)).replace("-", "−") : number(total, 4)}`);
    write(this.bayes, `Bayes: (${number(a, 1)} + ${s}) / (${number(a + b, 1)} + ${n}) = ${number(mean, 3)}`);
    write(this.mle, n ? tr("Maximum likelihood: s / n = {s} / {n} = {share}", { s, n, share: number(s / n, 3) }) : tr("Maximum likelihood: undefined without exams"));
    const weight = n / (a + b + n);
    write(this.share, n ? tr("= {rest} · prior mean {prior} + {weight} · s/n {share}", { rest: number(1 - weight), prior: number(a / (a + b), 3), weight: number(weight), share: number(s / n, 3) }) : tr("= prior mean {prior}", { prior: number(a / (a + b), 3) }));
    this.root.dataset.predicted = mean.toFixed(3);
  }
}

export default define(
  { class: "experiment bayes", "data-testid": "bayes" },
  (root, channel, activity) => new Bayes(root, channel, activity),
);
