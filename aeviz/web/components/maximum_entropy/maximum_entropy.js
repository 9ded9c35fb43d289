// Densities of one variance: the shape is dragged from peaked over Laplace and Gauss to nearly uniform, and the entropy
// follows on its curve, whose top is the Gaussian's.

import { button, element, write } from "../kit/dom.js";
import { Experiment, limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { density, scaleOf, shapeEntropy } from "./shapes.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [1, 1];
const [SHAPE, SD] = [0, 1];
const [LEAST, LARGEST] = [0.5, 20];
const NAMED = /** @type {[string, number][]} */ ([["Laplace", 1], ["Gauss", 2], [mark("nearly uniform"), 20]]); // prettier-ignore

class MaximumEntropy extends Experiment {
  make() {
    const panels = element("div", { class: "panels" }, this.root);
    this.plot = new Plot(panels, { title: "", label: "", x: [-4, 4], y: [0, 1], kind: "half wide" });
    this.curve = new Plot(panels, { title: "", label: "", x: [Math.log2(LEAST), Math.log2(LARGEST)], y: [0, 2], kind: "half wide" });
    this.shapeGrip = new Grip(this.curve, {
      name: tr("shape p, by its binary logarithm"), text: "p", colour: this.colours.second,
      moved: ([log], resting) => this.change({ [SHAPE]: limit(2 ** log, LEAST, LARGEST) }, resting),
    }); // prettier-ignore
    this.grips = [this.shapeGrip];
    const card = element("section", { class: "card", "aria-label": tr("Density") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    for (const [name, p] of NAMED) button(bar, tr(name), tr("Shape p = {p}", { p }), () => this.change({ [SHAPE]: p }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.shape = slider(card, tr("shape p"), { min: LEAST, max: LARGEST, step: 0.05 }, (p) => this.change({ [SHAPE]: p }));
    this.sd = slider(card, tr("deviation σ"), { min: 0.1, max: 3, step: 0.05 }, (sd) => this.change({ [SD]: sd }));
    element("p", { class: "formula lead", role: "math", text: "f(x) = p / (2a Γ(1/p)) · exp(−|x/a|ᵖ),  σ² = a² Γ(3/p) / Γ(1/p)" }, card);
    element("p", { class: "formula", role: "math", text: "H = 1/p + ln(2a Γ(1/p) / p)" }, card);
    this.live = element("p", { class: "values" }, card);
    element("p", { class: "formula lead", role: "math", text: "Gauss: H = ½ ln(2πe σ²)" }, card);
    this.gauss = element("p", { class: "values" }, card);
    this.verdict = element("p", { class: "verdict lead", role: "status" }, card);
  }

  /** @param {Style} style */
  paint(style) {
    const { plot, curve, colours } = this;
    const [p, sd] = this.values;
    const entropy = shapeEntropy(p, sd);
    const most = shapeEntropy(2, sd);
    if (plot) {
      plot.x = [-4 * sd, 4 * sd];
      plot.y = [0, 1.08 * Math.min(1.5 / sd, Math.max(density(0, p, sd), density(0, 2, sd)))];
      if (plot.begin(style)) {
        plot.graph((x) => density(x, 2, sd), { colour: colours.first, width: 2, dash: [7, 4] });
        plot.graph((x) => density(x, p, sd), { colour: colours.second, width: 2.6 });
        plot.end();
      }
      plot.describe(tr("Density of shape p (solid), Gaussian of the same variance (dashed)"), tr("Shape {p}, standard deviation {sd}", { p: number(p), sd: number(sd) }));
    }
    if (curve) {
      curve.y = [shapeEntropy(LEAST, sd) - 0.05, most + 0.08];
      if (curve.begin(style)) {
        curve.graph((log) => shapeEntropy(2 ** log, sd), { colour: style.text, width: 2.4 });
        curve.curve([[curve.x[0], most], [curve.x[1], most]], { colour: colours.first, width: 1.4, dash: [5, 4] }); // prettier-ignore
        curve.end();
      }
      curve.describe(tr("Entropy in nats over log₂ p; dashed: Gauss, p = 2"), tr("Entropy {entropy}, at most {most}", { entropy: number(entropy, 4), most: number(most, 4) }));
      this.shapeGrip?.place([Math.log2(p), entropy], tr("p {p}, entropy {entropy}", { p: number(p), entropy: number(entropy, 4) }));
    }
    this.shape?.set(p);
    this.sd?.set(sd);
    if (this.live) write(this.live, `a = ${number(scaleOf(p, sd), 3)}: H = ${number(entropy, 4)} nats`);
    if (this.gauss) write(this.gauss, `½ ln(2πe · ${number(sd * sd, 3)}) = ${number(most, 4)} nats`);
    if (this.verdict) write(this.verdict, Math.abs(p - 2) < 0.005 ? tr("The Gaussian: no density of this variance has more entropy.") : tr("{gap} nats below the Gaussian of the same variance: KL(f ‖ Gauss).", { gap: number(most - entropy, 4) })); // prettier-ignore
    this.root.dataset.entropy = entropy.toFixed(4);
  }
}

export default define(
  { class: "experiment maximum_entropy", "data-testid": "maximum_entropy" },
  (root, channel, activity) => new MaximumEntropy(root, channel, activity),
);
