// The signed difference of two images: grey where they agree, orange where the reconstruction is brighter, blue where darker.

const ZERO = [232, 232, 232];
const BRIGHTER = [200, 80, 0];
const DARKER = [30, 100, 190];

/**
 * @param {ArrayLike<number>} original red, green, blue and opacity of each pixel, 0 to 255
 * @param {ArrayLike<number>} reconstruction of the same size
 * @returns {Uint8ClampedArray<ArrayBuffer>} the same layout; full colour is a difference of 1, the mean over the colours
 */
export function signedDifference(original, reconstruction) {
  const found = new Uint8ClampedArray(original.length);
  for (let at = 0; at < original.length; at += 4) {
    let sum = 0;
    for (let k = 0; k < 3; k += 1) sum += reconstruction[at + k] - original[at + k];
    const share = sum / (3 * 255);
    const end = share > 0 ? BRIGHTER : DARKER;
    for (let k = 0; k < 3; k += 1) found[at + k] = ZERO[k] + Math.abs(share) * (end[k] - ZERO[k]);
    found[at + 3] = 255;
  }
  return found;
}
