// One image through a VAE in one row: x, encoder, (μ, σ), ε, z = μ + σε, decoder, x̂, with live numbers; below, the gradients
// of the squared error with respect to μ and σ for many ε.

import { classColour } from "../kit/class_colours.js";
import { button, element, write } from "../kit/dom.js";
import { joined, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { tr } from "../kit/language.js";
import { Mosaic } from "../kit/images.js";
import { define } from "../kit/mount.js";
import { NetworkExperiment } from "../kit/network_experiment.js";
import { Plot } from "../kit/plot.js";
import { normal, random } from "../kit/random.js";
import { divergence, draw, estimate, posterior } from "./paths.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("../kit/theme.js").Style} Style */
/** @typedef {{ mean: number[], sd: number[] }} Posterior */
/** @typedef {import("./paths.js").Draw} Draw */
/** @typedef {{ image: number[], shape: number[], codes: Pair[], labels: number[] | null }} Sent */

const FIRST_VIEW = [1.2, -0.6, 60, 1, 1];
const [COUNT, SEED, FACTOR] = [2, 3, 4];
const REACH = 3; // of the noise
const INK = "#c2419f"; // of the one draw

/** @param {number[]} values @param {number} [digits] */
const tuple = (values, digits = 2) => `(${listed(values, digits)})`;

class OneVae extends NetworkExperiment {
  kept_draws = { key: "", draws: /** @type {Draw[]} */ ([]), noise: /** @type {Pair[]} */ ([]) };

  /** @param {any} data */
  receive(data) {
    const { image, shape, codes, labels } = data;
    const isOther = this.sent && String(image) !== String(this.sent.image);
    this.sent = /** @type {Sent} */ ({ image, shape, codes, labels });
    this.pixels = Float32Array.from(image, (level) => level / 255);
    const done = super.receive(data);
    if (isOther) this.redraw();
    return done;
  }

  make() {
    const { root, colours } = this;
    const flow = element("div", { class: "flow wide" }, root);
    const cell = (/** @type {string} */ title) => {
      const part = element("section", { class: "part" }, flow);
      return { part, title: element("h2", { text: title }, part) };
    };
    const arrow = (/** @type {string} */ name) => element("span", { class: "pass", text: `${name} →` }, flow);
    this.original = cell("x").part;
    arrow(tr("encoder"));
    const numbers = cell("(μ, σ) = f(x)").part;
    this.posterior = [0, 1].map(() => element("p", { class: "formula" }, numbers));
    this.divergence = element("p", { class: "values" }, numbers);
    const planes = { label: "", isSquare: true, kind: "flat" };
    this.noise = new Plot(flow, { title: tr("ε ∼ N(0, I): drag it"), x: [-REACH, REACH], y: [-REACH, REACH], ...planes });
    this.map = new Plot(flow, { title: "", x: [-1, 1], y: [-1, 1], ...planes });
    arrow(tr("decoder"));
    const made = cell("x̂ = g(z)");
    this.output = made.part;
    this.grip = new Grip(this.noise, {
      name: tr("noise ε"), text: "ε", colour: INK,
      moved: ([a, b], resting) => this.change({ 0: limit(a, -REACH, REACH), 1: limit(b, -REACH, REACH) }, resting),
    }); // prettier-ignore
    this.grips.push(this.grip);
    const panels = element("div", { class: "panels pair" }, root);
    const square = { title: "", label: "", x: /** @type {Pair} */ ([-1, 1]), y: /** @type {Pair} */ ([-1, 1]), isSquare: true, kind: "flat" };
    this.slopes = new Plot(panels, square);
    this.spreads = new Plot(panels, { ...square });
    const card = element("section", { class: "card", "aria-label": tr("Gradients") }, root);
    const bar = element("div", { class: "bar" }, card);
    button(bar, tr("Draw ε"), tr("Another ε"), () => this.roll());
    button(bar, "ε = 0", tr("Decode the mean"), () => this.change({ 0: 0, 1: 0 }));
    button(bar, tr("Other draws"), tr("Draw all anew"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.count = slider(card, tr("draws L"), { min: 1, max: 200, step: 1 }, (value) => this.change({ [COUNT]: value }));
    this.factor = slider(card, tr("σ times"), { min: 1, max: 20, step: 0.5 }, (value) => this.change({ [FACTOR]: value }));
    element("p", { class: "formula lead", role: "math", text: "z = μ + σ ε" }, card);
    this.sample = element("p", { class: "values", role: "math" }, card);
    this.error = element("p", { class: "verdict", role: "status" }, card);
    const formulas = ["∂E/∂μ = ∂E/∂z", "∂E/∂σ = ε ∂E/∂z"];
    this.lines = formulas.map((text, k) => {
      const line = element("p", {}, card);
      element("span", { class: "key", style: `--colour:${k ? colours.second : colours.first}` }, line);
      element("span", { class: "formula", role: "math", text: `${text} = ` }, line);
      return { one: element("span", { class: "formula" }, line), mean: element("p", { class: "values" }, card) };
    });
  }

  /** Another ε. */
  roll() {
    const next = normal(Math.random);
    this.change({ 0: limit(next(), -REACH, REACH), 1: limit(next(), -REACH, REACH) });
  }

  /** The canvas of an image in a part of the row. @param {Element | undefined} part @param {ArrayLike<number>} values @param {string} label */
  show(part, values, label) {
    if (!part || !this.sent) return;
    const { shape } = this.sent;
    if (part.querySelector("canvas")?.width !== shape[2]) {
      part.querySelector("canvas")?.remove();
      const mosaic = new Mosaic(shape, 1, 1, false);
      mosaic.canvas.setAttribute("role", "img");
      part.append(mosaic.canvas);
      this.mosaics.set(part, mosaic);
    }
    this.mosaics.get(part)?.set(values);
    part.querySelector("canvas")?.setAttribute("aria-label", label);
  }

  /** @type {Map<Element, Mosaic>} */
  mosaics = new Map();

  /** All draws for the gradients; computed once for an image, a model and a σ. @param {Posterior} q */
  draws(q) {
    const v = this.values;
    const key = [this.names, this.sent?.image, v[COUNT], v[SEED], v[FACTOR]].join();
    if (this.kept_draws.key !== key && this.pixels) {
      const next = normal(random(v[SEED]));
      const noise = Array.from({ length: Math.round(v[COUNT]) }, () => /** @type {Pair} */ ([next(), next()]));
      const { pixels, networks: [{ decoder }] } = this; // prettier-ignore
      this.kept_draws = { key, noise, draws: noise.map((e) => draw(decoder, pixels, q, e)) };
    }
    return this.kept_draws;
  }

  /** @param {Style} style */
  paint(style) {
    const { values: v, sent, pixels, networks } = this;
    const [network] = networks;
    if (!sent || !pixels || !this.sample || !this.lines || !this.posterior) return;
    const encoded = posterior(network.encoder, pixels);
    const q = { mean: encoded.mean, sd: encoded.sd.map((sd) => sd * v[FACTOR]) };
    const noise = /** @type {Pair} */ (v.slice(0, 2));
    const one = draw(network.decoder, pixels, q, noise);
    const many = this.draws(q);
    this.show(this.original, pixels, tr("The image"));
    this.show(this.output, one.output.map((value) => limit(value, 0, 1)), tr("The image decoded from z = {z}", { z: tuple(one.z) }));
    write(this.posterior[0], `μ = ${tuple(q.mean)}`);
    write(this.posterior[1], `σ = ${tuple(q.sd, 3)}`);
    if (this.divergence) write(this.divergence, tr("KL to N(0, I): {value} nats", { value: number(divergence(q), 1) }));
    this.paintPlanes(style, q, one, many.noise);
    const [slopes, spreads] = [estimate(many.draws.map(({ mean }) => mean)), estimate(many.draws.map(({ sd }) => sd))];
    this.paintSlopes(style, q, many.draws, slopes.mean);
    this.paintSpreads(style, many.draws, spreads.mean);
    this.count?.set(v[COUNT], number(v[COUNT], 0));
    this.factor?.set(v[FACTOR], number(v[FACTOR], 1));
    write(this.sample, [0, 1].map((k) => `z${"₁₂"[k]} = ${number(q.mean[k], 3)} + ${number(q.sd[k], 3)} · ${number(noise[k])} = ${number(one.z[k], 3)}`).join("; "));
    const average = many.draws.reduce((sum, { error }) => sum + error, 0) / many.draws.length;
    if (this.error) write(this.error, tr("E = |x − x̂|² = {error}; mean over {count} draws {mean}", { error: number(one.error, 1), count: many.draws.length, mean: number(average, 1) }));
    [[one.mean, slopes], [one.sd, spreads]].forEach(([value, found], k) => {
      const { mean, error } = /** @type {ReturnType<typeof estimate>} */ (found);
      write(this.lines?.[k].one ?? this.root, tuple(/** @type {number[]} */ (value), 1));
      write(this.lines?.[k].mean ?? this.root, tr("mean of {count}: {values}", { count: many.draws.length, values: joined(mean.map((m, at) => `${number(m, 1)} ± ${number(error[at], 1)}`)) }));
    });
    Object.assign(this.root.dataset, { z: one.z.map((value) => value.toFixed(3)).join(" "), error: one.error.toFixed(2), mean: average.toFixed(2) });
  }

  /** Noise and latent plane. @param {Style} style @param {Posterior} q @param {Draw} one @param {Pair[]} drawn */
  paintPlanes(style, q, one, drawn) {
    const { noise: plane, map, values: v, sent, root } = this;
    if (!plane || !map || !sent) return;
    const faint = style.isStrong ? 0.7 : 0.35;
    const ring = (/** @type {Plot} */ plot, /** @type {number} */ size, /** @type {Posterior} */ { mean, sd }, /** @type {string} */ colour) => plot.curve(Array.from({ length: 64 }, (_, k) => /** @type {Pair} */ ([mean[0] + size * sd[0] * Math.cos((k * Math.PI) / 32), mean[1] + size * sd[1] * Math.sin((k * Math.PI) / 32)])), { colour, width: 1.3 }, true); // prettier-ignore
    if (plane.begin(style)) {
      for (const size of [1, 2]) ring(plane, size, { mean: [0, 0], sd: [1, 1] }, style.text);
      for (const point of drawn) plane.dot(point, { colour: style.text, width: 2, alpha: faint });
      plane.end();
      plane.describe(tr("ε ∼ N(0, I): drag it"), tr("Noise plane with {count} draws", { count: drawn.length }));
      this.grip?.place([v[0], v[1]], `ε ${tuple(v.slice(0, 2))}`);
    }
    const all = [...sent.codes.flat(), ...one.z].map(Math.abs).sort((a, b) => a - b);
    const reach = Math.max(1.1 * all[Math.floor(0.99 * (all.length - 1))], ...one.z.map((value) => 1.1 * Math.abs(value)));
    map.x = map.y = [-reach, reach];
    if (!map.begin(style)) return;
    sent.codes.forEach((point, k) => map.dot(point, { colour: sent.labels ? classColour(sent.labels[k], root) : style.text, width: 2, alpha: 0.55 }));
    for (const size of [1, 2]) ring(map, size, q, style.text);
    map.curve([[q.mean[0], q.mean[1]], [one.z[0], one.z[1]]], { colour: INK, width: 2 }); // prettier-ignore
    map.dot([q.mean[0], q.mean[1]], { colour: style.text, width: 4 });
    map.dot([one.z[0], one.z[1]], { colour: INK, width: 5 });
    map.end();
    map.describe(tr("z = μ + σε on the latent plane"), tr("z = {z} among the codes of test images", { z: tuple(one.z) }));
  }

  /** Minus the gradient for μ at each z. @param {Style} style @param {Posterior} q @param {Draw[]} draws @param {number[]} mean */
  paintSlopes(style, q, draws, mean) {
    const { slopes: plot, colours } = this;
    if (!plot) return;
    const wide = 3.6 * Math.max(...q.sd);
    plot.x = [q.mean[0] - wide, q.mean[0] + wide];
    plot.y = [q.mean[1] - wide, q.mean[1] + wide];
    if (!plot.begin(style)) return;
    const sizes = draws.map(({ slope }) => Math.hypot(...slope)).sort((a, b) => a - b);
    const most = Math.max(1e-9, sizes[Math.floor(0.75 * (sizes.length - 1))]);
    const along = (/** @type {number[]} */ from, /** @type {number[]} */ by) => {
      const scale = (0.3 * wide) / Math.max(most, Math.hypot(...by)); // three in four by their length, the others as long
      return /** @type {[Pair, Pair]} */ ([[from[0], from[1]], [from[0] - scale * by[0], from[1] - scale * by[1]]]); // prettier-ignore
    };
    for (const { z, slope } of draws) plot.arrow(...along(z, slope), { colour: colours.first, width: 1.2, alpha: 0.7 });
    plot.arrow(...along(q.mean, mean), { colour: colours.first, width: 4 });
    plot.dot([q.mean[0], q.mean[1]], { colour: style.text, width: 4 });
    plot.end();
    plot.describe(tr("−∂E/∂μ at each z; thick: mean"), tr("Around μ, {count} draws; the longest arrows stand for {most} and more", { count: draws.length, most: number(most, 0) }));
  }

  /** The gradient for σ of each draw. @param {Style} style @param {Draw[]} draws @param {number[]} mean */
  paintSpreads(style, draws, mean) {
    const { spreads: plot, colours } = this;
    if (!plot) return;
    const sizes = draws.map(({ sd }) => Math.max(...sd.map(Math.abs))).sort((a, b) => a - b);
    const reach = 1.1 * Math.max(1e-6, sizes[Math.floor(0.95 * (sizes.length - 1))], ...mean.map(Math.abs));
    plot.x = plot.y = [-reach, reach];
    if (!plot.begin(style)) return;
    for (const { sd } of draws) plot.dot([sd[0], sd[1]], { colour: colours.second, width: 2.5, alpha: 0.6 });
    plot.arrow([0, 0], [mean[0], mean[1]], { colour: colours.second, width: 4 });
    plot.end();
    plot.describe(tr("∂E/∂σ of each draw; arrow: mean"), tr("Gradients for σ₁ and σ₂; mean {mean}", { mean: tuple(mean, 1) }));
  }
}

export default define(
  { class: "experiment one-vae", "data-testid": "one_vae" },
  (root, channel, activity) => new OneVae(root, channel, activity),
);
