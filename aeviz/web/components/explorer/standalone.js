// The explorer in a file of its own, without a server: aeviz/web/takeaway/page.py writes the file and what it holds.

import { addNetwork, giveRuntime } from "../kit/engine.js";
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

/** @param {Decoder} decoder @returns {import("../kit/engine.js").Network} */
function networkOf({ decoder }) {
  const width = decoder[0].weights.length / decoder[0].bias.length;
  const wide = decoder[0].grid ? decoder[0].grid.small.reduce((product, length) => product * length, 1) : width;
  return {
    by: "the page itself",
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

/**
 * @param {HTMLElement | ShadowRoot} place
 * @param {Held} held
 * @param {import("../kit/held.js").Reports} [reports] hears what the visitor does
 * @returns {() => void} ends it, once its element has left the page
 */
export default function show(place, held, reports = silent) {
  for (const decoder of held.decoders) addNetwork(decoder.name, decoder.digest, networkOf(decoder));
  if (held.runtime) giveRuntime(() => openRuntime(/** @type {any} */ (held.runtime)));
  return explorer({ data: held.view, parentElement: place, ...reports });
}

/** @param {HTMLElement} place @param {Held} held */
const showPage = (place, held) => void show(place, { ...held, view: viewOf(held.view) });
void showHeld(showPage);
