// What changes with the dimension, as aeviz/lab/dimension.py has it.

/** @param {number} bins @param {number} dimension @param {number} points */
export function occupiedShare(bins, dimension, points) {
  const cells = bins ** dimension;
  return cells > 1 ? -Math.expm1(points * Math.log1p(-1 / cells)) : 1;
}

/** @param {number} thickness @param {number} dimension */
export function shellShare(thickness, dimension) {
  return 1 - (1 - thickness) ** dimension;
}

/** @param {number} dimension @param {number} degree */
export function coefficients(dimension, degree) {
  let found = 1;
  for (let k = 1; k <= degree; k += 1) found = (found * (dimension + k)) / k;
  return Math.round(found);
}

/** Logarithm of the gamma function at half of a whole number above 0. @param {number} twice */
function logGamma(twice) {
  let log = twice % 2 ? Math.log(Math.PI) / 2 : 0;
  for (let k = twice % 2 || 2; k < twice; k += 2) log += Math.log(k / 2);
  return log;
}

/** Density of the length of a standard normal vector. @param {number} radius @param {number} dimension */
export function radiusDensity(radius, dimension) {
  if (radius <= 0) return dimension === 1 ? Math.sqrt(2 / Math.PI) : 0;
  const half = dimension / 2;
  return Math.exp((1 - half) * Math.log(2) + (dimension - 1) * Math.log(radius) - radius ** 2 / 2 - logGamma(dimension));
}

/** Distances of all pairs of points, by the coordinates up to a dimension. @param {number[][]} points @param {number} dimension */
export function distances(points, dimension) {
  const found = [];
  for (let i = 0; i < points.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      let sum = 0;
      for (let k = 0; k < dimension; k += 1) sum += (points[i][k] - points[j][k]) ** 2;
      found.push(Math.sqrt(sum));
    }
  }
  return found;
}

/** Mean, and standard deviation over the mean. @param {number[]} values */
export function spread(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, share: Math.sqrt(variance) / mean };
}
