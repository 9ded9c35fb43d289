// What a visitor takes along from the map: its image, and a link to the page as it stands.

import { copyText } from "../kit/clipboard.js";
import { button, element } from "../kit/dom.js";
import { DRAWING } from "../drawing/link_text.js";
import { CAMERA, camerasToText } from "./camera_url.js";
import { saveMap } from "./save.js";

const TOLD_MS = 2000; // for so long a button says what came of it

const SENT_MS = 150; // by then the server works on what the visitor did last
const LONGEST_MS = 900; // some browsers let a page copy only so soon after a click
const LOOK_MS = 30;
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
    const label = "Copy the address of this page: whoever opens it sees the same models, settings, points, selection " +
      "and drawing. Your pictures from files stay on this device.";
    this.link = button(this.root, "Copy link", label, () => void this.copy());
    this.image = button(this.root, "Save image", "Save what the map shows as a PNG file", () => void this.save());
    this.message = element("span", { class: "unseen", "aria-live": "polite" }, this.root);
    this.timer = 0;
    /** @type {{ point: string | null, at: number }} in the address when another image was chosen */
    this.left = { point: null, at: -Infinity };
  }

  /** @param {import("./map_data.js").Header} header */
  show({ linkable }) {
    this.link.hidden = !linkable;
  }

  async save() {
    const { activity } = this.map;
    try {
      await activity.during("image", saveMap(this.map));
    } catch (error) {
      this.tell(this.image, "Not saved", `: ${error instanceof Error ? error.message : error}`);
    }
  }

  async copy() {
    this.field?.remove();
    await this.map.activity.during("address", addressSettled());
    const address = this.address();
    if (await copyText(address)) this.tell(this.link, "Link copied");
    else this.offer(address);
  }

  /** Another image is chosen: the point in the address belongs to the one before until the server writes the new one. */
  leaveImage() {
    const found = new URL(window.location.href).searchParams;
    this.left = { point: found.get(this.map.header.model + POINT), at: performance.now() };
  }

  /** The address of the page, with zoom and viewpoints, and the chosen image, of which the server may not know yet. */
  address() {
    const address = new URL(window.location.href);
    const { searchParams: found } = address;
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
    return address.href;
  }

  /**
   * Say for a while what came of a button, on the button itself.
   * @param {HTMLElement} node
   * @param {string} text
   * @param {string} [more] for screen readers
   */
  tell(node, text, more = "") {
    const usual = node === this.link ? "Copy link" : "Save image";
    node.textContent = text;
    this.message.textContent = `${text}${more}`;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      node.textContent = usual;
      this.message.textContent = "";
    }, TOLD_MS);
  }

  /**
   * Show the address, selected, for the visitor to copy; it goes when it has lost the focus.
   * @param {string} address
   */
  offer(address) {
    const text = "Copy this address with Ctrl+C or ⌘C";
    const field = element("input", { class: "address", readonly: "", title: text, "aria-label": text });
    this.map.root.insertBefore(field, this.map.row);
    field.value = address;
    field.onblur = () => field.remove();
    this.field = field;
    field.focus();
    field.select();
  }

  close() {
    clearTimeout(this.timer);
  }
}

/** Wait until the server, which writes the address, has done so for what the visitor did last. */
async function addressSettled() {
  const start = performance.now();
  const app = document.querySelector("[data-testid=stApp]");
  const isRunning = () => app?.getAttribute("data-test-script-state") === "running";
  await pause(SENT_MS);
  while (isRunning() && performance.now() - start < LONGEST_MS) await pause(LOOK_MS);
}

/** @param {number} duration in milliseconds */
function pause(duration) {
  return new Promise((done) => setTimeout(done, duration));
}
