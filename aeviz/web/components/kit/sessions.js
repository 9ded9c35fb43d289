// Opened networks of ONNX Runtime. It has one thread and one memory for all of them: one runs at a time, and of those
// that wait the one with the fewest inputs comes first, so that a pointer does not wait for a strip of images.

/** @typedef {{ data: Float32Array, dims: number[] }} Tensor */
/** @typedef {{ size: number, act: () => Promise<void> }} Task */

export class Sessions {
  /** @param {any} runtime the module of ONNX Runtime */
  constructor(runtime) {
    this.runtime = runtime;
    this.count = 0;
    /** @type {Map<number, any>} */
    this.opened = new Map();
    /** @type {Task[]} */
    this.waiting = [];
    this.isBusy = false;
  }

  /**
   * Do something when the runtime is free.
   * @template T
   * @param {number} size of tasks that wait the smallest is next
   * @param {() => Promise<T>} task
   * @returns {Promise<T>}
   */
  inTurn(size, task) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ size, act: () => task().then(resolve, reject) });
      if (!this.isBusy) void this.work();
    });
  }

  async work() {
    this.isBusy = true;
    while (this.waiting.length) {
      const next = this.waiting.reduce((least, each) => (each.size < least.size ? each : least));
      this.waiting.splice(this.waiting.indexOf(next), 1);
      await next.act();
    }
    this.isBusy = false;
  }

  /**
   * Open a network and return its number.
   * @param {Uint8Array} bytes an ONNX file
   */
  async open(bytes) {
    const session = await this.inTurn(0, () =>
      this.runtime.InferenceSession.create(bytes, { executionProviders: ["wasm"] }),
    );
    this.count += 1;
    this.opened.set(this.count, session);
    return this.count;
  }

  /**
   * @param {number} key what `open` returned
   * @param {string} source name of the input
   * @param {Float32Array} input
   * @param {number[]} dims of the input; the first is the number of inputs
   * @param {string[]} targets names of the outputs that are wanted
   * @returns {Promise<Tensor[]>}
   */
  async run(key, source, input, dims, targets) {
    const session = this.opened.get(key);
    if (!session) throw new Error("the network was closed");
    const feeds = { [source]: new this.runtime.Tensor("float32", input, dims) };
    const found = await this.inTurn(dims[0], () => session.run(feeds, targets));
    return targets.map((name) => ({ data: found[name].data, dims: [...found[name].dims] }));
  }

  /** @param {number} key */
  async close(key) {
    const session = this.opened.get(key);
    this.opened.delete(key);
    if (session) await this.inTurn(0, () => session.release());
  }
}
