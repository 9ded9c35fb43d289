// A network that learns: its weights, the state of its optimizer, and the sessions of ONNX Runtime that move them. Runs
// in a worker, and in Node for the tests.

import { corrupt, gather, latentNoise, Order, unit } from "./batches.js";
import { initialWeights } from "./weights.js";

/**
 * What does not change while a network learns.
 * @typedef {{
 *   slots: import("./weights.js").Slot[], size: number, pixels: number, channels: number, latent_dim: number,
 *   is_variational: boolean, init: string, moments: Record<string, string[]>,
 *   layers: { part: string, weight: string, activation: string | null }[],
 *   steps: Record<string, Uint8Array>, encoder: Uint8Array, decoder: Uint8Array
 * }} Plan `steps` and `moments` by the optimizer's name, the files of aeviz.export.step
 */
/**
 * What may change between two steps; the names are those of RunConfig.
 * @typedef {{
 *   optimizer: string, learning_rate: number, beta1: number, beta2: number, epsilon: number, momentum: number,
 *   reconstruction_weight: number, kl_weight: number, penalty_weight: number, sparsity: number,
 *   corruption: string, corruption_level: number, batch_size: number, seed: number
 * }} Settings
 */
/**
 * @typedef {{
 *   step: number, losses: Float32Array, latents: Float32Array, places: Int32Array, gradients: Float32Array,
 *   seconds: number
 * }} Report of some steps: `losses` three a step, `gradients` of the last one
 */

/** @param {Settings} settings */
function scalarsOf(settings) {
  return { ...settings, beta1_rest: 1 - settings.beta1, beta2_rest: 1 - settings.beta2 };
}

export class Learner {
  /**
   * @param {any} runtime the module of ONNX Runtime
   * @param {Plan} plan
   * @param {Uint8Array} images all on which it trains
   * @param {Settings} settings
   */
  constructor(runtime, plan, images, settings) {
    this.runtime = runtime;
    this.plan = plan;
    this.images = images;
    this.count = images.length / plan.pixels;
    /** @type {Map<string, Promise<any>>} */
    this.sessions = new Map();
    this.settings = settings;
    this.parameters = new Float32Array(0);
    /** @type {Float32Array[]} */
    this.moments = [];
    this.step = 0;
    this.counted = 0; // steps since the moments were 0
    this.order = new Order(this.count, settings.batch_size, settings.seed);
    this.restart(settings);
  }

  /**
   * Begin again with the weights of the seed.
   * @param {Settings} settings
   */
  restart(settings) {
    const { slots, size, init } = this.plan;
    this.parameters = initialWeights(slots, size, settings.seed, init);
    this.step = 0;
    this.order = new Order(this.count, settings.batch_size, settings.seed);
    this.settings = settings;
    this.forget();
  }

  /** Set the state of the optimizer back. */
  forget() {
    const { moments, size } = this.plan;
    this.moments = moments[this.settings.optimizer].map(() => new Float32Array(size));
    this.counted = 0;
  }

  /**
   * Go on with other settings. A change between Adam and AMSGrad keeps the moments; another optimizer begins with none.
   * @param {Settings} settings
   */
  change(settings) {
    const before = this.settings.optimizer;
    const { batch_size, seed } = settings;
    if (batch_size !== this.settings.batch_size || seed !== this.settings.seed) {
      this.order = new Order(this.count, batch_size, seed);
    }
    this.settings = settings;
    if (before === settings.optimizer) return;
    if (before === "adam" && settings.optimizer === "amsgrad") this.moments.push(this.moments[1].slice());
    else if (before === "amsgrad" && settings.optimizer === "adam") this.moments.pop();
    else this.forget();
  }

  /**
   * @param {string} name
   * @param {Uint8Array} file
   * @returns {Promise<any>}
   */
  session(name, file) {
    const found =
      this.sessions.get(name) ?? this.runtime.InferenceSession.create(file, { executionProviders: ["wasm"] });
    this.sessions.set(name, found);
    return found;
  }

