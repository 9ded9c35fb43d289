// How wide a network is from layer to layer, above its layers: narrow in the middle, where the code is.

import { element } from "../kit/dom.js";
import { mark, tr } from "../kit/language.js";

/** @type {Record<string, string>} */
const PARTS = { encoder: mark("Encoder"), code: mark("Code z"), decoder: mark("Decoder") };
const LEAST = 0.06; // share of the height that is left of one value

/**
 * How high the funnel is at each layer, as a share of the highest: by the logarithm of the values.
 * @param {number[]} sizes values of the image, of each layer and of the reconstruction
 * @returns {number[]} in (0, 1]
 */
export function funnelHeights(sizes) {
  const most = Math.log(Math.max(2, ...sizes));
  return sizes.map((size) => LEAST + (1 - LEAST) * (Math.log(Math.max(1, size)) / most));
}

/**
 * Draw the part of each layer into its heading, and name the parts of the network.
 * @param {Element} strip the sections of the layers
 * @param {number[]} sizes as many
 */
export function drawFunnel(strip, sizes) {
  const heights = funnelHeights(sizes);
  let before = "";
  [...strip.children].forEach((layer, k) => {
    const box = element("div", { class: "funnel", "aria-hidden": "true" });
    const [from, to] = [heights[Math.max(0, k - 1)], heights[k]].map((share) => `${(50 * share).toFixed(1)}%`);
    element("i", { style: `--from:${from};--to:${to}` }, box);
    const part = Object.keys(PARTS).find((name) => layer.classList.contains(name)) ?? "";
    if (part !== before && part) element("b", { text: tr(PARTS[part]) }, box);
    before = part;
    layer.prepend(box);
  });
}
