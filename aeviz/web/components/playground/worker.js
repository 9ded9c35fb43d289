// The worker in which a network of the playground learns: it answers requests one after the other, so the page is never
// kept waiting and never sees a network between two steps.

import { hasSimd, loadRuntime } from "../kit/runtime.js";
import { Learner } from "./learner.js";
import { chooseProcessor } from "./processor.js";

/** @type {Promise<any> | null} */
let runtime = null;
/** @type {Learner | null} */
let learner = null;

/** @returns {Learner} */
function opened() {
  if (!learner) throw new Error("no network is open");
  return learner;
}

/** What the page may ask for, by name. @type {Record<string, (argument: any) => Promise<any>>} */
const acts = {
  async load() {
    if (!hasSimd()) throw new Error("this browser has no WebAssembly with SIMD");
    runtime ??= loadRuntime();
    await runtime;
  },
  /** Open a network; one with the same weights in the same places goes on with them. */
  async open({ plan, images, settings, keeps }) {
    await acts.load(null);
    const former = learner;
    learner = new Learner(await runtime, plan, images, settings);
    if (former && keeps) await learner.inherit(former);
    await former?.close();
    await learner.warm();
  },
  async train({ steps, settings }) {
    await opened().change(settings);
    return opened().train(steps);
  },
  /** Choose what computes the steps; see processor.js. */
  async processor({ choice }) {
    return chooseProcessor(opened(), choice);
  },
  async restart({ settings }) {
    opened().restart(settings);
  },
  /** Decode a mesh of points and send images through the whole network. */
  async look({ mesh, images, point }) {
    const network = opened();
    /** @type {Record<string, any>} */
    const found = { step: network.step };
    if (mesh) found.mesh = (await network.decode(mesh)).images;
    if (images) {
      const encoded = await network.encode(images);
      Object.assign(found, { z: encoded.z, hidden: hiddenOf(encoded) });
      const decoded = await network.decode(encoded.z);
      Object.assign(found, { reconstructions: decoded.images, decoded: hiddenOf(decoded) });
    }
    if (point) found.image = (await network.decode(point)).images;
    return found;
  },
  /** Encode all images of the training and measure the network on others. */
  async measure({ held }) {
    return opened().measure(held);
  },
  async weights() {
    return { parameters: opened().parameters.slice(), step: opened().step };
  },
  /** Take over the weights of another network. */
  async adopt({ parameters, step }) {
    Object.assign(opened(), { parameters, step });
    opened().forget();
  },
};

/** @param {Record<string, Float32Array>} outputs */
function hiddenOf(outputs) {
  return Object.keys(outputs)
    .filter((name) => name.startsWith("hidden_"))
    .sort((one, other) => Number(one.slice(7)) - Number(other.slice(7)))
    .map((name) => outputs[name]);
}

/** The memory of a result that may move to the page instead of being copied. @param {any} value @returns {ArrayBuffer[]} */
function movable(value) {
  const found = new Set();
  for (const part of Object.values(value ?? {})) {
    for (const each of Array.isArray(part) ? part : [part]) {
      if (ArrayBuffer.isView(each) && each.byteLength === each.buffer.byteLength) found.add(each.buffer);
    }
  }
  return [...found];
}

const port = /** @type {any} */ (globalThis);
let queue = Promise.resolve();
port.onmessage = (/** @type {MessageEvent} */ { data: { id, name, argument } }) => {
  queue = queue.then(async () => {
    try {
      const result = await acts[name](argument);
      port.postMessage({ id, result }, movable(result));
    } catch (error) {
      port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
};