  /** Open all that training and drawing need, so that the first step is quick. */
  async warm() {
    await this.session(this.settings.optimizer, this.plan.steps[this.settings.optimizer]);
    await this.session("encoder", this.plan.encoder);
    await this.session("decoder", this.plan.decoder);
  }

  /**
   * @param {Float32Array} values
   * @param {number[]} shape
   */
  tensor(values, shape) {
    return new this.runtime.Tensor("float32", values, shape);
  }

  /**
   * Make some steps.
   * @param {number} steps
   * @returns {Promise<Report>}
   */
  async train(steps) {
    const { plan, settings } = this;
    const begun = performance.now();
    const session = await this.session(settings.optimizer, plan.steps[settings.optimizer]);
    const size = Math.min(settings.batch_size, this.count);
    const { feeds, places } = this.batches(steps, size);
    const names = plan.moments[settings.optimizer];
    const vector = [plan.size];
    feeds.parameters = this.tensor(this.parameters, vector);
    names.forEach((name, place) => (feeds[name] = this.tensor(this.moments[place], vector)));
    for (const [name, value] of Object.entries(scalarsOf(settings))) {
      if (typeof value === "number" && session.inputNames.includes(name)) {
        feeds[name] = this.tensor(Float32Array.of(value), []);
      }
    }
    const found = await session.run(feeds);
    this.parameters = found.new_parameters.data;
    this.moments = names.map((name) => found[`new_${name}`].data);
    this.step += steps;
    this.counted += steps;
    return {
      step: this.step,
      losses: found.losses.data,
      latents: found.latents.data,
      places,
      gradients: found.gradients.data,
      seconds: (performance.now() - begun) / 1000,
    };
  }

  /**
   * @param {number} steps
   * @param {number} size of a batch
   */
  batches(steps, size) {
    const { plan, settings } = this;
    const { pixels, latent_dim } = plan;
    const clean = new Float32Array(steps * size * pixels);
    const places = new Int32Array(steps * size);
    const isCorrupted = settings.corruption !== "none";
    const noisy = new Float32Array(isCorrupted ? clean.length : 0);
    const noise = new Float32Array(plan.is_variational ? steps * size * latent_dim : 0);
    const [rate, root] = [new Float32Array(steps), new Float32Array(steps)];
    for (let each = 0; each < steps; each++) {
      const step = this.step + each;
      const chosen = this.order.of(step);
      places.set(chosen, each * size);
      const batch = clean.subarray(each * size * pixels, (each + 1) * size * pixels);
      gather(this.images, pixels, chosen, batch);
      if (isCorrupted) {
        const target = noisy.subarray(each * size * pixels, (each + 1) * size * pixels);
        corrupt(batch, target, { name: settings.corruption, level: settings.corruption_level }, plan, settings.seed, step);
      }
      if (plan.is_variational) {
        latentNoise(noise.subarray(each * size * latent_dim, (each + 1) * size * latent_dim), settings.seed, step);
      }
      [rate[each], root[each]] = stepNumbers(settings, this.counted + each + 1);
    }
    const batch = [steps, size, pixels];
    /** @type {Record<string, any>} */
    const feeds = { images: this.tensor(clean, batch), rate: this.tensor(rate, [steps]) };
    if (settings.optimizer !== "sgd") feeds.root = this.tensor(root, [steps]);
    if (isCorrupted) feeds.corrupted = this.tensor(noisy, batch);
    if (plan.is_variational) feeds.noise = this.tensor(noise, [steps, size, latent_dim]);
    return { feeds, places };
  }

  /**
   * Go on where another network is, whose weights have the same places.
   * @param {Learner} former
   */
  inherit(former) {
    this.parameters = former.parameters;
    this.step = former.step;
    if (former.settings.optimizer !== this.settings.optimizer) return;
    this.moments = former.moments;
    this.counted = former.counted;
  }

