// What goes wrong while a network learns, in a sentence with what to try.

import { readable } from "../kit/axis.js";
import { number, tr } from "../kit/language.js";

const [FEW_STEPS, SOME_MEASUREMENTS] = [200, 5];
const WORSE = 3; // times the best loss that counts as diverged
const IDLE_SHARE = 0.7;
const LEAST_NATS = 0.1;
const NO_BETTER = 0.97; // of the error of the mean image
const LARGE_RATE = 0.02;
const USUAL_RATE = /** @type {Record<string, number>} */ ({ adam: 0.001, amsgrad: 0.001, sgd: 0.1 });
const USUAL_KL = 0.001;
const STILL = 0.98; // of the loss a while ago, above which it stands still
const RISE = 1.1; // of the error on held-out images above its least value
const NO_PROGRESS = 0.995;

/**
 * @typedef {{
 *   step: number, losses: import("./curve.js").Curve, held: import("./curve.js").Curve, idle: number[], baseline: number,
 *   gradients: ArrayLike<number>
 * }} State of a network; `gradients`: their norms by layer in the last step; `baseline` is the error of drawing the mean image for every held-out image
 * @typedef {{ rate?: number, kl?: number }} Remedy settings with which to begin again
 * @typedef {{ kind: string, text: string, remedy?: Remedy }} Finding
 */

/**
 * @param {State} state
 * @param {import("./learner.js").Settings} settings
 * @param {{ is_variational: boolean }} plan
 * @returns {Finding | null} the most serious finding
 */
export function diagnose({ step, losses, held, idle, baseline, gradients }, settings, plan) {
  const [newest] = losses.last;
  const totals = losses.values[0];
  const rate = Math.min(settings.learning_rate / 10, USUAL_RATE[settings.optimizer]);
  const slower = tr("Restart with a learning rate of {rate}.", { rate: readable(rate, 2) });
  const worst = Math.max(0, ...idle);
  const dead = tr("{share} % of the units of hidden layer {layer} are dead: 0 for every image.", { share: Math.round(100 * worst), layer: idle.indexOf(worst) + 1 });
  if (newest !== undefined && !Number.isFinite(newest)) {
    return { kind: "diverged", text: `${tr("The loss is no longer a number: the weights have diverged.")} ${slower}`, remedy: { rate } };
  }
  if (totals.length >= 20 && gradients.length > 0 && Array.from(gradients).every((norm) => norm === 0)) {
    const isLarge = settings.learning_rate > LARGE_RATE;
    const advice = isLarge ? slower : tr("Restart: no setting changes that. If it happens again, try Leaky ReLU or a smaller learning rate.");
    return { kind: "standstill", text: `${tr("All gradients are 0: no weight changes any more.")} ${advice}`, remedy: isLarge ? { rate } : undefined };
  }
  if (step < FEW_STEPS || totals.length < 20) return null;
  const recent = losses.recent(0, 20);
  const best = totals.reduce((least, value) => Math.min(least, value), Infinity);
  const start = totals.slice(0, 5).reduce((sum, value) => sum + value, 0) / 5;
  if (recent > WORSE * Math.max(best, 1e-9) && recent > start) {
    return { kind: "diverged", text: `${tr("The loss rises above where it began: the steps are too long.")} ${slower}`, remedy: { rate } };
  }
  const kl = held.last[1];
  if (plan.is_variational && kl !== undefined && kl < LEAST_NATS && held.last[0] > NO_BETTER * baseline) {
    const least = Math.min(settings.kl_weight, USUAL_KL);
    const lower = settings.kl_weight > USUAL_KL ? tr("Lower the KL weight to {weight}; a code that stays empty needs a restart.", { weight: readable(least, 2) }) : tr("It rarely recovers by itself: restart.");
    return { kind: "collapse", text: `${tr("Posterior collapse: the KL is {kl} nats, so the code tells nothing of the image.", { kl: number(kl, 2) })} ${lower}`, remedy: { kl: least } };
  }
  const isStill = recent > STILL * losses.recent(0, 100);
  if (isStill && held.last[0] > NO_BETTER * baseline) {
    const cause = causeOf(settings, { slower, dead: worst > IDLE_SHARE ? dead : "" });
    const remedy = settings.learning_rate > LARGE_RATE ? { rate } : undefined;
    return { kind: "mean", remedy, text: `${tr("No better than drawing the mean image every time (error {error}).", { error: number(baseline, 4) })} ${cause}` };
  }
  const errors = held.values[0];
  if (errors.length >= SOME_MEASUREMENTS) {
    const least = Math.min(...errors);
    const now = held.recent(0, 2);
    if (now > RISE * least && losses.recent(1, 20) < least) {
      return {
        kind: "overfitting",
        text: tr("Overfitting: the error on held-out images rose from {least} to {now} while that of the training images falls. Try fewer units, noise on the images, or stop here.", { least: number(least, 4), now: number(now, 4) }),
      };
    }
  }
  if (worst > IDLE_SHARE) {
    return { kind: "dead", text: `${dead} ${tr("Try Leaky ReLU, or restart with a smaller learning rate.")}` };
  }
  if (recent > NO_PROGRESS * start) {
    return { kind: "stuck", text: tr("The loss hardly falls. Try a larger learning rate, or another activation.") };
  }
  return null;
}

/**
 * Why a network draws the mean image, and what to try.
 * @param {import("./learner.js").Settings} settings
 * @param {{ slower: string, dead: string }} found sentences; `dead` is empty where few units are dead
 */
function causeOf({ learning_rate, penalty_weight }, { slower, dead }) {
  if (learning_rate > LARGE_RATE) return `${tr("The steps were too long.")} ${slower}`;
  if (dead) return `${dead} ${tr("Restart, with Leaky ReLU or a smaller learning rate.")}`;
  if (penalty_weight > 0) return tr("Try a larger learning rate or another activation, or a smaller penalty.");
  return tr("Try a larger learning rate or another activation.");
}
