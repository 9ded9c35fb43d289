// What compared optimizers show after an epoch, in words. Numbers come from Python: aeviz/lab/optimizer_epochs.py.

import { number } from "../kit/experiment.js";
import { tr, trn } from "../kit/language.js";

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

/** @param {string[]} names */
const joined = (names) => (names.length < 2 ? names.join("") : tr("{names} or {last}", { names: names.slice(0, -1).join(", "), last: names.at(-1) ?? "" }));

/**
 * What is compared, for who has not seen the end: no verdict.
 * @param {Line[]} lines
 * @param {number} epoch
 * @param {number} epochs
 */
export function subject(lines, epoch, epochs) {
  const titles = lines.map(({ title }) => title).join(", ");
  return tr("Epoch {epoch}. Validation errors of {titles}, {seeds} seeds each.", { epoch, titles, seeds: lines[0].errors.length / epochs });
}

/**
 * Who is ahead after an epoch.
 * @param {Line[]} lines
 * @param {number} epoch
 * @param {number} epochs
 */
export function verdict(lines, epoch, epochs) {
  const [first, ...others] = lines;
  const seeds = first.errors.length / epochs;
  if (seeds < 2) return tr("Epoch {epoch}. One seed each: no verdict. It may be chance which optimizer is lower.", { epoch });
  const whole = meanAt(first, epoch, epochs);
  const judged = others.map((line) => ({ title: line.title, isAlone: isLone(line, epoch, epochs), ...gapAt(line, epoch) }));
  const parts = judged
    .filter(({ side }) => side)
    .map(({ title, side, difference, isAlone }) => {
      const values = { title, first: first.title, share: percent(Math.abs(difference), whole), epochs };
      if (!isAlone) return side > 0 ? tr("{title} is behind {first}: its error is {share} higher.", values) : tr("{title} is ahead of {first}: its error is {share} lower.", values); // prettier-ignore
      return side > 0
        ? tr("Perhaps by chance, {title} is behind {first}: its error is {share} higher, after this one of {epochs} epochs alone.", values)
        : tr("Perhaps by chance, {title} is ahead of {first}: its error is {share} lower, after this one of {epochs} epochs alone.", values);
    });
  const open = judged.filter(({ side }) => !side).map(({ title }) => title);
  const told = { titles: joined(open), first: first.title, seeds };
  if (open.length) parts.push(parts.length ? tr("Too few seeds to tell {titles} from {first}.", told) : tr("{seeds} seeds are too few to tell {titles} from {first}.", told)); // prettier-ignore
  return tr("Epoch {epoch}. {verdict}", { epoch, verdict: parts.join(" ") });
}

/** When a line is shown to be ahead or behind. @param {Line} line @param {string} first @param {number} epochs */
export function history(line, first, epochs) {
  const found = stretches(line, epochs);
  /** @param {-1 | 1} side */
  const when = (side) => {
    const those = found.filter((each) => each.side === side);
    const isOnce = those.length > 0 && isLone(line, those[0].from, epochs);
    const named = those.map(({ from, to }) => (from < to ? `${from}–${to}` : `${from}`));
    if (!named.length) return [];
    const many = named.length > MOST ? tr("{epochs} and later", { epochs: named.slice(0, MOST).join(", ") }) : named.join(", ");
    const count = named.length > 1 || named[0].includes("–") ? 2 : 1;
    const text = side > 0
      ? trn("behind {first} in epoch {epochs}", "behind {first} in epochs {epochs}", count, { first, epochs: many })
      : trn("ahead of {first} in epoch {epochs}", "ahead of {first} in epochs {epochs}", count, { first, epochs: many });
    return [isOnce ? tr("{text} (one of {epochs}: may be chance)", { text, epochs }) : text];
  };
  const shown = [...when(1), ...when(-1)];
  if (!shown.length) return tr("too few seeds to tell from {first} at any epoch", { first });
  const text = shown.join("; ");
  return found.some(({ side }) => !side) ? tr("{text}; otherwise too few seeds to tell", { text }) : text;
}

/**
 * What to look for where what was shown is not any more at the end; empty if there is no such optimizer.
 * @param {Line[]} lines
 * @param {number} epochs
 */
export function outlook([first, ...others], epochs) {
  const lost = others.filter((line) => stretches(line, epochs).length > 1 && !gapAt(line, epochs).side);
  const names = joined(lost.map(({ title }) => title));
  return names && tr("Drag the epoch along the strip of {names}: where its colour ends, these seeds no longer show a difference from {first}.", { names, first: first.title }); // prettier-ignore
}
