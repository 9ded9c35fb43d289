// The density of a Gaussian in two dimensions, whose mean and axes are dragged, with a sample of it; both marginal
// densities; and the Z-scores of the sample and of a point A.

import { button, element, write } from "../kit/dom.js";
import { axesOf, cloudOf, density, dot, entries, mahalanobis, normalDensity, sampleMoments, unwhiten } from "../kit/covariance.js";
import { Experiment, joined, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { normal, random } from "../kit/random.js";

/** @typedef {import("../kit/covariance.js").Pair} Pair */
/** @typedef {import("../kit/covariance.js").Cloud} Cloud */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [0.5, -0.3, 1.9, 0.8, 30, 1.5, 1.2, 100, 0];
const [MEAN, SDS, ANGLE, POINT, COUNT, SEED] = [0, 2, 4, 5, 7, 8];
const REACH = 5;
const LIMITS = /** @type {Pair} */ ([0.3, 3]); // of the standard deviations
const CIRCLE = Array.from({ length: 91 }, (_, k) => /** @type {Pair} */ ([Math.cos((k * Math.PI) / 45), Math.sin((k * Math.PI) / 45)]));
const [PURPLE, ACCENT] = ["#7a4fa3", "#c2419f"];

class Gaussian extends Experiment {
  make() {
    const { colours } = this;
    const panels = element("div", { class: "panels first" }, this.root);
    this.plane = new Plot(panels, { title: "", label: "", x: [-REACH, REACH], y: [-REACH, REACH], isSquare: true });
    const stack = element("div", { class: "stack" }, panels);
    this.marginals = new Plot(stack, { title: "", label: "", x: [-REACH, REACH], y: [0, 1], kind: "half" });
    this.scores = new Plot(stack, { title: "", label: "", x: [-4, 4], y: [0, 0.6], kind: "half" });
    const add = (/** @type {string} */ text, /** @type {string} */ name, /** @type {string} */ colour, /** @type {(to: Pair) => Record<number, number>} */ set) => {
      const grip = new Grip(/** @type {Plot} */ (this.plane), { name, text, colour, moved: (to, resting) => this.change(set(to), resting) });
      this.grips.push(grip);
      return grip;
    };
    const away = (/** @type {Pair} */ [x, y]) => /** @type {Pair} */ ([x - this.values[MEAN], y - this.values[MEAN + 1]]);
    const place = (/** @type {number} */ index, /** @type {Pair} */ [x, y]) => ({ [index]: limit(x, -REACH, REACH), [index + 1]: limit(y, -REACH, REACH) });
    this.handles = [
      add("", tr("first axis: its direction and standard deviation"), ACCENT, (to) => {
        const [x, y] = away(to);
        return { [SDS]: limit(Math.hypot(x, y), ...LIMITS), [ANGLE]: (Math.atan2(y, x) * 180) / Math.PI };
      }),
      add("", tr("second axis: its standard deviation"), ACCENT, (to) => ({ [SDS + 1]: limit(Math.abs(dot(axesOf(this.cloud)[1], away(to))), ...LIMITS) })),
      add("μ", tr("mean μ"), colours.first, (to) => place(MEAN, to)),
      add("A", tr("point A"), PURPLE, (to) => place(POINT, to)),
    ];
    const card = element("section", { class: "card", "aria-label": tr("Gaussian") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    button(bar, tr("Draw again"), tr("Another sample"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    button(bar, tr("Independent"), tr("Axes along the coordinates: covariance 0"), () => this.change({ [ANGLE]: 0 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.count = slider(card, tr("sample N"), { min: 3, max: 999, step: 1 }, (value) => this.change({ [COUNT]: value }));
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of ["", "E X₁", "E X₂", "Var X₁", "Cov", "Var X₂"]) element("th", { text }, head);
    this.rows = [[tr("true"), colours.first], [tr("sample"), colours.second]].map(([text, colour]) => {
      const row = element("tr", {}, table);
      element("span", { class: "key", style: `--colour:${colour}`, text }, element("th", {}, row));
      return Array.from({ length: 5 }, () => element("td", {}, row));
    }); // prettier-ignore
    element("p", { class: "formula lead", role: "math", text: "p(x) = exp(−½ (x − μ)ᵀ Σ⁻¹ (x − μ)) / (2π √|Σ|)" }, card);
    this.live = element("p", { class: "values" }, card);
    this.product = element("p", { class: "values" }, card);
    element("p", { class: "formula lead", role: "math", text: "Zᵢ = (xᵢ − μᵢ) / σᵢ" }, card);
    this.z = element("p", { class: "values" }, card);
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
  }

  /** @returns {Cloud} */
  get cloud() {
    const v = this.values;
    return { sds: [v[SDS], v[SDS + 1]], angle: v[ANGLE] };
  }

  /** @param {Style} style */
  paint(style) {
    const { values: v, cloud } = this;
    const mean = /** @type {Pair} */ ([v[MEAN], v[MEAN + 1]]);
    const next = normal(random(v[SEED] + 60));
    const sample = Array.from({ length: Math.max(3, Math.round(v[COUNT])) }, () => {
      const [x, y] = unwhiten(cloud, [next(), next()]);
      return /** @type {Pair} */ ([x + mean[0], y + mean[1]]);
    });
    const moments = sampleMoments(sample);
    this.paintPlane(style, mean, sample, moments);
    this.paintCurves(style, mean, sample);
    this.showCard(mean, sample.length, moments);
  }

  /** @param {Style} style @param {Pair} mean @param {Pair[]} sample @param {ReturnType<typeof sampleMoments>} moments */
  paintPlane(style, mean, sample, moments) {
    const { plane, cloud, colours, handles } = this;
    if (!plane?.begin(style)) return;
    const most = density(cloud, [0, 0]);
    plane.shade(([x, y]) => (0.75 * density(cloud, [x - mean[0], y - mean[1]])) / most, colours.first);
    for (const point of sample) plane.dot(point, { colour: style.text, width: 1.7, alpha: 0.55 });
    const loop = (/** @type {Pair} */ centre, /** @type {Cloud} */ of, /** @type {number} */ radius) => CIRCLE.map(([x, y]) => {
      const [dx, dy] = unwhiten(of, [radius * x, radius * y]);
      return /** @type {Pair} */ ([centre[0] + dx, centre[1] + dy]);
    }); // prettier-ignore
    for (const radius of [1, 2, 3]) plane.curve(loop(mean, cloud, radius), { colour: colours.first, width: 1.8 }, true);
    plane.curve(loop(moments.mean, cloudOf(moments.entries), 1), { colour: colours.second, width: 2.2, dash: [6, 4] }, true);
    plane.dot(moments.mean, { colour: colours.second, width: 4.5 });
    plane.end();
    const ends = axesOf(cloud).map(([x, y], k) => /** @type {Pair} */ ([mean[0] + cloud.sds[k] * x, mean[1] + cloud.sds[k] * y]));
    const point = /** @type {Pair} */ (this.values.slice(POINT, POINT + 2));
    [...ends, mean, point].forEach((at, k) => handles?.[k].place(at, tr("at {place}", { place: listed(at) })));
    plane.describe(tr("Density p(x); ellipses at distance 1, 2, 3 from μ"), tr("Density with {count} points of a sample and the ellipse of its covariance", { count: sample.length }));
  }

  /** @param {Style} style @param {Pair} mean @param {Pair[]} sample */
  paintCurves(style, mean, sample) {
    const { marginals, scores, colours, cloud } = this;
    const [xx, , yy] = entries(cloud);
    const sds = [Math.sqrt(xx), Math.sqrt(yy)];
    const point = this.values.slice(POINT, POINT + 2);
    const looks = [{ colour: colours.first, width: 2.4 }, { colour: "#8c8c8c", width: 2.4 }]; // prettier-ignore
    if (marginals) {
      marginals.y = [0, Math.max(0.3, 1.15 * Math.max(...sds.map((sd) => normalDensity(0, sd))))];
      if (marginals.begin(style)) {
        sds.forEach((sd, i) => {
          marginals.graph((x) => normalDensity(x - mean[i], sd), looks[i]);
          marginals.curve([[point[i], 0], [point[i], normalDensity(point[i] - mean[i], sd)]], { colour: PURPLE, width: 2, dash: i ? [4, 3] : [] }); // prettier-ignore
        });
        marginals.end();
      }
      marginals.describe(tr("Densities of X₁ and, grey, X₂; purple: A"), tr("Standard deviations {first} and {second}", { first: number(sds[0]), second: number(sds[1]) }));
    }
    if (scores?.begin(style)) {
      sds.forEach((sd, i) => {
        const steps = new Array(32).fill(0);
        for (const at of sample) {
          const bin = Math.floor(((at[i] - mean[i]) / sd + 4) * 4);
          if (bin >= 0 && bin < 32) steps[bin] += 4 / sample.length;
        }
        const outline = steps.flatMap((height, k) => /** @type {Pair[]} */ ([[k / 4 - 4, height], [(k + 1) / 4 - 4, height]])); // prettier-ignore
        scores.curve(outline, { ...looks[i], width: 1.3 });
        const z = (point[i] - mean[i]) / sd;
        scores.curve([[z, 0], [z, normalDensity(z, 1)]], { colour: PURPLE, width: 2, dash: i ? [4, 3] : [] }); // prettier-ignore
      });
      scores.graph((z) => normalDensity(z, 1), { colour: style.text, width: 1.6 });
      scores.end();
    }
    scores?.describe(tr("Z-scores of the sample: both are N(0, 1)"), tr("Histograms of the Z-scores of both coordinates, and the standard normal density"));
  }

  /** @param {Pair} mean @param {number} count @param {ReturnType<typeof sampleMoments>} moments */
  showCard(mean, count, moments) {
    const { cloud, rows, values: v } = this;
    const [xx, xy, yy] = entries(cloud);
    this.count?.set(count, String(count));
    [[...mean, xx, xy, yy], [...moments.mean, ...moments.entries]].forEach((line, k) => line.forEach((value, i) => rows && write(rows[k][i], number(value))));
    const away = /** @type {Pair} */ ([v[POINT] - mean[0], v[POINT + 1] - mean[1]]);
    const [distance, value] = [mahalanobis(cloud, away), density(cloud, away)];
    const zs = [away[0] / Math.sqrt(xx), away[1] / Math.sqrt(yy)];
    const product = normalDensity(away[0], Math.sqrt(xx)) * normalDensity(away[1], Math.sqrt(yy));
    if (this.live) write(this.live, tr("At A: exp(−½ · {square}) / (2π · {root}) = {value}", { square: number(distance ** 2), root: number(cloud.sds[0] * cloud.sds[1]), value: number(value, 4) }));
    if (this.product) write(this.product, tr("p₁(x₁) p₂(x₂) = {product}, the same only if Cov = 0; here the correlation is {correlation}", { product: number(product, 4), correlation: number(xy / Math.sqrt(xx * yy)) }));
    if (this.z) write(this.z, `A: ${joined([`Z₁ = ${number(away[0])} / ${number(Math.sqrt(xx))} = ${number(zs[0])}`, `Z₂ = ${number(away[1])} / ${number(Math.sqrt(yy))} = ${number(zs[1])}`])}`);
    const outside = Math.exp(-(distance ** 2) / 2);
    if (this.verdict) write(this.verdict, tr("Mahalanobis distance of A: {distance}. {share} % of all draws lie farther out.", { distance: number(distance), share: number(100 * outside, 1) }));
    this.root.dataset.density = value.toFixed(5);
    this.root.dataset.sample = moments.entries.map((entry) => entry.toFixed(3)).join(" ");
  }
}

export default define(
  { class: "experiment gaussian", "data-testid": "gaussian" },
  (root, channel, activity) => new Gaussian(root, channel, activity),
);
