// What stands beside the picture: both divergences, the formula with its values, its terms as bars, and the estimate.

import { button, element, write } from "../kit/dom.js";
import { localise, tr } from "../kit/language.js";
import { number } from "./gaussians.js";

/** @typedef {import("./gaussians.js").Gaussian} Gaussian */
/** @typedef {import("./gaussians.js").Direction} Direction */
/** @typedef {import("./gaussians.js").Measures} Measures */

export const COUNTS = [10, 100, 1000, 10_000];
/** @type {Record<Direction, [string, string]>} */
const NAMES = { forward: ["p", "q"], reverse: ["q", "p"] };

export class Card {
  /**
   * @param {Element} root
   * @param {{
   *   choose: (direction: Direction) => void, fit: (direction: Direction) => void, mix: (isMixture: boolean) => void,
   *   swap: () => void, reset: () => void, draw: () => void, count: () => void
   * }} actions
   */
  constructor(root, actions) {
    const card = element("section", { class: "card", "aria-label": tr("Divergences") }, root);
    const bar = element("div", { class: "bar" }, card);
    const label = element("label", {}, bar);
    this.mixture = element("input", { type: "checkbox" }, label);
    element("span", { text: tr("p is a mixture of two Gaussians") }, label);
    this.mixture.onchange = () => actions.mix(this.mixture.checked);
    this.swap = button(bar, tr("Swap"), tr("Exchange p and q"), actions.swap);
    button(bar, tr("Reset"), tr("Back to the first view"), actions.reset);

    const both = element("div", { class: "both" }, card);
    /** @type {Record<Direction, { choice: HTMLButtonElement, value: HTMLElement, fit: HTMLButtonElement }>} */
    this.sides = { forward: this.makeSide(both, "forward", actions), reverse: this.makeSide(both, "reverse", actions) };
    this.verdict = element("p", { class: "verdict", role: "status", hidden: "" }, card);
    this.formula = element("div", { class: "formula", role: "math" }, card);
    this.values = element("p", { class: "values" }, card);

    const bars = element("div", { class: "bars" }, card);
    this.bars = ["crossEntropy", "entropy", "kl"].map((name) => {
      const row = element("div", { class: "row" }, bars);
      const text = element("span", {}, row);
      const track = element("div", { class: "track" }, row);
      return { name, text, piece: element("i", { class: name }, track), value: element("b", {}, row) };
    });

    const estimate = element("div", { class: "estimate" }, card);
    const line = element("div", { class: "bar" }, estimate);
    const counted = element("label", {}, line);
    element("span", { text: tr("Monte Carlo, draws from ") }, counted);
    this.drawn = element("b", {}, counted);
    this.count = element("select", { "aria-label": tr("Number of draws") }, counted);
    for (const count of COUNTS) {
      element("option", { value: String(count), text: localise(count.toLocaleString("en")) }, this.count);
    }
    this.count.value = "100";
    this.count.onchange = actions.count;
    button(line, tr("Draw again"), tr("Estimate from other draws"), actions.draw);
    this.estimate = element("p", { class: "values" }, estimate);
  }

  /**
   * @param {Element} parent
   * @param {Direction} direction
   * @param {{ choose: (direction: Direction) => void, fit: (direction: Direction) => void }} actions
   */
  makeSide(parent, direction, { choose, fit }) {
    const [first, second] = NAMES[direction];
    const node = element("div", { class: "side" }, parent);
    const name = `KL(${first}‖${second})`;
    const choice = element("button", { type: "button", class: "choice", title: tr("Show the integrand of {name}", { name }) }, node);
    element("span", { text: name }, choice);
    const value = element("b", {}, choice);
    choice.onclick = () => choose(direction);
    return { choice, value, fit: button(node, tr("Fit q: least {name}", { name }), tr("Move q until {name} is least", { name }), () => fit(direction)) };
  }

  /** @param {string} verdict on a fit; empty for none */
  tell(verdict) {
    write(this.verdict, verdict);
    this.verdict.hidden = !verdict;
  }

  /** @param {Direction | null} direction in which q is being fitted */
  showFit(direction) {
    for (const name of /** @type {Direction[]} */ (["forward", "reverse"])) {
      const [first, second] = NAMES[name];
      write(this.sides[name].fit, direction === name ? tr("Stop") : tr("Fit q: least {name}", { name: `KL(${first}‖${second})` }));
    }
  }

