// The parts of the PCA film below its bar: planes, charts, decoder columns and reconstructions.

import { Chart } from "../kit/chart.js";
import { element } from "../kit/dom.js";
import { EncodedImage } from "../kit/encoded_image.js";
import { tr } from "../kit/language.js";
import { Legend } from "../kit/legend.js";
import { Plane } from "../kit/plane.js";

/**
 * @param {Element} root
 * @param {import("../kit/player.js").Player} player
 */
export function buildBoard(root, player) {
  const words = element("p", { class: "words", role: "status" }, root);
  const board = element("div", { class: "board" }, root);
  /** @param {string} name @param {string} title */
  const section = (name, title) => {
    const node = element("section", { class: name }, board);
    const head = element("header", {}, node);
    element("h4", { text: title }, head);
    return { node, head };
  };
  /** @param {Element} parent @param {string} label */
  const chart = (parent, label) =>
    new Chart(parent, {
      label,
      unit: "step",
      onScrub: (step) => player.scrub(step),
      onHover: (step, from) => player.hover(step, from),
    });
  const planes = element("section", { class: "planes" }, board);
  const plane = (/** @type {string} */ title) => {
    const node = element("div", {}, planes);
    const heading = element("h4", { text: title }, node);
    return { heading, view: new Plane(node, () => {}) };
  };
  const own = plane(tr("Latent plane as learned, axes of its own"));
  const turned = plane(tr("Aligned with PCA"));
  const pca = plane(tr("PCA, the target"));
  const legend = new Legend(board, () => player.redraw());

  const error = section("error", tr("Reconstruction error"));
  const excess = element("button", { type: "button", class: "toggle", text: tr("excess, log") }, error.head);
  excess.title = tr("The error minus PCA's error, relative to PCA's error, on a logarithmic scale");
  excess.setAttribute("aria-pressed", "false");
  excess.onclick = () => {
    excess.setAttribute("aria-pressed", String(excess.getAttribute("aria-pressed") !== "true"));
    player.redraw(true);
  };
  const errorKey = element("p", { class: "key" }, error.node);
  const errorChart = chart(error.node, tr("Mean squared error over the steps, and that of PCA, the smallest possible"));
  const angles = section("angles", tr("Principal angles to PCA's subspace"));
  const anglesKey = element("p", { class: "key" }, angles.node);
  const angleChart = chart(angles.node, tr("Principal angles between the two subspaces in degrees over the steps"));

  /** @param {string} name @param {string} title @param {[string, string][]} rows heading and label of each */
  const images = (name, title, rows) => {
    const grid = element("div", { class: "rows" }, section(name, title).node);
    return rows.map(([text, label]) => {
      element("span", { text }, grid);
      return new EncodedImage(grid, label);
    });
  };
  const columns = images("columns", tr("Decoder columns against principal components"), [
    [tr("decoder"), tr("Columns of the decoder as images")],
    ["PCA", tr("Principal components as images")],
  ]);
  const reconstructions = images("images", tr("Reconstructions"), [
    [tr("original"), tr("Original images")],
    [tr("decoder"), tr("Reconstructions of the linear autoencoder")],
    ["PCA", tr("Reconstructions of PCA")],
  ]);
  return {
    words, board, excess, errorKey, errorChart, anglesKey, angleChart, own, turned, pca, legend, columns, reconstructions,
  }; // prettier-ignore
}
