// What the visitor chooses: lists and sliders, each a text of the address.

import { element, write } from "../kit/dom.js";
import { readable } from "../kit/axis.js";
import { mark, tr } from "../kit/language.js";
import { SEED } from "./values.js";

/** @typedef {Record<string, string>} Values the settings by the names that they have in the address */
/** @typedef {{ options: Record<string, [string, string][]>, isVariational: boolean }} Context lists: value and title of each option */
/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} title
 * @property {string} [hint]
 * @property {string} [note] stands below
 * @property {string[]} [steps] of a slider; a list of choices without
 * @property {(values: Values) => boolean} [applies]
 * @property {boolean} [isRare] whether it stands folded
 */

const RATES = ["0.00001", "0.00003", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"];
const WEIGHTS = ["0", "0.00001", "0.00003", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"];
const isVae = (/** @type {Values} */ values) => values.bottleneck === "gaussian";
const isMoment = (/** @type {Values} */ values) => values.optimizer !== "sgd" || ["adam", "amsgrad"].includes(values.second);

/** @type {Field[]} */
export const FIELDS = [
  { name: "data", title: mark("Images") },
  { name: "bottleneck", title: mark("Latent") },
  { name: "kl", title: mark("KL weight"), steps: WEIGHTS, applies: isVae, hint: mark("Times the KL (sum over dimensions), beside a loss that is a mean over pixels. 0.001 is usual; 1 / pixels is the ELBO of the cross-entropy"), note: mark("of the KL sum, beside a mean over pixels") },
  { name: "loss", title: mark("Loss") },
  { name: "optimizer", title: mark("Optimizer") },
  { name: "rate", title: mark("Learning rate"), steps: RATES },
  { name: "momentum", title: mark("Momentum"), steps: ["0", "0.5", "0.8", "0.9", "0.95", "0.99"], applies: (v) => v.optimizer === "sgd" || v.second === "sgd" },
  { name: "second", title: mark("Second network"), hint: mark("The same weights and batches with another optimizer; or the same optimizer with another seed, to see how much chance alone changes") },
  { name: "rate2", title: mark("Its learning rate"), steps: RATES, applies: (v) => v.second !== "none" && v.second !== SEED },
  { name: "activation", title: mark("Activation") },
  { name: "batch", title: mark("Batch size"), steps: ["1", "4", "8", "16", "32", "64", "128", "256"] },
  { name: "noise", title: mark("Noise on images") },
  { name: "level", title: mark("Its strength"), steps: ["0.05", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"], applies: (v) => v.noise !== "none" },
  { name: "penalty", title: mark("Penalty on codes"), applies: (v) => !isVae(v) },
  { name: "weight", title: mark("Its weight"), steps: WEIGHTS, applies: (v) => !isVae(v) && v.penalty !== "none" },
  { name: "sparsity", title: mark("Target activity"), steps: ["0.01", "0.02", "0.05", "0.1", "0.2"], applies: (v) => v.penalty === "kl_sparsity" },
  { name: "init", title: mark("Initial weights"), isRare: true },
  { name: "seed", title: mark("Seed"), steps: Array.from({ length: 20 }, (_, k) => String(k)), isRare: true },
  { name: "beta1", title: "β₁", steps: ["0", "0.5", "0.8", "0.9", "0.95", "0.99"], applies: isMoment, isRare: true },
  { name: "beta2", title: "β₂", steps: ["0.5", "0.9", "0.99", "0.999", "0.9999"], applies: isMoment, isRare: true },
  { name: "epsilon", title: "ε", steps: ["0.0000000001", "0.00000001", "0.000001", "0.0001", "0.01"], applies: isMoment, isRare: true },
]; // prettier-ignore

export class Controls {
  /**
   * @param {Element} parent
   * @param {(name: string, value: string) => void} changed
   */
  constructor(parent, changed) {
    this.changed = changed;
    this.root = element("section", { class: "controls", "aria-label": tr("Settings") }, parent);
    this.more = element("details", {});
    element("summary", { text: tr("More settings") }, this.more);
    /** @type {Map<string, { field: Field, label: HTMLElement, input: HTMLInputElement | HTMLSelectElement, shown: HTMLElement | null }>} */
    this.inputs = new Map();
    for (const field of FIELDS) this.make(field);
    this.root.append(this.more);
  }

  /** @param {Field} field */
  make(field) {
    const label = element("label", { class: field.steps ? "slider" : "list" }, field.isRare ? this.more : this.root);
    if (field.hint) label.title = tr(field.hint);
    element("span", { text: tr(field.title) }, label);
    if (field.note) element("small", { text: tr(field.note), "aria-hidden": "true" }, label);
    const name = { "aria-label": tr(field.title), "data-name": field.name };
    if (field.steps) {
      const { steps } = field;
      const input = element("input", { type: "range", min: "0", max: String(steps.length - 1), step: "1", ...name }, label);
      const shown = element("b", {}, label);
      input.oninput = () => this.changed(field.name, steps[Number(input.value)]);
      this.inputs.set(field.name, { field, label, input, shown });
      return;
    }
    const input = element("select", name, label);
    input.onchange = () => this.changed(field.name, input.value);
    this.inputs.set(field.name, { field, label, input, shown: null });
  }

  /**
   * @param {Values} values
   * @param {Record<string, [string, string][]>} options
   * @param {(changed: Values) => boolean} offers whether there is a network after a change
   */
  set(values, options, offers) {
    for (const { field, label, input, shown } of this.inputs.values()) {
      label.hidden = field.applies ? !field.applies(values) : false;
      const value = values[field.name];
      if (field.steps && shown) {
        const place = nearest(field.steps, Number(value));
        if (input.value !== String(place)) input.value = String(place);
        const text = readable(Number(value));
        input.setAttribute("aria-valuetext", text);
        write(shown, text);
        continue;
      }
      const list = options[field.name] ?? [];
      const text = JSON.stringify(list);
      if (input.dataset.options !== text) {
        input.dataset.options = text;
        input.replaceChildren(...list.map(([choice, title]) => element("option", { value: choice, text: title })));
      }
      if (input.value !== value) input.value = value;
      for (const option of /** @type {HTMLSelectElement} */ (input).options) option.disabled = option.value !== value && !offers({ [field.name]: option.value });
    }
  }
}

/** @param {string[]} steps @param {number} value */
function nearest(steps, value) {
  const distances = steps.map((step) => Math.abs(Math.log((Number(step) + 1e-12) / (value + 1e-12))));
  return distances.indexOf(Math.min(...distances));
}
