// Brings bytes to the page's shelf: a 32-bit length, a JSON header { name } of that many bytes, then the bytes.

import { whenGone } from "./dom.js";
import { leave, put } from "./shelf.js";

/** @type {WeakMap<object, { name: string }>} */
const carriers = new WeakMap();

/** @param {{ data: Uint8Array, parentElement: HTMLElement | ShadowRoot }} component */
export default function mount({ data, parentElement }) {
  const length = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0, true);
  const { name } = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + length)));
  const carrier = carriers.get(parentElement) ?? { name: "" };
  carriers.set(parentElement, carrier);
  if (carrier.name !== name) {
    if (carrier.name) leave(carrier.name);
    carrier.name = name;
    put(name, data.slice(4 + length));
    const host = parentElement instanceof ShadowRoot ? parentElement.host : parentElement;
    host.setAttribute("data-carried", name);
  }
  return whenGone(parentElement, () => {
    if (carriers.delete(parentElement)) leave(carrier.name);
  });
}
