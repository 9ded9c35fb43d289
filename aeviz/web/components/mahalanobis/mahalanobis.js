// A cloud of points whose axes are dragged, and two points A and B: their Euclidean and Mahalanobis distances from the
// mean, the same plane after whitening, and the variance along the direction of A. Python gets the numbers once a gesture
// rests.

import { button, element, write } from "../kit/dom.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { joined } from "../kit/experiment.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { normal, random } from "../kit/random.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { axesOf, dot, entries, mahalanobis, unwhiten, varianceAlong, whiten } from "../kit/covariance.js";
import { Grip } from "../kit/grip.js";
import { Panel, VarianceChart } from "./panel.js";

/** @typedef {import("../kit/covariance.js").Pair} Pair */
/** @typedef {{ values: number[], colours: { a: string, b: string } }} Data */

const FIRST_VIEW = [1.89, 0.66, 25, 2, 1, 2, -1];
const ROUND_VIEW = [1, 1, 0];
const [LEAST_SD, LARGEST_SD] = [0.3, 3];
const REACH = 6; // of the axes of the first panel
const FARTHEST = 5.5; // from 0 along an axis, of A and B
const COUNT = 250; // points of the cloud
const ACCENT = "#c2419f";

/** @param {number} value @param {number} low @param {number} high */
const limit = (value, low, high) => Math.round(100 * Math.max(low, Math.min(high, value))) / 100;

/** @param {number} value */
const number = (value) => localise(value.toFixed(2).replace(/^-(?=0\.00$)/, "").replace("-", "−")); // prettier-ignore

/** Standard normal points, the same in every visit. @returns {Pair[]} */
function whitePoints() {
  const next = normal(random(1));
  return Array.from({ length: COUNT }, () => [next(), next()]);
}

