// A network that learns: its weights, the state of its optimizer, and the sessions of ONNX Runtime that read them. Runs
// in a worker, and in Node for the tests.

import { corrupt, gather, latentNoise, Order, unit } from "./batches.js";
import { LoopSteps } from "./loop_steps.js";
import { initialWeights } from "./weights.js";

/**
 * What does not change while a network learns.
 * @typedef {{
 *   slots: import("./weights.js").Slot[], size: number, pixels: number, channels: number, latent_dim: number,
 *   is_variational: boolean, init: string, moments: Record<string, string[]>,
 *   layers: { part: string, weight: string, activation: string | null }[],
 *   steps: Record<string, Uint8Array>, single_steps: Record<string, Uint8Array>, encoder: Uint8Array, decoder: Uint8Array
 * }} Plan `steps`, `single_steps` and `moments` by the optimizer's name; the files are those of aeviz.export.step
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
 *   seconds: number, lost: string
 * }} Report of some steps: `losses` three a step, `gradients` of the last one; `lost` says why the GPU failed, or nothing
 */
/**
 * What some steps read, all in one array each; null where the network has none of it.
 * @typedef {{
 *   steps: number, size: number, places: Int32Array, images: Float32Array, corrupted: Float32Array | null,
 *   noise: Float32Array | null, rate: Float32Array, root: Float32Array | null
 * }} Batches `size` of a batch
 */
/** @typedef {{ parameters: Float32Array, moments: Float32Array[] }} State weights, and the vectors of the optimizer */

const RACE_MS = 300; // for which a processor is timed
const RACE_STEPS = 4; // in a call

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
    this.loop = new LoopSteps(runtime, plan);
    /** @type {import("./gpu_steps.js").GpuSteps | null} */
    this.gpu = null; // makes the steps in place of the loop
    this.settings = settings;
    /** @type {Float32Array} */
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
  async change(settings) {
    const before = this.settings.optimizer;
    const { batch_size, seed } = settings;
    if (batch_size !== this.settings.batch_size || seed !== this.settings.seed) {
      this.order = new Order(this.count, batch_size, seed);
    }
    if (before !== settings.optimizer) await this.settle();
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
    await this.loop.warm(this.settings.optimizer);
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
    const begun = performance.now();
    const batches = this.batches(steps, Math.min(this.settings.batch_size, this.count));
    const { made, lost } = await this.make(batches);
    this.parameters = made.parameters;
    if (made.moments) this.moments = made.moments;
    this.step += steps;
    this.counted += steps;
    const { losses, latents, gradients } = made;
    const { places } = batches;
    return { step: this.step, losses, latents, places, gradients, seconds: (performance.now() - begun) / 1000, lost };
  }

  /**
   * Make steps on the GPU if there is one; where it fails, its moments are lost and WebAssembly goes on.
   * @param {Batches} batches
   */
  async make(batches) {
    let lost = "";
    if (this.gpu) {
      try {
        return { made: await this.gpu.make(this, batches, this.settings), lost };
      } catch (error) {
        lost = error instanceof Error ? error.message : String(error);
        this.gpu = null;
        this.forget();
        for (let each = 0; each < batches.steps; each++) this.setNumbers(batches, each);
      }
    }
    return { made: await this.loop.make(this, batches, this.settings), lost };
  }

  /** Take the moments back from the GPU, which keeps them between steps. */
  async settle() {
    this.moments = (await this.gpu?.moments(this)) ?? this.moments;
  }

  /**
   * Time the steps of both processors, without a trace in the network.
   * @param {import("./gpu_steps.js").GpuSteps} gpu
   * @returns {Promise<{ wasm: number, webgpu: number, lost: string }>} steps a second; 0 where the GPU failed
   */
  async race(gpu) {
    await this.settle();
    const { parameters, moments, step, counted, gpu: former } = this;
    const found = { wasm: 0, webgpu: 0, lost: "" };
    for (const [name, one] of /** @type {["wasm" | "webgpu", typeof former][]} */ ([["wasm", null], ["webgpu", gpu]])) {
      this.gpu = one;
      found.lost = (await this.train(1)).lost; // compiles
      const begun = performance.now();
      for (let steps = RACE_STEPS; this.gpu === one; steps += RACE_STEPS) {
        found.lost ||= (await this.train(RACE_STEPS)).lost;
        const passed = performance.now() - begun;
        if (passed < RACE_MS) continue;
        found[name] = found.lost ? 0 : (1000 * steps) / passed;
        break;
      }
      Object.assign(this, { parameters, moments, step, counted });
    }
    this.gpu = former;
    return found;
  }

  /**
   * @param {number} steps
   * @param {number} size of a batch
   * @returns {Batches}
   */
  batches(steps, size) {
    const { plan, settings } = this;
    const { pixels, latent_dim } = plan;
    const isCorrupted = settings.corruption !== "none";
    const [images, places] = [new Float32Array(steps * size * pixels), new Int32Array(steps * size)];
    const corrupted = isCorrupted ? new Float32Array(images.length) : null;
    const noise = plan.is_variational ? new Float32Array(steps * size * latent_dim) : null;
    const [rate, root] = [new Float32Array(steps), settings.optimizer === "sgd" ? null : new Float32Array(steps)];
    const batches = { steps, size, places, images, corrupted, noise, rate, root };
    for (let each = 0; each < steps; each++) {
      const step = this.step + each;
      const chosen = this.order.of(step);
      places.set(chosen, each * size);
      const batch = images.subarray(each * size * pixels, (each + 1) * size * pixels);
      gather(this.images, pixels, chosen, batch);
      if (corrupted) {
        const target = corrupted.subarray(each * size * pixels, (each + 1) * size * pixels);
        corrupt(batch, target, { name: settings.corruption, level: settings.corruption_level }, plan, settings.seed, step);
      }
      if (noise) {
        latentNoise(noise.subarray(each * size * latent_dim, (each + 1) * size * latent_dim), settings.seed, step);
      }
      this.setNumbers(batches, each);
    }
    return batches;
  }

  /**
   * Write the numbers of the optimizer for one of the steps.
   * @param {Batches} batches
   * @param {number} each
   */
  setNumbers({ rate, root }, each) {
    const found = stepNumbers(this.settings, this.counted + each + 1);
    rate[each] = found[0];
    if (root) root[each] = found[1];
  }

  /**
   * Go on where another network is, whose weights have the same places.
   * @param {Learner} former
   */
  async inherit(former) {
    await former.settle();
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
    await this.loop.close();
    await this.gpu?.close();
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
