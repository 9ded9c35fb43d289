// The class that an image is read as: that of the images most like it, pixel by pixel.

const NEAREST = 5;
const ENOUGH = 100; // images; fewer are too far apart to tell

/** @typedef {{ label: number, votes: number, of: number }} Reading `votes` of the `of` images most like it are of the class */
/** @typedef {(values: ArrayLike<number>) => Reading | null} Read */

/**
 * A reader of images by others whose classes are known.
 * @param {Pick<import("./picker.js").Choice, "image" | "labels" | "classes">} choice
 * @returns {Read} gives null where there are no classes or too few images
 */
export function readerOf({ image, labels, classes }) {
  if (!classes.length || labels.length < ENOUGH) return () => null;
  return (values) => {
    const far = Array.from(labels, (_, k) => {
      const other = image(k);
      let sum = 0;
      for (let i = 0; i < other.length; i += 1) sum += (other[i] - values[i]) ** 2;
      return sum;
    });
    const nearest = [...far.keys()].sort((a, b) => far[a] - far[b]).slice(0, NEAREST).map((k) => labels[k]);
    const votes = (/** @type {number} */ label) => nearest.filter((other) => other === label).length;
    const label = nearest.reduce((best, next) => (votes(next) > votes(best) ? next : best)); // of equals the nearest
    return { label, votes: votes(label), of: nearest.length };
  };
}
