// One network of the playground as the page sees it: its latent points, curves, images and what is wrong with it.

import { Client } from "../kit/worker_client.js";
import { Curve } from "./curve.js";

/** @typedef {import("./learner.js").Plan} Plan */
/** @typedef {import("./learner.js").Settings} Settings */
/** @typedef {{ images: Uint8Array, held: Uint8Array, labels: Uint8Array, shape: number[] }} Data `held`: images not trained on */

const SMOOTHING_MS = 120; // in which a point covers two thirds of the way to its new place

export class Member {
  constructor() {
    this.client = new Client("playground");
    /** @type {Plan | null} */
    this.plan = null;
    /** @type {Data | null} */
    this.data = null;
    this.step = 0;
    this.target = new Float32Array(0); // latent points, one row an image
    this.shown = new Float32Array(0); // on their way there
    this.losses = new Curve(3);
    this.held = new Curve(2);
    this.gradients = new Float32Array(0);
    /** @type {any} */
    this.seen = {}; // the last answer to `look`
    this.deviation = /** @type {Float32Array | null} */ (null);
    this.moved = new Float32Array(0); // distance of each layer's weights in the last interval, a step
    /** @type {{ parameters: Float32Array, step: number } | null} */
    this.weights = null;
    this.isOpen = false;
    this.baseline = NaN; // error of the mean image
    /** @type {number[]} */
    this.idle = []; // share of dead units of each hidden layer
  }

  /**
   * @param {Plan} plan
   * @param {Data} data
   * @param {Settings} settings
   * @param {boolean} keeps whether it goes on with its weights
   */
  async open(plan, data, settings, keeps) {
    await this.client.call("open", { plan, images: data.images, settings, keeps });
    this.plan = plan;
    this.data = data;
    this.isOpen = true;
    this.weights = null;
    this.baseline = meanImageError(data, plan.pixels);
    if (!keeps) {
      this.clear();
      this.target = this.shown = new Float32Array(0); // those of the former images
      this.seen = {};
    }
    await this.measure(true);
  }

  clear() {
    if (!this.plan || !this.data) return;
    this.step = 0;
    this.losses.clear();
    this.held.clear();
    this.gradients = new Float32Array(0);
    this.moved = new Float32Array(0);
    this.weights = null;
  }

  /**
   * @param {number} steps
   * @param {Settings} settings
   */
  async train(steps, settings) {
    const report = await this.client.call("train", { steps, settings });
    const width = this.plan?.latent_dim ?? 0;
    report.places.forEach((/** @type {number} */ place, /** @type {number} */ row) => {
      for (let k = 0; k < width; k += 1) this.target[place * width + k] = report.latents[row * width + k];
    });
    for (let each = 0; each < steps; each += 1) {
      this.losses.add(this.step + each + 1, report.losses.subarray(3 * each, 3 * each + 3));
    }
    this.step = report.step;
    this.gradients = report.gradients;
    return report;
  }

  /** @param {Settings} settings */
  async restart(settings) {
    await this.client.call("restart", { settings });
    this.clear();
    await this.measure(true);
  }

  /**
   * Find all latent points and the error on images that are not trained on.
   * @param {boolean} [jump] whether the points go there at once
   */
  async measure(jump = false) {
    if (!this.data) return;
    const { step, latents, log_variance, error, kl, idle } = await this.client.call("measure", { held: this.data.held });
    this.target = latents;
    if (jump || this.shown.length !== latents.length) this.shown = latents.slice();
    this.deviation = log_variance?.map((/** @type {number} */ value) => Math.exp(value / 2)) ?? null;
    this.held.add(step, [error, kl]);
    this.idle = idle;
    await this.weigh();
  }

  /** Read the weights, and how far they went since they were read last. */
  async weigh() {
    const { plan } = this;
    const found = await this.client.call("weights");
    const before = this.weights;
    this.weights = found;
    if (!plan || !before || before.step >= found.step) return;
    this.moved = Float32Array.from(plan.layers, ({ weight }) => {
      const slot = plan.slots.find(({ name }) => name === weight);
      if (!slot) return 0;
      let sum = 0;
      for (let at = slot.offset; at < slot.offset + slot.shape[0] * slot.shape[1]; at += 1) {
        sum += (found.parameters[at] - before.parameters[at]) ** 2;
      }
      return Math.sqrt(sum) / (found.step - before.step);
    });
  }

  /**
   * @param {{ mesh: Float32Array | null, images: Float32Array | null, point: Float32Array | null }} wanted
   */
  async look(wanted) {
    this.seen = { ...this.seen, ...(await this.client.call("look", wanted)) };
  }

  /**
   * Move the points on their way.
   * @param {number} passed milliseconds
   * @returns {boolean} whether any is still under way
   */
  glide(passed) {
    const share = 1 - Math.exp(-passed / SMOOTHING_MS);
    let far = 0;
    for (let at = 0; at < this.target.length; at += 1) {
      const distance = this.target[at] - this.shown[at];
      this.shown[at] += share * distance;
      far = Math.max(far, Math.abs(distance));
    }
    return far > 1e-3;
  }

  /**
   * What each layer gives for one of the images that it sees.
   * @param {Float32Array} images
   * @param {number} index
   */
  activations(images, index) {
    const { seen, plan } = this;
    if (!plan || !seen.z || !seen.hidden) return [];
    const row = (/** @type {Float32Array} */ values, /** @type {number} */ width) => values.subarray(index * width, (index + 1) * width);
    const rows = seen.z.length / plan.latent_dim;
    const layers = [...seen.hidden, seen.z, ...seen.decoded].map((values) => row(values, values.length / rows));
    return [row(images, plan.pixels), ...layers, row(seen.reconstructions, plan.pixels)];
  }

  close() {
    this.client.close();
  }
}

/**
 * The mean squared error of drawing the mean training image for each held-out image, pixels from 0 to 1.
 * @param {Data} data
 * @param {number} pixels
 */
function meanImageError({ images, held }, pixels) {
  const mean = new Float64Array(pixels);
  images.forEach((grey, at) => (mean[at % pixels] += grey));
  const rows = images.length / pixels;
  let sum = 0;
  held.forEach((grey, at) => (sum += ((grey - mean[at % pixels] / rows) / 255) ** 2));
  return sum / Math.max(1, held.length);
}
