// Pixels in [0, 1] and their levels, as aeviz/lab/pixels.py has them.

/** @param {number} bits */
export const largestLevel = (bits) => 2 ** bits - 1;

/** To the nearest level, ties down. @param {number} p @param {number} bits */
export const toLevel = (p, bits) => Math.ceil(largestLevel(bits) * p - 0.5) + 0;

/** To the nearest level, ties to the even one. @param {number} p @param {number} bits */
export function toLevelEven(p, bits) {
  const value = largestLevel(bits) * p;
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 ? low + 1 : low;
}

/** Ties on which the rules differ: those between an odd level and the next. @param {number} bits */
export const tiesThatDiffer = (bits) => Math.floor(largestLevel(bits) / 2);

/** Largest and root mean square error of pixels that are rounded. @param {number[]} pixels @param {number} bits */
export function roundingError(pixels, bits) {
  const errors = pixels.map((p) => Math.abs(toLevel(p, bits) / largestLevel(bits) - p));
  return { largest: Math.max(...errors), rms: Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length) };
}
