// One layer: its size in words, and its activations as coloured cells or small maps, of which each says its value.

import { brief, brushOf, context, element, pixelRatio, resize, write } from "../kit/dom.js";
import { put, scaleOf } from "./colours.js";
import { mapsOf, placeOf, tile, valueAt } from "./tiles.js";

/** @typedef {import("../kit/engine.js").Layer} Layer */
/** @typedef {import("./colours.js").Palette} Palette */
/** @typedef {{ show: (text: string, event: PointerEvent) => void, hide: () => void }} Tip */

const MOST_PX = 22; // side of a cell
const GRID_PX = 6; // smallest cell that has a gap

/** @param {number} count @param {string} noun */
export const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/**
 * The size of an output in words.
 * @param {number[]} shape of one input's output
 */
export function sizeText(shape) {
  const { count, height, width } = mapsOf(shape);
  return height * width > 1 ? `${counted(count, "map")} of ${height}×${width}` : counted(count, "unit");
}

/**
 * Write what a layer is: size, kind, activation and parameters.
 * @param {Element} parent
 * @param {string} title
 * @param {Layer | null} layer
 */
export function heading(parent, title, layer) {
  const head = element("header", {}, parent);
  element("b", { text: title }, head);
  if (!layer) return head;
  element("span", { text: layer.activation ? `${layer.kind} + ${layer.activation}` : layer.kind }, head);
  element("span", { text: counted(layer.parameters, "parameter") }, head);
  return head;
}

export class LayerView {
  /**
   * @param {Element} parent
   * @param {string} name as a value's description begins, such as "encoder, layer 1"
   * @param {number[]} shape of one input's output
   * @param {Tip} tip
   */
  constructor(parent, name, shape, tip) {
    this.name = name;
    this.maps = mapsOf(shape);
    this.tip = tip;
    this.room = element("div", { class: "room" }, parent);
    this.canvas = element("canvas", { class: "cells", role: "img" }, this.room);
    this.note = element("div", { class: "note" }, parent);
    const { count, height, width } = this.maps;
    this.source = element("canvas", { width: String(width), height: String(count * height) });
    this.pixels = context(this.source).createImageData(width, count * height);
    /** @type {Float32Array | null} */
    this.values = null;
    this.scale = 1;
    this.tiling = { columns: 1, rows: 1, cell: 1, gap: 0 };
    /** @type {{ x: number, y: number } | null} */
    this.pointed = null;
    this.marked = -1;
    this.canvas.onpointermove = this.canvas.onpointerdown = (event) => this.point(event);
    this.canvas.onpointerleave = () => {
      this.pointed = null;
      tip.hide();
    };
  }

  /** Set the end of the colour scale. @param {ArrayLike<number>} values that the layer has for many images */
  calibrate(values) {
    this.scale = scaleOf(values);
  }

  /**
   * @param {Float32Array} values
   * @param {Palette} palette
   */
  draw(values, palette) {
    this.values = values;
    this.paint(palette);
    const active = values.reduce((sum, value) => sum + Number(value > 0), 0);
    const text = `${active.toLocaleString("en")} of ${values.length.toLocaleString("en")} > 0`;
    write(this.note, text);
    this.canvas.setAttribute("aria-label", `Activations of ${this.name}: ${text}`);
  }

  /** @param {Palette} palette */
  paint(palette) {
    const { values, maps, canvas, room } = this;
    if (!values || !room.clientWidth) return;
    const ratio = pixelRatio();
    const tiling = (this.tiling = tile(maps, room.clientWidth, room.clientHeight, MOST_PX));
    const [wide, high] = [maps.width * tiling.cell + tiling.gap, maps.height * tiling.cell + tiling.gap];
    const [width, height] = [tiling.columns * wide - tiling.gap, tiling.rows * high - tiling.gap];
    resize(canvas, Math.round(width * ratio), Math.round(height * ratio));
    [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
    const brush = brushOf(canvas, ratio);
    brush.clearRect(0, 0, width, height);
    brush.imageSmoothingEnabled = false;
    const { data } = this.pixels;
    for (let k = 0; k < values.length; k += 1) put(data, 4 * k, values[k], this.scale, palette);
    context(this.source).putImageData(this.pixels, 0, 0);
    const inset = maps.height * maps.width === 1 && tiling.cell >= GRID_PX ? 1 : 0;
    for (let map = 0; map < maps.count; map += 1) {
      const { x, y } = placeOf(maps, tiling, map);
      const [w, h] = [maps.width * tiling.cell - inset, maps.height * tiling.cell - inset];
      brush.drawImage(this.source, 0, map * maps.height, maps.width, maps.height, x, y, w, h);
    }
    if (this.marked < 0) return;
    const { x, y } = placeOf(maps, tiling, this.marked);
    brush.strokeStyle = getComputedStyle(canvas).color;
    brush.lineWidth = 2;
    brush.strokeRect(x + 1, y + 1, maps.width * tiling.cell - 2 - inset, maps.height * tiling.cell - 2 - inset);
  }

  /**
   * The value under the pointer.
   * @param {PointerEvent} event
   */
  under(event) {
    const box = this.canvas.getBoundingClientRect();
    return valueAt(this.maps, this.tiling, event.clientX - box.left, event.clientY - box.top);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const found = this.under(event);
    if (!found || !this.values) return this.tip.hide();
    const { height, width } = this.maps;
    const place = height * width > 1 ? `map ${found.map + 1}, row ${found.row + 1}, column ${found.column + 1}` : `unit ${found.map + 1}`;
    return this.tip.show(`${this.name}, ${place}: ${brief(this.values[found.index])}`, event);
  }
}
