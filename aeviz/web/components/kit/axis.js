// The axes of a chart: round numbers, ticks, and where a value lies.

import { localise } from "./language.js";

/** @typedef {{ ticks: number[], share: (value: number) => number }} Axis `share` is 0 at the bottom, 1 at the top */

const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * @param {number} value
 * @param {number} [digits]
 */
export function readable(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-4 && size < 1e5)) return localise(String(Number(value.toPrecision(digits))));
  const [mantissa, exponent] = value.toExponential(Math.max(0, digits - 2)).split("e");
  const power = [...String(Number(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)] ?? "⁻").join("");
  const factor = String(Number(mantissa));
  return factor === "1" ? `10${power}` : `${localise(factor)}·10${power}`;
}

/**
 * Digits that tell evenly spaced ticks apart, at least three.
 * @param {number[]} ticks
 */
export function digitsOf(ticks) {
  const step = Math.abs(ticks[1] - ticks[0]);
  const largest = Math.max(...ticks.map(Math.abs));
  return step > 0 && largest > 0 ? Math.min(12, Math.max(3, Math.ceil(Math.log10(largest / step)) + 1)) : 3;
}

/**
 * The next round number up or down: a range that snaps to these does not jitter while values come in.
 * @param {number} value
 * @param {boolean} up
 */
export function round(value, up) {
  if (!(value > 0)) return value;
  const power = 10 ** Math.floor(Math.log10(value));
  const mantissa = value / power;
  const found = up ? MANTISSAS.find((m) => m >= mantissa - 1e-9) : MANTISSAS.findLast((m) => m <= mantissa + 1e-9);
  return (found ?? mantissa) * power;
}

/**
 * @param {number} low
 * @param {number} high
 * @param {number} most
 * @returns {number[]}
 */
export function linearTicks(low, high, most) {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5].find((factor) => factor * power >= raw - power * 1e-9) ?? 10) * power;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) {
    ticks.push(k * step + 0); // + 0 makes a negative zero a zero
  }
  return ticks.length > 1 || most > 8 ? ticks : linearTicks(low, high, 2 * most); // one tick tells no scale
}

/**
 * Round numbers of an axis whose values double and halve by equal lengths.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 */
export function logTicks(low, high, most) {
  /** @param {number[]} mantissas */
  const decades = (mantissas, every = 1) => {
    const ticks = [];
    for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k += 1) {
      if (k % every) continue;
      for (const m of mantissas) {
        const value = m * 10 ** k;
        if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.push(value);
      }
    }
    return ticks;
  };
  if (high / low < 3) return linearTicks(low, high, most);
  for (const mantissas of [[1, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const ticks = decades(mantissas);
    if (ticks.length <= most + 1) return ticks.length > 1 ? ticks : linearTicks(low, high, most);
  }
  return decades([1], Math.ceil(Math.log10(high / low) / most));
}

/**
 * An axis over all finite values; null where there is none.
 * @param {Float32Array[]} arrays
 * @param {{ log: boolean, fromZero: boolean }} kind
 * @param {number} most ticks
 * @returns {Axis | null}
 */
export function makeAxis(arrays, { log, fromZero }, most) {
  let [low, high, positive] = [Infinity, -Infinity, Infinity];
  for (const array of arrays) {
    for (const value of array) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      if (value > 0 && value < positive) positive = value;
    }
  }
  if (high === -Infinity) return null;
  if (log && positive < Infinity) {
    const bottom = round(positive / 1.04, false);
    const top = Math.max(round(high * 1.04, true), bottom * 1.5);
    const span = Math.log(top / bottom);
    /** @param {number} value */
    const share = (value) => (value > 0 ? Math.log(value / bottom) / span : NaN);
    return { ticks: logTicks(bottom, top, most), share };
  }
  const span = high - low || Math.abs(high) || 1;
  const bottom = low >= 0 && (fromZero || low < 0.4 * high) ? 0 : low - 0.06 * span;
  const top = bottom === 0 ? round(high * 1.04, true) || 1 : high + 0.06 * span;
  return { ticks: linearTicks(bottom, top, most), share: (value) => (value - bottom) / (top - bottom) };
}

/**
 * Index of the number next to a value; the numbers rise.
 * @param {ArrayLike<number>} numbers
 * @param {number} value
 */
export function nearest(numbers, value) {
  let [low, high] = [0, numbers.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= value) low = middle;
    else high = middle;
  }
  return Math.abs(numbers[high] - value) < Math.abs(numbers[low] - value) ? high : low;
}
