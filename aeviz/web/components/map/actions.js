// What a visitor takes along from the map: its image, and what it adds to the address of the page.

import { addToAddress } from "../kit/address.js";
import { button, element } from "../kit/dom.js";
import { DRAWING } from "../drawing/link_text.js";
import { tr } from "../kit/language.js";
import { CAMERA, camerasToText } from "./camera_url.js";
import { saveMap } from "./save.js";

const TOLD_MS = 2000; // for so long a button says what came of it
const LEFT_MS = 3000; // by then the server has written the point of a newly chosen image
const POINT = ".at"; // ends the parameter of a model's point, as aeviz.web.kernel.point_url says

export class Actions {
  /**
   * @param {import("./map.js").LatentMap} map
   * @param {Element} parent
   */
  constructor(map, parent) {
    this.map = map;
    this.root = element("div", { class: "choices actions" }, parent);
    this.image = button(this.root, tr("Save image"), tr("Save what the map shows as a PNG file"), () => void this.save());
    this.message = element("span", { class: "unseen", "aria-live": "polite" }, this.root);
    this.timer = 0;
    /** @type {{ point: string | null, at: number }} in the address when another image was chosen */
    this.left = { point: null, at: -Infinity };
    this.leave = addToAddress(this);
  }

  async save() {
    const { activity } = this.map;
    try {
      await activity.during("image", saveMap(this.map));
    } catch (error) {
      this.tell(tr("Not saved"), `: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Another image is chosen: the point in the address belongs to the one before until the server writes the new one. */
  leaveImage() {
    const found = new URL(window.location.href).searchParams;
    this.left = { point: found.get(this.map.header.model + POINT), at: performance.now() };
  }

  /**
   * Add zoom and viewpoints, and the chosen image, of which the server may not know yet.
   * @param {URL} address
   */
  complete({ searchParams: found }) {
    if (!this.map.header.linkable) return;
    const [camera, image] = [camerasToText(this.map), this.map.selected < 0 ? "" : String(this.map.selected)];
    // what is right is left as it is written
    if (camera && found.get(CAMERA) !== camera) found.set(CAMERA, camera);
    if (!camera && found.has(CAMERA)) found.delete(CAMERA);
    if (image && found.get("image") !== image) found.set("image", image);
    const at = this.map.header.model + POINT;
    const { point } = this.left;
    // without a point, whoever follows the address begins at the chosen image
    if (point !== null && found.get(at) === point && performance.now() - this.left.at < LEFT_MS) found.delete(at);
    const { drawing } = this.map.link;
    if (drawing) found.set(DRAWING, drawing);
    else if (found.has(DRAWING)) found.delete(DRAWING);
  }

  /**
   * Say for a while on the button what came of it.
   * @param {string} text
   * @param {string} [more] for screen readers
   */
  tell(text, more = "") {
    this.image.textContent = text;
    this.message.textContent = `${text}${more}`;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.image.textContent = tr("Save image");
      this.message.textContent = "";
    }, TOLD_MS);
  }

  close() {
    this.leave();
    clearTimeout(this.timer);
  }
}
