// The page's side of a worker: each request is a promise.

const BUNDLED = "/bundled/";

export class Client {
  /** @param {string} component whose worker.js it is */
  constructor(component) {
    const isBundled = import.meta.url.includes(BUNDLED);
    const address = new URL(isBundled ? `./${component}-worker.js` : `../${component}/worker.js`, import.meta.url);
    this.worker = new Worker(address, { type: "module" });
    this.count = 0;
    /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
    this.waiting = new Map();
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const found = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) found?.resolve(result);
      else found?.reject(new Error(error));
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.fail(event.message || "the worker could not be started");
    };
  }

  /** @param {string} reason */
  fail(reason) {
    for (const { reject } of this.waiting.values()) reject(new Error(reason));
    this.waiting.clear();
    this.failed = reason;
  }

  /**
   * @param {string} name of what the worker does
   * @param {unknown} [argument]
   * @returns {Promise<any>}
   */
  call(name, argument = null) {
    if (this.failed) return Promise.reject(new Error(this.failed));
    const id = (this.count += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, name, argument });
    });
  }

  close() {
    this.worker.terminate();
    this.fail("closed");
  }
}
