// What is said of an axis, as `Basis` in aeviz/analysis/basis.py writes it, in the page's language.

import { localise, tr } from "../kit/language.js";

/**
 * @param {string} note "1.10 nats" or "12.3% of the variance", in English
 * @param {"whole" | "short" | "share"} [form] how much of the variance is said of it
 */
export function noteWords(note, form = "whole") {
  const [value] = note.split(" ");
  if (!value.endsWith("%")) return tr("{value} nats", { value: localise(value) });
  const share = localise(value.slice(0, -1));
  if (form === "share") return tr("{share}%", { share });
  return form === "short" ? tr("{share}% of variance", { share }) : tr("{share}% of the variance", { share });
}
