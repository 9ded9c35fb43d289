// Runs encoders and decoders in the page by ONNX Runtime (WebAssembly). Where a browser or an installation lacks that, the
// server decodes for the page.
//
// Runtime and opened networks hang on the window, since Streamlit serves this file once for each component and a
// runtime takes 14 MB. A network is known by the name that its bytes have in the blob store. Networks of convolutions run
// in a worker, so that none makes the pointer wait. The way there and back costs a frame, which a small dense network does
// not need: it runs in the page. So does all in a file that brings its runtime along, which starts no worker.

import { ask } from "./blobs.js";
import { mark, tr } from "./language.js";
import { NetworkError, readOnnx } from "./onnx_file.js";
import { readLayers, withOutputs } from "./onnx_layers.js";
import { hasSimd, loadRuntime } from "./runtime.js";
import { Sessions } from "./sessions.js";
import { Client } from "./worker_client.js";

/**
 * @typedef {{
 *   name: string, part: "decoder" | "encoder", latent_dim: number, image_shape: number[], digest: string, limit: number
 * }} NetworkSpec What a network must be: `name` in the blob store, `limit` bytes at most.
 */
/** @typedef {import("./onnx_layers.js").Layer} Layer */
/** @typedef {{ values: Float32Array, shape: number[] }} Output of a layer; `shape` begins with the number of inputs */
/**
 * @typedef {{
 *   by: string, run: (input: Float32Array, rows: number) => Promise<Float32Array>, close: () => void,
 *   layers: Layer[], trace: (input: Float32Array, rows: number) => Promise<Output[]>
 * }} Network `trace` returns the output of each layer; there are `layers` only where the network was opened with them.
 */

const KEPT = 6; // opened networks
const NOT_STARTED = "no available backend"; // how ONNX Runtime's message begins when its WebAssembly is missing
const ARRIVAL_MS = 30_000; // four megabytes over a class room's wireless network take a while
const QUICK_BYTES = 2 << 20; // of a dense network that runs in the page
const AT_ONCE = 1 << 16; // values that a network gives before another may have its turn
const HOLDER = Symbol.for("aeviz.engine");

/** @typedef {Pick<Sessions, "open" | "run" | "close">} Runner */
/** @typedef {"page" | "worker"} Place of a runtime */
/**
 * @typedef {{
 *   runners: Map<Place, Promise<Runner>>, networks: Map<string, Promise<Network>>, given: Map<string, Network>
 * }} Holder `given` are networks that were not opened here and cannot be opened again.
 */

/** @returns {Holder} */
function holder() {
  const found = /** @type {any} */ (window);
  return (found[HOLDER] ??= { runners: new Map(), networks: new Map(), given: new Map() });
}

/** @param {Place} place @returns {Promise<Runner>} what runs networks there; in the page where there are no workers */
async function startRunner(place) {
  if (place === "page" || typeof Worker === "undefined") return new Sessions(await loadRuntime());
  const client = new Client("kit");
  await client.call("load", []);
  return {
    open: (bytes) => client.call("open", [bytes]),
    run: (...argument) => client.call("run", argument),
    close: (key) => client.call("close", [key]),
  };
}

/** @param {number[]} shape */
function sizeOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/** Whether the visitor, or a test, asks the server to decode: ?engine=server in the address. */
function isForbidden() {
  return new URLSearchParams(window.location.search).get("engine") === "server";
}

/**
 * @param {NetworkSpec} spec
 * @param {Uint8Array} bytes
 */
function check(spec, bytes) {
  const [latent, image] = [[spec.latent_dim], spec.image_shape].map((shape) => `N x ${shape.join(" x ")}`);
  const [source, target] = spec.part === "decoder" ? [latent, image] : [image, latent];
  if (bytes.length > spec.limit) {
    throw new NetworkError(tr("it has {bytes} bytes, far more than this model's weights", { bytes: String(bytes.length) }));
  }
  const file = readOnnx(bytes);
  /** @param {import("./onnx_file.js").End[]} ends */
  const shape = (ends) => ends.map((end) => end.shape.map((length) => length ?? "N").join(" x ")).join(", ");
  for (const [what, found, expected] of [
    [mark("input"), shape(file.inputs), source],
    [mark("output"), shape(file.outputs), target],
  ]) {
    const values = { what: tr(what), found: found || tr("missing"), expected };
    if (found !== expected) throw new NetworkError(tr("its {what} is {found}; this model's is {expected}", values));
  }
  if (file.properties.get("model_digest") !== spec.digest) {
    throw new NetworkError(tr("it was made from other weights than this model has now"));
  }
  return file;
}

/**
 * @param {NetworkSpec} spec
 * @param {Uint8Array} bytes
 * @param {Layer[]} layers whose outputs it gives too
 * @param {Place} place where it runs
 * @returns {Promise<Network>}
 */
