// The nearest place of another class: the shortest straight way from the decoded point across a boundary of the class regions.

import { readable } from "../kit/axis.js";
import { button } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { tell } from "../kit/link.js";
import { centreOf } from "./field_values.js";
import { NO_LABEL } from "./map_data.js";

/**
 * The cell of another class than that at a point whose middle lies nearest to the point; null where the point lies outside
 * of the lattice or no other class is in it.
 * @param {import("./field_values.js").Lattice} lattice
 * @param {ArrayLike<number>} labels of the cells, row by row
 * @param {ArrayLike<number>} point
 */
export function nearestOther(lattice, labels, point) {
  const { columns, rows, from, to } = lattice;
  const [column, row] = [columns, rows].map((count, k) => Math.floor(((point[k] - from[k]) / (to[k] - from[k])) * count));
  if (!(column >= 0 && column < columns && row >= 0 && row < rows)) return null;
  const own = labels[row * columns + column];
  /** @type {{ own: number, other: number, target: number[], distance: number } | null} */
  let found = null;
  for (let place = 0; place < labels.length; place += 1) {
    const other = labels[place];
    if (other === own || other === NO_LABEL) continue;
    const target = centreOf(lattice, place);
    const distance = Math.hypot(target[0] - point[0], target[1] - point[1]);
    if (!found || distance < found.distance) found = { own, other, target, distance };
  }
  return found;
}

/**
 * Offer the way below the class regions of a panel: it becomes the path of the inspector, which shows the images on it.
 * @param {import("./panel.js").Panel} panel
 * @param {import("./field_kinds.js").Shown} shown
 * @param {HTMLElement} parent
 */
export function offerCounterfactual(panel, shown, parent) {
  const { map } = panel;
  if (shown.name !== "classes" || !map.canDecode || panel !== map.panels[0]) return;
  const title = tr("Make the shortest straight way from the decoded point to another class region the path of the inspector");
  button(parent, tr("Nearest other class"), title, () => {
    const { lift } = panel.spec;
    const { point } = panel.probe;
    const found = point && nearestOther(shown.lattice, shown.values, point);
    if (!lift || !map.link.z || !found) {
      message.textContent = point ? tr("No other class in view of the decoded point: zoom out") : tr("Decode a point first");
      return;
    }
    const end = map.link.raise(panel, found.target);
    if (!end) return;
    const path = [Float64Array.from(map.link.z), end];
    tell("path", map.link.model, path, map.link);
    const names = [found.own, found.other].map((label) => map.header.classes[label]?.name ?? tr("none"));
    message.textContent = tr("From {start} to {end}: {distance} units of the map. Play in the inspector walks there.", {
      start: names[0],
      end: names[1],
      distance: readable(found.distance, 3),
    });
  });
  const message = document.createElement("span");
  message.setAttribute("role", "status");
  parent.append(message);
}
