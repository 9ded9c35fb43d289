// Four pictures of one dimension: cells of a grid that hold points, volume near the surface of a ball, distances between
// random points, and the distance of a standard normal point from the origin.

import { readable } from "../kit/axis.js";
import { button, element, write } from "../kit/dom.js";
import { Experiment, number, slider } from "../kit/experiment.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { random } from "../kit/random.js";
import { coefficients, distances, occupiedShare, radiusDensity, shellShare, spread } from "./measures.js";

/** @typedef {[number, number]} Pair */

const FIRST_VIEW = [2, 3, 0.1];
const [N, BINS, SHELL] = [0, 1, 2];
const MOST = 100;
const [SAMPLE, PAIRED] = [10, 60]; // points in the grid, and points whose distances are drawn
const COLUMNS = 40;

class Dimension extends Experiment {
  make() {
    const panels = element("div", { class: "panels quad" }, this.root);
    const plot = (/** @type {Pair} */ x, /** @type {Pair} */ y) => new Plot(panels, { title: "", label: "", x, y, kind: "half" });
    this.grid = plot([0, 10], [0, 1.05]);
    this.shell = plot([0, MOST], [0, 1.05]);
    this.pairs = plot([0, 2], [0, 1.05]);
    this.radius = plot([0, 13], [0, 0.85]);
    const next = random(3);
    this.points = Array.from({ length: PAIRED }, () => Array.from({ length: MOST }, next));
    const card = element("section", { class: "card", "aria-label": tr("Dimension") }, this.root);
    button(element("div", { class: "bar" }, card), tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.n = slider(card, tr("dimension n"), { min: 1, max: MOST, step: 1 }, (value) => this.change({ [N]: value }));
    this.bins = slider(card, tr("bins k"), { min: 2, max: 10, step: 1 }, (value) => this.change({ [BINS]: value }));
    this.depth = slider(card, tr("shell ε"), { min: 0.01, max: 0.5, step: 0.01 }, (value) => this.change({ [SHELL]: value }));
    this.lines = [0, 1, 2, 3, 4].map((k) => element("p", { class: k ? "values" : "values lead" }, card));
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { grid, shell, pairs, radius, points, lines, colours, values } = this;
    if (!grid || !shell || !pairs || !radius || !points || !lines || !this.n || !this.bins || !this.depth) return;
    const [n, k] = [Math.round(values[N]), Math.round(values[BINS])];
    const depth = values[SHELL];
    this.n.set(n, String(n));
    this.bins.set(k, String(k));
    this.depth.set(depth);
    const [blue, orange] = [colours.first, colours.second];
    const occupied = occupiedShare(k, n, SAMPLE);
    if (grid.begin(style)) {
      const steps = Array.from({ length: 10 }, (_, at) => /** @type {Pair} */ ([at + 1, occupiedShare(k, at + 1, SAMPLE)]));
      grid.curve(steps, { colour: blue });
      for (const step of steps) grid.dot(step, { colour: blue, width: 3 });
      if (n <= 10) grid.dot([n, occupied], { colour: orange, width: 6 });
      grid.end();
    }
    grid.describe(tr("Cells that hold one of {count} points, by n", { count: SAMPLE }), tr("Share of the cells that hold points: {share} in {n} dimensions", { share: number(occupied, 3), n }));
    const share = shellShare(depth, n);
    if (shell.begin(style)) {
      shell.graph((x) => shellShare(depth, x), { colour: blue });
      shell.dot([n, share], { colour: orange, width: 6 });
      shell.end();
    }
    shell.describe(tr("Volume of a ball near its surface, by n"), tr("Share of the volume within {depth} of the surface: {share}", { depth: number(depth), share: number(share, 3) }));
    const found = distances(points, n);
    const { mean, share: wide } = spread(found);
    if (pairs.begin(style)) this.drawHistogram(pairs, found, mean);
    pairs.describe(tr("Distances of points, over their mean"), tr("Distances of {count} points in the cube: standard deviation {share} of the mean", { count: PAIRED, share: number(wide, 3) }));
    if (radius.begin(style)) {
      radius.graph((r) => Math.min(2, radiusDensity(r, n)), { colour: blue, width: 2.5 });
      radius.curve([[Math.sqrt(n - 1), 0], [Math.sqrt(n - 1), radiusDensity(Math.sqrt(n - 1), n)]], { colour: orange, dash: [4, 4] }); // prettier-ignore
      radius.end();
    }
    radius.describe(tr("|z| of a standard normal z: its density"), tr("Density of the distance from the origin, largest at {radius}", { radius: number(Math.sqrt(n - 1)) }));
    const cells = k ** n;
    write(lines[0], tr("Grid: {k}ⁿ = {cells} cells; {count} points fill 1 − (1 − 1/{cells})¹⁰ = {share} of them on average.", { k, cells: readable(cells, 3), count: SAMPLE, share: number(occupied, 3) }));
    write(lines[1], tr("Shell: 1 − (1 − {depth})ⁿ = {share} of the volume.", { depth: number(depth), share: number(share, 3) }));
    write(lines[2], tr("Distances: mean {mean}, standard deviation {share} % of it.", { mean: number(mean), share: number(100 * wide, 1) }));
    write(lines[3], tr("Gaussian: most points near √(n − 1) = {radius}, few near the origin, where the density of z is largest.", { radius: number(Math.sqrt(n - 1)) }));
    write(lines[4], tr("Polynomials: C(n + 2, 2) = {two} coefficients up to degree 2, C(n + 3, 3) = {three} up to 3.", { two: localise(coefficients(n, 2).toLocaleString("en")), three: localise(coefficients(n, 3).toLocaleString("en")) }));
    this.root.dataset.shares = [occupied, share, wide].map((value) => value.toFixed(4)).join(" ");
  }

  /** @param {Plot} pairs @param {number[]} found @param {number} mean */
  drawHistogram(pairs, found, mean) {
    const counts = new Array(COLUMNS).fill(0);
    for (const value of found) counts[Math.min(COLUMNS - 1, Math.floor((value / mean / 2) * COLUMNS))] += 1;
    const most = Math.max(...counts);
    pairs.take({ colour: this.colours.first });
    counts.forEach((count, at) => {
      const [left, top] = pairs.place([(2 * at) / COLUMNS, count / most]);
      const [right, bottom] = pairs.place([(2 * (at + 1)) / COLUMNS, 0]);
      pairs.brush.fillRect(left + 0.5, top, right - left - 1, bottom - top);
    });
    pairs.end();
  }

}

export default define(
  { class: "experiment", "data-testid": "dimension" },
  (root, channel, activity) => new Dimension(root, channel, activity),
);