async function openWithRuntime(spec, bytes, layers, place) {
  const { runners } = holder();
  const started = runners.get(place) ?? startRunner(place);
  runners.set(place, started);
  const runner = await started;
  /** @type {number} */
  let key;
  try {
    key = await runner.open(bytes);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (text.includes(NOT_STARTED)) throw error;
    throw new NetworkError(tr("ONNX Runtime cannot open it ({reason})", { reason: text.slice(0, 120) }));
  }
  const decodes = spec.part === "decoder";
  const [source, target] = decodes ? ["z", "image"] : ["image", "z"];
  const shape = decodes ? [spec.latent_dim] : spec.image_shape;
  const pixels = sizeOf(spec.image_shape), wide = sizeOf(shape);
  const rowsAtOnce = Math.max(1, Math.floor(AT_ONCE / Math.max(pixels, spec.latent_dim)));
  return {
    by: "ONNX Runtime",
    layers,
    async run(input, rows) {
      if (rows <= rowsAtOnce) return (await runner.run(key, source, input, [rows, ...shape], [target]))[0].data;
      const parts = [];
      for (let row = 0; row < rows; row += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, rows - row);
        const part = input.slice(row * wide, (row + count) * wide);
        parts.push((await runner.run(key, source, part, [count, ...shape], [target]))[0].data);
      }
      const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
      return whole;
    },
    async trace(input, rows) {
      const found = await runner.run(key, source, input, [rows, ...shape], layers.map(({ output }) => output));
      return found.map(({ data, dims }) => ({ values: data, shape: dims }));
    },
    close: () => void runner.close(key).catch(() => undefined),
  };
}

/**
 * Send one input through a network: a damaged one may open all the same.
 * @param {NetworkSpec} spec
 * @param {Network} opened
 */
async function tried(spec, opened) {
  const pixels = sizeOf(spec.image_shape);
  const [wide, expected] = spec.part === "decoder" ? [spec.latent_dim, pixels] : [pixels, spec.latent_dim];
  let found;
  try {
    found = await opened.run(new Float32Array(wide), 1);
  } catch (error) {
    throw new NetworkError(tr("it does not run ({reason})", { reason: String(error).slice(0, 120) }));
  }
  if (found.length !== expected || !found.every(Number.isFinite)) {
    throw new NetworkError(tr("it gives {count} values, not all of them numbers, where {expected} are expected", { count: found.length, expected }));
  }
  return opened;
}

/**
 * The bytes under a name, if they come in time.
 * @param {string} name
 * @returns {Promise<Uint8Array>}
 */
async function arrival(name) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Unable(tr("the network did not reach the page in time"))), ARRIVAL_MS);
  });
  try {
    return /** @type {Uint8Array} */ (await Promise.race([ask(name), late]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {NetworkSpec} spec
 * @param {boolean} withLayers
 * @returns {Promise<Network>}
 */
async function open(spec, withLayers) {
  let bytes = await arrival(spec.name);
  const { operators } = check(spec, bytes);
  const isQuick = bytes.length <= QUICK_BYTES && ![...operators].some((name) => name.includes("Conv"));
  const place = isQuick ? "page" : "worker";
  const layers = withLayers ? readLayers(bytes) : [];
  if (withLayers) bytes = withOutputs(bytes, layers.map(({ output }) => output));
  if (isForbidden()) throw new Unable(tr("as the address asks"));
  if (!hasSimd()) throw new Unable(tr("this browser has no WebAssembly with SIMD"));
  try {
    return await tried(spec, await openWithRuntime(spec, bytes, layers, place));
  } catch (error) {
    if (error instanceof NetworkError) throw error;
    holder().runners.delete(place); // the next visit may have more luck
    throw new Unable(tr("ONNX Runtime could not be loaded from the server"));
  }
}

/**
 * Give the page a network that is there already: it is found by its name and digest like those opened from a file.
 * @param {string} name
 * @param {string} digest
 * @param {Network} opened
 */
export function addNetwork(name, digest, opened) {
  holder().given.set(`${name} ${digest}`, opened);
}

/** Give the page a runtime of its own, in place of that beside its scripts. @param {() => Promise<any>} load */
export function giveRuntime(load) {
  const sessions = load().then((runtime) => new Sessions(runtime));
  for (const place of /** @type {Place[]} */ (["page", "worker"])) holder().runners.set(place, sessions);
}

/** Why the page cannot run a network that is in order: the server must. */
export class Unable extends Error {
  name = "Unable";
}

/**
 * Return a network that runs in the page; opened once, whoever asks.
 * @param {NetworkSpec} spec
 * @param {boolean} [withLayers] whether it gives the outputs of its layers too, by `trace`
 * @returns {Promise<Network>}
 * @throws {NetworkError} the file is truncated, damaged, too large or of another model
 * @throws {Unable} this page cannot run it
 */
export function network(spec, withLayers = false) {
  const { networks, given } = holder();
  const name = `${spec.name} ${spec.digest}${withLayers ? " with layers" : ""}`;
  const ready = given.get(name);
  if (ready) return Promise.resolve(ready);
  const found = networks.get(name) ?? open(spec, withLayers);
  networks.delete(name);
  networks.set(name, found);
  found.catch(() => networks.delete(name));
  for (const [old, opened] of networks) {
    if (networks.size <= KEPT) break;
    networks.delete(old);
    opened.then((each) => each.close(), () => undefined);
  }
  return found;
}
