// A map in a file of its own, without a server: aeviz/web/takeaway/points.py writes the file and what it holds.

import { showHeld, silent } from "../kit/held.js";
import { unpack } from "../kit/wire.js";
import map from "./map.js";
import { post } from "./overlay_store.js";

/** @typedef {{ map: Uint8Array, overlay: Uint8Array, blobs: { name: string, content: Uint8Array }[] }} Held */

/** @param {HTMLElement} place @param {Held} held */
export default function show(place, held) {
  const overlay = unpack(held.overlay);
  post(overlay.map, overlay);
  map({ data: held.map, parentElement: place, ...silent });
}

void showHeld(show);
