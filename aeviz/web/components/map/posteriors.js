// Posteriors and priors of variational models on a plane: ellipses around means, circles around the priors' means.

import { brushOf } from "../kit/dom.js";
import { localise, number, tr } from "../kit/language.js";

const INK = 0.3; // pixels of line in all, as a share of the panel's, beyond which ellipses hide each other
const DOT_PX = 2; // an ellipse of shorter half axes hides under the dot of its image
const CONTOURS = [1, 2, 3]; // standard deviations
const GREY = "#8c8c8c";

/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {import("./map_data.js").Spec} Spec */
/** @typedef {import("./map_data.js").Header} Header */
/** @typedef {import("./map_data.js").Posteriors} Posteriors */
/** @typedef {import("../kit/theme.js").Style} Style */

// Half axes in units of the latent space, and the angle in radians, anticlockwise from the first axis.
/** @param {Posteriors} posteriors @param {number} index */
function shapeOf({ step, shapes }, index) {
  const [long, short, angle] = shapes.subarray(3 * index, 3 * index + 3);
  return [long * step, short * step, (angle / 65535) * Math.PI];
}

/** The middle of the posterior of an image. @param {Panel} panel @param {number} index */
function meanOf({ spec }, index) {
  const means = spec.posteriors?.means ?? spec.coordinates;
  return means.subarray(2 * index, 2 * index + 2);
}

/**
 * @param {Path2D} path
 * @param {number} x @param {number} y @param {number} long @param {number} short @param {number} angle
 */
function addEllipse(path, x, y, long, short, angle) {
  path.moveTo(x + long * Math.cos(angle), y - long * Math.sin(angle));
  path.ellipse(x, y, long, short, -angle, 0, 2 * Math.PI);
}

// Draws the ellipses of all shown images, or of every second, fourth, eighth ... image where all would cover each other;
// those that hide under their dots are left out. Returns how many posteriors are in view, how many of them are drawn,
// how many hide, and whether some were left out so that they can be told apart.
/**
 * @param {Panel} panel
 * @param {Posteriors} posteriors its own
 * @param {CanvasRenderingContext2D} brush
 * @param {Header} header
 * @param {Set<number>} hidden labels
 */
export function drawAllEllipses(panel, posteriors, brush, header, hidden) {
  const { width, height, camera } = panel;
  const { shapes, step } = posteriors;
  const means = posteriors.means ?? panel.spec.coordinates;
  const unit = camera.scale(panel);
  const scale = unit * step;
  const [left, top] = [width / 2 - camera.centre[0] * unit, height / 2 + camera.centre[1] * unit];
  const { labels, n } = header;
  const around = 2 * (width + height);
  const seen = (panel.seen ??= new Uint32Array(n));
  let [count, tiny, ink] = [0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const long = shapes[3 * i] * scale;
    const x = left + means[2 * i] * unit;
    const y = top - means[2 * i + 1] * unit;
    if (x + long < 0 || y + long < 0 || x - long > width || y - long > height || hidden.has(labels[i])) continue;
    if (long < DOT_PX) {
      tiny += 1;
      continue;
    }
    seen[count] = i;
    count += 1;
    ink += Math.min(around, Math.PI * (long + shapes[3 * i + 1] * scale));
  }
  let stride = 1;
  while (ink / stride > INK * width * height) stride *= 2;
  /** @type {Map<number, Path2D>} */
  const paths = new Map();
  let drawn = 0;
  for (let k = 0; k < count; k += 1) {
    const i = seen[k];
    if (i % stride !== 0) continue;
    let path = paths.get(labels[i]);
    if (!path) paths.set(labels[i], (path = new Path2D()));
    const angle = (shapes[3 * i + 2] / 65535) * Math.PI;
    const [x, y] = [left + means[2 * i] * unit, top - means[2 * i + 1] * unit];
    addEllipse(path, x, y, shapes[3 * i] * scale, shapes[3 * i + 1] * scale, angle);
    drawn += 1;
  }
  brush.lineWidth = 1;
  brush.globalAlpha = 0.6;
  for (const [label, path] of paths) {
    brush.strokeStyle = header.classes[label]?.colour ?? GREY;
    brush.stroke(path);
  }
  brush.globalAlpha = 1;
  return { count: count + tiny, drawn, tiny, thinned: stride > 1 };
}

// Draws the posterior of one image at one and two standard deviations, with a cross at its mean if the dot lies apart.
/** @param {Panel} panel @param {number} index @param {Style} style @param {number} line width */
export function drawEllipse(panel, index, style, line) {
  const { posteriors } = panel.spec;
  if (!posteriors || index < 0) return;
  const scale = panel.camera.scale(panel);
  const [long, short, angle] = shapeOf(posteriors, index);
  const [x, y] = panel.camera.locate(meanOf(panel, index), panel);
  const path = new Path2D();
  for (const sigmas of [1, 2]) addEllipse(path, x, y, sigmas * long * scale, sigmas * short * scale, angle);
  if (posteriors.means) {
    path.moveTo(x - 4, y), path.lineTo(x + 4, y);
    path.moveTo(x, y - 4), path.lineTo(x, y + 4);
  }
  const brush = brushOf(panel.front, panel.ratio);
  for (const [colour, width] of /** @type {[string, number][]} */ ([
    [style.background, line + 2],
    [style.text, line],
  ])) {
    brush.strokeStyle = colour;
    brush.lineWidth = width;
    brush.stroke(path);
  }
}

