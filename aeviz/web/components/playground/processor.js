// Which processor makes the steps of training: WebAssembly, or the graphics processor where WebGPU reaches it and is
// faster. Runs in the worker.

import { mark } from "../kit/language.js";
import { loadRuntime } from "../kit/runtime.js";
import { GpuSteps } from "./gpu_steps.js";

/** @typedef {"auto" | "wasm" | "webgpu"} Choice */
/**
 * @typedef {{ used: "wasm" | "webgpu", rates: { wasm: number, webgpu: number } | null, reason: string, error?: string }} Verdict
 *   `rates`: steps a second, where both were measured; `reason`, a message with {error}, says why WebGPU is not used
 */

/** @type {Promise<any> | null} */
let runtime = null;

/**
 * Why WebGPU cannot be used, or nothing.
 * @param {boolean} isForced whether one will do that the main processor imitates
 */
async function obstacle(isForced) {
  const { gpu } = /** @type {any} */ (navigator);
  if (!gpu) return mark("this browser offers no WebGPU");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return mark("WebGPU finds no graphics processor here");
  const isSoftware = adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter;
  return isSoftware && !isForced ? mark("WebGPU finds no graphics processor here, only an imitation") : "";
}

/**
 * Choose the processor of a network.
 * @param {import("./learner.js").Learner} learner
 * @param {Choice} choice
 * @returns {Promise<Verdict>}
 */
export async function chooseProcessor(learner, choice) {
  await learner.settle();
  await learner.gpu?.close();
  learner.gpu = null;
  if (choice === "wasm") return { used: "wasm", rates: null, reason: "" };
  const found = await obstacle(choice === "webgpu");
  if (found) return { used: "wasm", rates: null, reason: found };
  let gpu = null;
  try {
    runtime ??= loadRuntime("webgpu");
    gpu = new GpuSteps(await runtime, learner.plan);
    const { wasm, webgpu, lost } = await learner.race(gpu);
    if (lost) throw new Error(lost);
    const isUsed = choice === "webgpu" || webgpu > wasm;
    if (isUsed) learner.gpu = gpu;
    else await gpu.close();
    return { used: isUsed ? "webgpu" : "wasm", rates: { wasm, webgpu }, reason: "" };
  } catch (error) {
    await gpu?.close().catch(() => undefined);
    if (!gpu) runtime = null; // it may be loaded another time
    return { used: "wasm", rates: null, reason: mark("WebGPU failed: {error}"), error: error instanceof Error ? error.message : String(error) };
  }
}