  /** Free the memory of the runtime. */
  async close() {
    for (const session of this.sessions.values()) await (await session).release();
    this.sessions.clear();
  }

  /**
   * The latent points of all images, and how well others are reconstructed, from the means of their posteriors.
   * @param {Uint8Array} held images that are not trained on
   * @returns {Promise<{
   *   step: number, latents: Float32Array, log_variance: Float32Array | null, error: number, kl: number, idle: number[]
   * }>} `error` is the mean squared error over their pixels, `kl` nats an image, `idle` the share of units of each hidden
   *   layer of the encoder that are 0 for all of them
   */
  async measure(held) {
    const { pixels, latent_dim } = this.plan;
    const { z, log_variance } = await this.encode(unit(this.images));
    const images = unit(held);
    const found = await this.encode(images);
    const decoded = await this.decode(found.z);
    let error = 0;
    for (let at = 0; at < images.length; at++) error += (decoded.images[at] - images[at]) ** 2;
    let kl = 0;
    if (found.log_variance) {
      for (let at = 0; at < found.z.length; at++) {
        kl += (found.z[at] ** 2 + Math.exp(found.log_variance[at]) - 1 - found.log_variance[at]) / 2;
      }
    }
    const rows = Math.max(1, held.length / pixels);
    return {
      step: this.step, latents: z, log_variance: log_variance ? meanOf(log_variance, latent_dim) : null,
      error: error / (rows * pixels), kl: kl / rows, idle: idleShares(found, rows),
    }; // prettier-ignore
  }

  /**
   * Encode images.
   * @param {Float32Array} images
   * @returns {Promise<Record<string, Float32Array>>} z, hidden_1 and so on
   */
  async encode(images) {
    const session = await this.session("encoder", this.plan.encoder);
    return valuesOf(
      await session.run({
        parameters: this.tensor(this.parameters, [this.plan.size]),
        images: this.tensor(images, [images.length / this.plan.pixels, this.plan.pixels]),
      }),
    );
  }

  /**
   * Decode latent points.
   * @param {Float32Array} z
   * @returns {Promise<Record<string, Float32Array>>} images, hidden_1 and so on
   */
  async decode(z) {
    const session = await this.session("decoder", this.plan.decoder);
    return valuesOf(
      await session.run({
        parameters: this.tensor(this.parameters, [this.plan.size]),
        z: this.tensor(z, [z.length / this.plan.latent_dim, this.plan.latent_dim]),
      }),
    );
  }
}

/**
 * `rate` and `root` of a step, as aeviz/playground/numbers.py has them.
 * @param {Settings} settings
 * @param {number} count steps since the moments were 0, this one included
 */
export function stepNumbers({ optimizer, learning_rate, beta1, beta2 }, count) {
  if (optimizer === "sgd") return [learning_rate, 1];
  return [learning_rate / (1 - beta1 ** count), Math.sqrt(1 - beta2 ** count)];
}

/**
 * @param {Record<string, { data: Float32Array }>} outputs
 * @returns {Record<string, Float32Array>}
 */
function valuesOf(outputs) {
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
}

/**
 * The mean of each column of a table.
 * @param {Float32Array} values row by row
 * @param {number} columns
 */
function meanOf(values, columns) {
  const mean = new Float32Array(columns);
  values.forEach((value, at) => (mean[at % columns] += value));
  return mean.map((sum) => (sum * columns) / values.length);
}

/**
 * The share of units of each hidden layer that are 0 for all images.
 * @param {Record<string, Float32Array>} outputs of the encoder
 * @param {number} rows
 */
function idleShares(outputs, rows) {
  const shares = [];
  for (let layer = 1; outputs[`hidden_${layer}`]; layer += 1) {
    const values = outputs[`hidden_${layer}`];
    const width = values.length / rows;
    const isActive = new Uint8Array(width);
    values.forEach((value, at) => value !== 0 && (isActive[at % width] = 1));
    shares.push(1 - isActive.reduce((sum, each) => sum + each, 0) / width);
  }
  return shares;
}
