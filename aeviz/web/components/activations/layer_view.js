// One layer: its size in words, and its activations as coloured cells or small maps, of which each says its value. A unit
// of a dense layer shows its weights too, and outlines the inputs that count most.

import { brief, brushOf, context, element, pixelRatio, resize, write } from "../kit/dom.js";
import { localise, tr, trn } from "../kit/language.js";
import { css, put, scaleOf } from "./colours.js";
import { mapsOf, placeOf, tile, valueAt } from "./tiles.js";

/** @typedef {import("../kit/engine.js").Layer} Layer */
/** @typedef {import("./colours.js").Palette} Palette */
/** @typedef {{ clientX: number, clientY: number, layer: HTMLElement, isTouch?: boolean }} Spot of the page, in a layer */
/** @typedef {{ text: string, picture?: HTMLCanvasElement, view?: LayerView, index?: number }} Note in words, with the weights of the unit; `view` and `index` are of the value that it is about */
/** @typedef {{ show: (note: Note, spot: Spot) => void, hide: (view?: LayerView) => void, shows: (view: LayerView, index: number) => boolean, pin: (view: LayerView, index: number) => void }} Tip */
/**
 * @typedef {{
 *   weights: (unit: number) => Float32Array | null, shape: number[], view: LayerView | null,
 *   values: () => ArrayLike<number> | null
 * }} Inputs of a dense layer: the weights of a unit; shape, view and values of the layer before
 */

const MOST_PX = 22; // side of a cell
const GRID_PX = 6; // smallest cell that has a gap
const WEIGHTS_PX = 168; // side of the picture of a unit's weights
const STRONGEST = 5; // inputs that are outlined
/** @type {Record<string, [number, number]>} */
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {number} count */
export const whole = (count) => localise(count.toLocaleString("en"));

/** @param {number} count @param {"map" | "unit" | "parameter" | "value" | "number"} noun */
export function counted(count, noun) {
  const values = { count: whole(count) };
  if (noun === "map") return trn("{count} map", "{count} maps", count, values);
  if (noun === "unit") return trn("{count} unit", "{count} units", count, values);
  if (noun === "parameter") return trn("{count} parameter", "{count} parameters", count, values);
  if (noun === "value") return trn("{count} value", "{count} values", count, values);
  return trn("{count} number", "{count} numbers", count, values);
}

/**
 * The size of an output in words.
 * @param {number[]} shape of one input's output
 */
