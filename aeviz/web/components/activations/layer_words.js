// What a layer is, in words: how its values come about, and how many weights and biases that takes.

import { mark, tr } from "../kit/language.js";
import { whole } from "./layer_view.js";
import { mapsOf } from "./tiles.js";

/** @typedef {import("../kit/engine.js").Layer} Layer */

/** @type {Record<string, string>} */
const ACTIVATIONS = {
  ReLU: mark("ReLU then makes negative values 0."),
  Sigmoid: mark("The sigmoid then brings them between 0 and 1."),
  Tanh: mark("tanh then brings them between −1 and 1."),
};

/**
 * @param {Layer} layer
 * @param {number[]} before shape of what goes in
 * @param {number[]} shape of what comes out
 */
export function layerWords({ kind, activation, parameters }, before, shape) {
  const inputs = before.reduce((product, length) => product * length, 1);
  const { count, height, width } = mapsOf(shape);
  const units = count * height * width;
  const isDense = kind === "Linear";
  const how = isDense
    ? tr("Each of the {units} units is a weighted sum of all {inputs} values before it, plus a bias.", { units: whole(units), inputs: whole(inputs) })
    : tr("Each of the {maps} maps is a convolution of all {inputs} maps before it, plus a bias.", { maps: whole(count), inputs: whole(before[0]) });
  const known = ACTIVATIONS[activation];
  const then = known ? tr(known) : activation ? tr("{activation} is then applied to each.", { activation }) : "";
  const size = isDense && parameters === inputs * units + units
    ? tr("{inputs} × {units} = {weights} weights and {units} biases.", { inputs: whole(inputs), units: whole(units), weights: whole(inputs * units) })
    : isDense
      ? tr("{count} weights and biases.", { count: whole(parameters) })
      : tr("{count} weights and biases, the same at every place of a map.", { count: whole(parameters) });
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
    const { left, bottom } = head.getBoundingClientRect();
    tip.show({ text }, { clientX: left, clientY: bottom, layer: /** @type {HTMLElement} */ (head.closest(".layer")), isTouch: true });
  };
  head.classList.add("told");
  head.tabIndex = 0;
  head.setAttribute("role", "button");
  head.onclick = show;
  head.onkeydown = ({ key }) => {
    if (key === "Enter" || key === " ") show();
  };
  head.onpointerleave = ({ pointerType }) => pointerType === "mouse" && tip.hide(); // after a tap it stays until another place is tapped
}
