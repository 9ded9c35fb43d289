// The parts of the training film below its bar: charts, latent plane, decoded images.

import { Chart } from "../kit/chart.js";
import { element, write } from "../kit/dom.js";
import { EncodedImage } from "../kit/encoded_image.js";
import { tr } from "../kit/language.js";
import { Legend } from "../kit/legend.js";
import { Plane } from "../kit/plane.js";

/** @typedef {import("../kit/chart.js").Series} Series */
/** @typedef {import("./film_data.js").Pair} Pair */

/**
 * @param {Element} root
 * @param {{
 *   scrub: (epoch: number) => void, hover: (epoch: number, from: Chart) => void, redraw: (full?: boolean) => void,
 *   point: (at: Pair | null) => void, pointOnMesh: (event: PointerEvent) => void
 * }} film
 */
export function buildBoard(root, film) {
  const panel = element("div", { class: "board" }, root);
  /** @param {string} name @param {string} [title] */
  const section = (name, title = "") => {
    const node = element("section", { class: name }, panel);
    const head = element("header", {}, node);
    return { node, head, title: element("h4", { text: title }, head) };
  };
  /** @param {Element} head @param {string} label @param {string} title @param {boolean} isOn */
  const toggle = (head, label, title, isOn) => {
    const node = element("button", { type: "button", class: "toggle", text: label, title }, head);
    node.onclick = () => {
      node.setAttribute("aria-pressed", String(!isPressed(node)));
      film.redraw(true);
    };
    node.setAttribute("aria-pressed", String(isOn));
    return node;
  };
  /** @param {Element} parent @param {string} label */
  const chart = (parent, label) => new Chart(parent, { label, onScrub: film.scrub, onHover: film.hover });

  const loss = section("loss");
  const log = toggle(loss.head, tr("log"), tr("Logarithmic scale of the loss"), true);
  const whole = toggle(loss.head, tr("whole run"), tr("Show the epochs to come too"), false);
  const parts = toggle(loss.head, tr("parts"), tr("The parts of the validation loss: reconstruction, and KL weight times KL"), false);
  const lossLegend = element("div", { class: "readout" }, loss.node);
  const lossChart = chart(loss.node, tr("Loss over the epochs"));
  const waiting = element("p", { class: "waiting", role: "status", hidden: "" }, lossChart.stage);

  const plane = section("latent", tr("Latent plane"));
  const fixed = toggle(plane.head, tr("fixed scale"), tr("The same scale in all epochs, instead of a view that follows"), false);
  const planeView = new Plane(plane.node, film.point);
  const legend = new Legend(plane.node, () => film.redraw());

  const mesh = section("mesh", tr("Decoded plane"));
  const frame = element("div", { class: "frame" }, mesh.node);
  const meshImage = new EncodedImage(frame, tr("Images decoded from a grid over the latent plane"));
  const spot = element("div", { class: "spot", hidden: "" }, frame);
  const meshCaption = element("p", {}, mesh.node);
  frame.onpointermove = (event) => film.pointOnMesh(event);
  frame.onpointerleave = () => film.point(null);

  const rates = section("rates");
  const ratesLegend = element("div", { class: "readout" }, rates.node);
  const ratesChart = chart(rates.node, tr("Gradient norm and learning rate over the epochs"));

  const strip = section("strip", tr("Validation images"));
  const rows = element("div", { class: "rows" }, strip.node);
  element("span", { text: tr("original") }, rows);
  const originals = new EncodedImage(rows, tr("Original images"));
  element("span", { text: tr("decoded") }, rows);
  const reconstructions = new EncodedImage(rows, tr("Reconstructions"));

  const notes = element("p", { class: "notes" }, root);
  return {
    panel, images: [originals, reconstructions, meshImage], lossTitle: loss.title, log, whole, parts, lossLegend, lossChart, waiting, fixed, planeView, legend, meshImage, spot,
    meshCaption, ratesTitle: rates.title, ratesLegend, ratesChart, originals, reconstructions, notes,
  }; // prettier-ignore
}

/** @param {Element} toggle */
export function isPressed(toggle) {
  return toggle.getAttribute("aria-pressed") === "true";
}

/**
 * A legend of curves that shows the values at one epoch; returns the elements that hold them.
 * @param {HTMLElement} parent
 * @param {Series[]} series
 */
export function readout(parent, series) {
  const made = JSON.stringify(series.map(({ name, colour }) => [name, colour]));
  if (parent.dataset.made !== made) {
    parent.dataset.made = made;
    parent.replaceChildren();
    for (const { name, colour } of series) {
      const row = element("span", { class: "row" }, parent);
      element("i", { style: `background:${colour}` }, row);
      element("span", { text: name }, row);
      element("span", { class: "value" }, row);
    }
  }
  return [...parent.querySelectorAll(".value")];
}

/**
 * @param {Element[]} nodes of the values, as `readout` made them
 * @param {(number | undefined)[]} values
 * @param {(value: number) => string} format
 */
export function writeValues(nodes, values, format) {
  nodes.forEach((node, k) => write(node, values[k] === undefined ? "–" : format(values[k])));
}
