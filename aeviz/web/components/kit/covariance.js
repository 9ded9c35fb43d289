// Covariances of two dimensions, as aeviz/lab/distance.py has them. The mean of the cloud is the origin.

/** @typedef {[number, number]} Pair */
/** @typedef {{ sds: Pair, angle: number }} Cloud standard deviations along its axes; angle of the first in degrees */

/** The axes as unit vectors. @param {Cloud} cloud @returns {[Pair, Pair]} */
export function axesOf({ angle }) {
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return [[c, s], [-s, c]]; // prettier-ignore
}

/** @param {Pair} a @param {Pair} b */
export function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1];
}

/** Coordinates of a point along the axes, in standard deviations. @param {Cloud} cloud @param {Pair} point @returns {Pair} */
export function whiten(cloud, point) {
  const [u, v] = axesOf(cloud);
  return [dot(u, point) / cloud.sds[0], dot(v, point) / cloud.sds[1]];
}

/** The inverse of `whiten`. @param {Cloud} cloud @param {Pair} white @returns {Pair} */
export function unwhiten(cloud, white) {
  const [u, v] = axesOf(cloud);
  const [along, across] = [white[0] * cloud.sds[0], white[1] * cloud.sds[1]];
  return [u[0] * along + v[0] * across, u[1] * along + v[1] * across];
}

/** @param {Cloud} cloud @param {Pair} point */
export function mahalanobis(cloud, point) {
  return Math.hypot(...whiten(cloud, point));
}

/** Variance along the direction of an angle in degrees. @param {Cloud} cloud @param {number} angle */
export function varianceAlong(cloud, angle) {
  const turn = ((angle - cloud.angle) * Math.PI) / 180;
  return (cloud.sds[0] * Math.cos(turn)) ** 2 + (cloud.sds[1] * Math.sin(turn)) ** 2;
}

/** The covariance: variance across, covariance, variance upwards. @param {Cloud} cloud @returns {[number, number, number]} */
export function entries(cloud) {
  const [u, v] = axesOf(cloud);
  const [first, second] = cloud.sds.map((sd) => sd * sd);
  /** @param {number} i @param {number} j */
  const entry = (i, j) => first * u[i] * u[j] + second * v[i] * v[j];
  return [entry(0, 0), entry(0, 1), entry(1, 1)];
}

/** Density of the Gaussian with this covariance and the mean 0. @param {Cloud} cloud @param {Pair} point */
export function density(cloud, point) {
  return Math.exp(-0.5 * mahalanobis(cloud, point) ** 2) / (2 * Math.PI * cloud.sds[0] * cloud.sds[1]);
}

/** Density of a Gaussian in one dimension with the mean 0. @param {number} x @param {number} sd */
export const normalDensity = (x, sd) => Math.exp(-0.5 * (x / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI));

/** Mean and covariance of points, its entries as `entries` returns them. @param {readonly Pair[]} points */
export function sampleMoments(points) {
  const count = points.length;
  const mean = /** @type {Pair} */ ([0, 1].map((i) => points.reduce((sum, point) => sum + point[i], 0) / count));
  /** @param {number} i @param {number} j */
  const entry = (i, j) => points.reduce((sum, point) => sum + (point[i] - mean[i]) * (point[j] - mean[j]), 0) / (count - 1);
  return { mean, entries: /** @type {[number, number, number]} */ ([entry(0, 0), entry(0, 1), entry(1, 1)]) };
}

/** The cloud whose covariance has these entries. @param {[number, number, number]} entries @returns {Cloud} */
export function cloudOf([xx, xy, yy]) {
  const [half, root] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  const sds = /** @type {Pair} */ ([half + root, half - root].map((value) => Math.sqrt(Math.max(0, value))));
  return { sds, angle: (Math.atan2(2 * xy, xx - yy) * 90) / Math.PI };
}
