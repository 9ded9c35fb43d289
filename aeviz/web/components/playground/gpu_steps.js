// Steps of training on the graphics processor by WebGPU: one in a call, the graph of aeviz.export.step.single_step, since
// ONNX Runtime Web has no loop there. Weights and moments stay on the GPU from step to step.

import { scalarFeeds } from "./loop_steps.js";

/** @typedef {import("./learner.js").Settings} Settings */
/** @typedef {import("./learner.js").State} State */

export class GpuSteps {
  /**
   * @param {any} runtime the module of ONNX Runtime for WebGPU
   * @param {import("./learner.js").Plan} plan
   */
  constructor(runtime, plan) {
    this.runtime = runtime;
    this.plan = plan;
    /** @type {Map<string, Promise<any>>} */
    this.sessions = new Map();
    /** @type {Record<string, any>} */
    this.held = {}; // tensors on the GPU, by the names of the graph
    /** @type {State | null} */
    this.known = null; // what the learner has had since the last step: the GPU is ahead of these moments
  }

  /** @param {string} optimizer @returns {Promise<any>} */
  session(optimizer) {
    const open = () => {
      const names = ["parameters", ...this.plan.moments[optimizer]].map((name) => `new_${name}`);
      const kept = [...names, "losses", "latents", "gradients"].map((name) => [name, "gpu-buffer"]);
      return this.runtime.InferenceSession.create(this.plan.single_steps[optimizer], {
        executionProviders: ["webgpu"],
        preferredOutputLocation: Object.fromEntries(kept),
      });
    };
    const found = this.sessions.get(optimizer) ?? open();
    this.sessions.set(optimizer, found);
    return found;
  }

  /** @param {State} state whether the GPU goes on from it */
  isAhead({ parameters, moments }) {
    return this.known?.parameters === parameters && this.known.moments === moments;
  }

  /**
   * @param {State} state
   * @param {import("./learner.js").Batches} batches
   * @param {Settings} settings
   * @returns {Promise<import("./loop_steps.js").Made>}
   */
  async make(state, batches, settings) {
    const { plan, runtime } = this;
    const { steps, size } = batches;
    const session = await this.session(settings.optimizer);
    const names = ["parameters", ...plan.moments[settings.optimizer]];
    if (!this.isAhead(state)) {
      this.free();
      const vectors = [state.parameters, ...state.moments];
      names.forEach((name, place) => (this.held[name] = new runtime.Tensor("float32", vectors[place], [plan.size])));
    }
    this.known = null; // until the steps are made
    const scalars = scalarFeeds(runtime, session.inputNames, settings);
    const reports = [];
    for (let step = 0; step < steps; step++) {
      const feeds = { ...scalars, ...this.held, ...this.batch(batches, step) };
      const found = await session.run(feeds);
      for (const name of names) {
        this.held[name].dispose();
        this.held[name] = found[`new_${name}`];
      }
      reports.push(found);
    }
    const [losses, latents] = [new Float32Array(3 * steps), new Float32Array(steps * size * plan.latent_dim)];
    /** @type {Float32Array} */
    let gradients = new Float32Array(0);
    for (const [step, found] of reports.entries()) {
      losses.set(await found.losses.getData(true), 3 * step);
      latents.set(await found.latents.getData(true), step * size * plan.latent_dim);
      if (step === steps - 1) gradients = await found.gradients.getData(true);
      else found.gradients.dispose();
    }
    const parameters = (await this.held.parameters.getData()).slice();
    this.known = { parameters, moments: state.moments };
    return { parameters, moments: null, losses, latents, gradients };
  }

  /**
   * What a step reads beside weights and settings.
   * @param {import("./learner.js").Batches} batches
   * @param {number} step
   */
  batch({ size, images, corrupted, noise, rate, root }, step) {
    const { pixels, latent_dim } = this.plan;
    /** @type {Record<string, any>} */
    const feeds = {};
    const feed = (/** @type {string} */ name, /** @type {Float32Array | null} */ values, /** @type {number[]} */ shape) => {
      const length = shape.reduce((product, side) => product * side, 1);
      if (values) feeds[name] = new this.runtime.Tensor("float32", values.slice(step * length, (step + 1) * length), shape);
    };
    feed("images", images, [size, pixels]);
    feed("corrupted", corrupted, [size, pixels]);
    feed("noise", noise, [size, latent_dim]);
    feed("rate", rate, []);
    feed("root", root, []);
    return feeds;
  }

  /**
   * The moments where the GPU is ahead of a state, which it no longer is afterwards; else nothing.
   * @param {State} state
   * @returns {Promise<Float32Array[] | null>}
   */
  async moments(state) {
    if (!this.isAhead(state)) return null;
    const found = [];
    for (const [name, tensor] of Object.entries(this.held)) {
      if (name !== "parameters") found.push((await tensor.getData()).slice());
    }
    this.free();
    return found;
  }

  free() {
    for (const tensor of Object.values(this.held)) tensor.dispose();
    this.held = {};
    this.known = null;
  }

  /** Free the memory of the runtime. */
  async close() {
    this.free();
    for (const session of this.sessions.values()) await (await session).release();
    this.sessions.clear();
  }
}
