// TensorFlow.js trains the same network from the same weights on the same batches, on its backend cpu or wasm.

import { gather, Order } from "/components/playground/batches.js";
import { initialWeights } from "/components/playground/weights.js";
import { readNetwork, serve } from "./network.js";
import "/vendor/tfjs/tf.min.js";
import "/vendor/tfjs-backend-wasm/tf-backend-wasm.min.js";

const { tf } = /** @type {any} */ (globalThis);
const ACTIVATIONS = { relu: tf.relu, sigmoid: tf.sigmoid };
/** @type {any} */
let network;

/** @param {{ name: string, trainer: string }} message */
async function begin({ name, trainer }) {
  tf.wasm.setWasmPaths("/vendor/tfjs-backend-wasm/");
  if (!(await tf.setBackend(trainer))) throw new Error(`TensorFlow.js has no backend ${trainer}`);
  await tf.ready();
  const { plan, settings, images } = await readNetwork(name);
  const start = initialWeights(plan.slots, plan.size, settings.seed, plan.init);
  const layers = plan.layers.map(({ weight, activation }) => {
    const [matrix, bias] = [weight, weight.replace(/weight$/, "bias")].map((wanted) => {
      const { shape, offset } = plan.slots.find((slot) => slot.name === wanted);
      const length = shape.reduce((product, side) => product * side, 1);
      return tf.tensor(start.subarray(offset, offset + length), shape);
    });
    return { kernel: tf.variable(tf.transpose(matrix)), bias: tf.variable(bias), activation };
  });
  const { learning_rate, beta1, beta2, epsilon, batch_size, seed } = settings;
  network = {
    plan,
    images,
    layers,
    size: batch_size,
    optimizer: tf.train.adam(learning_rate, beta1, beta2, epsilon),
    order: new Order(images.length / plan.pixels, batch_size, seed),
    step: 0,
  };
}

/**
 * The loss of a batch.
 * @param {any} x (B, P)
 */
function loss(x) {
  let y = x;
  for (const { kernel, bias, activation } of network.layers) {
    y = tf.add(tf.matMul(y, kernel), bias);
    if (activation) y = ACTIVATIONS[activation](y);
  }
  return tf.losses.meanSquaredError(x, y);
}

/** @param {number} steps */
async function train(steps) {
  const { plan, images, size, optimizer, order } = network;
  const batches = Array.from({ length: steps }, (_, each) => {
    const batch = new Float32Array(size * plan.pixels);
    gather(images, plan.pixels, order.of(network.step + each), batch);
    return tf.tensor2d(batch, [size, plan.pixels]);
  });
  const begun = performance.now();
  const costs = batches.map((x) => tf.tidy(() => optimizer.minimize(() => loss(x), true)));
  const losses = await tf.stack(costs).data(); // waits for all that was asked for
  const seconds = (performance.now() - begun) / 1000;
  network.step += steps;
  tf.dispose([batches, costs]);
  return { seconds, losses: [...losses] };
}

serve((message) => (message.kind === "begin" ? begin(message) : train(message.steps)));
