// What a layer is, in words: how its values come about, and how many weights and biases that takes.

import { mapsOf } from "./tiles.js";

/** @typedef {import("../kit/engine.js").Layer} Layer */

/** @type {Record<string, string>} */
const ACTIVATIONS = {
  ReLU: "ReLU then makes negative values 0.",
  Sigmoid: "The sigmoid then brings them between 0 and 1.",
  Tanh: "tanh then brings them between −1 and 1.",
};

/**
 * @param {Layer} layer
 * @param {number[]} before shape of what goes in
 * @param {number[]} shape of what comes out
 */
export function layerWords({ kind, activation, parameters }, before, shape) {
  const number = (/** @type {number} */ count) => count.toLocaleString("en");
  const from = before.reduce((product, length) => product * length, 1);
  const { count, height, width } = mapsOf(shape);
  const units = count * height * width;
  const how = kind === "Linear"
    ? `Each of the ${number(units)} units is a weighted sum of all ${number(from)} values before it, plus a bias.`
    : `Each of the ${number(count)} maps is a convolution of all ${number(before[0])} maps before it, plus a bias.`;
  const then = activation ? (ACTIVATIONS[activation] ?? `${activation} is then applied to each.`) : "";
  const weights = from * units;
  const isFull = kind === "Linear" && parameters === weights + units;
  const all = kind === "Linear" ? `${number(parameters)} weights and biases.` : `${number(parameters)} weights and biases, the same at every place of a map.`;
  const size = isFull ? `${number(from)} × ${number(units)} = ${number(weights)} weights and ${number(units)} biases.` : all;
  return [how, then, size].filter(Boolean).join("\n");
}

/**
 * Say it when the heading of the layer is tapped.
 * @param {HTMLElement} head
 * @param {string} text
 * @param {import("./layer_view.js").Tip} tip
 */
export function tellOf(head, text, tip) {
  const show = () => {
    const { left, bottom, top } = head.getBoundingClientRect();
    tip.show(text, { clientX: left, clientY: bottom, top });
  };
  head.classList.add("told");
  head.tabIndex = 0;
  head.setAttribute("role", "button");
  head.onclick = show;
  head.onkeydown = ({ key }) => {
    if (key === "Enter" || key === " ") show();
    if (key === "Escape") tip.hide();
  };
  head.onpointerleave = ({ pointerType }) => pointerType === "mouse" && tip.hide(); // after a tap it stays until another place is tapped
}
