// Running means of gradients and their squares, as aeviz/lab/gradient_moments.py has them.

/** @param {number[]} values @param {number} beta */
function runningMean(values, beta) {
  let kept = 0;
  return values.map((value) => (kept = beta * kept + (1 - beta) * value));
}

/** @param {number[]} gradients @param {number} beta1 @param {number} beta2 */
export function runningMoments(gradients, beta1, beta2) {
  const m = runningMean(gradients, beta1);
  const v = runningMean(gradients.map((g) => g * g), beta2); // prettier-ignore
  return {
    m,
    v,
    correctedM: m.map((value, k) => value / (1 - beta1 ** (k + 1))),
    correctedV: v.map((value, k) => value / (1 - beta2 ** (k + 1))),
  };
}

/**
 * Adam's steps over its step size.
 * @param {number[]} m @param {number[]} v @param {number} epsilon
 * @param {boolean} isUnderRoot whether to divide by √(v + ε), as S2 prints it, or by √v + ε
 */
export function adamSteps(m, v, epsilon, isUnderRoot) {
  return m.map((value, k) => value / (isUnderRoot ? Math.sqrt(v[k] + epsilon) : Math.sqrt(v[k]) + epsilon));
}

/** E m_t and E v_t. @param {number} mu @param {number} deviation @param {number} beta1 @param {number} beta2 @param {number} t @returns {[number, number]} */
export function expectedMoments(mu, deviation, beta1, beta2, t) {
  return [(1 - beta1 ** t) * mu, (1 - beta2 ** t) * (mu ** 2 + deviation ** 2)];
}
