// Brings a map its overlay: a 32-bit length, a JSON header of that many bytes, then a byte a point for each panel that
// is coloured by a scale.

import { whenGone } from "../kit/dom.js";
import { post, withdraw } from "./overlay_board.js";

/** @typedef {import("./overlay_board.js").Overlay} Overlay */
/** @type {WeakMap<object, { text: string, map: string, overlay: Overlay | null }>} */
const carriers = new WeakMap();

/** @param {{ data: Uint8Array, parentElement: HTMLElement | ShadowRoot }} component */
export default function mount({ data, parentElement }) {
  const length = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0, true);
  const text = new TextDecoder().decode(data.subarray(4, 4 + length));
  const carrier = carriers.get(parentElement) ?? { text: "", map: "", overlay: null };
  carriers.set(parentElement, carrier);
  if (carrier.text !== text) {
    // the header holds a digest of the bytes, so equal headers mean equal overlays
    const header = JSON.parse(text);
    const start = 4 + length;
    const panels = header.scale ? header.contours.length : 0;
    const codes = Array.from({ length: panels }, (_, k) => data.slice(start + k * header.n, start + (k + 1) * header.n));
    const overlay = { ...header, codes };
    Object.assign(carrier, { text, map: header.map, overlay });
    post(header.map, overlay);
  }
  return whenGone(parentElement, () => {
    if (carriers.delete(parentElement) && carrier.overlay) withdraw(carrier.map, carrier.overlay);
  });
}
