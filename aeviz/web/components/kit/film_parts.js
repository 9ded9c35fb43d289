// Small parts of the training film: elements, and pictures that change without a flicker.

const KEPT = 24; // decoded pictures at once; decoding one anew takes a few milliseconds

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes] `text` sets the text
 * @param {Element | null} [parent]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, parent = null) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}

const SHAPES = {
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  back: "M17.5 5v14L8 12zM5.5 5h2.2v14H5.5z",
  on: "M6.5 5v14L16 12zM16.3 5h2.2v14h-2.2z",
};

/**
 * Drawn and not written: some systems show the characters for play and pause as coloured pictures.
 * @param {keyof typeof SHAPES} shape
 */
export function icon(shape) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[shape]);
  svg.append(path);
  return svg;
}

/**
 * Writes a text only where it changed, so that an idle page stays idle.
 * @param {Element} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
export function context(canvas) {
  const brush = canvas.getContext("2d");
  if (!brush) throw new Error("the browser has no more room for a canvas");
  return brush;
}

// Pictures as bitmaps, by the digest of their bytes.
class Bitmaps {
  constructor() {
    /** @type {Map<string, Promise<ImageBitmap>>} */
    this.kept = new Map();
  }

  /** @param {import("../film/film_data.js").Image} picture */
  get({ key, bytes }) {
    const found = this.kept.get(key) ?? createImageBitmap(new Blob([bytes]));
    this.kept.delete(key);
    this.kept.set(key, found); // the last asked for is the last to go
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT) this.kept.delete(oldest);
    return found;
  }
}

const bitmaps = new Bitmaps();

// A picture whose pixels stay squares. The canvas holds each pixel a whole number of times; the browser only makes that
// a little smaller, so that all pixels look alike at any width.
export class Picture {
  /**
   * @param {Element} parent
   * @param {string} label
   */
  constructor(parent, label) {
    this.canvas = element("canvas", { class: "picture", role: "img", "aria-label": label, hidden: "" }, parent);
    this.asked = 0;
    this.drawn = 0;
    this.factor = 0;
    /** @type {string | undefined} */
    this.key = undefined;
    /** @type {ImageBitmap | null} */
    this.bitmap = null;
    /** @type {ImageBitmap | null} */
    this.painted = null;
  }

  /** @param {import("../film/film_data.js").Image | null | undefined} picture */
  async show(picture) {
    if (this.key === picture?.key) return;
    this.key = picture?.key;
    this.asked += 1;
    const turn = this.asked;
    this.canvas.hidden = !picture;
    if (!picture) return;
    let bitmap;
    try {
      bitmap = await bitmaps.get(picture);
    } catch {
      this.canvas.hidden = true; // bytes that are no picture
      return;
    }
    if (turn < this.drawn) return; // a later one was quicker
    this.drawn = turn;
    this.bitmap = bitmap;
    this.paint();
  }

  // Draws the picture at the size the page gives it.
  paint() {
    if (!this.bitmap) return;
    const { width, height } = this.bitmap;
    const wanted = this.canvas.clientWidth * Math.min(window.devicePixelRatio || 1, 2);
    const factor = Math.max(1, Math.min(16, Math.ceil(wanted / width)));
    if (this.painted === this.bitmap && this.factor === factor) return;
    [this.painted, this.factor] = [this.bitmap, factor];
    const [w, h] = [width * factor, height * factor];
    if (this.canvas.width !== w || this.canvas.height !== h) [this.canvas.width, this.canvas.height] = [w, h];
    const brush = context(this.canvas);
    brush.imageSmoothingEnabled = false;
    brush.drawImage(this.bitmap, 0, 0, w, h);
  }
}
