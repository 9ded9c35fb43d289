// Drawing of a panel around its points: axes on the back canvas, marks, names and markers on the front one.

import { brushOf } from "./dom.js";
import { localise } from "./language.js";
import { lineEnd, NAME_HEIGHT, placeNames } from "./names.js";

/** @typedef {any} Panel a panel of the map, or the plane of the film */
/** @typedef {import("./theme.js").Style} Style */

const MARKER = "#e6007e"; // no class has it
const NAME_PAD = 5; // pixels between a name and its frame
const NAME_PX = 16; // size of the classes' names

/** @param {number} range */
function niceStep(range) {
  const raw = range / 6;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10) * power;
}

/** @param {number} value @param {number} step */
function number(value, step) {
  return localise(value.toFixed(Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)))));
}

/**
 * Write a text with a rim of the page's colour, so that it can be read over points and images.
 * @param {CanvasRenderingContext2D} brush
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {Style} style
 */
function writeText(brush, text, x, y, style) {
  brush.lineJoin = "round";
  brush.lineWidth = 4;
  brush.strokeStyle = style.background;
  brush.fillStyle = style.text;
  brush.strokeText(text, x, y);
  brush.fillText(text, x, y);
}

/** @param {Panel} panel @param {Style} style */
export function drawAxes(panel, style) {
  const brush = brushOf(panel.back, panel.ratio);
  brush.clearRect(0, 0, panel.width, panel.height);
  brush.font = style.font;
  brush.fillStyle = style.text;
  brush.strokeStyle = style.text;
  brush.lineWidth = 1;
  if (panel.spec.dims === 2) drawPlane(brush, panel, style);
  else drawBox(brush, panel);
  brush.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} brush @param {Panel} panel @param {Style} style */
function drawPlane(brush, panel, style) {
  const { camera, width, height, spec } = panel;
  const scale = camera.scale(panel);
  const step = niceStep(Math.min(width, height) / scale);
  /** @param {number} value @param {number} x @param {number} y @param {boolean} horizontal */
  const line = (value, x, y, horizontal) => {
    brush.globalAlpha = (Math.abs(value) < step / 1e6 ? 0.45 : 0.12) * (style.isStrong ? 2 : 1);
    brush.lineWidth = 1;
    brush.strokeStyle = style.text;
    brush.beginPath();
    if (horizontal) brush.moveTo(0, y), brush.lineTo(width, y);
    else brush.moveTo(x, 0), brush.lineTo(x, height);
    brush.stroke();
    brush.globalAlpha = 0.85;
  };
  const [cx, cy] = camera.centre;
  const title = width - 8 - brush.measureText(spec.axes[0]).width; // where the title of the axis begins
  brush.textAlign = "center";
  for (let k = Math.ceil((cx - width / 2 / scale) / step); k * step <= cx + width / 2 / scale; k += 1) {
    const x = Math.round(width / 2 + (k * step - cx) * scale) + 0.5;
    line(k * step, x, 0, false);
    const text = number(k * step, step);
    if (x > 30 * style.scale && x + brush.measureText(text).width / 2 < title - 6) writeText(brush, text, x, height - 6, style);
  }
  brush.textAlign = "left";
  for (let k = Math.ceil((cy - height / 2 / scale) / step); k * step <= cy + height / 2 / scale; k += 1) {
    const y = Math.round(height / 2 - (k * step - cy) * scale) + 0.5;
    line(k * step, 0, y, true);
    if (y > 36 * style.scale && y < height - 24 * style.scale) writeText(brush, number(k * step, step), 5, y - 3, style);
  }
  brush.globalAlpha = 1;
  brush.textAlign = "right";
  writeText(brush, spec.axes[0], width - 8, height - 6, style);
  brush.textAlign = "left";
  writeText(brush, spec.axes[1], 5, 16 * style.scale, style);
}

/** @param {CanvasRenderingContext2D} brush @param {Panel} panel */
function drawBox(brush, panel) {
  const { spec, camera } = panel;
  const corners = [];
  for (let c = 0; c < 8; c += 1) {
    for (let k = 0; k < 3; k += 1) corners.push((c >> k) & 1 ? spec.high[k] : spec.low[k]);
  }
  const screen = new Float32Array(24);
  camera.project(Float32Array.from(corners), screen, panel);
  brush.globalAlpha = 0.3;
  brush.beginPath();
  for (let c = 0; c < 8; c += 1) {
    for (let k = 0; k < 3; k += 1) {
      const other = c | (1 << k);
      if (other === c) continue;
      brush.moveTo(screen[3 * c], screen[3 * c + 1]);
      brush.lineTo(screen[3 * other], screen[3 * other + 1]);
    }
  }
  brush.stroke();
  panel.corners = screen;
}

// The name and the range of each axis, on the edge of the box that lies farthest out.
/** @param {Panel} panel @param {Style} style */
export function drawAxisNames(panel, style) {
  if (panel.spec.dims !== 3) return;
  const { spec, corners, width, height } = panel;
  const brush = brushOf(panel.front, panel.ratio);
  brush.font = style.font;
  brush.textAlign = "center";
  for (let k = 0; k < 3; k += 1) {
    let [farthest, at] = [-1, [0, 0]];
    for (let from = 0; from < 8; from += 1) {
      if (from & (1 << k)) continue;
      const to = from | (1 << k);
      const middle = [0, 1].map((d) => (corners[3 * from + d] + corners[3 * to + d]) / 2);
      const out = Math.hypot(middle[0] - width / 2, middle[1] - height / 2) + (middle[1] > height / 2 ? 40 : 0);
      if (out > farthest) [farthest, at] = [out, middle];
    }
    const [low, high] = [spec.low[k], spec.high[k]];
    const step = niceStep(high - low || 1);
    const text = `${spec.axes[k]}: ${number(low, step)} … ${number(high, step)}`;
    const half = brush.measureText(text).width / 2 + 6;
    const place = [Math.max(half, Math.min(width - half, at[0])), Math.max(16, Math.min(height - 8, at[1] + 14))];
    writeText(brush, text, place[0], place[1], style);
  }
}

