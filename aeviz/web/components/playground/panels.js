// Beside the plane: the curves, reconstructions, weights of the first layer, and a row for each layer.

import { readable } from "../kit/axis.js";
import { button, element, write } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { Plot } from "../kit/plot.js";
import { Strip } from "./strip.js";

/** @typedef {import("./member.js").Member} Member */
/** @typedef {{ title: string, colour: string, dash: number[] }} Look of a network */

export const SHOWN = 10; // images that are reconstructed
const [FILTERS, ACROSS] = [24, 12];
const LEAST = 1e-6;

export class LossPanel {
  /** @param {Element} parent */
  constructor(parent) {
    this.plot = new Plot(parent, { title: tr("Loss"), label: tr("Loss by step"), x: [0, 100], y: [-3, 0], isLog: true, kind: "loss" });
    this.keys = element("p", { class: "values keys" }, this.plot.section);
  }

  /** @param {Member[]} members @param {Look[]} looks @param {import("../kit/theme.js").Style} style */
  draw(members, looks, style) {
    const { plot } = this;
    const curves = members.flatMap((member, k) => [
      { steps: member.losses.steps, values: member.losses.values[0], look: looks[k], isHeld: false },
      { steps: member.held.steps, values: member.held.values[0], look: looks[k], isHeld: true },
    ]);
    const all = curves.flatMap(({ values }) => values).filter((value) => Number.isFinite(value) && value > 0);
    const last = Math.max(100, ...members.map(({ step }) => step));
    plot.x = [0, last];
    if (all.length) {
      const [low, high] = [Math.max(LEAST, Math.min(...all)), Math.max(...all)];
      plot.y = [Math.log10(low) - 0.1, Math.max(Math.log10(high), Math.log10(low) + 0.3) + 0.05];
    }
    if (!plot.begin(style)) return;
    for (const { steps, values, look, isHeld } of curves) {
      const points = steps.map((step, k) => /** @type {[number, number]} */ ([step, Math.log10(Math.max(LEAST, values[k]))]));
      plot.curve(points.filter(([, y]) => Number.isFinite(y)), { colour: look.colour, width: isHeld ? 2.4 : 1.2, dash: isHeld ? [7, 4] : [], alpha: isHeld ? 1 : 0.75 });
    }
    plot.end();
    const [first] = members;
    const text = members
      .map(({ losses, held }, k) => tr("{network}: objective {objective}, held-out error {error}", { network: looks[k].title, objective: shown(losses.recent(0, 10)), error: shown(held.last[0]) }))
      .join("; ");
    plot.describe(tr("Loss, log scale (dashed: held-out)"), tr("{networks}, step {step}", { networks: text, step: first?.step ?? 0 }));
    const marks = looks.length > 1 ? looks : [];
    if (this.keys.dataset.text === JSON.stringify(marks)) return;
    this.keys.dataset.text = JSON.stringify(marks);
    this.keys.replaceChildren(...marks.map(({ title, colour }) => element("span", { class: "key", style: `--colour:${colour}`, text: title })));
  }
}

/** @param {number} value */
const shown = (value) => (Number.isFinite(value) ? readable(value, 3) : "–");

export class Reconstructions {
  /**
   * @param {Element} parent
   * @param {(index: number) => void} chosen called with the image that the network drawing shows
   */
  constructor(parent, chosen) {
    this.root = element("section", { class: "reconstructions" }, parent);
    element("h2", { text: tr("Images and their reconstructions") }, this.root);
    this.rows = element("div", { class: "rows" }, this.root);
    this.chosen = chosen;
    /** @type {Strip[]} */
    this.strips = []; // of images, and of each network
    this.text = "";
  }

  /** @param {number[]} shape @param {string[]} titles of the networks */
  set(shape, titles) {
    const text = JSON.stringify([shape, titles]);
    if (text === this.text) return;
    this.text = text;
    this.rows.replaceChildren();
    this.strips = ["images", ...titles].map((title, row) => {
      if (titles.length > 1) element("span", { text: row ? title : "" , class: "name" }, this.rows);
      const made = titles.length > 1 ? tr("Reconstructions by {network}", { network: title }) : tr("Reconstructions");
      const label = row ? made : tr("Held-out images");
      const holder = element("div", { class: "strip-of-images" }, this.rows);
      const strip = new Strip(holder, shape, SHOWN);
      strip.canvas.setAttribute("aria-label", label);
      for (let k = 0; k < SHOWN && !row; k += 1) {
        const node = button(holder, "", tr("Follow image {place} through the network", { place: k + 1 }), () => this.chosen(k));
        Object.assign(node.style, { left: `${(100 * k) / SHOWN}%`, width: `${100 / SHOWN}%` });
      }
      return strip;
    });
    this.rows.classList.toggle("named", titles.length > 1);
  }

