// The page of benchmarks/playground.py: workers that train.

/** Those that train, each in a worker of its own. */
const TRAINERS = { aeviz: "aeviz.js", cpu: "tfjs.js", wasm: "tfjs.js" };

/** @type {Record<string, Worker>} */
const workers = {};

/**
 * Send a message to a worker and wait for its answer.
 * @param {Worker} worker
 * @param {any} message
 */
function ask(worker, message) {
  return new Promise((done, fail) => {
    worker.onmessage = ({ data }) => (data.kind === "error" ? fail(new Error(data.error)) : done(data));
    worker.onerror = (event) => fail(new Error(event.message));
    worker.postMessage(message);
  });
}

/**
 * Open all workers on the same network, images and weights.
 * @param {string} name of the network
 */
window.begin = async (name) => {
  for (const [trainer, script] of Object.entries(TRAINERS)) {
    workers[trainer]?.terminate();
    workers[trainer] = new Worker(script, { type: "module" });
    await ask(workers[trainer], { kind: "begin", name, trainer });
  }
};

/**
 * Let one of them make some steps; seconds and the loss before each step.
 * @param {string} trainer
 * @param {number} steps
 */
window.train = (trainer, steps) => ask(workers[trainer], { kind: "train", steps });
