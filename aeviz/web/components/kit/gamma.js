// The gamma function.

const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680];

/** Logarithm of the gamma function, by Stirling's series. @param {number} x above 0 */
export function logGamma(x) {
  let [at, product] = [x, 1];
  while (at < 12) product *= at++;
  const series = STIRLING.reduce((sum, factor, k) => sum + factor / at ** (2 * k + 1), 0);
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
