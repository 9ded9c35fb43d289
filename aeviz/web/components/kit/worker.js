// The worker in which the page's encoders and decoders run: no network makes the pointer wait.

import { loadRuntime } from "./runtime.js";
import { Sessions } from "./sessions.js";

/** @type {Promise<Sessions> | null} */
let sessions = null;
const port = /** @type {any} */ (globalThis);

port.onmessage = async (/** @type {MessageEvent} */ { data: { id, name, argument } }) => {
  try {
    sessions ??= loadRuntime().then((runtime) => new Sessions(runtime));
    const opened = /** @type {any} */ (await sessions);
    const result = name === "load" ? null : await opened[name](...argument);
    const moved = name === "run" ? result.map((/** @type {any} */ { data }) => data.buffer) : [];
    port.postMessage({ id, result }, moved);
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