  /**
   * @param {{
   *   p: Gaussian[], q: Gaussian[], direction: Direction, measures: Record<Direction, Measures>,
   *   estimate: { mean: number, error: number }
   * }} shown
   */
  show({ p, q, direction, measures, estimate }) {
    const isMixture = p.length > 1;
    this.mixture.checked = isMixture;
    this.swap.hidden = isMixture;
    for (const name of /** @type {Direction[]} */ (["forward", "reverse"])) {
      this.sides[name].choice.setAttribute("aria-pressed", String(name === direction));
      write(this.sides[name].value, number(measures[name].kl));
    }
    const [first, second] = NAMES[direction];
    const shown = measures[direction];
    if (this.formula.dataset.made !== `${direction} ${isMixture}`) {
      this.formula.dataset.made = `${direction} ${isMixture}`;
      this.writeFormula(first, second, isMixture);
    }
    const [a, b] = direction === "forward" ? [p[0], q[0]] : [q[0], p[0]];
    write(
      this.values,
      isMixture
        ? tr("= {value}  (no closed form: the integral on 3,001 points)", { value: number(shown.kl) })
        : `= ln(${number(b.sd, 2)} / ${number(a.sd, 2)}) + (${number(a.sd, 2)}² + (${number(a.mean - b.mean, 2)})²) / (2 · ${number(b.sd, 2)}²) − ½ = ${number(shown.kl)}`,
    );
    this.showBars(shown, first, second);
    write(this.drawn, first);
    const away = Math.abs(estimate.mean - shown.kl) / estimate.error;
    write(
      this.estimate,
      estimate.error > 1e-12
        ? tr("{mean} ± {error} (standard error): {away} standard errors from {exact}", { mean: number(estimate.mean), error: number(estimate.error, estimate.error < 0.001 ? 6 : 3), away: number(away, 1), exact: number(shown.kl) })
        : tr("{mean}: p = q, all terms are 0", { mean: number(estimate.mean) }),
    );
  }

  /** @param {string} a @param {string} b @param {boolean} isMixture */
  writeFormula(a, b, isMixture) {
    this.formula.replaceChildren();
    const { formula } = this;
    /** @param {string} text */
    const plain = (text) => formula.append(text);
    /** @param {Element} parent @param {string} text with _x for a subscript */
    const symbols = (parent, text) => {
      text.split(/_([pq])/).forEach((piece, k) => {
        if (k % 2) element("sub", { text: piece }, parent);
        else parent.append(piece);
      });
    };
    /** @param {string} above @param {string} below */
    const fraction = (above, below) => {
      const node = element("span", { class: "fraction" }, formula);
      symbols(element("span", {}, node), above);
      symbols(element("span", {}, node), below);
    };
    plain(`KL(${a}‖${b}) = `);
    if (isMixture) {
      plain(`∫ ${a}(x) ln `);
      fraction(`${a}(x)`, `${b}(x)`);
      plain(" dx");
      return;
    }
    plain("ln ");
    fraction(`σ_${b}`, `σ_${a}`);
    plain(" + ");
    fraction(`σ_${a}² + (μ_${a} − μ_${b})²`, `2 σ_${b}²`);
    plain(" − ½");
  }

  /** @param {Measures} measures @param {string} a @param {string} b */
  showBars(measures, a, b) {
    const { entropy, crossEntropy } = measures;
    /** @type {Record<string, [string, number, number]>} */
    const rows = {
      crossEntropy: [tr("cross-entropy H({a}, {b})", { a, b }), 0, crossEntropy],
      entropy: [tr("entropy H({a})", { a }), 0, entropy],
      kl: [tr("KL = difference"), entropy, crossEntropy],
    };
    const low = Math.min(0, entropy, crossEntropy);
    const span = Math.max(4, crossEntropy, entropy) - low;
    for (const { name, text, piece, value } of this.bars) {
      const [title, from, to] = rows[name];
      write(text, title);
      write(value, number(to - from));
      piece.style.left = `${(100 * (Math.min(from, to) - low)) / span}%`;
      piece.style.width = `${(100 * Math.abs(to - from)) / span}%`;
    }
  }
}
