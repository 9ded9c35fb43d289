// EM for a mixture of Gaussians in the plane, and k-means, as aeviz/lab/mixture.py has them.

/** @typedef {[number, number]} Pair */
/** @typedef {[number, number, number]} Covariance variance across, covariance, variance upwards */
/** @typedef {{ weights: number[], means: Pair[], covariances: Covariance[] }} Mixture */
/**
 * `shares` has a row of K responsibilities for each point. `value` is ln p(D), with k-means the sum of squared distances;
 * `bound` is the lower bound, with k-means the same sum.
 * @typedef {{ mixture: Mixture, shares: Float64Array, value: number, bound: number }} State
 */

const FLOOR = 1e-3;
const SINGULAR = 1e-12;
const EMPTY = 1e-9;
const SETTLED = 1e-6; // gain of ln p(D) in an iteration, in nats, at which it ends
export const MOST = 400; // half steps

/** Mean variance of both coordinates. @param {readonly Pair[]} points */
export function spread(points) {
  return [0, 1].reduce((sum, d) => {
    const mean = points.reduce((total, point) => total + point[d], 0) / points.length;
    return sum + points.reduce((total, point) => total + (point[d] - mean) ** 2, 0) / points.length / 2;
  }, 0);
}

/** @param {Covariance} covariance @returns {{ values: Pair, axis: Pair }} variances along the axes, smaller last; the first axis */
export function axesOf([xx, xy, yy]) {
  const [middle, half] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const large = middle + half;
  return { values: [large, large > 0 ? (xx * yy - xy * xy) / large : 0], axis: [Math.cos(angle), Math.sin(angle)] };
}

/** @param {Covariance} covariance @param {number} least variance @returns {Covariance} */
function raised(covariance, least) {
  const { values, axis } = axesOf(covariance);
  if (values[1] >= least) return covariance;
  const [a, b] = values.map((value) => Math.max(value, least));
  const [c, s] = axis;
  return [a * c * c + b * s * s, (a - b) * c * s, a * s * s + b * c * c];
}

/** ln(pi_k N(x_i; mu_k, S_k)), a row for each point. @param {readonly Pair[]} points @param {Mixture} mixture */
export function logJoint(points, { weights, means, covariances }) {
  const K = weights.length;
  const joint = new Float64Array(points.length * K);
  for (let k = 0; k < K; k += 1) {
    const [xx, xy, yy] = covariances[k];
    const det = xx * yy - xy * xy;
    const constant = Math.log(Math.max(weights[k], 1e-300)) - Math.log(2 * Math.PI) - 0.5 * Math.log(det);
    const [mx, my] = means[k];
    for (let i = 0; i < points.length; i += 1) {
      const [x, y] = [points[i][0] - mx, points[i][1] - my];
      joint[i * K + k] = constant - (yy * x * x - 2 * xy * x * y + xx * y * y) / (2 * det);
    }
  }
  return joint;
}

/** ln p(D) and the bound for given shares. @param {Float64Array} joint @param {Float64Array} shares @param {number} K @returns {Pair} */
function measures(joint, shares, K) {
  let [likelihood, bound] = [0, 0];
  for (let i = 0; i < joint.length; i += K) {
    let most = -Infinity;
    for (let k = i; k < i + K; k += 1) most = Math.max(most, joint[k]);
    let sum = 0;
    for (let k = i; k < i + K; k += 1) {
      sum += Math.exp(joint[k] - most);
      if (shares[k] > 0) bound += shares[k] * (joint[k] - Math.log(Math.max(shares[k], 1e-300)));
    }
    likelihood += most + Math.log(sum);
  }
  return [likelihood, bound];
}

/** @param {readonly Pair[]} points @param {Mixture} mixture */
function eStep(points, mixture) {
  const shares = logJoint(points, mixture);
  const K = mixture.weights.length;
  for (let i = 0; i < shares.length; i += K) {
    const row = shares.subarray(i, i + K);
    const most = Math.max(...row);
    let sum = 0;
    for (let k = 0; k < K; k += 1) sum += row[k] = Math.exp(row[k] - most);
    for (let k = 0; k < K; k += 1) row[k] /= sum;
  }
  return shares;
}

