// Images of discs, as aeviz/data/circles.py draws them and aeviz/lab/discs.py reads them.

/** @typedef {[number, number, number]} Disc centre x, centre y, radius in pixels; y runs down */

export const SIDE = 28;
const LEAST = 1e-6; // mass in pixels of an image that counts as black

/** A filled disc with a soft edge, in 256 levels. @param {Disc} disc */
export function render([cx, cy, radius]) {
  return Float32Array.from({ length: SIDE * SIDE }, (_, k) => {
    const distance = Math.hypot((k % SIDE) + 0.5 - cx, Math.floor(k / SIDE) + 0.5 - cy);
    return Math.round(255 * Math.max(0, Math.min(1, radius + 0.5 - distance))) / 255;
  });
}

/** The disc with the mass and the centre of mass of an image. @param {ArrayLike<number>} image @returns {Disc} */
export function read(image) {
  let [mass, x, y] = [0, 0, 0];
  for (let k = 0; k < image.length; k += 1) {
    mass += image[k];
    x += image[k] * ((k % SIDE) + 0.5);
    y += image[k] * (Math.floor(k / SIDE) + 0.5);
  }
  return mass < LEAST ? [SIDE / 2, SIDE / 2, Math.sqrt(mass / Math.PI)] : [x / mass, y / mass, Math.sqrt(mass / Math.PI)];
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function mse(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) sum += (a[k] - b[k]) ** 2;
  return sum / a.length;
}

/** How much an image is no disc. @param {ArrayLike<number>} image */
export const discError = (image) => mse(image, render(read(image)));
