// The words beside the point under the pointer.

import { number, tr } from "../kit/language.js";
import { NO_LABEL } from "./map_data.js";

/** @param {import("./panel.js").Panel} panel */
export function drawTip(panel) {
  const { map, tip } = panel;
  const index = map.hovered;
  tip.hidden = index < 0;
  if (index < 0) return;
  const { dims, coordinates, errors, axes } = panel.spec;
  const label = map.header.labels[index];
  const name = label === NO_LABEL ? "" : ` · ${map.header.classes[label].name}`;
  const values = axes.map((axis, k) => `${axis} ${number(coordinates[index * dims + k], 2)}`).join("  ");
  const error = Number.isFinite(errors[index]) ? `\n${tr("error {error}", { error: number(errors[index], 2) })}` : ""; // points from elsewhere have none
  tip.textContent = `${error ? tr("image {index}", { index }) : tr("point {index}", { index })}${name}\n${values}${error}`;
  map.layers.tip(panel, index);
  const [x, y] = panel.where(index);
  tip.hidden = x < 0 || y < 0 || x > panel.width || y > panel.height; // another panel, or a zoom, may leave it outside
  tip.style.left = `${Math.max(4, Math.min(x + 12, panel.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${y > panel.height / 2 ? Math.max(4, y - tip.offsetHeight - 12) : y + 12}px`;
}
