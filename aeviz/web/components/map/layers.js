// What the latent map shows beyond its points, as an overlay says (overlay_store.js): the image in the tip, images in
// place of points, colours by a scale, contours, and the neighbours of the chosen image.
//
// Of a map it knows root, header, panels, hidden, selected and redraw(); of a panel spec, camera, points, where(), stage,
// back, front, transition, width, height and ratio.

import { brushOf, element, resize } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { drawContours } from "./contours.js";
import { listen } from "./overlay_store.js";
import { sprite } from "../kit/sprites.js";

/** @typedef {import("./overlay_store.js").Overlay} Overlay */
/** @typedef {import("../kit/sprites.js").Sprite} Sprite */

const TIP_PX = 96;
const MOST_IMAGES = 150; // in view, up to which they stand in place of the points
const LEAST_PX = 18;
const LARGEST_PX = 56;
const ROOM = 0.45; // share of a panel that images may cover
const GREY = "#8c8c8c";

export class Layers {
  /** @param {any} map */
  constructor(map) {
    this.map = map;
    /** @type {Overlay | null} */
    this.overlay = null;
    /** @type {Sprite | null} */
    this.sprite = null;
    this.moves = 0;
    /** @type {number[][] | null} */
    this.colours = null;
    this.hint = element("div", { class: "hint usage", hidden: "" });
    this.bar = element("div", { class: "scale", hidden: "" });
    this.end = () => {};
  }

  /** The map has new points; its elements were made anew. */
  show() {
    this.end();
    const { root, header } = this.map;
    root.insertBefore(this.bar, root.querySelector(".panels"));
    root.append(this.hint);
    this.end = header.layers ? listen(header.layers, (overlay) => this.take(overlay)) : () => {};
  }

  /** @param {Overlay | null} overlay */
  take(overlay) {
    const fits = overlay !== null && overlay.n === this.map.header.n;
    this.overlay = fits ? overlay : null;
    if (!this.overlay?.sprite) this.sprite = null;
    else if (this.name !== this.overlay.sprite) this.fetch(this.overlay.sprite);
    this.name = this.overlay?.sprite ?? null;
    this.colours = this.overlay?.scale?.colours.map(channels) ?? null;
    this.hint.textContent = this.overlay?.hint ?? "";
    this.hint.hidden = !this.hint.textContent;
    this.drawBar();
    if (this.overlay && this.overlay.move > this.moves) {
      this.moves = this.overlay.move;
      if (this.map.selected !== this.overlay.chosen) this.map.select(this.overlay.chosen);
    }
    this.map.redraw();
  }

  /** @param {string} name */
  async fetch(name) {
    this.sprite = null;
    /** @type {Sprite} */
    let found;
    try {
      found = await sprite(name);
    } catch {
      if (this.name === name) this.name = null; // the map does without, until the next overlay asks again
      return;
    }
    if (this.name !== name) return;
    this.sprite = found;
    this.map.root.dataset.sprite = String(found.count);
    this.map.redraw();
  }

  drawBar() {
    const scale = this.overlay?.scale;
    this.map.root.classList.toggle("scaled", Boolean(scale));
    this.bar.hidden = !scale;
    if (!scale) return;
    const strip = element("span", { class: "strip" });
    strip.style.background = `linear-gradient(to right, ${scale.colours.filter((_, k) => k % 15 === 0).join(", ")})`;
    const words = [scale.title, scale.low, null, scale.high, tr("median {value}", { value: scale.middle }), scale.note];
    this.bar.replaceChildren(
      ...words.flatMap((text) => {
        if (text === null) return [strip];
        return text ? [element("span", { text })] : [];
      }),
    );
  }

  /**
   * Return the step of each point's colour and the colours as [r, g, b]; null where points have those of their class.
   * @param {any} panel
   */
  paint(panel) {
    const codes = this.overlay?.codes[this.map.panels.indexOf(panel)];
    return this.colours && codes ? { codes, colours: this.colours } : null;
  }

  /**
   * Draw what lies under the points, and the images that stand in place of them.
   * @param {any} panel
   * @param {{ text: string, background: string }} style
   */
  draw(panel, style) {
    const contours = this.overlay?.contours[this.map.panels.indexOf(panel)] ?? [];
    if (contours.length && panel.spec.dims === 2 && !panel.isAway) {
      const brush = panel.back.getContext("2d");
      panel.stage.dataset.contours = String(drawContours(brush, panel, contours, this.map.hidden, style.text));
    } else delete panel.stage.dataset.contours;
    this.drawImages(panel, style);
  }

