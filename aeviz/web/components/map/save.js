// Saves what the panels of the map show as one image, with a legend below them.

import { markOf } from "../kit/class_shapes.js";
import { tr } from "../kit/language.js";
import { SCALE, saveImage } from "../kit/save_image.js";
import { styleOf } from "../kit/theme.js";

const MOST_KEYS = 40; // more classes than that are no small legend

/** @typedef {import("./map.js").LatentMap} LatentMap */
/** @typedef {import("../kit/save_image.js").Key} Key */
/** @typedef {import("../kit/theme.js").Style} Style */

/**
 * Give the visitor the image, drawn at its own resolution; with the next frame the map has that of the page again.
 * @param {LatentMap} map
 */
export async function saveMap(map) {
  const style = styleOf(map.root);
  map.hover(-1, null);
  for (const panel of map.morph.panels) drawSharply(panel, style);
  const lines = [map.count, map.meaning].map((node) => (node.hidden ? "" : (node.textContent ?? ""))).filter(Boolean);
  const texts = { lines, keys: keysOf(map), name: map.header.file };
  const saved = saveImage(map.row, texts, style); // paints before it waits for anything
  map.redraw();
  await saved;
}

/**
 * @param {import("./panel.js").Panel} panel
 * @param {Style} style
 */
function drawSharply(panel, style) {
  panel.arrive();
  panel.movedAt = -Infinity; // what a gesture leaves out is drawn, too
  panel.redraw();
  let hasMore = true;
  while (hasMore) hasMore = panel.frame(style, performance.now(), SCALE);
}

/**
 * What the colours mean: the scale that the points have, or else the classes that are shown.
 * @param {LatentMap} map
 * @returns {Key[]}
 */
export function keysOf(map) {
  const scale = map.layers.overlay?.scale;
  if (scale) return [{ name: tr("{title}: {low} to {high}, median {middle}", { title: scale.title, low: scale.low, high: scale.high, middle: scale.middle }), colours: scale.colours }];
  const marked = map.header.classes.map((each, label) => ({ ...each, mark: markOf(label) }));
  const shown = marked.filter((_, label) => !map.hidden.has(label));
  return shown.length > MOST_KEYS ? [] : shown.map(({ name, colour, mark }) => ({ name: mark + name, colours: [colour] }));
}