/** @param {readonly Pair[]} points @param {Float64Array} shares @param {Mixture} before @param {number} least variance @returns {Mixture} */
function mStep(points, shares, before, least) {
  const K = before.weights.length;
  const weights = before.weights.map(() => 0);
  const means = before.means.map(() => /** @type {Pair} */ ([0, 0]));
  points.forEach(([x, y], i) => {
    for (let k = 0; k < K; k += 1) {
      const share = shares[i * K + k];
      weights[k] += share;
      means[k][0] += share * x;
      means[k][1] += share * y;
    }
  });
  const covariances = means.map((mean, k) => {
    if (weights[k] <= EMPTY) {
      [mean[0], mean[1]] = before.means[k];
      return before.covariances[k];
    }
    for (const d of [0, 1]) mean[d] /= weights[k];
    /** @type {Covariance} */
    const sums = [0, 0, 0];
    points.forEach((point, i) => {
      const share = shares[i * K + k] / weights[k];
      const [x, y] = [point[0] - mean[0], point[1] - mean[1]];
      sums[0] += share * x * x;
      sums[1] += share * x * y;
      sums[2] += share * y * y;
    });
    return raised(sums, least);
  });
  return { weights: weights.map((count) => count / points.length), means, covariances };
}

/** @param {Pair} point @param {Pair} mean */
const square = (point, mean) => (point[0] - mean[0]) ** 2 + (point[1] - mean[1]) ** 2;

/** @param {readonly Pair[]} points @param {readonly Pair[]} means */
function nearest(points, means) {
  const shares = new Float64Array(points.length * means.length);
  points.forEach((point, i) => {
    let best = 0;
    for (let k = 1; k < means.length; k += 1) if (square(point, means[k]) < square(point, means[best])) best = k;
    shares[i * means.length + best] = 1;
  });
  return shares;
}

/** Sum of squared distances. @param {readonly Pair[]} points @param {Float64Array} shares @param {readonly Pair[]} means */
function distortion(points, shares, means) {
  const K = means.length;
  return points.reduce((sum, point, i) => sum + means.reduce((s, mean, k) => s + shares[i * K + k] * square(point, mean), 0), 0);
}

/** All half steps from a start, each computed once: state 0 has uniform shares, odd ones follow an E-step, even ones an M-step. */
export class Trace {
  /**
   * @param {readonly Pair[]} points
   * @param {readonly Pair[]} means of the start
   * @param {{ isHard: boolean, hasFloor: boolean }} options
   */
  constructor(points, means, { isHard, hasFloor }) {
    this.points = points;
    this.isHard = isHard;
    this.variance = spread(points);
    this.least = hasFloor ? FLOOR * this.variance : 0;
    this.collapsed = -1; // the component whose covariance is singular after the last state
    this.isSettled = false;
    const K = means.length;
    const mixture = {
      weights: means.map(() => 1 / K),
      means: means.map(([x, y]) => /** @type {Pair} */ ([x, y])),
      covariances: means.map(() => /** @type {Covariance} */ ([this.variance, 0, this.variance])),
    };
    /** @type {State[]} */
    this.states = [];
    this.add(mixture, new Float64Array(points.length * K).fill(1 / K));
  }

  /** @param {Mixture} mixture @param {Float64Array} shares */
  add(mixture, shares) {
    const K = mixture.weights.length;
    const cost = this.isHard ? distortion(this.points, shares, mixture.means) : 0;
    const [value, bound] = this.isHard ? [cost, cost] : measures(logJoint(this.points, mixture), shares, K);
    this.states.push({ mixture, shares, value, bound });
  }

  get isOver() {
    return this.isSettled || this.collapsed >= 0 || this.states.length > MOST;
  }

  step() {
    const { points, states, isHard } = this;
    const { mixture, shares } = states[states.length - 1];
    if (states.length % 2) return this.add(mixture, isHard ? nearest(points, mixture.means) : eStep(points, mixture));
    const next = mStep(points, shares, mixture, this.least);
    this.collapsed = isHard ? -1 : next.covariances.findIndex((one) => !(axesOf(one).values[1] >= SINGULAR * this.variance));
    if (this.collapsed >= 0) {
      states.push({ mixture: next, shares, value: Infinity, bound: Infinity });
      return undefined;
    }
    this.add(next, shares);
    const [now, before] = [states[states.length - 1], states[states.length - 3]];
    this.isSettled = states.length > 3 && Math.abs(now.value - before.value) < SETTLED;
    return undefined;
  }

  /** The state after so many half steps, or the last. @param {number} half */
  at(half) {
    while (this.states.length <= half && !this.isOver) this.step();
    return this.states[Math.min(half, this.states.length - 1)];
  }
}
