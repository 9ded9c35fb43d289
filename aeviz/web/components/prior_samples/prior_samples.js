// A latent plane with the points that were sampled, above the images decoded from them. Pointing at a point or an image, or
// the arrow keys, mark both, and the same sample wherever another model decodes the same noise. No rerun takes place.

import { element, write } from "../kit/dom.js";
import { STEPS, imageAt, neighbourOf } from "../kit/image_grid.js";
import { tr } from "../kit/language.js";
import { hear, tell } from "../kit/link.js";
import { define } from "../kit/mount.js";

/** @typedef {{ uri: string, text: string }} Picture */
/**
 * @typedef {{
 *   plane: Picture, places: ([number, number] | null)[], samples: Picture, count: number, columns: number,
 *   smooth: boolean, group: string
 * }} Data `places`: shares of the plane's width and height
 */

const REACH_PX = 14; // from a point, in which it is meant

class PriorSamples {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Data | null} */
    this.data = null;
    this.shown = -1;
    this.leave = () => {};
    this.plane = element("div", { class: "plane" }, root);
    this.map = element("img", {}, this.plane);
    this.ring = element("div", { class: "ring", "aria-hidden": "true", hidden: "" }, this.plane);
    this.large = element("div", { class: "large", "aria-hidden": "true", hidden: "" }, this.plane);
    this.grid = element("div", { class: "grid", tabindex: "0", role: "application", "aria-roledescription": tr("grid of images") }, root); // prettier-ignore
    this.picture = element("img", { class: "picture" }, this.grid);
    this.frame = element("div", { class: "frame", "aria-hidden": "true", hidden: "" }, this.grid);
    this.caption = element("p", { class: "caption" }, root);
    this.voice = element("span", { class: "voice", role: "status" }, root);
    this.plane.onpointermove = this.plane.onpointerdown = (event) => this.show(this.pointUnder(event));
    this.grid.onpointermove = this.grid.onpointerdown = (event) => this.show(this.imageUnder(event));
    this.plane.onpointerleave = this.grid.onpointerleave = (event) => event.pointerType === "mouse" && this.show(-1);
    this.grid.onblur = () => this.show(-1);
    this.grid.onkeydown = (event) => {
      const step = STEPS[event.key];
      if (!step || !this.data) return;
      event.preventDefault();
      this.show(this.shown < 0 ? 0 : neighbourOf(this.data, this.shown, step));
      const which = { place: this.shown + 1 };
      write(this.voice, this.data.places[this.shown] ? tr("Sample {place}", which) : tr("Sample {place}, outside of the map", which));
    };
  }

  /** @param {Data} data */
  receive(data) {
    if (data.group !== this.data?.group) {
      this.leave();
      this.leave = hear("sample", data.group, ({ index }) => this.draw(index), this);
    }
    this.data = data;
    this.root.classList.toggle("smooth", data.smooth);
    Object.assign(this.map, { src: data.plane.uri, alt: data.plane.text });
    Object.assign(this.picture, { src: data.samples.uri, alt: data.samples.text });
    this.grid.setAttribute("aria-label", data.samples.text);
    write(this.caption, data.samples.text);
    this.grid.style.setProperty("--columns", String(data.columns));
    this.grid.style.setProperty("--rows", String(Math.ceil(data.count / data.columns)));
    this.draw(-1);
  }

  /** @param {PointerEvent} event @returns {number} the sample whose point is nearest, -1 where none is near */
  pointUnder(event) {
    const box = this.plane.getBoundingClientRect();
    let [nearest, least] = [-1, REACH_PX];
    this.data?.places.forEach((place, index) => {
      if (!place) return;
      const [x, y] = [box.left + place[0] * box.width, box.top + place[1] * box.height];
      const distance = Math.hypot(event.clientX - x, event.clientY - y);
      if (distance < least) [nearest, least] = [index, distance];
    });
    return nearest;
  }

  /** @param {PointerEvent} event */
  imageUnder(event) {
    if (!this.data) return -1;
    const box = this.grid.getBoundingClientRect();
    return imageAt(this.data, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  /** @param {number} index shown here and beside; -1 for none */
  show(index) {
    if (!this.data || index === this.shown) return;
    this.draw(index);
    tell("sample", this.data.group, { index }, this);
  }

  /** @param {number} index */
  draw(index) {
    if (!this.data) return;
    const { columns, places } = this.data;
    this.shown = index < this.data.count ? index : -1;
    this.root.dataset.shown = String(this.shown);
    const place = places[this.shown] ?? null;
    this.frame.hidden = this.shown < 0;
    this.ring.hidden = !place;
    this.frame.style.setProperty("--x", String(this.shown % columns));
    this.frame.style.setProperty("--y", String(Math.floor(this.shown / columns)));
    this.large.hidden = this.shown < 0;
    this.enlarge();
    if (place) [this.ring.style.left, this.ring.style.top] = place.map((share) => `${100 * share}%`);
  }

  /** Show the marked image large in a corner of the plane: the tiled picture, scaled and moved so that it fills the box. */
  enlarge() {
    const { data, large, shown } = this;
    if (!data || shown < 0) return;
    const rows = Math.ceil(data.count / data.columns);
    const [column, row] = [shown % data.columns, Math.floor(shown / data.columns)];
    /** @param {number} at @param {number} count */
    const part = (at, count) => (count > 1 ? (100 * at) / (count - 1) : 0);
    large.style.backgroundImage = `url("${data.samples.uri}")`;
    large.style.backgroundSize = `${100 * data.columns}% ${100 * rows}%`;
    large.style.backgroundPosition = `${part(column, data.columns)}% ${part(row, rows)}%`;
  }

  close() {
    this.leave();
  }
}

export default define({ class: "prior-samples", "data-testid": "prior-samples" }, (root) => new PriorSamples(root));
