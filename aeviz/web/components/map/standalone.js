// A map in a file of its own, without a server: aeviz/web/takeaway/points.py writes the file and what it holds.

import { showHeld, silent } from "../kit/held.js";
import { unpack } from "../kit/wire.js";
import map from "./map.js";
import { post } from "./overlay_store.js";

/** @typedef {{ map: Uint8Array, overlay?: Uint8Array, blobs: { name: string, content: Uint8Array }[] }} Held */

/**
 * @param {HTMLElement | ShadowRoot} place
 * @param {Held} held
 * @param {import("../kit/held.js").Reports} [reports] hears what the visitor does
 * @returns {() => void} ends it, once its element has left the page
 */
export default function show(place, held, reports = silent) {
  if (held.overlay) {
    const overlay = unpack(held.overlay);
    post(overlay.map, overlay);
  }
  return map({ data: held.map, parentElement: place, ...reports });
}

void showHeld(show);
