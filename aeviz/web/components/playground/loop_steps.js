// Steps of training in WebAssembly: many in one call, in the loop of aeviz.export.step.training_step.

/** @typedef {import("./learner.js").Settings} Settings */
/**
 * @typedef {{
 *   parameters: Float32Array, moments: Float32Array[] | null, losses: Float32Array, latents: Float32Array,
 *   gradients: Float32Array
 * }} Made what some steps give; `moments` is null where the processor keeps them
 */

/**
 * The inputs of a session that are single numbers, by name.
 * @param {any} runtime the module of ONNX Runtime
 * @param {readonly string[]} names of the inputs
 * @param {Settings} settings
 * @returns {Record<string, any>}
 */
export function scalarFeeds(runtime, names, settings) {
  const values = { ...settings, beta1_rest: 1 - settings.beta1, beta2_rest: 1 - settings.beta2 };
  const found = Object.entries(values).filter(([name, value]) => typeof value === "number" && names.includes(name));
  return Object.fromEntries(
    found.map(([name, value]) => [name, new runtime.Tensor("float32", Float32Array.of(Number(value)), [])]),
  );
}

export class LoopSteps {
  /**
   * @param {any} runtime the module of ONNX Runtime
   * @param {import("./learner.js").Plan} plan
   */
  constructor(runtime, plan) {
    this.runtime = runtime;
    this.plan = plan;
    /** @type {Map<string, Promise<any>>} */
    this.sessions = new Map();
  }

  /** @param {string} optimizer @returns {Promise<any>} */
  warm(optimizer) {
    const open = () =>
      this.runtime.InferenceSession.create(this.plan.steps[optimizer], { executionProviders: ["wasm"] });
    const found = this.sessions.get(optimizer) ?? open();
    this.sessions.set(optimizer, found);
    return found;
  }

  /**
   * @param {import("./learner.js").State} state
   * @param {import("./learner.js").Batches} batches
   * @param {Settings} settings
   * @returns {Promise<Made>}
   */
  async make({ parameters, moments }, { steps, size, images, corrupted, noise, rate, root }, settings) {
    const { plan, runtime } = this;
    const session = await this.warm(settings.optimizer);
    const names = plan.moments[settings.optimizer];
    const feeds = scalarFeeds(runtime, session.inputNames, settings);
    const feed = (/** @type {string} */ name, /** @type {Float32Array | null} */ values, /** @type {number[]} */ shape) => {
      if (values) feeds[name] = new runtime.Tensor("float32", values, shape);
    };
    feed("images", images, [steps, size, plan.pixels]);
    feed("corrupted", corrupted, [steps, size, plan.pixels]);
    feed("noise", noise, [steps, size, plan.latent_dim]);
    feed("rate", rate, [steps]);
    feed("root", root, [steps]);
    feed("parameters", parameters, [plan.size]);
    names.forEach((name, place) => feed(name, moments[place], [plan.size]));
    const found = await session.run(feeds);
    return {
      parameters: found.new_parameters.data, moments: names.map((name) => found[`new_${name}`].data),
      losses: found.losses.data, latents: found.latents.data, gradients: found.gradients.data,
    }; // prettier-ignore
  }

  /** Free the memory of the runtime. */
  async close() {
    for (const session of this.sessions.values()) await (await session).release();
    this.sessions.clear();
  }
}
