// The explorer in a file of its own, without a server: aeviz/web/takeaway/page.py writes the file and what it holds.

import { addNetwork } from "../kit/engine.js";
import { showHeld, silent } from "../kit/held.js";
import { run } from "../kit/plain_layers.js";
import explorer from "./explorer.js";

/** @typedef {{ name: string, digest: string, decoder: import("../kit/plain_layers.js").Layer[] }} Decoder */
/** @typedef {{ view: Uint8Array, blobs: { name: string, content: Uint8Array }[], decoders: Decoder[] }} Held */

/** @param {Decoder} decoder @returns {import("../kit/engine.js").Network} */
function networkOf({ decoder }) {
  const width = decoder[0].weights.length / decoder[0].bias.length;
  return {
    by: "the page itself",
    layers: [],
    async run(input, rows) {
      const images = Array.from({ length: rows }, (_, row) => run(decoder, input.subarray(row * width, (row + 1) * width)));
      const found = new Float32Array(rows * images[0].length);
      images.forEach((image, row) => found.set(image.map((value) => Math.max(0, Math.min(1, value))), row * image.length));
      return found;
    },
    trace: async () => [],
    close: () => undefined,
  };
}

/**
 * @param {HTMLElement | ShadowRoot} place
 * @param {Held} held
 * @param {import("../kit/held.js").Reports} [reports] hears what the visitor does
 * @returns {() => void} ends it, once its element has left the page
 */
export default function show(place, held, reports = silent) {
  for (const decoder of held.decoders) addNetwork(decoder.name, decoder.digest, networkOf(decoder));
  return explorer({ data: held.view, parentElement: place, ...reports });
}

void showHeld(show);
