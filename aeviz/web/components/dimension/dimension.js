// Four pictures of one dimension: cells of a grid that hold points, volume near the surface of a ball, distances between
// random points, and the distance of a standard normal point from the origin.

import { readable } from "../kit/axis.js";
import { button, element, write } from "../kit/dom.js";
import { Experiment, number, slider } from "../kit/experiment.js";
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
    const card = element("section", { class: "card", "aria-label": "Dimension" }, this.root);
    button(element("div", { class: "bar" }, card), "Reset", "Back to the first view", () => this.adopt(FIRST_VIEW));
    this.n = slider(card, "dimension n", { min: 1, max: MOST, step: 1 }, (value) => this.change({ [N]: value }));
    this.bins = slider(card, "bins k", { min: 2, max: 10, step: 1 }, (value) => this.change({ [BINS]: value }));
    this.depth = slider(card, "shell ε", { min: 0.01, max: 0.5, step: 0.01 }, (value) => this.change({ [SHELL]: value }));
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
    grid.describe(`Cells that hold one of ${SAMPLE} points, by n`, `Share of the cells that hold points: ${number(occupied, 3)} in ${n} dimensions`);
    const share = shellShare(depth, n);
    if (shell.begin(style)) {
      shell.graph((x) => shellShare(depth, x), { colour: blue });
      shell.dot([n, share], { colour: orange, width: 6 });
      shell.end();
    }
    shell.describe("Volume of a ball near its surface, by n", `Share of the volume within ${number(depth)} of the surface: ${number(share, 3)}`);
    const found = distances(points, n);
    const { mean, share: wide } = spread(found);
    if (pairs.begin(style)) this.drawHistogram(pairs, found, mean);
    pairs.describe("Distances of points, over their mean", `Distances of ${PAIRED} points in the cube: standard deviation ${number(wide, 3)} of the mean`);
    if (radius.begin(style)) {
      radius.graph((r) => Math.min(2, radiusDensity(r, n)), { colour: blue, width: 2.5 });
      radius.curve([[Math.sqrt(n - 1), 0], [Math.sqrt(n - 1), radiusDensity(Math.sqrt(n - 1), n)]], { colour: orange, dash: [4, 4] }); // prettier-ignore
      radius.end();
    }
    radius.describe("|z| of a standard normal z: its density", `Density of the distance from the origin, largest at ${number(Math.sqrt(n - 1))}`);
    const cells = k ** n;
    write(lines[0], `Grid: ${k}ⁿ = ${readable(cells, 3)} cells; ${SAMPLE} points fill 1 − (1 − 1/${readable(cells, 3)})¹⁰ = ${number(occupied, 3)} of them on average.`);
    write(lines[1], `Shell: 1 − (1 − ${number(depth)})ⁿ = ${number(share, 3)} of the volume.`);
    write(lines[2], `Distances: mean ${number(mean)}, standard deviation ${number(100 * wide, 1)} % of it.`);
    write(lines[3], `Gaussian: most points near √(n − 1) = ${number(Math.sqrt(n - 1))}, few near the origin, where the density of z is largest.`);
    write(lines[4], `Polynomials: C(n + 2, 2) = ${coefficients(n, 2).toLocaleString("en")} coefficients up to degree 2, C(n + 3, 3) = ${coefficients(n, 3).toLocaleString("en")} up to 3.`);
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
