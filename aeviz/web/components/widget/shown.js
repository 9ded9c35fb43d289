// A map, and the explorer of the model whose space it is, as a program outside of the app shows them: a notebook, or somebody
// else's Streamlit page. They are what an HTML file of its own shows (explorer/standalone.js, map/standalone.js).

import { release } from "../kit/blobs.js";
import { element } from "../kit/dom.js";
import { tell } from "../kit/link.js";
import { readHeld } from "../kit/held.js";
import showExplorer from "../explorer/standalone.js";
import showMap from "../map/standalone.js";

/**
 * @typedef {{
 *   model: string, view: Uint8Array | null, map: Uint8Array, overlay?: Uint8Array, blobs: { name: string, content: Uint8Array }[],
 *   decoders: import("../explorer/standalone.js").Decoder[], map_style: string, explorer_style: string
 * }} Held aeviz/web/takeaway/held.py packs it; `view` is null where there are only vectors
 */
/** @typedef {{ point: (values: number[]) => void, selection: (indices: number[]) => void }} Ears hear what the visitor does */

const LAYOUT = `
.aeviz-row { display: grid; gap: 1rem; align-items: start; }
.aeviz-row.two { grid-template-columns: minmax(0, 8fr) minmax(0, 5fr); }
.aeviz-frame { container-type: inline-size; }
@container (max-width: 34rem) { .aeviz-row.two { grid-template-columns: minmax(0, 1fr); } }
`;

export class Shown {
  /**
   * @param {HTMLElement | ShadowRoot} place
   * @param {Held} held
   * @param {Ears} ears
   */
  constructor(place, held, ears) {
    this.held = held;
    this.frame = element("div", { class: "aeviz-frame", "data-testid": "aeviz-widget" }, place);
    element("style", { text: LAYOUT }, this.frame);
    const row = element("div", { class: held.view ? "aeviz-row two" : "aeviz-row" }, this.frame);
    // each with a tree of its own: their styles name their parts alike
    const [map, explorer] = [held.map_style, held.view && held.explorer_style].map((style) => {
      const tree = element("div", {}, row).attachShadow({ mode: "open" });
      element("style", { text: style ?? "" }, tree);
      return tree;
    });
    this.selected = "[]"; // what was told, or is known, of the selection
    const hearMap = (/** @type {string} */ name) => {
      if (name !== "selection" && name !== "hidden") return;
      const found = this.map.chosenOf();
      if (JSON.stringify(found) === this.selected) return;
      this.selected = JSON.stringify(found);
      ears.selection(found);
    };
    /** @param {string} name @param {{ values: number[] }} value */
    const hearExplorer = (name, value) => {
      if (name === "point") ears.point(value.values);
    };
    this.ends = [showMap(map, held, { setStateValue: hearMap, setTriggerValue: () => undefined })];
    /** @type {any} what the map offers to other parts of the page: see map/map.js */
    this.map = map.querySelector(".map");
    const { view } = held;
    if (view) this.ends.push(showExplorer(explorer, { ...held, view }, { setStateValue: hearExplorer, setTriggerValue: () => undefined }));
  }

  /** Move the latent point, as a program asks. @param {number[]} values */
  move(values) {
    if (this.held.view) tell("point", this.held.model, { z: Float64Array.from(values), done: false }, this);
  }

  /** Select points of the map, as a program asks. @param {number[]} indices */
  select(indices) {
    this.selected = JSON.stringify(indices);
    this.map.selectGiven(indices);
  }

  close() {
    this.frame.remove();
    for (const end of this.ends) end();
    for (const { name } of this.held.blobs) release(name);
  }
}

/**
 * Show what Python packed.
 * @param {HTMLElement | ShadowRoot} place
 * @param {string} content
 * @param {Ears} ears
 */
export async function show(place, content, ears) {
  return new Shown(place, await readHeld(content), ears);
}