export function sizeText(shape) {
  const { count, height, width } = mapsOf(shape);
  return height * width > 1 ? tr("{maps} of {size}", { maps: counted(count, "map"), size: `${height}×${width}` }) : counted(count, "unit");
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

/**
 * The inputs that add most to a unit, or take most from it.
 * @param {Float32Array} weights
 * @param {ArrayLike<number>} values of the inputs
 * @returns {number[]} at most five, the largest |weight times value| first; none of them 0
 */
export function strongest(weights, values) {
  const share = weights.map((weight, k) => Math.abs(weight * values[k]));
  return [...share.keys()].filter((k) => share[k] > 0).sort((a, b) => share[b] - share[a]).slice(0, STRONGEST);
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
    this.isDecoder = false;
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
    this.pinned = -1; // value that was tapped last
    /** @type {number[]} values with an outline */
    this.outlined = [];
    /** @type {import("./colours.js").Palette | null} */
    this.palette = null;
    /** @type {Inputs | null} */
    this.inputs = null;
    /** @type {LayerView | null} the picture of a unit's weights */
    this.weights = null;
    this.unit = 0; // that the keyboard is at
    this.isByKey = false; // whether the keyboard asked for the note that stands
    this.canvas.onpointermove = (event) => event.pointerType !== "touch" && this.point(event); // under a finger the page moves
    this.canvas.onpointerdown = (event) => {
      const found = this.under(event);
      if (event.pointerType === "touch" && found && this.tip.shows(this, found.index)) return this.leave();
      if (found) this.tip.pin(this, found.index);
      return this.point(event);
    };
    this.canvas.onpointerleave = (event) => {
      if (event.pointerType === "mouse") this.leave(); // after a tap it stays until another place is tapped
    };
  }

  /** Let units show where their values come from. @param {Inputs} inputs */
  connect(inputs) {
    this.inputs = inputs;
    const { canvas } = this;
    canvas.tabIndex = 0;
    canvas.onfocus = () => canvas.matches(":focus-visible") && this.show(this.unit);
    canvas.onblur = () => this.isByKey && this.leave(); // after a tap it stays while z is moved
    canvas.onkeydown = (event) => {
      if (event.key === "Escape") return this.leave();
      const step = KEYS[event.key];
      if (!step || !this.values) return undefined;
      event.preventDefault();
      const next = this.unit + step[0] + step[1] * this.tiling.columns;
      if (next >= 0 && next < this.values.length) this.unit = next;
      return this.show(this.unit);
    };
  }

  leave() {
    this.tip.hide(this);
    this.forget();
  }

  /** The note is about another value now. */
  forget() {
    this.inputs?.view?.outline([]);
  }

  /** @param {number[]} indices of values */
  outline(indices) {
    if (String(indices) === String(this.outlined)) return;
    this.outlined = indices;
    if (this.palette) this.paint(this.palette);
  }

  /** Mark a value as the one that was tapped. @param {number} index negative for none */
  pin(index) {
    this.pinned = index;
    if (this.palette) this.paint(this.palette);
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
    const text = tr("{count} of {all} > 0", { count: whole(active), all: whole(values.length) });
    write(this.note, text);
    this.canvas.setAttribute("aria-label", tr("Activations of {layer}: {text}", { layer: this.name, text }));
  }

  /** @param {Palette} palette */
  paint(palette) {
    const { values, maps, canvas, room } = this;
    this.palette = palette;
    const [across, down] = room.isConnected ? [room.clientWidth, room.clientHeight] : [WEIGHTS_PX, WEIGHTS_PX];
    if (!values || !across) return;
    const ratio = pixelRatio();
    const tiling = (this.tiling = tile(maps, across, down, MOST_PX));
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
    brush.strokeStyle = css(palette.ink);
    brush.lineWidth = 2;
    const size = maps.height * maps.width;
    const outline = (/** @type {number} */ index) => {
      const { x, y } = placeOf(maps, tiling, Math.floor(index / size));
      const [column, row] = [index % maps.width, Math.floor((index % size) / maps.width)];
      const side = Math.max(4, tiling.cell - inset);
      brush.strokeRect(x + column * tiling.cell, y + row * tiling.cell, side, side);
    };
    this.outlined.forEach(outline);
    if (this.pinned >= 0) {
      brush.strokeStyle = css(palette.mark);
      brush.lineWidth = 3; // the tapped square is found again among its neighbours
      outline(this.pinned);
    }
    if (this.marked < 0) return;
    const { x, y } = placeOf(maps, tiling, this.marked);
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
    if (!found) return this.leave();
    this.unit = found.index;
    return this.show(found.index, event);
  }

  /**
   * Show a value, and for a unit of a dense layer its weights.
   * @param {number} index
   * @param {PointerEvent} [spot] of the pointer
   */
  show(index, spot) {
    const { maps, tiling } = this;
    this.isByKey = !spot;
    const note = this.noteOf(index);
    if (!note) return this.leave();
    const [map, column] = [Math.floor(index / (maps.height * maps.width)), index % maps.width];
    const row = Math.floor(index / maps.width) % maps.height;
    const { x, y } = placeOf(maps, tiling, map);
    const box = this.canvas.getBoundingClientRect();
    const at = {
      clientX: spot?.clientX ?? box.left + x + (column + 1) * tiling.cell,
      clientY: spot?.clientY ?? box.top + y + (row + 1) * tiling.cell,
      layer: /** @type {HTMLElement} */ (this.canvas.closest(".layer") ?? this.canvas),
      isTouch: spot?.pointerType === "touch",
    };
    return this.tip.show(note, at);
  }

  /**
   * What there is to say of a value, as it is now; outlines its strongest inputs.
   * @param {number} index
   * @returns {Note | null}
   */
  noteOf(index) {
    const { values, maps, inputs, palette } = this;
    if (!values || !palette) return null;
    const size = maps.height * maps.width;
    const [map, row, column] = [Math.floor(index / size), Math.floor((index % size) / maps.width), index % maps.width];
    const place = size > 1 ? tr("map {map}, row {row}, column {column}", { map: map + 1, row: row + 1, column: column + 1 }) : tr("unit {index}", { index: map + 1 });
    const text = `${this.name}, ${place}: ${brief(values[index])}`;
    const [weights, before] = [inputs?.weights(index), inputs?.values()];
    if (!inputs || !weights || !before || weights.length !== before.length) return { text, view: this, index };
    const view = (this.weights ??= new LayerView(element("div"), tr("weights"), inputs.shape, this.tip));
    view.outlined = strongest(weights, before);
    view.scale = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
    view.draw(weights, palette);
    inputs.view?.outline(view.outlined);
    const count = view.outlined.length;
    const note = count ? tr("Outlined: the {count} inputs with the largest |weight × value|.", { count }) : tr("All its inputs are 0.");
    const lines = [text, tr("Its weights, up to ±{most}, one for each input.", { most: brief(view.scale) }), note];
    return { text: lines.join("\n"), picture: view.canvas, view: this, index };
  }
}
