// Originals and reconstructions in grids with the same places. A click, or Enter on the chosen place, opens that image large
// beside its reconstructions and their signed differences. No rerun takes place.

import { button, element, write } from "../kit/dom.js";
import { STEPS, drawTile, imageAt, loadImage, neighbourOf } from "../kit/image_grid.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { signedFilter } from "../kit/theme.js";
import { signedDifference } from "./difference.js";

/** @typedef {{ title: string, picture: string, text: string, words: string[], marked: number[] }} Grid */
/**
 * @typedef {{
 *   grids: Grid[], hasOriginals: boolean, count: number, columns: number, gap: number, tile: [number, number],
 *   empty: number[], smooth: boolean, together: boolean
 * }} Data the originals come first where there are any; `tile`: height and width of an image in pixels
 */

/** Put a frame around an image of a grid. @param {HTMLElement} frame @param {number} index @param {Data} data */
function place(frame, index, { columns }) {
  frame.style.setProperty("--x", String(index % columns));
  frame.style.setProperty("--y", String(Math.floor(index / columns)));
}

class Pairs {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, activity) {
    this.root = root;
    this.activity = activity;
    /** @type {Data | null} */
    this.data = null;
    /** @type {HTMLImageElement[]} */
    this.pictures = [];
    /** @type {HTMLElement[]} */
    this.frames = [];
    this.chosen = this.asked = 0;
    const hint = tr("Click an image, or choose it with the arrow keys and press Enter, to enlarge it beside its original.");
    element("p", { class: "hint", text: hint }, root);
    this.row = element("div", { class: "row" }, root);
    this.dialog = element("dialog", { "aria-label": tr("Image and reconstruction, enlarged") }, root);
    const head = element("header", {}, this.dialog);
    this.title = element("h4", { role: "status" }, head);
    button(head, tr("Close"), tr("Back to the grids (Escape)"), () => this.dialog.close());
    this.large = element("div", { class: "large" }, this.dialog);
    this.note = element("p", { class: "hint" }, this.dialog);
    this.dialog.onkeydown = (event) => this.step(event);
    this.dialog.onclick = (event) => event.target === this.dialog && this.dialog.close(); // beside the images
  }

  /** @param {Data} data */
  receive(data) {
    this.asked += 1;
    return this.activity.during("images", this.open(data, this.asked));
  }

  /** @param {Data} data @param {number} revision */
  async open(data, revision) {
    const pictures = await Promise.all(data.grids.map(({ picture }) => loadImage(picture)));
    if (revision !== this.asked) return;
    [this.data, this.pictures] = [data, pictures];
    this.dialog.close();
    this.root.classList.toggle("smooth", data.smooth);
    this.root.classList.toggle("together", data.together);
    this.row.replaceChildren();
    this.frames = data.grids.map((grid) => this.makeGrid(grid));
    this.choose(data.empty.includes(this.chosen) || this.chosen >= data.count ? 0 : this.chosen);
  }

  /** @param {Grid} grid @returns {HTMLElement} its frame */
  makeGrid({ picture, text, title, marked }) {
    const data = /** @type {Data} */ (this.data);
    const figure = element("figure", { "data-title": title }, this.row);
    const grid = element("div", { class: "grid", tabindex: "0", role: "application", "aria-label": title }, figure);
    grid.style.setProperty("--columns", String(data.columns));
    grid.style.setProperty("--rows", String(Math.ceil(data.count / data.columns)));
    element("img", { class: "picture", src: picture, alt: text }, grid);
    for (const index of marked) place(element("div", { class: "frame marked", "aria-hidden": "true" }, grid), index, data);
    const frame = element("div", { class: "frame", "aria-hidden": "true" }, grid);
    element("figcaption", { text }, figure);
    grid.onclick = (event) => {
      const box = grid.getBoundingClientRect();
      const index = imageAt(data, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      if (index >= 0 && this.choose(index)) this.enlarge();
    };
    grid.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.enlarge();
      } else this.step(event);
    };
    return frame;
  }

  /** @param {KeyboardEvent} event */
  step(event) {
    const step = STEPS[event.key];
    if (!step || !this.data) return;
    event.preventDefault();
    if (this.choose(neighbourOf(this.data, this.chosen, step)) && this.dialog.open) this.draw();
  }

  /** @param {number} index @returns {boolean} whether there is an image */
  choose(index) {
    const { data } = this;
    if (!data || data.empty.includes(index)) return false;
    this.chosen = index;
    for (const frame of this.frames) place(frame, index, data);
    return true;
  }

  enlarge() {
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
  }

  draw() {
    const { data, pictures, chosen } = this;
    if (!data) return;
    write(this.title, tr("Image {place} of {count}", { place: chosen + 1, count: data.count }));
    this.large.replaceChildren();
    /** @type {Uint8ClampedArray | null} */
    let original = null;
    data.grids.forEach(({ title, words }, k) => {
      const canvas = this.figure(title, words[chosen]);
      const brush = drawTile(canvas, pictures[k], data, chosen);
      if (!data.hasOriginals) return;
      const pixels = brush.getImageData(0, 0, canvas.width, canvas.height).data;
      if (!original) original = pixels;
      else {
        const difference = this.figure(tr("Difference, {title}", { title }), tr("reconstruction minus original"));
        [difference.width, difference.height] = [canvas.width, canvas.height];
        const image = new ImageData(signedDifference(original, pixels), canvas.width, canvas.height);
        difference.style.filter = signedFilter(this.root);
        difference.getContext("2d")?.putImageData(image, 0, 0);
      }
    });
    const legend = data.hasOriginals ? `${tr("Orange: brighter than the original; blue: darker; full colour: by 1.")} ` : "";
    write(this.note, legend + tr("Arrow keys show other images, Escape closes."));
  }

  /** @param {string} title @param {string} words @returns {HTMLCanvasElement} */
  figure(title, words) {
    const figure = element("figure", {}, this.large);
    element("b", { text: title }, figure);
    const canvas = element("canvas", { role: "img", "aria-label": `${title}: ${words}` }, figure);
    element("figcaption", { text: words }, figure);
    return canvas;
  }

  close() {
    this.asked += 1;
  }
}

export default define({ class: "pairs", "data-testid": "pairs" }, (root, _, activity) => new Pairs(root, activity));