  /** @param {Float32Array} images @param {(Float32Array | undefined)[]} made by each network */
  show(images, made) {
    [images, ...made].forEach((values, row) => {
      if (values) this.strips[row]?.set(values.subarray(0, images.length));
    });
  }
}

export class Filters {
  /** @param {Element} parent */
  constructor(parent) {
    this.root = element("section", { class: "filters" }, parent);
    this.title = element("h2", { text: tr("Weights of the first layer") }, this.root);
    /** @type {Strip | null} */
    this.strip = null;
  }

  /**
   * Each unit's weights as an image: grey is 0, light positive, dark negative.
   * @param {Member} member @param {number[]} shape
   */
  show(member, shape) {
    const { plan, weights } = member;
    const slot = plan?.slots.find(({ name }) => name === plan.layers[0].weight);
    if (!weights || !slot) return;
    const [units, pixels] = slot.shape;
    const count = Math.min(FILTERS, units);
    const columns = Math.min(ACROSS, count);
    if (this.strip?.shape !== shape || this.strip.columns !== columns || this.strip.count < count) {
      this.strip?.canvas.remove();
      this.strip = new Strip(this.root, shape, columns, Math.ceil(count / columns));
    }
    this.strip.canvas.setAttribute("aria-label", tr("Weights of {count} of {units} units of the first layer, as images", { count, units }));
    const found = weights.parameters.slice(slot.offset, slot.offset + count * pixels);
    for (let unit = 0; unit < count; unit += 1) {
      const part = found.subarray(unit * pixels, (unit + 1) * pixels);
      const largest = part.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
      for (let at = 0; at < pixels; at += 1) part[at] = 0.5 + part[at] / (2 * largest);
    }
    this.strip.set(found);
    const isPart = count < units;
    write(this.title, isPart ? tr("Weights of the first layer: {count} of {units} units", { count, units }) : tr("Weights of the first layer: {units} units", { units }));
  }
}

export class LayerTable {
  /** @param {Element} parent */
  constructor(parent) {
    this.root = element("section", { class: "layer-table" }, parent);
    element("h2", { text: tr("Gradient and change by layer") }, this.root);
    this.table = element("table", {}, this.root);
    this.text = "";
    /** @type {{ gradient: HTMLElement, moved: HTMLElement }[]} */
    this.rows = [];
  }

  /** @param {Member} member */
  show(member) {
    const { plan, gradients, moved } = member;
    if (!plan) return;
    const heads = plan.layers.filter(({ part }) => plan.is_variational && part === "bottleneck");
    const names = plan.layers.map((layer) => {
      const slot = plan.slots.find(({ name }) => name === layer.weight);
      if (!slot) return layer.weight;
      const text = `${slot.shape[1]} → ${slot.shape[0]}`;
      return [tr("{layer} (mean)", { layer: text }), tr("{layer} (log-variance)", { layer: text })][heads.indexOf(layer)] ?? text;
    });
    if (this.text !== names.join()) {
      this.text = names.join();
      this.table.replaceChildren();
      const head = element("tr", {}, this.table);
      for (const text of [tr("Layer"), tr("Gradient"), tr("Change in a step")]) element("th", { text, scope: "col" }, head);
      this.rows = names.map((text) => {
        const row = element("tr", {}, this.table);
        element("th", { text, scope: "row" }, row);
        return { gradient: element("td", {}, row), moved: element("td", {}, row) };
      });
    }
    const [mostGradient, mostMoved] = [gradients, moved].map((values) => Math.max(1e-12, ...values));
    this.rows.forEach((row, k) => {
      bar(row.gradient, gradients[k], mostGradient);
      bar(row.moved, moved[k], mostMoved);
    });
  }
}

/** @param {HTMLElement} cell @param {number | undefined} value @param {number} most */
function bar(cell, value, most) {
  const share = value === undefined || !Number.isFinite(value) ? 0 : value / most;
  cell.style.setProperty("--share", `${Math.round(100 * share)}%`);
  write(cell, value === undefined ? "–" : readable(value, 2));
}

/**
 * Some images to look at: held-out ones, then those of the training, and again where there are too few.
 * @param {import("./member.js").Data} data
 * @param {number} count
 * @param {number} pixels
 */
export function firstImages({ held, images }, count, pixels) {
  const found = new Uint8Array(count * pixels);
  const all = [held, images].flatMap((part) =>
    Array.from({ length: Math.min(count, part.length / pixels) }, (_, k) => part.subarray(k * pixels, (k + 1) * pixels)),
  );
  for (let k = 0; k < count; k += 1) found.set(all[k % all.length], k * pixels);
  return found;
}