class Mahalanobis {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.white = whitePoints();
    this.plane = new Panel(root, tr("Data: ellipses Mahalanobis, dashed Euclid"), tr("Cloud with circles and ellipses of equal distance"));
    this.whitened = new Panel(root, tr("Whitened: y / √λ, ellipses are circles"), tr("The cloud after whitening: the ellipses are circles"));
    const card = element("section", { class: "card", "aria-label": tr("Distances") }, root);
    /** @type {number[]} */
    this.values = [];
    /** @type {Grip[]} */
    this.grips = [];
    this.frame = 0;
    this.kept = new KeptNumbers(channel, activity, () => this.values);
    this.unwatch = watchLooks(root, () => this.redraw());
    this.colours = { a: "", b: "" };
    /** @type {HTMLElement[]} */
    this.labels = [];
    const bar = element("div", { class: "bar" }, card);
    button(bar, tr("Round cloud"), tr("Both standard deviations 1: the covariance is the identity"), () => {
      this.adopt([...ROUND_VIEW, ...this.values.slice(3)]);
    });
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of ["", tr("Euclid"), "Mahalanobis"]) element("th", { text }, head);
    this.rows = ["A", "B"].map((name) => {
      const row = element("tr", {}, table);
      const title = element("th", { text: name }, row);
      return { title, euclid: element("td", {}, row), mahalanobis: element("td", {}, row) };
    });
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
    element("p", { class: "formula", role: "math", text: "D² = xᵀΣ⁻¹x = y₁²/λ₁ + y₂²/λ₂" }, card);
    this.live = element("p", { class: "values" }, card);
    this.matrix = element("p", { class: "values" }, card);
    this.variance = element("p", { class: "lead" }, card);
    this.chart = new VarianceChart(card);
  }

  /** @type {import("../kit/covariance.js").Cloud} */
  get cloud() {
    return { sds: [this.values[0], this.values[1]], angle: this.values[2] };
  }

  /** @returns {[Pair, Pair]} A and B */
  get points() {
    const [, , , ax, ay, bx, by] = this.values;
    return [[ax, ay], [bx, by]]; // prettier-ignore
  }

  /** @param {Data} data */
  receive({ values, colours }) {
    this.colours = colours;
    if (!this.grips.length) this.makeGrips();
    if (!this.kept.isNews(values, this.grips.some(({ held }) => held))) return;
    this.values = [...values];
    this.redraw();
  }

  /** @param {number[]} values */
  adopt(values) {
    this.values = [...values];
    this.redraw();
    this.kept.start();
  }

  makeGrips() {
    const { plane, colours } = this;
    /** @param {string} name @param {string} text @param {string} colour @param {(to: Pair) => void} set */
    const add = (name, text, colour, set) => {
      const moved = (/** @type {Pair} */ to, /** @type {boolean} */ resting) => {
        set(to);
        this.redraw();
        if (resting) this.kept.start();
      };
      this.grips.push(new Grip(plane, { name, text, colour, moved }));
    };
    add(tr("first axis of the cloud: its direction and standard deviation"), "", ACCENT, (to) => {
      this.values[0] = limit(Math.hypot(...to), LEAST_SD, LARGEST_SD);
      this.values[2] = limit((((Math.atan2(-to[1], -to[0]) * 180) / Math.PI + 540) % 360) - 180, -180, 180);
    });
    add(tr("second axis of the cloud: its standard deviation"), "", ACCENT, (to) => {
      this.values[1] = limit(Math.abs(dot(axesOf(this.cloud)[1], to)), LEAST_SD, LARGEST_SD);
    });
    [colours.a, colours.b].forEach((colour, k) => {
      add(k ? tr("point B") : tr("point A"), "AB"[k], colour, ([x, y]) => {
        this.values[3 + 2 * k] = limit(x, -FARTHEST, FARTHEST);
        this.values[4 + 2 * k] = limit(y, -FARTHEST, FARTHEST);
      });
    });
  }

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    if (!this.values.length || !this.root.isConnected) return;
    const { cloud, points, colours, plane, whitened } = this;
    const style = styleOf(this.root);
    const [u, v] = axesOf(cloud);
    const ends = /** @type {[Pair, Pair]} */ ([u, v].map(([x, y], k) => [cloud.sds[k] * x, cloud.sds[k] * y]));
    const start = /** @type {Pair} */ ([-ends[0][0], -ends[0][1]]); // seldom under A
    const names = ["A", "B"];
    const marked = points.map((at, k) => ({ name: names[k], at, colour: [colours.a, colours.b][k] }));
    plane.measure();
    plane.reach = REACH;
    const data = this.white.map((point) => unwhiten(cloud, point));
    const ellipses = (/** @type {Pair} */ point) => unwhiten(cloud, point);
    plane.draw({ points: data, circles: (point) => point, ellipses, axes: [start, ends[1]], marked, style, accent: ACCENT });
    whitened.measure();
    const white = marked.map((point) => ({ ...point, at: whiten(cloud, point.at) }));
    whitened.reach = Math.max(4, Math.ceil(1.05 * Math.max(...white.flatMap(({ at }) => at.map(Math.abs)))));
    whitened.draw({ points: this.white, circles: null, ellipses: (point) => point, axes: [[1, 0], [0, 1]], marked: white, style, accent: ACCENT }); // prettier-ignore
    this.showLabels(white);
    [start, ends[1], ...points].forEach((at, k) => this.grips[k].place(at, tr("at {place}", { place: joined(at.map(number)) })));
    this.showNumbers(cloud, points);
    const marked180 = ((((Math.atan2(points[0][1], points[0][0]) * 180) / Math.PI) % 180) + 180) % 180;
    const angles = /** @type {Pair} */ ([0, 90].map((turn) => (((cloud.angle + turn) % 180) + 180) % 180));
    const variance = (/** @type {number} */ angle) => varianceAlong(cloud, angle);
    this.chart.draw({ variance, marked: marked180, angles, colour: colours.a, accent: ACCENT, style });
    write(this.variance, tr("Variance along the direction of A: aᵀΣa = {variance}", { variance: number(variance(marked180)) }));
    this.chart.canvas.setAttribute("aria-label", tr("Variance along directions from 0 to 180 degrees: at most {most}, at least {least}", { most: number(Math.max(...cloud.sds) ** 2), least: number(Math.min(...cloud.sds) ** 2) }));
  }

  /** A and B of the whitened plane. @param {import("./panel.js").Marked[]} marked */
  showLabels(marked) {
    if (!this.labels.length) {
      this.labels = marked.map(({ name, colour }) => {
        return element("span", { class: "label", text: name, style: `--colour:${colour}` }, this.whitened.stage);
      });
    }
    marked.forEach(({ at }, k) => {
      const [x, y] = this.whitened.place(at);
      this.labels[k].style.left = `${x}px`;
      this.labels[k].style.top = `${y}px`;
    });
  }

  /** @param {import("../kit/covariance.js").Cloud} cloud @param {[Pair, Pair]} points */
  showNumbers(cloud, points) {
    const far = points.map((point) => ({ euclid: Math.hypot(...point), mahalanobis: mahalanobis(cloud, point) }));
    this.rows.forEach(({ title, ...cells }, k) => {
      title.style.setProperty("--colour", [this.colours.a, this.colours.b][k]);
      write(cells.euclid, number(far[k].euclid));
      write(cells.mahalanobis, number(far[k].mahalanobis));
    });
    /** @param {"euclid" | "mahalanobis"} kind */
    const nearer = (kind) => {
      const difference = far[0][kind] - far[1][kind];
      return Math.abs(difference) < 0.005 ? tr("both equally near") : difference < 0 ? tr("A nearer") : tr("B nearer");
    };
    write(this.verdict, tr("Euclid: {euclid}. Mahalanobis: {mahalanobis}.", { euclid: nearer("euclid"), mahalanobis: nearer("mahalanobis") }));
    const white = whiten(cloud, points[0]);
    const [y1, y2] = white.map((value, k) => value * cloud.sds[k]);
    const [first, second] = cloud.sds.map((sd) => sd * sd);
    const terms = [[y1, first], [y2, second]].map(([y, value]) => `(${number(y)})² / ${number(value)}`); // prettier-ignore
    write(this.live, `A: ${terms.join(" + ")} = ${number(far[0].mahalanobis ** 2)} = ${number(far[0].mahalanobis)}²`);
    const [xx, xy, yy] = entries(cloud).map(number);
    write(this.matrix, `Σ = (${xx}  ${xy};  ${xy}  ${yy}),  λ = ${joined([first, second].map(number))}`);
    this.root.dataset.distances = far.map((one) => one.mahalanobis.toFixed(3)).join(" ");
  }

  close() {
    this.unwatch();
    this.kept.stop();
    cancelAnimationFrame(this.frame);
  }
}

export default define(
  { class: "mahalanobis", "data-testid": "mahalanobis" },
  (root, channel, activity) => new Mahalanobis(root, channel, activity),
);
