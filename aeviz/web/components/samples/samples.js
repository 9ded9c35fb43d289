// Generated images in a grid. The one under the pointer, or else the one clicked last, is shown large, with the test image
// whose code is nearest to its latent point and a link to that point on Explore. Grids of one group show the same place.
// No rerun takes place.

import { element, write } from "../kit/dom.js";
import { STEPS, drawTile, imageAt, loadImage, neighbourOf } from "../kit/image_grid.js";
import { hear, tell } from "../kit/link.js";
import { define } from "../kit/mount.js";

/**
 * @typedef {{
 *   picture: string, nearest: string | null, count: number, columns: number, gap: number, tile: [number, number],
 *   far: number[], text: string, nearestTexts: string[], links: string[], first: number, smooth: boolean,
 *   beside: boolean, group: string | null
 * }} Data `tile`: height and width of an image in pixels; `beside`: whether another grid stands beside this one
 */

class Samples {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, activity) {
    this.root = root;
    this.activity = activity;
    /** @type {Data | null} */
    this.data = null;
    /** @type {{ picture: HTMLImageElement, nearest: HTMLImageElement | null } | null} as tiled by Python */
    this.sheets = null;
    this.chosen = 0;
    this.asked = 0;
    /** @type {string | null} */
    this.group = null;
    this.leave = () => {};
    const left = element("div", { class: "left" }, root);
    this.grid = element("div", { class: "grid", tabindex: "0", role: "application", "aria-roledescription": "grid of images" }, left);
    this.picture = element("img", { class: "picture" }, this.grid);
    this.marks = element("div", { class: "marks", "aria-hidden": "true" }, this.grid);
    this.frame = element("div", { class: "frame", "aria-hidden": "true" }, this.grid);
    this.caption = element("p", { class: "caption" }, left);
    const card = element("section", { class: "card", "aria-label": "Chosen image" }, root);
    this.lead = element("p", { class: "lead" }, card);
    this.how = element("p", { class: "hint", text: "Point at an image, click it, or use the arrow keys." }, card);
    this.title = element("h4", { role: "status" }, card);
    const pair = element("div", { class: "pair" }, card);
    /** @param {string} name */
    const figure = (name) => {
      const node = element("figure", {}, pair);
      const canvas = element("canvas", { role: "img", "aria-label": name }, node);
      return { node, canvas, words: element("figcaption", {}, node) };
    };
    this.own = figure("Generated image, large");
    this.other = figure("Nearest test image");
    write(this.own.words, "generated");
    this.hint = element("p", { class: "hint" }, card);
    this.link = element("a", { class: "link", text: "Open this point on Explore" }, card);
    this.grid.onpointermove = (event) => this.point(event, false);
    this.grid.onpointerdown = (event) => this.point(event, true);
    this.grid.onpointerleave = () => this.show(this.chosen);
    this.grid.onkeydown = (event) => {
      const step = STEPS[event.key];
      if (!step || !this.data) return;
      event.preventDefault();
      this.choose(neighbourOf(this.data, this.chosen, step));
    };
  }

  /** @param {Data} data */
  receive(data) {
    this.asked += 1;
    return this.activity.during("images", this.open(data, this.asked));
  }

  /** @param {Data} data @param {number} revision */
  async open(data, revision) {
    const [picture, nearest] = await Promise.all([loadImage(data.picture), data.nearest ? loadImage(data.nearest) : null]);
    if (revision !== this.asked) return;
    if (data.picture !== this.data?.picture) this.chosen = data.first;
    [this.data, this.sheets] = [data, { picture, nearest }];
    this.root.classList.toggle("smooth", data.smooth);
    this.root.classList.toggle("beside", data.beside);
    this.lead.hidden = this.how.hidden = data.beside;
    this.picture.src = data.picture;
    this.picture.alt = data.text;
    write(this.caption, data.text + (data.far.length ? ". ×: its latent point is farther from the encoded images than 99 % of usual ones; the image may still be good" : ""));
    write(this.lead, `${data.count} images, each decoded from a random latent point.`);
    const rows = Math.ceil(data.count / data.columns);
    this.grid.style.setProperty("--columns", String(data.columns));
    this.grid.style.setProperty("--rows", String(rows));
    this.grid.style.setProperty("--shape", String(picture.width / picture.height));
    this.marks.replaceChildren();
    for (const index of data.far) this.place(element("i", { text: "×" }, this.marks), index);
    this.other.node.hidden = !nearest;
    this.show(this.chosen);
    this.join(data.group);
  }

  /** @param {string | null} group of grids that show the same place */
  join(group) {
    if (group === this.group) return;
    this.leave();
    this.group = group;
    this.leave =
      group === null
        ? () => {}
        : hear("sample", group, ({ index }) => this.data && index < this.data.count && this.draw(index), this);
  }

  /** @param {HTMLElement} node @param {number} index */
  place(node, index) {
    const columns = this.data?.columns ?? 1;
    node.style.setProperty("--x", String(index % columns));
    node.style.setProperty("--y", String(Math.floor(index / columns)));
  }

  /** @param {PointerEvent} event @param {boolean} isClick */
  point(event, isClick) {
    if (!this.data) return;
    const box = this.grid.getBoundingClientRect();
    const index = imageAt(this.data, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    if (index < 0) return;
    if (isClick) this.choose(index);
    else if (event.pointerType === "mouse") this.show(index);
  }

  /** @param {number} index */
  choose(index) {
    this.chosen = index;
    this.show(index);
  }

  /** @param {number} index shown here and in the other grids of the group */
  show(index) {
    this.draw(index);
    if (this.group !== null) tell("sample", this.group, { index }, this);
  }

  /** @param {number} index */
  draw(index) {
    const { data, sheets } = this;
    if (!data || !sheets) return;
    this.root.dataset.shown = String(index);
    this.place(this.frame, index);
    const isFar = data.far.includes(index);
    write(this.title, `Image ${index + 1} of ${data.count}`);
    drawTile(this.own.canvas, sheets.picture, data, index);
    if (sheets.nearest) {
      drawTile(this.other.canvas, sheets.nearest, data, index);
      write(this.other.words, data.nearestTexts[index]);
    }
    write(
      this.hint,
      (sheets.nearest
        ? "Nearest by distance between latent codes. Pixel by pixel, another test image may be closer. "
        : "") + (isFar ? "×: the latent point is farther from the encoded images than 99 % of usual ones. That says nothing of the image itself." : ""),
    );
    this.link.hidden = !data.links.length;
    if (data.links.length) this.link.href = data.links[index];
  }

  close() {
    this.asked += 1;
    this.leave();
  }
}

export default define(
  { class: "samples", "data-testid": "samples" },
  (root, _, activity) => new Samples(root, activity),
);