  /**
   * @param {any} panel
   * @param {{ text: string, background: string }} style
   */
  drawImages(panel, style) {
    const members = this.sprite && panel.spec.dims === 2 && !panel.transition ? this.inView(panel) : [];
    panel.stage.dataset.images = String(members.length);
    panel.imaged = null;
    if (!this.sprite || (!members.length && !panel.images)) return;
    const brush = layer(panel);
    brush.clearRect(0, 0, panel.width, panel.height);
    if (!members.length) return;
    const room = Math.sqrt((ROOM * panel.width * panel.height) / members.length);
    const size = Math.max(LEAST_PX, Math.min(LARGEST_PX, room));
    panel.imaged = { size, members: new Set(members) };
    const paint = this.paint(panel);
    const { labels, classes } = this.map.header;
    for (const index of members) {
      const longest = Math.max(this.sprite.width, this.sprite.height);
      const [wide, high] = [(size * this.sprite.width) / longest, (size * this.sprite.height) / longest];
      const [midX, midY] = panel.where(index);
      const [x, y] = [midX - wide / 2, midY - high / 2];
      const shade = paint?.colours[paint.codes[index]];
      const colour = paint ? (shade ? `rgb(${shade})` : GREY) : (classes[labels[index]]?.colour ?? GREY);
      brush.fillStyle = style.background;
      brush.fillRect(x - 3, y - 3, wide + 6, high + 6);
      brush.fillStyle = colour;
      brush.fillRect(x - 2, y - 2, wide + 4, high + 4);
      this.sprite.draw(brush, index, x, y, size);
    }
  }

  /**
   * Return the points in view whose images have room there; none if there are too many.
   * @param {any} panel
   * @returns {number[]}
   */
  inView(panel) {
    const { labels } = this.map.header;
    const most = Math.min(MOST_IMAGES, (ROOM * panel.width * panel.height) / LEAST_PX ** 2);
    const count = this.sprite?.count ?? 0;
    return panel.points.few(panel, most, (/** @type {number} */ i) => i < count && !this.map.hidden.has(labels[i]));
  }

  /**
   * Draw lines and rings to the neighbours of the chosen image, on the front canvas.
   * @param {any} panel
   * @param {{ text: string, background: string }} style
   */
  mark(panel, style) {
    const { selected } = this.map;
    const own = this.overlay && selected >= 0 && selected === this.overlay.chosen;
    const neighbours = own ? (this.overlay?.neighbours[this.map.panels.indexOf(panel)] ?? []) : [];
    panel.stage.dataset.neighbours = String(neighbours.length);
    if (!neighbours.length) return;
    const brush = panel.front.getContext("2d");
    const [x, y] = panel.where(selected);
    // an image is framed, not covered
    const frame = (/** @type {number} */ index) => (panel.imaged?.members.has(index) ? panel.imaged.size / 2 + 3 : 0);
    const start = Math.max(9, frame(selected));
    for (const [colour, width] of [
      [style.background, 3],
      [style.text, 1.25],
    ]) {
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.beginPath();
      for (const index of neighbours) {
        const [nx, ny] = panel.where(index);
        const apart = Math.hypot(nx - x, ny - y);
        const half = frame(index);
        const end = half || 5;
        if (apart > start + end) {
          const [dx, dy] = [(nx - x) / apart, (ny - y) / apart];
          brush.moveTo(x + start * dx, y + start * dy);
          brush.lineTo(nx - end * dx, ny - end * dy);
        }
        if (half) {
          brush.rect(nx - half, ny - half, 2 * half, 2 * half);
        } else {
          brush.moveTo(nx + 5, ny);
          brush.arc(nx, ny, 5, 0, 2 * Math.PI);
        }
      }
      brush.stroke();
    }
  }

  /**
   * Add a small image to the tip that names it.
   * @param {any} panel
   * @param {number} index
   */
  tip(panel, index) {
    if (!this.sprite || index >= this.sprite.count) return;
    const ratio = panel.ratio ?? 1;
    const longest = Math.max(this.sprite.width, this.sprite.height);
    const size = [this.sprite.width, this.sprite.height].map((side) => Math.round((TIP_PX * side) / longest));
    const thumb = (panel.thumb ??= element("canvas", { class: "thumb" }));
    [thumb.width, thumb.height] = size.map((side) => side * ratio);
    [thumb.style.width, thumb.style.height] = size.map((side) => `${side}px`);
    this.sprite.draw(thumb.getContext("2d"), index, 0, 0, TIP_PX * ratio);
    thumb.dataset.image = String(index);
    panel.tip.prepend(thumb);
  }

  /** The map goes. */
  close() {
    this.end();
  }
}

/**
 * Return the brush of a panel's layer of images, which lies over the points and under the marks.
 * @param {any} panel
 * @returns {CanvasRenderingContext2D}
 */
function layer(panel) {
  if (!panel.images) {
    panel.images = element("canvas", { class: "images" });
    panel.images.setAttribute("aria-hidden", "true");
    panel.stage.insertBefore(panel.images, panel.front);
  }
  resize(panel.images, panel.front.width, panel.front.height);
  return brushOf(panel.images, panel.ratio);
}

/**
 * @param {string} colour #rrggbb
 * @returns {number[]}
 */
function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
