// Points of two latent planes that have nothing to do with each other, joined by an image.

/**
 * The code that one network gives the image whose code in the other network is nearest to a point.
 * @param {Float32Array} point (D,)
 * @param {Float32Array} from codes of the other network, one row an image
 * @param {Float32Array} to codes of the one network, of the same images
 * @returns {Float32Array} (D,); the point itself where no image is encoded yet
 */
export function counterpart(point, from, to) {
  const width = point.length;
  if (from.length < width || to.length !== from.length) return point;
  let [best, least] = [0, Infinity];
  for (let row = 0; row * width < from.length; row += 1) {
    let distance = 0;
    for (let k = 0; k < width; k += 1) distance += (from[row * width + k] - point[k]) ** 2;
    if (distance < least) [best, least] = [row, distance];
  }
  return to.slice(best * width, (best + 1) * width);
}
