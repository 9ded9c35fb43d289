// Loads ONNX Runtime, in the page or in a worker.

// A module with one instruction on 128-bit vectors: v128.const and drop.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12];

/** Whether the browser has WebAssembly with the vectors that the runtime is built for. */
export function hasSimd() {
  if (typeof WebAssembly !== "object") return false;
  return WebAssembly.validate(new Uint8Array([...SIMD, ...new Array(16).fill(0), 26, 11]));
}

/**
 * The content of a file that is stored compressed: the server need not compress it for each visitor.
 * @param {URL} address
 */
async function fetchUnpacked(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname} was answered with status ${answer.status}`);
  const content = await answer.arrayBuffer();
  const [first, second] = new Uint8Array(content, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return content; // some servers unpack what they send
  return new Response(new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

// Module and program of each build: that for WebGPU is twice as large and slower in WebAssembly.
const BUILDS = {
  wasm: ["ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm.gz"],
  webgpu: ["ort.webgpu.bundle.min.mjs", "ort-wasm-simd-threaded.asyncify.wasm.gz"],
};

/**
 * Load the runtime, on one thread: more need a page that shares nothing with others.
 * @param {"wasm" | "webgpu"} [build] what it computes with
 * @returns {Promise<any>} the module
 */
export async function loadRuntime(build = "wasm") {
  const folder = new URL("../vendor/onnxruntime-web/", import.meta.url);
  const [module, file] = BUILDS[build];
  const [runtime, program] = await Promise.all([
    import(new URL(module, folder).href),
    fetchUnpacked(new URL(file, folder)),
  ]);
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmBinary = program;
  return runtime;
}