// Draws the priors at one, two and three standard deviations.
/** @param {Panel} panel @param {Header} header @param {Set<number>} hidden labels @param {Style} style */
export function drawPriors(panel, header, hidden, style) {
  const brush = brushOf(panel.front, panel.ratio);
  const scale = panel.camera.scale(panel);
  brush.font = style.font;
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  brush.lineJoin = "round";
  for (const { centre, radius, label } of panel.spec.priors) {
    if (hidden.has(label)) continue;
    const at = panel.camera.locate(centre, panel);
    for (const sigmas of CONTOURS) {
      const r = sigmas * radius * scale;
      brush.beginPath();
      brush.arc(at[0], at[1], r, 0, 2 * Math.PI);
      brush.setLineDash([]);
      brush.strokeStyle = style.background;
      brush.lineWidth = 3.5;
      brush.globalAlpha = 0.7;
      brush.stroke();
      brush.globalAlpha = 1;
      brush.setLineDash([6, 4]);
      brush.strokeStyle = header.classes[label]?.colour ?? style.text;
      brush.lineWidth = 1.75;
      brush.stroke();
      brush.setLineDash([]);
      if (label >= 0) continue; // ten times three names would cover the map
      brush.lineWidth = 4;
      brush.strokeStyle = style.background;
      brush.fillStyle = style.text;
      brush.strokeText(`${sigmas}σ`, at[0], at[1] - r);
      brush.fillText(`${sigmas}σ`, at[0], at[1] - r);
    }
  }
  brush.textBaseline = "alphabetic";
}

// Shows the posterior of an image as large as fits.
/** @param {Panel} panel @param {number} index */
export function zoomToPosterior(panel, index) {
  const { spec, camera } = panel;
  if (!spec.posteriors || index < 0) return;
  camera.centre = [...meanOf(panel, index)];
  camera.half = Math.max(3 * shapeOf(spec.posteriors, index)[0], 1e-5);
}

// Whether the view holds any part of a prior's circles.
/** @param {Panel} panel */
function showsPriors({ spec, camera }) {
  return spec.priors.some(({ centre, radius }) => {
    const apart = Math.hypot(centre[0] - camera.centre[0], centre[1] - camera.centre[1]);
    return apart - camera.half < 3 * radius && apart + camera.half > radius;
  });
}

// Steps back until the priors are in view, where none of their circles is.
/** @param {Panel} panel */
export function revealPriors(panel) {
  const { spec, camera } = panel;
  if (!spec.priors.length || showsPriors(panel)) return;
  for (const { centre, radius } of spec.priors) {
    const apart = Math.max(...centre.map((value, k) => Math.abs(value - camera.centre[k])));
    camera.half = Math.max(camera.half, apart + 3.3 * radius);
  }
}

// What the ellipses of a panel are, in words.
/**
 * @param {Panel} panel
 * @param {Header["ellipses"]} mode
 * @param {number} selected
 * @param {ReturnType<typeof drawAllEllipses> | null} all
 */
export function describeEllipses(panel, mode, selected, all) {
  const { spec } = panel;
  if (!spec.posteriors || mode === "off") return "";
  if (mode === "all" && all) {
    const [count, drawn, few] = [all.count, all.drawn, all.tiny].map((each) => number(each));
    if (all.tiny === all.count) return tr("All {count} posteriors in view are smaller than their points. Zoom in.", { count });
    const spread = all.thinned ? tr(", evenly spread (zoom in for more)") : "";
    const tiny = all.tiny ? tr("; {count} are smaller than their points", { count: few }) : "";
    return `${tr("1σ ellipses of {drawn} of the {count} posteriors in view", { drawn, count })}${spread}${tiny}.`;
  }
  if (selected < 0) return tr("Click a point to see its posterior.");
  const [long, short] = shapeOf(spec.posteriors, selected);
  const pixels = 2 * long * panel.camera.scale(panel);
  const size = pixels < 9 ? tr("; smaller than its mark here") : pixels > 2 * panel.width ? tr("; wider than this view") : "";
  const values = { image: selected, long: digits(long), short: digits(short) };
  return `${tr("1σ and 2σ of the posterior of image {image}: σ is {long} along and {short} across", values)}${size}.`;
}

/** @param {number} value */
function digits(value) {
  return localise(String(Number(value.toPrecision(2))));
}
