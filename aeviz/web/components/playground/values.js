// From the texts of the address to the settings of the learner.

import { localise, tr } from "../kit/language.js";

/** @typedef {import("./controls.js").Values} Values */
/** @typedef {import("./learner.js").Settings} Settings */

/** Names whose change needs another plan from the server; all others change a network while it runs. */
export const STRUCTURE = ["data", "hidden", "latent", "activation", "bottleneck", "loss", "noise", "penalty", "init"];

/** The second network that differs in nothing but weights and batches. */
export const SEED = "seed";

export const OPTIMIZERS = /** @type {Record<string, string>} */ ({ adam: "Adam", amsgrad: "AMSGrad", sgd: "SGD" });

/**
 * The settings after a change: other images come with the hidden layers that suit them, unless the visitor chose some.
 * @param {Values} values @param {Values} changed @param {Values} usual hidden layers by data
 * @returns {Values}
 */
export function afterChange(values, changed, usual) {
  const isUsual = values.hidden === usual[values.data];
  return { ...values, ...(changed.data && isUsual ? { hidden: usual[changed.data] } : {}), ...changed };
}

/**
 * The settings of each network: one, or two that differ in the optimizer and its learning rate, or in the seed.
 * @param {Values} values
 * @returns {Settings[]}
 */
export function settingsOf(values) {
  const first = {
    optimizer: values.optimizer,
    learning_rate: Number(values.rate),
    beta1: Number(values.beta1),
    beta2: Number(values.beta2),
    epsilon: Number(values.epsilon),
    momentum: Number(values.momentum),
    reconstruction_weight: 1,
    kl_weight: Number(values.kl),
    penalty_weight: values.penalty === "none" ? 0 : Number(values.weight),
    sparsity: Number(values.sparsity),
    corruption: values.noise,
    corruption_level: Number(values.level),
    batch_size: Number(values.batch),
    seed: Number(values.seed),
  };
  if (values.second === "none") return [first];
  if (values.second === SEED) return [first, { ...first, seed: first.seed + 1 }];
  return [first, { ...first, optimizer: values.second, learning_rate: Number(values.rate2) }];
}

/**
 * How each network is called, so that two can be told apart.
 * @param {Settings[]} settings
 */
export function titlesOf(settings) {
  const names = settings.map(({ optimizer }) => OPTIMIZERS[optimizer] ?? optimizer);
  if (new Set(names).size === names.length) return names;
  if (settings[0].seed !== settings[1].seed) return settings.map(({ seed }, k) => tr("{name}, seed {seed}", { name: names[k], seed }));
  return settings.map(({ optimizer, learning_rate }) => `${OPTIMIZERS[optimizer]} ${localise(String(learning_rate))}`);
}

/** A number as the address writes it, without an exponent. @param {number} value */
export const plain = (value) => value.toFixed(10).replace(/\.?0+$/, "");

/** Widths in the address. @param {string} text */
export const widthsOf = (text) => text.split(".").map(Number);
