// What selected images share beyond their class: the axes of the latent space along which they differ most from all images.

import { number, tr } from "../kit/language.js";

const LEAST_NATS = 0.5; // of divergence, below which an axis tells nothing
const MOST_AXES = 3;
const LEAST_IMAGES = 5;

/** @typedef {import("./space.js").Space} Space */
/** @typedef {{ mean: number, deviation: number }} Moments */
/** @typedef {{ axis: number, own: Moments, all: Moments, nats: number }} SharedAxis */

/**
 * @param {Space} space
 * @param {number} axis
 * @param {ArrayLike<number>} members indices
 * @returns {Moments} of their codes along the axis
 */
function momentsOf(space, axis, members) {
  let [sum, squares] = [0, 0];
  for (let k = 0; k < members.length; k += 1) sum += space.encoded(axis, members[k]);
  const mean = sum / members.length;
  for (let k = 0; k < members.length; k += 1) squares += (space.encoded(axis, members[k]) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / members.length) };
}

/**
 * KL(N(own) || N(all)) of two Gaussians in nats.
 * @param {Moments} own
 * @param {Moments} all
 */
export function divergence(own, all) {
  const ratio = own.deviation / all.deviation;
  return -Math.log(ratio) + (ratio ** 2 + ((own.mean - all.mean) / all.deviation) ** 2 - 1) / 2;
}

/**
 * The axes that tell the selected images from all images best, by the divergence of Gaussians with their moments.
 * @param {Space} space
 * @param {ArrayLike<number>} members indices of the selected images
 * @param {Moments[]} usual moments of all images along each axis
 * @returns {SharedAxis[]} the most telling first; none of a plane, where the outline itself tells
 */
export function sharedAxes(space, members, usual) {
  if (space.dimensions < 3 || members.length < LEAST_IMAGES || members.length === space.count) return [];
  return usual
    .map((all, axis) => {
      const own = momentsOf(space, axis, members);
      return { axis, own, all, nats: all.deviation > 0 && own.deviation > 0 ? divergence(own, all) : 0 };
    })
    .filter(({ nats }) => nats >= LEAST_NATS)
    .sort((a, b) => b.nats - a.nats)
    .slice(0, MOST_AXES);
}

/** Moments of all images along each axis that has codes. @param {Space} space @returns {Moments[]} */
export function usualMoments(space) {
  const everybody = Array.from({ length: space.count }, (_, k) => k);
  return space.codes.map((_, axis) => momentsOf(space, axis, everybody));
}

/** @param {Space} space @param {SharedAxis[]} shared @returns {string} a sentence; empty where there is nothing to say */
export function describeShared(space, shared) {
  if (!shared.length) return "";
  const parts = shared.map(({ axis, own, all }) => {
    const [mine, theirs] = [own, all].map(({ mean, deviation }) => `${number(mean, 2)} ± ${number(deviation, 2)}`);
    return tr("{axis} = {mine} (all: {theirs})", { axis: space.axes[axis].name, mine, theirs });
  });
  return tr("They share {parts}.", { parts: parts.join(", ") });
}