/** @param {Panel} panel @param {number} selected @param {number} hovered @param {Style} style */
export function drawMarks(panel, selected, hovered, style) {
  const brush = brushOf(panel.front, panel.ratio);
  brush.clearRect(0, 0, panel.width, panel.height);
  /** @param {number} index @param {number} radius @param {number} line width */
  const ring = (index, radius, line) => {
    if (index < 0) return;
    const [x, y] = panel.where(index);
    for (const [colour, width] of /** @type {[string, number][]} */ ([
      [style.background, line + 3],
      [style.text, line],
    ])) {
      brush.beginPath();
      brush.arc(x, y, radius * style.scale, 0, 2 * Math.PI);
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.stroke();
    }
  };
  ring(hovered, 6, 1.5);
  ring(selected, 9, 2.5);
}

// A visitor's own images: a target with a name. One that lies outside the view is drawn at its edge, which its name says.
/** @param {Panel} panel @param {Style} style */
export function drawMarkers(panel, style) {
  const brush = brushOf(panel.front, panel.ratio);
  brush.font = `600 ${style.font}`;
  brush.textBaseline = "middle";
  brush.lineJoin = "round";
  for (const { name, point } of panel.spec.markers ?? []) {
    const at = panel.camera.locate(point, panel);
    const x = Math.max(14, Math.min(panel.width - 14, at[0]));
    const y = Math.max(14, Math.min(panel.height - 14, at[1]));
    const text = x === at[0] && y === at[1] ? name : `${name} (outside)`;
    for (const [colour, width] of /** @type {[string, number][]} */ ([
      [style.background, 6],
      [MARKER, 3],
    ])) {
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.beginPath();
      brush.arc(x, y, 8, 0, 2 * Math.PI);
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        brush.moveTo(x + 4 * dx, y + 4 * dy);
        brush.lineTo(x + 13 * dx, y + 13 * dy);
      }
      brush.stroke();
    }
    const right = x < panel.width / 2;
    brush.textAlign = right ? "left" : "right";
    writeText(brush, text, x + (right ? 17 : -17), y, style);
  }
  brush.textBaseline = "alphabetic";
}

// The name of each class in the middle of its points, so that the map can be read without telling colours apart. Where
// names would cover each other they stand apart, and a line leads to each that is far from its points.
/** @param {Panel} panel @param {{ name: string, colour?: string }[]} classes @param {Set<number>} hidden @param {Style} style */
export function drawNames(panel, classes, hidden, style) {
  const middles = classes.map((_, label) => {
    const centre = panel.spec.names[label];
    return centre && !hidden.has(label) ? panel.camera.locate(centre, panel) : null;
  });
  writeApart(brushOf(panel.front, panel.ratio), classes.map(({ name }) => name), middles, panel, style, classes.map(({ colour }) => colour));
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {string[]} names
 * @param {(number[] | null)[]} middles of the points of each, x and y in pixels; null for a name that is not shown
 * @param {{ width: number, height: number }} panel
 * @param {Style} style
 * @param {(string | undefined)[]} [colours] of the frame around each name; by default names have none
 * @param {{ label: number, mark: import("./names.js").Name } | null} [still] a name that stays in its place, and what none covers
 * @returns where the names stand
 */
export function writeApart(brush, names, middles, panel, style, colours = [], still = null) {
  brush.font = `700 ${style.font.replace(/^\d+px/, `${Math.round(NAME_PX * style.scale)}px`)}`;
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  brush.lineJoin = "round";
  const wanted = middles.map((middle, label) => middle && {
    x: middle[0], y: middle[1], width: brush.measureText(names[label]).width + (colours[label] ? 2 * NAME_PAD : 0), isStill: label === still?.label,
  }); // prettier-ignore
  const places = placeNames(still ? [...wanted, { ...still.mark, isStill: true }] : wanted, panel).slice(0, names.length);
  places.forEach((place, label) => {
    const from = wanted[label];
    if (place?.isMoved && from) drawLeader(brush, from, lineEnd(from, place), style);
  });
  places.forEach((place, label) => {
    if (!place) return;
    const [colour, width] = [colours[label], wanted[label]?.width ?? 0];
    if (!colour) return writeText(brush, names[label], place.x, place.y, style);
    brush.beginPath();
    brush.roundRect(place.x - width / 2, place.y - NAME_HEIGHT / 2, width, NAME_HEIGHT, 4);
    brush.fillStyle = style.background;
    brush.strokeStyle = colour;
    brush.lineWidth = 2;
    brush.fill();
    brush.stroke();
    brush.fillStyle = style.text;
    brush.fillText(names[label], place.x, place.y + 1);
  });
  brush.textBaseline = "alphabetic";
  return places;
}

/** @param {CanvasRenderingContext2D} brush @param {{ x: number, y: number }} from @param {number[]} to @param {Style} style */
function drawLeader(brush, from, to, style) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([
    [style.background, 3.5],
    [style.text, 1.25],
  ])) {
    brush.strokeStyle = brush.fillStyle = colour;
    brush.lineWidth = width;
    brush.beginPath();
    brush.moveTo(from.x, from.y);
    brush.lineTo(to[0], to[1]);
    brush.stroke();
    brush.beginPath();
    brush.arc(from.x, from.y, 1.5 + width / 2, 0, 2 * Math.PI);
    brush.fill();
  }
}
