// The page of benchmarks/playground.py: workers that train, and a plane of moving points.

/** Those that train, each in a worker of its own. */
const TRAINERS = { aeviz: "aeviz.js", cpu: "tfjs.js", wasm: "tfjs.js" };
const COLOURS = ["#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"];
const SHARE = 0.2; // of the way to where a point should be, for each frame

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

/**
 * Draw points of the training images, which move, while aeviz trains.
 * @param {number} seconds
 * @returns frames and steps a second, and the times that new points came
 */
window.show = async (seconds) => {
  const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("plane"));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { width, height } = canvas;
  let [target, at] = [new Float32Array(0), new Float32Array(0)];
  let [steps, moves, frames, isOver] = [0, 0, 0, false];
  const begun = performance.now();
  const ended = new Promise((done, fail) => {
    workers.aeviz.onmessage = ({ data }) => {
      if (data.kind === "error") return fail(new Error(data.error));
      if (data.kind === "ended") return done(undefined);
      target = data.z;
      if (!at.length) at = target.slice();
      steps = data.steps;
      moves += 1;
    };
  });
  workers.aeviz.postMessage({ kind: "show", seconds });
  const draw = () => {
    if (isOver) return;
    frames += 1;
    context.clearRect(0, 0, width, height);
    let reach = 1e-6;
    for (let place = 0; place < at.length; place++) {
      at[place] += SHARE * (target[place] - at[place]);
      reach = Math.max(reach, Math.abs(at[place]));
    }
    const scale = (0.48 * height) / reach;
    for (let colour = 0; colour < COLOURS.length; colour++) {
      context.fillStyle = COLOURS[colour];
      for (let place = 2 * colour; place < at.length; place += 2 * COLOURS.length) {
        context.fillRect(width / 2 + scale * at[place], height / 2 - scale * at[place + 1], 3, 3);
      }
    }
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  await ended;
  isOver = true;
  const passed = (performance.now() - begun) / 1000;
  return { fps: frames / passed, steps_per_s: steps / passed, moves_per_s: moves / passed };
};
