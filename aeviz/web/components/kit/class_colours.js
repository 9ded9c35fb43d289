// The class colours on a light and on a dark page, as aeviz/figures/palette.py has them. Python sends those of a light
// page, since it learns of the visitor's theme late; here they become those of the page.

import { styleOf } from "./theme.js";

const ON_LIGHT = [
  "#3f90da", "#7d395d", "#0f7a58", "#204e98", "#435701",
  "#829d62", "#e76300", "#7925ff", "#cb0036", "#c27398",
]; // prettier-ignore
const ON_DARK = [
  "#3f90da", "#825874", "#28db88", "#b3c3ff", "#f7ffd0",
  "#8f9368", "#e76300", "#723bf0", "#c4223b", "#de8cb2",
]; // prettier-ignore

/**
 * A class colour on a dark ground; another colour as it is.
 * @param {string} colour #rrggbb
 */
export function onDark(colour) {
  return ON_DARK[ON_LIGHT.indexOf(colour)] ?? colour;
}

/**
 * A class colour on the page of an element.
 * @param {string} colour #rrggbb
 * @param {Element} root
 */
export function onPage(colour, root) {
  return styleOf(root).isDark ? onDark(colour) : colour;
}

/**
 * The colour of a class by its number.
 * @param {number} label
 * @param {Element} root
 */
export function classColour(label, root) {
  return onPage(ON_LIGHT[label % ON_LIGHT.length], root);
}

/**
 * A payload with the class colours for a dark ground: what is named `colour`, or stands in `colours`. Arrays of numbers
 * are kept, not copied.
 * @param {any} value
 * @param {boolean} [isColour]
 * @returns {any}
 */
export function allOnDark(value, isColour = false) {
  if (typeof value === "string") return isColour ? onDark(value) : value;
  if (Array.isArray(value)) return value.map((part) => allOnDark(part, isColour));
  if (!value || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const parts = Object.entries(value);
  return Object.fromEntries(
    parts.map(([name, part]) => [name, allOnDark(part, isColour || name === "colour" || name === "colours")]),
  );
}
