// Which processor trains: a list, and what was measured or why WebGPU is not used, in a sentence.

import { element, write } from "../kit/dom.js";
import { mark, tr } from "../kit/language.js";

const NAMES = { auto: mark("automatic"), wasm: "WebAssembly", webgpu: "WebGPU" };

export class ProcessorChoice {
  /**
   * @param {Element} parent
   * @param {(choice: import("./processor.js").Choice) => void} changed
   */
  constructor(parent, changed) {
    const label = element("label", { class: "list" }, parent);
    label.title = tr("What computes the steps: the main processor, by WebAssembly, or the graphics processor, by WebGPU");
    element("span", { text: tr("Processor") }, label);
    this.input = element("select", { "aria-label": tr("Processor") }, label);
    for (const [value, text] of Object.entries(NAMES)) element("option", { value, text: tr(text) }, this.input);
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
  if (verdict === "measuring") return tr("Loading and measuring WebGPU: seconds, the first time.");
  if (!verdict) return choice === "auto" ? tr("WebGPU is tried when a step takes more than 10 ms.") : "";
  if (!verdict.rates) return verdict.reason && tr("WebAssembly trains: {reason}.", { reason: tr(verdict.reason, { error: verdict.error ?? "" }) });
  const { wasm, webgpu } = verdict.rates;
  const rates = { webgpu: Math.round(webgpu), wasm: Math.round(wasm), used: NAMES[verdict.used] };
  if (choice === "webgpu" && webgpu < wasm) {
    return tr("WebGPU makes {webgpu} steps/s here, WebAssembly {wasm}. WebGPU trains, as you chose; automatic would take the faster.", rates);
  }
  return tr("WebGPU makes {webgpu} steps/s here, WebAssembly {wasm}: {used} trains.", rates);
}
