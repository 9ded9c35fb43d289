// The network as its layers, each a field of cells coloured by what its units give for one image, with plus and minus.

import { button, context, element, resize, write } from "../kit/dom.js";
import { tr } from "../kit/language.js";

export const WIDTHS = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
export const MOST_LAYERS = 5;
const MOST_LATENT = 64;
const TALLEST_REM = 5;

/** @typedef {{ title: string, width: number, at: number | null }} Layer `at` counts the hidden layers; null of those that follow from others */

/** @param {number} width @param {number} step 1 or -1 */
export function nextWidth(width, step) {
  if (step > 0) return WIDTHS.find((each) => each > width) ?? width;
  return WIDTHS.findLast((each) => each < width) ?? width;
}

export class NetworkDrawing {
  /**
   * @param {Element} parent
   * @param {{ hidden: (widths: number[]) => void, latent: (size: number) => void, offers: (changed: import("./controls.js").Values) => boolean }} act
   *   `offers` tells whether there is a network after a change
   */
  constructor(parent, act) {
    this.act = act;
    this.root = element("section", { class: "network", "aria-label": tr("Network") }, parent);
    this.row = element("div", { class: "layers" }, this.root);
    this.text = "";
    /** @type {{ canvas: HTMLCanvasElement, width: number }[]} */
    this.fields = [];
    /** @type {number[]} */
    this.hidden = [];
  }

  /**
   * @param {number[]} hidden widths from the image to the latent point
   * @param {number} latent
   * @param {number[]} shape of an image
   * @param {boolean} isVariational
   * @param {string} key of what else decides about the networks on offer
   */
  set(hidden, latent, shape, isVariational, key) {
    const text = JSON.stringify([hidden, latent, shape, isVariational, key]);
    if (text === this.text) return;
    this.text = text;
    this.hidden = hidden;
    this.fields = [];
    this.row.replaceChildren();
    const pixels = shape[0] * shape[1] * shape[2];
    this.layer(tr("Image"), pixels, shape[2], null);
    hidden.forEach((width, at) => this.hiddenLayer(width, at));
    this.more();
    const code = this.layer(isVariational ? tr("Latent (mean)") : tr("Latent"), latent, latent, null, "latent");
    const size = (/** @type {number} */ next) => (next >= 1 && next <= MOST_LATENT && this.act.offers({ latent: String(next) }) ? () => this.act.latent(next) : null);
    this.steps(code, size(latent - 1), size(latent + 1), tr("latent dimension"));
    [...hidden].reverse().forEach((width) => this.layer("", width, columnsOf(width), null, "mirrored"));
    this.layer(tr("Reconstruction"), pixels, shape[2], null);
  }

  /** @param {number} width @param {number} at */
  hiddenLayer(width, at) {
    const column = this.layer(tr("Hidden {place}", { place: at + 1 }), width, columnsOf(width), at);
    const change = (/** @type {number} */ step) => {
      const widths = [...this.hidden];
      widths[at] = nextWidth(width, step);
      return widths[at] === width ? null : this.layers(widths);
    };
    this.steps(column, change(-1), change(1), tr("units of hidden layer {place}", { place: at + 1 }));
  }

  /** What gives the network other hidden layers; null where there is no such network. @param {number[]} widths */
  layers(widths) {
    const isOffered = widths.length >= 1 && widths.length <= MOST_LAYERS && this.act.offers({ hidden: widths.join(".") });
    return isOffered ? () => this.act.hidden(widths) : null;
  }

  more() {
    const { hidden } = this;
    const column = element("div", { class: "more" }, this.row);
    const wider = this.layers([...hidden, Math.max(2, nextWidth(hidden.at(-1) ?? 64, -1))]);
    const fewer = this.layers(hidden.slice(0, -1));
    button(column, tr("+ layer"), tr("Add a hidden layer before the latent"), () => wider?.()).disabled = !wider;
    button(column, tr("− layer"), tr("Take the last hidden layer away"), () => fewer?.()).disabled = !fewer;
  }

  /**
   * @param {Element} column
   * @param {(() => void) | null} less
   * @param {(() => void) | null} more
   * @param {string} what
   */
  steps(column, less, more, what) {
    const row = element("div", { class: "steps" }, column);
    for (const [sign, act, label] of /** @type {const} */ ([["−", less, tr("Fewer: {what}", { what })], ["+", more, tr("More: {what}", { what })]])) {
      const node = button(row, sign, label, () => act?.());
      node.disabled = !act;
    }
  }

  /**
   * @param {string} title
   * @param {number} width
   * @param {number} columns
   * @param {number | null} at
   * @param {string} [kind]
   */
  layer(title, width, columns, at, kind = "") {
    const column = element("div", { class: `layer ${kind}` }, this.row);
    const rows = Math.ceil(width / columns);
    const canvas = element("canvas", { role: "img", "aria-label": tr("{layer}: {count} units", { layer: title || tr("Mirrored layer"), count: width }) }, column);
    const tall = Math.min(TALLEST_REM, Math.max(0.9, (TALLEST_REM * Math.log2(rows + 1)) / 5));
    canvas.style.height = `${tall}rem`;
    canvas.style.width = `${Math.min(TALLEST_REM, (tall * columns) / rows)}rem`;
    resize(canvas, columns, rows);
    this.fields.push({ canvas, width });
    element("span", { text: at === null && !title ? String(width) : `${title} ${width}` }, column);
    return column;
  }

  /**
   * Show what each layer gives for an image.
   * @param {(Float32Array | null)[]} values one a layer, from the image to its reconstruction
   * @param {number} channels of an image
   * @param {import("../kit/theme.js").Style} style
   */
  show(values, channels, style) {
    this.fields.forEach(({ canvas, width }, k) => {
      const found = values[k];
      const isImage = k === 0 || k === this.fields.length - 1;
      paintCells(canvas, found && found.length >= width ? found.subarray(0, width) : null, isImage ? channels : 0, style.isDark);
    });
  }

  /** @param {string} text */
  describe(text) {
    write(this.root, text);
  }
}

/** @param {number} width */
function columnsOf(width) {
  return width <= 16 ? Math.ceil(width / 8) : Math.ceil(Math.sqrt(width / 2));
}

/**
 * Colour cells by numbers: an image as it is, else blue below 0 and orange above, as strong as the largest.
 * @param {HTMLCanvasElement} canvas a pixel a cell
 * @param {Float32Array | null} values
 * @param {number} channels of an image; 0 for units
 * @param {boolean} isDark
 */
function paintCells(canvas, values, channels, isDark) {
  const brush = context(canvas);
  const pixels = brush.createImageData(canvas.width, canvas.height);
  const ground = isDark ? 44 : 232;
  const area = channels ? (values?.length ?? 0) / channels : 0;
  let largest = 1e-6;
  if (values && !channels) for (const value of values) largest = Math.max(largest, Math.abs(value));
  for (let k = 0; k < canvas.width * canvas.height; k += 1) {
    const at = 4 * k;
    pixels.data[at + 3] = values && k >= (channels ? area : values.length) ? 0 : 255;
    if (values && channels) {
      for (let c = 0; c < 3; c += 1) pixels.data[at + c] = 255 * values[(channels === 3 ? c * area : 0) + k];
      continue;
    }
    const value = values ? (values[k] ?? 0) / largest : 0;
    const to = value < 0 ? [63, 144, 218] : [231, 99, 0];
    for (let c = 0; c < 3; c += 1) pixels.data[at + c] = ground + Math.abs(value) * (to[c] - ground);
  }
  brush.putImageData(pixels, 0, 0);
}
