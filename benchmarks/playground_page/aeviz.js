// aeviz trains, by the product's own scripts, as its page does.

import { loadRuntime } from "/components/kit/runtime.js";
import { Learner } from "/components/playground/learner.js";
import { readNetwork, serve } from "./network.js";

const A_CALL = 10; // steps
const LATENTS_MS = 100; // between two pictures of the plane
/** @type {Learner} */
let learner;
let units = new Float32Array(0);

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

/** @param {number} seconds */
async function show(seconds) {
  const begun = performance.now();
  let [steps, shown] = [0, -Infinity];
  while (performance.now() - begun < 1000 * seconds) {
    await learner.train(A_CALL);
    steps += A_CALL;
    if (performance.now() - shown < LATENTS_MS) continue;
    shown = performance.now();
    postMessage({ kind: "points", steps, z: (await learner.encode(units)).z });
  }
  return { kind: "ended" };
}

serve(async (message) => {
  if (message.kind === "show") return show(message.seconds);
  if (message.kind === "train") return train(message.steps);
  const { plan, settings, images } = await readNetwork(message.name);
  learner = new Learner(await loadRuntime(), plan, images, settings);
  await learner.warm();
  units = Float32Array.from(images, (grey) => grey / 255);
});
