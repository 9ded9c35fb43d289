// Which processor trains: a list, and what was measured or why WebGPU is not used, in a sentence.

import { element, write } from "../kit/dom.js";

const NAMES = { auto: "automatic", wasm: "WebAssembly", webgpu: "WebGPU" };

export class ProcessorChoice {
  /**
   * @param {Element} parent
   * @param {(choice: import("./processor.js").Choice) => void} changed
   */
  constructor(parent, changed) {
    const label = element("label", { class: "list" }, parent);
    label.title = "What computes the steps: the main processor, by WebAssembly, or the graphics processor, by WebGPU";
    element("span", { text: "Processor" }, label);
    this.input = element("select", { "aria-label": "Processor" }, label);
    for (const [value, text] of Object.entries(NAMES)) element("option", { value, text }, this.input);
    this.input.onchange = () => changed(/** @type {any} */ (this.input.value));
    this.note = element("p", { class: "note", role: "status" }, parent);
    this.show("auto", null);
  }

  /** Offer no choice, and return what is left. @returns {"wasm"} */
  hide() {
    this.note.hidden = true;
    const label = this.input.closest("label");
    if (label) label.hidden = true;
    return "wasm";
  }

  /**
   * @param {import("./processor.js").Choice} choice
   * @param {import("./processor.js").Verdict | "measuring" | null} verdict
   */
  show(choice, verdict) {
    write(this.note, sentence(choice, verdict));
  }
}

/**
 * @param {import("./processor.js").Choice} choice
 * @param {import("./processor.js").Verdict | "measuring" | null} verdict
 */
function sentence(choice, verdict) {
  if (verdict === "measuring") return "Loading and measuring WebGPU: seconds, the first time.";
  if (!verdict) return choice === "auto" ? "WebGPU is tried when a step takes more than 10 ms." : "";
  if (!verdict.rates) return verdict.reason && `WebAssembly trains: ${verdict.reason}.`;
  const { wasm, webgpu } = verdict.rates;
  const rates = `WebGPU makes ${Math.round(webgpu)} steps/s here, WebAssembly ${Math.round(wasm)}`;
  if (choice === "webgpu" && webgpu < wasm) return `${rates}. WebGPU trains, as you chose; automatic would take the faster.`;
  return `${rates}: ${NAMES[verdict.used]} trains.`;
}
