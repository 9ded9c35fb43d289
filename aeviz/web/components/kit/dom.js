// Elements, icons, canvases and texts, and actions that wait until a gesture has come to rest.

import { localise } from "./language.js";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes] `text` sets the text
 * @param {ParentNode | null} [parent]
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

const SVG = "http://www.w3.org/2000/svg";

/**
 * An icon, drawn and not written: some systems show the characters for play and pause as coloured images.
 * @param {string | Record<string, string>} paths outline on a field of 24 x 24, or several by the class of each
 * @param {string} [field]
 */
export function icon(paths, field = "0 0 24 24") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", field);
  svg.setAttribute("aria-hidden", "true");
  for (const [name, outline] of Object.entries(typeof paths === "string" ? { "": paths } : paths)) {
    const path = document.createElementNS(SVG, "path");
    if (name) path.setAttribute("class", name);
    path.setAttribute("d", outline);
    svg.append(path);
  }
  return svg;
}

/**
 * Writes a text only where it changed, so that an idle page stays idle.
 * @param {Element} node
 * @param {string} text
 */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {CanvasRenderingContext2D}
 */
export function context(canvas, settings) {
  const brush = canvas.getContext("2d", settings);
  if (!brush) throw new Error("the browser has no more room for a canvas");
  return brush;
}

/**
 * The brush of a canvas, with pixels of the page as its unit.
 * @param {HTMLCanvasElement} canvas
 * @param {number} ratio pixels of the canvas in one of the page
 */
export function brushOf(canvas, ratio) {
  const brush = context(canvas);
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  return brush;
}

/**
 * Give a canvas a size, unless it has that, since setting it empties the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width in its own pixels
 * @param {number} height
 */
export function resize(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
}

/** Pixels of the screen in one of the page, as far as canvases follow. */
export function pixelRatio() {
  return Math.min(window.devicePixelRatio || 1, 2);
}

/**
 * @param {Element} parent
 * @param {string} text
 * @param {string} label what it does; also its name, unless the text has words, which then are what people call it
 * @param {() => void} act
 */
export function button(parent, text, label, act) {
  const node = element("button", { type: "button", text, title: label }, parent);
  if (!/\p{L}{3}/u.test(text)) node.setAttribute("aria-label", label);
  node.onclick = act;
  return node;
}

/** Runs an action when nobody has asked for it again for a while. */
export class Later {
  /**
   * @param {() => void} act
   * @param {number} wait in milliseconds
   * @param {(isPending: boolean) => void} [report] is called when the action becomes due and when it no longer is
   */
  constructor(act, wait, report = () => undefined) {
    this.act = act;
    this.wait = wait;
    this.report = report;
    this.timer = 0;
  }

  start() {
    clearTimeout(this.timer);
    this.report(true);
    this.timer = window.setTimeout(() => this.run(), this.wait);
  }

  run() {
    this.stop();
    this.act();
  }

  /** Run at once what is due. */
  flush() {
    if (this.timer) this.run();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.report(false);
  }
}

/**
 * A number for the eye: three significant digits, no more than two after the point.
 * @param {number} value
 */
export function brief(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return localise(Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−"));
}
