// What a visitor takes along from the map: its image.

import { button, element } from "../kit/dom.js";
import { saveMap } from "./save.js";

export class Actions {
  /** @param {import("./map.js").LatentMap} map */
  constructor(map) {
    this.map = map;
    this.root = element("div", { class: "choices actions" });
    button(this.root, "Save image", "Save what the map shows as a PNG file", () => void this.save());
    this.message = element("span", { "aria-live": "polite" }, this.root);
  }

  async save() {
    const { activity } = this.map;
    try {
      await activity.during("image", saveMap(this.map));
      this.message.textContent = "";
    } catch (error) {
      this.message.textContent = `Not saved: ${error instanceof Error ? error.message : error}.`;
    }
  }
}
