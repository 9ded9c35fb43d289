// The address of the page for others: the server writes it, and parts of the page add what they alone know.
//
// Streamlit serves this file once for each component, so the parts hang on the window.

/**
 * @typedef {object} Part of the page
 * @property {(() => Promise<unknown>)} [settle] ends when the address holds what the visitor did last in this part
 * @property {(address: URL) => void} [complete] adds to the address what the server does not write
 */

const NAME = Symbol.for("aeviz.address");

const SENT_MS = 150; // by then the server works on what the visitor did last
const LONGEST_MS = 750; // some browsers let a page copy only so soon after a click
const LOOK_MS = 30;

/** @returns {Set<Part>} */
function parts() {
  const holder = /** @type {Record<symbol, Set<Part>>} */ (/** @type {unknown} */ (window));
  return (holder[NAME] ??= new Set());
}

/**
 * Have a part of the page take part in the address.
 * @param {Part} part
 * @returns {() => void} ends that
 */
export function addToAddress(part) {
  parts().add(part);
  return () => void parts().delete(part);
}

/** The address of the page with all that the visitor did. */
export async function fullAddress() {
  await Promise.all([settled(), ...[...parts()].map((part) => part.settle?.())]);
  const address = new URL(window.location.href);
  for (const part of parts()) part.complete?.(address);
  return address.href;
}

/** Wait until the server has written the address for what the visitor did last. */
async function settled() {
  const app = document.querySelector("[data-testid=stApp]");
  await pause(SENT_MS);
  await until(() => app?.getAttribute("data-test-script-state") !== "running");
}

/** Wait, not for long, until something has come about. @param {() => boolean} test */
export async function until(test) {
  const start = performance.now();
  while (!test() && performance.now() - start < LONGEST_MS) await pause(LOOK_MS);
}

/** @param {number} duration in milliseconds */
function pause(duration) {
  return new Promise((done) => setTimeout(done, duration));
}
