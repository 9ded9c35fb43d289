// Linear least squares, as aeviz/lab/basis.py has it.

const RIDGE = 1e-8;

/**
 * Weights of least squared error, by Cholesky's factor of the normal equations.
 * @param {readonly number[][]} features of each datum
 * @param {readonly number[]} y
 * @param {ArrayLike<number> | null} [shares] how much each datum counts; all 1 without
 */
export function leastSquares(features, y, shares = null) {
  const size = features[0].length;
  const factor = Array.from({ length: size }, () => new Float64Array(size));
  const weights = new Array(size).fill(0);
  features.forEach((row, n) => {
    for (let i = 0; i < size; i += 1) {
      const share = (shares ? shares[n] : 1) * row[i];
      weights[i] += share * y[n];
      for (let j = 0; j <= i; j += 1) factor[i][j] += share * row[j];
    }
  });
  for (let i = 0; i < size; i += 1) {
    factor[i][i] += RIDGE;
    for (let j = 0; j <= i; j += 1) {
      let rest = factor[i][j];
      for (let k = 0; k < j; k += 1) rest -= factor[i][k] * factor[j][k];
      factor[i][j] = i === j ? Math.sqrt(Math.max(rest, 1e-12)) : rest / factor[j][j];
    }
    for (let k = 0; k < i; k += 1) weights[i] -= factor[i][k] * weights[k];
    weights[i] /= factor[i][i];
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) weights[i] -= factor[k][i] * weights[k];
    weights[i] /= factor[i][i];
  }
  return /** @type {number[]} */ (weights);
}
