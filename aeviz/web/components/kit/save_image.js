// Saves a part of the page as an image: its canvases, texts and swatches as they stand; below, what colours mean, and
// lines of text.

import { brushOf, element } from "./dom.js";

/** @typedef {import("./theme.js").Style} Style */
/** @typedef {CanvasRenderingContext2D} Brush */
/** @typedef {{ name: string, colours: string[] }} Key what a colour means, or a scale of colours */
/** @typedef {{ title?: string, lines: string[], keys?: Key[], name: string }} Texts what stands below the part */

export const SCALE = 2; // pixels of the image in one of the page
const MARGIN = 16; // around the part, in pixels of the page
const LINE = 22; // height of a line of text below it
const [SWATCH, STRIP, GAP] = [12, 120, 6]; // of the key of a colour: its width, that of a scale, and room around it
const KEPT_MS = 10_000; // by then the browser has taken the file

/**
 * Give the visitor an image of a part of the page as a PNG file. Controls of the classes `toggle` and `tools` are left
 * out.
 * @param {Element} part its canvases should have `SCALE` pixels in one of the page
 * @param {Texts} texts with the file's name without suffix
 * @param {Style} style
 */
export async function saveImage(part, texts, style) {
  const canvas = paintPart(part, texts, style); // at once, while the part stands as it is
  /** @type {Blob | null} */
  const blob = await new Promise((done) => canvas.toBlob(done));
  if (!blob) throw new Error("the browser could not write the image");
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: `${texts.name.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.png` }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

/**
 * @param {Element} part
 * @param {Texts} texts
 * @param {Style} style
 */
function paintPart(part, { title, lines, keys = [] }, style) {
  const box = part.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  const brush = brushOf(canvas, SCALE);
  const width = box.width + 2 * MARGIN;
  const family = style.font.replace(/^\S+ /, "");
  const [bold, plain] = [`600 16px ${family}`, `14px ${family}`];
  const written = [...(title ? [{ text: title, font: bold }] : []), ...lines.map((text) => ({ text, font: plain }))];
  const wrapped = written.flatMap(({ text, font }) => {
    brush.font = font;
    return wrap(brush, text, box.width).map((words) => ({ words, font }));
  });
  brush.font = plain;
  const places = placeKeys(keys, (text) => brush.measureText(text).width, box.width);
  const rows = wrapped.length + (places.length ? places[places.length - 1].row + 1 : 0);
  const height = box.height + (rows ? rows * LINE + MARGIN : 0) + 2 * MARGIN;
  [canvas.width, canvas.height] = [Math.round(width * SCALE), Math.round(height * SCALE)];
  brush.setTransform(SCALE, 0, 0, SCALE, 0, 0);
  brush.fillStyle = style.background;
  brush.fillRect(0, 0, width, height);
  brush.save();
  brush.translate(MARGIN - box.left, MARGIN - box.top);
  paintElement(brush, part, 1);
  brush.restore();
  brush.textBaseline = "middle";
  brush.globalAlpha = 1;
  brush.translate(MARGIN, box.height + 2 * MARGIN);
  brush.font = plain;
  for (const place of places) paintKey(brush, place, style);
  brush.fillStyle = style.text;
  wrapped.forEach(({ words, font: own }, row) => {
    brush.font = own;
    brush.fillText(words, 0, (rows - wrapped.length + row + 0.5) * LINE);
  });
  return canvas;
}

/**
 * Where each key stands: from left to right, in rows.
 * @param {Key[]} keys
 * @param {(text: string) => number} measure width of a text
 * @param {number} width of the rows
 */
export function placeKeys(keys, measure, width) {
  let [x, row] = [0, 0];
  return keys.map((key) => {
    const size = key.colours.length > 1 ? STRIP : SWATCH;
    const end = x + size + GAP + measure(key.name);
    if (x && end > width) [x, row] = [0, row + 1];
    const place = { key, x, row, size };
    x += size + 3 * GAP + measure(key.name);
    return place;
  });
}

/**
 * @param {Brush} brush
 * @param {{ key: Key, x: number, row: number, size: number }} place
 * @param {Style} style
 */
function paintKey(brush, { key, x, row, size }, style) {
  const middle = (row + 0.5) * LINE;
  const shade = brush.createLinearGradient(x, 0, x + size, 0);
  key.colours.forEach((colour, k) => shade.addColorStop(k / Math.max(1, key.colours.length - 1), colour));
  brush.fillStyle = shade;
  brush.beginPath();
  brush.roundRect(x, middle - SWATCH / 2, size, SWATCH, SWATCH / 2);
  brush.fill();
  brush.fillStyle = style.text;
  brush.fillText(key.name, x + size + GAP, middle);
}

/**
 * @param {Brush} brush
 * @param {string} text
 * @param {number} width
 */
function wrap(brush, text, width) {
  const rows = [""];
  for (const word of text.split(" ")) {
    const longer = rows[rows.length - 1] ? `${rows[rows.length - 1]} ${word}` : word;
    if (!rows[rows.length - 1] || brush.measureText(longer).width <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows;
}

/**
 * Paint an element where it is on the page, then what is in it.
 * @param {Brush} brush
 * @param {Element} node
 * @param {number} opacity of what it lies in
 */
function paintElement(brush, node, opacity) {
  const css = getComputedStyle(node);
  if (css.display === "none" || css.visibility !== "visible" || node.matches(".toggle, .tools")) return;
  const alpha = opacity * Number(css.opacity);
  const box = node.getBoundingClientRect();
  brush.globalAlpha = alpha;
  paintBox(brush, box, css);
  if (node instanceof HTMLCanvasElement) {
    brush.imageSmoothingEnabled = css.imageRendering !== "pixelated";
    if (node.width && node.height) brush.drawImage(node, box.left, box.top, box.width, box.height);
    return;
  }
  brush.fillStyle = css.color;
  for (const child of node.childNodes) {
    if (child instanceof Element) paintElement(brush, child, alpha);
    else if (child instanceof Text) paintText(brush, child, css, alpha);
  }
}

/**
 * Paint background and border.
 * @param {Brush} brush
 * @param {DOMRect} box
 * @param {CSSStyleDeclaration} css
 */
function paintBox(brush, box, css) {
  const line = parseFloat(css.borderTopWidth);
  const radius = css.borderTopLeftRadius.endsWith("%") ? box.width / 2 : parseFloat(css.borderTopLeftRadius);
  brush.beginPath();
  brush.roundRect(box.left + line / 2, box.top + line / 2, box.width - line, box.height - line, Math.max(0, radius));
  brush.fillStyle = css.backgroundColor;
  brush.fill();
  if (!line) return;
  brush.lineWidth = line;
  brush.strokeStyle = css.borderTopColor;
  brush.stroke();
}

/**
 * Paint a text word by word, each where the page has it.
 * @param {Brush} brush
 * @param {Text} text
 * @param {CSSStyleDeclaration} css
 * @param {number} alpha
 */
function paintText(brush, text, css, alpha) {
  brush.font = `${css.fontStyle} ${css.fontWeight} ${css.fontSize} ${css.fontFamily}`;
  brush.textBaseline = "middle";
  brush.textAlign = "left";
  brush.globalAlpha = alpha;
  brush.fillStyle = css.color;
  const range = document.createRange();
  for (const { index, 0: word } of text.data.matchAll(/\S+/g)) {
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    const box = range.getBoundingClientRect();
    brush.fillText(word, box.left, box.top + box.height / 2 + 1);
  }
}
