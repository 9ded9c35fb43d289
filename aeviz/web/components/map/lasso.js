// Selecting points by a drawn outline: what the outline is, which points lie in it.
//
// aeviz/analysis/selection.py answers the same question for Python, in the same arithmetic.

const MOST_VERTICES = 200;
const BINS = 256;

/** @typedef {import("../kit/camera.js").Camera} Camera */
/** @typedef {import("./map_data.js").Selection} Selection */
/** @typedef {import("./map_data.js").Spec} Spec */
/** @typedef {number[]} Point */

/**
 * Leave out vertices that lie near the line between their neighbours (Douglas and Peucker 1973).
 * @param {Point[]} line
 * @param {number} tolerance
 * @returns {Point[]}
 */
function thin(line, tolerance) {
  const keep = new Uint8Array(line.length);
  keep[0] = keep[line.length - 1] = 1;
  const parts = [[0, line.length - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [from, to] = part;
    const [[ax, ay], [bx, by]] = [line[from], line[to]];
    const length = Math.hypot(bx - ax, by - ay);
    let [farthest, most] = [-1, tolerance];
    for (let k = from + 1; k < to; k += 1) {
      const [x, y] = line[k];
      const apart = length
        ? Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
        : Math.hypot(x - ax, y - ay);
      if (apart > most) [farthest, most] = [k, apart];
    }
    if (farthest < 0) continue;
    keep[farthest] = 1;
    parts.push([from, farthest], [farthest, to]);
  }
  return line.filter((_, k) => keep[k]);
}

/**
 * The same outline, drawn in pixels, by few vertices.
 * @param {Point[]} outline
 */
export function simplify(outline) {
  let line = outline;
  for (let tolerance = 0.5; line.length > 3; tolerance *= 1.5) {
    line = thin(outline, tolerance);
    if (line.length <= MOST_VERTICES) break;
  }
  return line;
}

/**
 * The corners of the rectangle between two.
 * @param {Point} from
 * @param {Point} to
 * @returns {Point[]}
 */
export function box([x, y], [right, bottom]) {
  return [
    [x, y],
    [right, y],
    [right, bottom],
    [x, bottom],
  ];
}

/**
 * What an outline on the screen selects: its vertices in the plane, or as the camera in space lays points.
 * @param {Point[]} outline in pixels
 * @param {number} panel
 * @param {Camera} camera
 * @param {{ width: number, height: number }} frame
 * @returns {Selection}
 */
export function toSelection(outline, panel, camera, frame) {
  const { width, height } = frame;
  const side = Math.min(width, height) / 2;
  const unit = camera.dims === 2 ? camera.half : 1;
  const decimals = Math.max(0, Math.min(15, 4 - Math.floor(Math.log10(unit)))); // finer than a pixel can show
  const polygon = outline.map(([x, y]) => {
    const at = camera.dims === 2 ? camera.unproject(x, y, 0, frame) : [(x - width / 2) / side, (height / 2 - y) / side];
    return at.map((value) => Number(value.toFixed(decimals)));
  });
  return { panel, polygon, camera: camera.dims === 2 ? null : camera.state() };
}

/** A polygon whose edges are found by height, since a lasso has many. */
class Outline {
  /** @param {Point[]} polygon */
  constructor(polygon) {
    const heights = polygon.map(([, y]) => y);
    this.low = Math.min(...heights);
    this.high = Math.max(...heights);
    this.left = Math.min(...polygon.map(([x]) => x));
    this.right = Math.max(...polygon.map(([x]) => x));
    /** @type {number[][][]} */
    this.bins = Array.from({ length: BINS }, () => []);
    polygon.forEach(([x, y], k) => {
      const [otherX, otherY] = polygon[(k + polygon.length - 1) % polygon.length];
      const edge = [x, y, otherX, otherY];
      const last = this.bin(Math.max(y, otherY));
      for (let bin = this.bin(Math.min(y, otherY)); bin <= last; bin += 1) this.bins[bin].push(edge);
    });
  }

  /** @param {number} y */
  bin(y) {
    const at = Math.floor(((y - this.low) / (this.high - this.low || 1)) * BINS);
    return Math.max(0, Math.min(BINS - 1, at));
  }

  /**
   * Whether a point lies inside by the even-odd rule.
   * @param {number} x
   * @param {number} y
   */
  holds(x, y) {
    if (!(x >= this.left && x <= this.right && y >= this.low && y <= this.high)) return false;
    let inside = false;
    for (const [ax, ay, bx, by] of this.bins[this.bin(y)]) {
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
    return inside;
  }
}

/**
 * Mark the points that a selection holds; points of hidden classes are not selected.
 * @param {Selection} selection
 * @param {Spec} spec of its panel
 * @param {Camera} camera any of the right dimension; set to the selection's own in space
 * @param {Uint16Array} codes
 * @param {Uint8Array} hidden by code
 * @returns {Uint8Array} 1 for each that it holds
 */
export function choose(selection, spec, camera, codes, hidden) {
  const { coordinates, dims } = spec;
  const chosen = new Uint8Array(codes.length);
  const outline = new Outline(selection.polygon);
  if (selection.camera) camera.restore(selection.camera);
  const axes = camera.axes();
  for (let i = 0; i < codes.length; i += 1) {
    if (hidden[codes[i]]) continue;
    let [x, y] = [coordinates[dims * i], coordinates[dims * i + 1]];
    if (dims === 3) [x, y] = camera.lay([x, y, coordinates[3 * i + 2]], axes);
    if (!outline.holds(x, y)) continue;
    chosen[i] = 1;
  }
  return chosen;
}
