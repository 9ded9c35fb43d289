// The explorer in a file of its own, without a server: aeviz/web/takeaway/page.py writes the file and what it holds.

import { gunzip, showHeld, silent } from "../kit/held.js";
import { run } from "../kit/plain_layers.js";
import { unpack } from "../kit/wire.js";
import explorer from "./explorer.js";

/** @typedef {{ name: string, digest: string, decoder: import("../kit/plain_layers.js").Layer[] }} Decoder */
/**
 * @typedef {{
 *   view: Uint8Array, blobs: { name: string, content: Uint8Array }[], decoders: Decoder[],
 *   runtime?: { module: Uint8Array, program: Uint8Array } | null
 * }} Held `runtime` is that of decoders among the blobs; without it they load it from beside the script
 */

const ENGINE = Symbol.for("aeviz.engine"); // see kit/engine.js: networks by name and digest
const HERE = location.protocol === "file:" ? "this file itself" : "this page itself";

/** @param {Decoder} decoder @returns {import("../kit/engine.js").Network} */
function networkOf({ decoder }) {
  const width = decoder[0].weights.length / decoder[0].bias.length;
  const wide = decoder[0].grid ? decoder[0].grid.small.reduce((product, length) => product * length, 1) : width;
  return {
    by: HERE,
    layers: [],
    async run(input, rows) {
      const images = Array.from({ length: rows }, (_, row) => run(decoder, input.subarray(row * wide, (row + 1) * wide)));
      const found = new Float32Array(rows * images[0].length);
      images.forEach((image, row) => found.set(image.map((value) => Math.max(0, Math.min(1, value))), row * image.length));
      return found;
    },
    trace: async () => [],
    close: () => undefined,
  };
}

/** ONNX Runtime from the file. @param {{ module: Uint8Array, program: Uint8Array }} held */
async function openRuntime({ module, program }) {
  const address = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (module)], { type: "text/javascript" }));
  const [runtime, wasm] = await Promise.all([import(address), gunzip(program)]);
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmBinary = wasm.buffer;
  return runtime;
}

/** The view, at the latent point that the address asks for, such as ?at=0,2.5. @param {Uint8Array} packed */
function viewOf(packed) {
  const view = unpack(packed);
  const at = new URLSearchParams(location.search).get("at")?.split(",").map(Number) ?? [];
  return at.length === view.point.length && at.every(Number.isFinite) ? { ...view, point: at } : packed;
}

/** @param {HTMLElement} place @param {Held} held */
export default function show(place, held) {
  const networks = new Map(held.decoders.map((each) => [`${each.name} ${each.digest}`, Promise.resolve(networkOf(each))]));
  const runtime = held.runtime ? openRuntime(held.runtime) : null;
  Object.assign(window, { [ENGINE]: { runtime, networks, queue: Promise.resolve() } });
  explorer({ data: viewOf(held.view), parentElement: place, ...silent });
}

void showHeld(show);
