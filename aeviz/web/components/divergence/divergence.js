// Two densities p and q: their means and widths are dragged, and both divergences answer at once. A button fits q to p,
// a Gaussian or a mixture of two, by gradient descent on either divergence. Python gets the numbers once a gesture rests.

import { KeptNumbers } from "../kit/kept_numbers.js";
import { localise, number, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { Card } from "./card.js";
import { MOST_STEPS, SETTLED, changeOf, clamp, drawFrom, estimate, fitStep, leastFromModes, makeNoise, measure } from "./gaussians.js";
import { DEVIATIONS, Handle, MEANS } from "./handles.js";
import { Picture } from "./picture.js";

/** @typedef {import("./gaussians.js").Gaussian} Gaussian */
/** @typedef {import("./gaussians.js").Direction} Direction */
/** @typedef {{ values: number[], colours: { p: string, q: string } }} Data */

const FIRST_VIEW = [0, 1, 1, 2];
const FIRST_MIXTURE = [-2.5, 0.6, 1, 1.5, 2.5, 0.6]; // the second component of p comes last

class Divergence {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.activity = activity;
    this.picture = new Picture(root);
    this.card = new Card(root, {
      choose: (direction) => this.choose(direction),
      fit: (direction) => this.fit(direction),
      mix: (isMixture) => this.adopt(isMixture ? FIRST_MIXTURE : FIRST_VIEW),
      swap: () => this.adopt([...this.values.slice(2, 4), ...this.values.slice(0, 2)]),
      reset: () => this.adopt(this.p.length > 1 ? FIRST_MIXTURE : FIRST_VIEW),
      draw: () => this.drawNoise(this.seed + 1),
      count: () => this.drawNoise(this.seed),
    });
    /** @type {Direction} */
    this.direction = "forward";
    /** @type {Direction | null} */
    this.fitting = null;
    this.steps = 0;
    this.frame = 0;
    /** @type {Gaussian[]} */
    this.p = [];
    /** @type {Gaussian} */
    this.q = { mean: 0, sd: 1, weight: 1 };
    /** @type {Handle[]} */
    this.handles = [];
    this.colours = { p: "", q: "" };
    this.seed = 1;
    this.noise = makeNoise(2, 1);
    this.kept = new KeptNumbers(channel, activity, () => (this.p.length ? this.values : []));
    this.unwatch = watchLooks(root, () => this.redraw());
    this.style = styleOf(root);
  }

  /** Numbers as Python has them. */
  get values() {
    const [p, second] = this.p;
    const numbers = [p.mean, p.sd, this.q.mean, this.q.sd, ...(second ? [second.mean, second.sd] : [])];
    return numbers.map((value, k) => {
      const [low, high] = k % 2 ? DEVIATIONS : MEANS;
      return clamp(Math.round(100 * value) / 100, low, high);
    });
  }

  /** @param {Data} data */
  receive({ values, colours }) {
    this.colours = colours;
    const isMoving = this.fitting !== null || this.handles.some(({ isHeld }) => isHeld);
    if (!this.kept.isNews(values, isMoving)) return;
    if (!this.p.length) this.noise = makeNoise(Number(this.card.count.value), this.seed);
    this.take(values);
  }

  /** @param {number[]} values */
  take([mean, sd, meanQ, sdQ, ...second]) {
    this.stop();
    this.card.tell("");
    const weight = second.length ? 0.5 : 1;
    const count = this.p.length;
    this.p = [{ mean, sd, weight }];
    if (second.length) this.p.push({ mean: second[0], sd: second[1], weight });
    this.q = { mean: meanQ, sd: sdQ, weight: 1 };
    if (count !== this.p.length) this.makeHandles();
    this.redraw();
  }

  /** Take numbers that the visitor asked for. @param {number[]} values */
  adopt(values) {
    this.take(values);
    this.kept.start();
  }

  makeHandles() {
    for (const { node } of this.handles) node.remove();
    const names = this.p.length > 1 ? ["p₁", "p₂", "q"] : ["p", "q"];
    this.handles = names.flatMap((name) =>
      /** @type {const} */ (["mean", "sd"]).map(
        (quantity) =>
          new Handle(this.picture, {
            name,
            quantity,
            side: name === names[0] ? -1 : 1, // so that the handles of two curves seldom meet
            colour: name === "q" ? this.colours.q : this.colours.p,
            changed: (resting) => {
              this.stop();
              this.card.tell("");
              this.redraw();
              if (resting) this.kept.start();
            },
          }),
      ),
    );
  }

  /** @param {Direction} direction */
  choose(direction) {
    this.direction = direction;
    this.redraw();
  }

  /** @param {number} seed */
  drawNoise(seed) {
    this.seed = seed;
    this.noise = makeNoise(Number(this.card.count.value), seed);
    this.redraw();
  }

  /** Start to fit q, or stop. @param {Direction} direction */
  fit(direction) {
    if (this.fitting === direction) return this.stop();
    this.stop();
    this.direction = direction;
    this.fitting = direction;
    this.steps = 0;
    this.card.showFit(direction);
    this.card.tell("");
    this.activity.mark("fit", true);
    return this.redraw();
  }

  stop() {
    if (!this.fitting) return;
    this.fitting = null;
    this.card.showFit(null);
    this.activity.mark("fit", false);
    this.kept.start();
  }

  step() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    do {
      const next = fitStep(this.p, this.q, this.fitting ?? "forward");
      const change = changeOf(this.q, next);
      this.q = next;
      this.steps += 1;
      if (change >= SETTLED && this.steps < MOST_STEPS) continue;
      if (this.fitting === "reverse" && this.p.length > 1) this.judge();
      this.stop();
    } while (still && this.fitting);
  }

  /** Say so if the descent on KL(q‖p) has ended in a local minimum. */
  judge() {
    const [reached, least] = [measure([this.q], this.p).kl, leastFromModes(this.p)];
    const isLocal = reached > least + 0.001;
    const text = tr("A local minimum, {reached}. From q on a peak of p the descent reaches {least}: drag q there and fit again.", { reached: number(reached, 3), least: number(least, 3) });
    this.card.tell(isLocal ? text : "");
  }

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    if (!this.p.length || !this.root.isConnected) return;
    if (this.fitting) this.step();
    const { p, direction, colours } = this;
    const q = [this.q];
    this.style = styleOf(this.root);
    this.picture.measure();
    const [first, second] = direction === "forward" ? [p, q] : [q, p];
    const draws = drawFrom(first, this.noise);
    const measures = { forward: measure(p, q), reverse: measure(q, p) };
    this.picture.draw({ p, q, direction, draws, colours, area: measures[direction].kl }, this.style);
    const parts = [...p, this.q];
    this.handles.forEach((handle, k) => handle.place(parts[k >> 1]));
    this.card.show({ p, q, direction, measures, estimate: estimate(first, second, draws) });
    const words = parts.map(({ mean, sd }, k) => tr("{name}: mean {mean}, standard deviation {sd}", { name: k < p.length ? "p" : "q", mean: localise(mean.toFixed(2)), sd: localise(sd.toFixed(2)) }));
    this.picture.canvas.setAttribute("aria-label", tr("Densities. {densities}. Below: the integrand of the divergence.", { densities: words.join("; ") }));
    this.root.dataset.kl = measures.forward.kl.toFixed(4);
    this.root.dataset.reverse = measures.reverse.kl.toFixed(4);
    if (this.fitting) this.redraw();
  }

  close() {
    this.unwatch();
    this.kept.stop();
    cancelAnimationFrame(this.frame);
  }
}

export default define(
  { class: "divergence", "data-testid": "divergence" },
  (root, channel, activity) => new Divergence(root, channel, activity),
);
