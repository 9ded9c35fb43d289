// aeviz trains, by the product's own scripts, as its page does.

import { loadRuntime } from "/components/kit/runtime.js";
import { Learner } from "/components/playground/learner.js";
import { readNetwork, serve } from "./network.js";

const A_CALL = 10; // steps
/** @type {Learner} */
let learner;

/** @param {number} steps */
async function train(steps) {
  const losses = [];
  const begun = performance.now();
  for (let done = 0; done < steps; done += A_CALL) {
    const report = await learner.train(A_CALL);
    for (let place = 0; place < report.losses.length; place += 3) losses.push(report.losses[place]);
  }
  return { seconds: (performance.now() - begun) / 1000, losses };
}

serve(async (message) => {
  if (message.kind === "train") return train(message.steps);
  const { plan, settings, images } = await readNetwork(message.name);
  learner = new Learner(await loadRuntime(), plan, images, settings);
  await learner.warm();
});
