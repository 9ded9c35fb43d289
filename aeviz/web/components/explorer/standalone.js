// The explorer in a file of its own, without a server: aeviz/web/takeaway/page.py writes the file and what it holds.

import { put } from "../kit/blobs.js";
import { run } from "../kit/plain_layers.js";
import { unpack } from "../kit/wire.js";
import explorer from "./explorer.js";

/** @typedef {{ name: string, digest: string, decoder: import("../kit/plain_layers.js").Layer[] }} Decoder */
/** @typedef {{ view: Uint8Array, blobs: { name: string, content: Uint8Array }[], decoders: Decoder[] }} Held */

const ENGINE = Symbol.for("aeviz.engine"); // see kit/engine.js: networks by name and digest

/** @param {Decoder} decoder @returns {import("../kit/engine.js").Network} */
function networkOf({ decoder }) {
  const width = decoder[0].weights.length / decoder[0].bias.length;
  return {
    by: "this file itself",
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
 * Show what a file holds.
 * @param {HTMLElement} parent
 * @param {string} text gzip, by base64
 */
export default async function show(parent, text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  /** @type {Held} */
  const held = unpack(new Uint8Array(await new Response(stream).arrayBuffer()));
  const networks = new Map(held.decoders.map((each) => [`${each.name} ${each.digest}`, Promise.resolve(networkOf(each))]));
  Object.assign(window, { [ENGINE]: { runtime: null, networks, queue: Promise.resolve() } });
  for (const { name, content } of held.blobs) put(name, content);
  const ignore = () => undefined;
  explorer({ data: held.view, parentElement: parent, setStateValue: ignore, setTriggerValue: ignore });
}

const place = document.getElementById("aeviz");
const content = document.getElementById("aeviz-content");
if (place && content) void show(place, content.textContent?.trim() ?? "");
