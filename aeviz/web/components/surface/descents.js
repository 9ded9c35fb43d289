// The methods of aeviz.lab.adaptive on the surfaces of aeviz.lab.surfaces, so that trajectories follow a start while it is
// dragged. Python computes what stands on the page once it is let go; tests/components/test_descents.py compares them.

/** @typedef {[number, number]} Point */
/**
 * @typedef {{ name: string, colour: string, dash: string, alpha: number, beta1: number, beta2: number, momentum: number,
 *   is_corrected: boolean, epsilon: number }} Method
 */

/** @type {Record<string, (x: number, y: number) => Point>} */
export const GRADIENTS = {
  Himmelblau: (x, y) => {
    const [first, second] = [x * x + y - 11, x + y * y - 7];
    return [4 * x * first + 2 * second, 2 * first + 4 * y * second];
  },
  quadratic: (x, y) => [x, 20 * y],
  Rosenbrock: (x, y) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
  Beale: (x, y) => {
    const [first, second, third] = [1.5 - x + x * y, 2.25 - x + x * y ** 2, 2.625 - x + x * y ** 3];
    return [
      2 * (first * (y - 1) + second * (y ** 2 - 1) + third * (y ** 3 - 1)),
      2 * x * (first + 2 * y * second + 3 * y ** 2 * third),
    ];
  },
  saddle: (x, y) => [2 * x, -2 * y + y ** 3],
};

const MEANS = new Set(["adam", "amsgrad"]);
const SUMS = new Set(["momentum", "nesterov"]);

/**
 * The iterates of a method, the start first; they end before the first that is farther out than the limit.
 * @param {string} surface
 * @param {Method} method
 * @param {Point} start
 * @param {number} steps
 * @param {number} limit
 * @returns {Point[]}
 */
export function descend(surface, { name, alpha, beta1, beta2, momentum, is_corrected, epsilon }, start, steps, limit) {
  const gradient = GRADIENTS[surface];
  const hasMoment = !(name === "sgd" || SUMS.has(name));
  const points = [start];
  let x = start;
  const [m, v, largest] = [[0, 0], [0, 0], [0, 0]];
  for (let t = 1; t <= steps; t += 1) {
    const g = gradient(...x);
    const moved = /** @type {Point} */ (
      x.map((at, axis) => {
        if (MEANS.has(name)) m[axis] = beta1 * m[axis] + (1 - beta1) * g[axis];
        else if (SUMS.has(name)) m[axis] = momentum * m[axis] + g[axis];
        else m[axis] = g[axis];
        let first = name === "nesterov" ? momentum * m[axis] + g[axis] : m[axis];
        let scale = 1;
        if (hasMoment) {
          v[axis] = name === "adagrad" ? v[axis] + g[axis] ** 2 : beta2 * v[axis] + (1 - beta2) * g[axis] ** 2;
          largest[axis] = name === "amsgrad" ? Math.max(largest[axis], v[axis]) : v[axis];
          const root = is_corrected && MEANS.has(name) ? Math.sqrt(1 - beta2 ** t) : 1;
          scale = Math.sqrt(largest[axis]) / root + epsilon;
        }
        if (is_corrected && MEANS.has(name)) first /= 1 - beta1 ** t;
        return first === 0 && scale === 0 ? at : at - (alpha * first) / scale;
      })
    );
    if (!moved.every((value) => Math.abs(value) <= limit)) break;
    x = moved;
    points.push(x);
  }
  return points;
}
