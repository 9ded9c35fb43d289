// The class that an image is read as: that of the images most like it, pixel by pixel.

const NEAREST = 5;
const ENOUGH = 100; // images; fewer are too far apart to tell

/** @typedef {{ label: number, votes: number, of: number }} Reading `votes` of the `of` images most like it are of the class */
/** @typedef {(values: ArrayLike<number>) => Reading | null} Read */

/** Whether an image is plainly of the class that it is read as: four of the five images most like it are. @param {Reading} reading */
export const isPlain = ({ votes, of }) => 5 * votes >= 4 * of;

/**
 * Four sums at once, since hundreds of images are compared with hundreds: it takes half of the time.
 * @param {ArrayLike<number>} one
 * @param {ArrayLike<number>} other
 */
function squaredDistance(one, other) {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < one.length; i += 4) {
    const p = one[i] - other[i];
    const q = one[i + 1] - other[i + 1];
    const r = one[i + 2] - other[i + 2];
    const s = one[i + 3] - other[i + 3];
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (; i < one.length; i += 1) a += (one[i] - other[i]) ** 2;
  return a + b + c + d;
}

/**
 * A reader of images by others whose classes are known.
 * @param {Pick<import("./picker.js").Choice, "image" | "labels" | "classes">} choice
 * @returns {Read} gives null where there are no classes or too few images
 */
export function readerOf({ image, labels, classes }) {
  if (!classes.length || labels.length < ENOUGH) return () => null;
  const others = Array.from(labels, (_, k) => image(k));
  return (values) => {
    /** @type {{ far: number, label: number }[]} the nearest first */
    const nearest = [];
    others.forEach((other, k) => {
      const far = squaredDistance(other, values);
      if (nearest.length === NEAREST && far >= nearest[NEAREST - 1].far) return;
      const after = nearest.findIndex((one) => one.far > far);
      nearest.splice(after < 0 ? nearest.length : after, 0, { far, label: labels[k] });
      nearest.length = Math.min(NEAREST, nearest.length);
    });
    const votes = (/** @type {number} */ label) => nearest.filter((one) => one.label === label).length;
    const { label } = nearest.reduce((best, next) => (votes(next.label) > votes(best.label) ? next : best)); // of equals the nearest
    return { label, votes: votes(label), of: nearest.length };
  };
}
