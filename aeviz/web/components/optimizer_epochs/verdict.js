// What compared optimizers show after an epoch, in words. Numbers come from Python: aeviz/lab/optimizer_epochs.py.

import { number } from "../kit/experiment.js";

/**
 * @typedef {{ title: string, colour: string, dash: number[], errors: Float32Array, gaps: Float32Array | null }} Line
 *   `errors`: a row of epochs for each seed; `gaps`: difference from the first line, half its interval and seeds that would
 *   show it, for each epoch; NaN where unknown
 */
/** @typedef {{ difference: number, half: number, seeds: number, side: -1 | 0 | 1 }} Gap `side`: 1 where a higher error is shown */
/** @typedef {{ side: -1 | 0 | 1, from: number, to: number }} Stretch of epochs, both ends included */

const MOST = 4; // stretches of epochs that are named
const LOOKS = 20; // of which one in twenty is expected to show a difference that is not there

/** @param {Line} line @param {number} epoch from 1 @returns {Gap} */
export function gapAt({ gaps }, epoch) {
  const [difference, half, seeds] = gaps?.subarray(3 * (epoch - 1), 3 * epoch) ?? [0, NaN, NaN];
  return { difference, half, seeds, side: Math.abs(difference) > half ? (difference > 0 ? 1 : -1) : 0 };
}

/** Mean error over the seeds. @param {Line} line @param {number} epoch @param {number} epochs */
export function meanAt({ errors }, epoch, epochs) {
  const count = errors.length / epochs;
  return Array.from({ length: count }, (_, seed) => errors[seed * epochs + epoch - 1]).reduce((sum, error) => sum + error, 0) / count;
}

/** The epochs at which the same is shown. @param {Line} line @param {number} epochs @returns {Stretch[]} */
export function stretches(line, epochs) {
  /** @type {Stretch[]} */
  const found = [];
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    const { side } = gapAt(line, epoch);
    const last = found.at(-1);
    if (last?.side === side) last.to = epoch;
    else found.push({ side, from: epoch, to: epoch });
  }
  return found;
}

/**
 * Whether a difference is shown after this epoch of many alone, as chance may bring about.
 * @param {Line} line
 * @param {number} epoch
 * @param {number} epochs
 */
export function isLone(line, epoch, epochs) {
  const { side } = gapAt(line, epoch);
  const those = stretches(line, epochs).filter((each) => each.side === side);
  return side !== 0 && epochs >= LOOKS && those.length === 1 && those[0].from === those[0].to;
}

/** A part of the first's error. @param {number} value @param {number} whole */
export const percent = (value, whole) => {
  const share = (100 * value) / whole;
  return `${number(share, Math.abs(share) < 1 ? 1 : 0)} %`;
};

/** @param {string[]} names @param {string} word */
const joined = (names, word) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`);

/**
 * Who is ahead after an epoch.
 * @param {Line[]} lines
 * @param {number} epoch
 * @param {number} epochs
 */
export function verdict(lines, epoch, epochs) {
  const [first, ...others] = lines;
  const seeds = first.errors.length / epochs;
  if (seeds < 2) return `Epoch ${epoch}. One seed each: no verdict. It may be chance which optimizer is lower.`;
  const whole = meanAt(first, epoch, epochs);
  const judged = others.map((line) => ({ title: line.title, isAlone: isLone(line, epoch, epochs), ...gapAt(line, epoch) }));
  const parts = judged
    .filter(({ side }) => side)
    .map(({ title, side, difference, isAlone }) => `${isAlone ? "Perhaps by chance, " : ""}${title} is ${side > 0 ? "behind" : "ahead of"} ${first.title}: its error is ${percent(Math.abs(difference), whole)} ${side > 0 ? "higher" : "lower"}${isAlone ? `, after this one of ${epochs} epochs alone` : ""}.`); // prettier-ignore
  const open = judged.filter(({ side }) => !side).map(({ title }) => title);
  const told = `${joined(open, "or")} from ${first.title}.`;
  if (open.length) parts.push(parts.length ? `Too few seeds to tell ${told}` : `${seeds} seeds are too few to tell ${told}`);
  return `Epoch ${epoch}. ${parts.join(" ")}`;
}

/** When a line is shown to be ahead or behind. @param {Line} line @param {string} first @param {number} epochs */
export function history(line, first, epochs) {
  const found = stretches(line, epochs);
  /** @param {-1 | 1} side @param {string} word */
  const when = (side, word) => {
    const those = found.filter((each) => each.side === side);
    const isOnce = those.length > 0 && isLone(line, those[0].from, epochs);
    const named = those.map(({ from, to }) => (from < to ? `${from}–${to}` : `${from}`));
    const many = named.length > MOST ? `${named.slice(0, MOST).join(", ")} and later` : named.join(", ");
    return named.length ? [`${word} ${first} in epoch${named.length > 1 || named[0].includes("–") ? "s" : ""} ${many}${isOnce ? ` (one of ${epochs}: may be chance)` : ""}`] : [];
  };
  const shown = [...when(1, "behind"), ...when(-1, "ahead of")];
  if (!shown.length) return `too few seeds to tell from ${first} at any epoch`;
  return `${shown.join("; ")}${found.some(({ side }) => !side) ? "; otherwise too few seeds to tell" : ""}`;
}

/**
 * What to look for where what was shown is not any more at the end; empty if there is no such optimizer.
 * @param {Line[]} lines
 * @param {number} epochs
 */
export function outlook([first, ...others], epochs) {
  const lost = others.filter((line) => stretches(line, epochs).length > 1 && !gapAt(line, epochs).side);
  const names = joined(lost.map(({ title }) => title), "or");
  return names && `Look for the last epoch at which a coloured bar turns grey: from there on, these seeds no longer tell ${names} from ${first.title}.`;
}
