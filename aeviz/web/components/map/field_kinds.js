// The fields that a panel can have: where each makes sense, how it is computed in pieces, its colours and its words.

import { readable } from "../kit/axis.js";
import { network } from "../kit/engine.js";
import { mark, tr } from "../kit/language.js";
import { NO_LABEL } from "./map_data.js";
import { nearbyErrors } from "./nearby_error.js";
import { isoline } from "../kit/isoline.js";
import { centreOf, distances, metricOf, mostMixed, Nearest, stencil, stretching, usualDistance, voters, votes } from "./field_values.js";

/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {import("./field_values.js").Lattice} Lattice */
/** @typedef {"none" | "distance" | "classes" | "stretching" | "error"} FieldName */
/**
 * A field over the plane of a panel, as it was when it was computed.
 * @typedef {object} Shown
 * @property {FieldName} name
 * @property {Float32Array} source coordinates of the panel's points
 * @property {Lattice} lattice
 * @property {ArrayLike<number>} values of the cells, row by row: numbers, or labels
 * @property {(value: number) => number[]} shade red, green, blue and opacity of a value, from 0 to 255
 * @property {Float64Array} [metric] of the decoder at each cell, as `metricOf` returns it
 * @property {number[][]} [line] segments of a line, as `isoline` returns them
 * @property {Legend} legend
 */
/**
 * What a field means. The classes of `pair` are offered to be shown alone.
 * @typedef {{
 *   title: string, scale?: { low: string, high: string, colours: string[] }, notes: string[], pair?: number[]
 * }} Legend
 */

/** In English. @type {Record<FieldName, { text: string, title: string }>} */
export const FIELDS = {
  none: { text: mark("background: none"), title: mark("Nothing is drawn behind the points.") },
  distance: {
    text: mark("distance from data"),
    title: mark("Distance to the 10th nearest test image on this map, hidden classes included."),
  },
  classes: { text: mark("class regions"), title: mark("The class that most of the 10 nearest points on this map have; hidden classes do not vote.") },
  stretching: {
    text: mark("stretching"),
    title: mark(
      "Stretching: √det(JᵀJ), where J holds the derivatives of the decoded image along the two axes of the map. It is the " +
        "area of the image space to which a unit of area here is decoded: large where images change fast.",
    ),
  },
  error: {
    text: mark("reconstruction error"),
    title: mark("Mean squared reconstruction error of the test images near each place, hidden classes included; blank where fewer than 10 are near."),
  },
};

const FINE_PX = 6; // side of a cell
const COARSE_PX = [80, 40, 20, 10]; // of those that are decoded, from quick to fine
const PATIENCE_MS = 8000; // no finer ones where these would take longer
const SLICE_MS = 8; // computed without a pause
const LEAST_IMAGES = 16; // decoded at a time
const MOST_IMAGES = 64;
const STEP = 1e-3; // of a derivative, in halves of the first view
const DECADES = 1e4; // from the least stretching that has a colour of its own to the largest
const FAR = [43, 108, 176];
const STRETCHED = [190, 85, 25];
const OPAQUE = 205; // of 255
const REGION = 64;
const WRONG = [178, 24, 90];
const FAINT = 0.15; // opacity of the least error: blank is where no data lie

/**
 * Why a panel cannot have a field, in English; empty where it can.
 * @param {FieldName} name
 * @param {import("./map_data.js").Spec} spec
 * @param {unknown[]} classes
 */
export function obstacle(name, spec, classes) {
  if (name === "none") return "";
  if (spec.dims !== 2) return mark("A background needs a flat map.");
  if (name === "classes" && !classes.length) return mark("These images have no classes.");
  if (name !== "stretching") return "";
  if (!spec.lift) return mark("Points of this map cannot be decoded: t-SNE and UMAP have no way back.");
  return spec.lift.network ? "" : mark("The decoder does not run in this page.");
}

/** Lets a drag, and whatever else waits, proceed. */
const pause = () => new Promise((go) => setTimeout(go));

/**
 * Run a computation with pauses.
 * @template T
 * @param {Generator<void, T, void>} steps
 * @param {() => boolean} isWanted
 * @returns {Promise<T | null>} null where it is no longer wanted
 */
async function inPieces(steps, isWanted) {
  let until = performance.now() + SLICE_MS;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await pause();
    if (!isWanted()) return null;
    until = performance.now() + SLICE_MS;
  }
}

/**
 * @param {Panel} panel
 * @param {number} cell side of a cell in pixels, about
 * @param {number[][]} corners
 * @returns {Lattice}
 */
function latticeOf({ width, height }, cell, [from, to]) {
  return { columns: Math.max(2, Math.round(width / cell)), rows: Math.max(2, Math.round(height / cell)), from, to };
}

/**
 * Compute the field of a panel, where one makes sense: once, or coarse first and then finer.
 * @param {FieldName} name
 * @param {Panel} panel
 * @param {() => boolean} isWanted
 * @returns {AsyncGenerator<Shown, void, void>}
 */
export async function* compute(name, panel, isWanted) {
  const { camera, width, height } = panel;
  const corners = [camera.unproject(0, 0, 0, panel), camera.unproject(width, height, 0, panel)];
  if (name === "stretching") yield* stretchings(panel, corners, isWanted);
  else {
    const lattice = latticeOf(panel, FINE_PX, corners);
    const of = { distance: distanceOf, classes: regionsOf, error: errorOf };
    const shown = await of[/** @type {keyof typeof of} */ (name)](panel, lattice, isWanted);
    if (shown) yield shown;
  }
}

/** @type {WeakMap<Float32Array, number>} the usual distance of points to their neighbours */
const LIMITS = new WeakMap();

/** @param {import("./map_data.js").Spec} spec */
function limitOf({ coordinates, low, high }) {
  const limit = LIMITS.get(coordinates) ?? usualDistance(coordinates, low, high);
  LIMITS.set(coordinates, limit);
  return limit;
}

/**
 * @param {Panel} panel
 * @param {Lattice} lattice
 * @param {() => boolean} isWanted
 * @returns {Promise<Shown | null>}
 */
async function errorOf({ spec }, lattice, isWanted) {
  const reach = limitOf(spec) || spec.half;
  const values = await inPieces(nearbyErrors(lattice, spec, reach), isWanted);
  if (!values) return null;
  const { least, largest } = rangeOf(values);
  const isSeen = least <= largest;
  return {
    name: "error",
    source: spec.coordinates,
    lattice,
    values,
    shade: ramp(WRONG, (value) => (Number.isNaN(value) ? 0 : FAINT + ((1 - FAINT) * (value - least)) / (largest - least || 1))),
    legend: {
      title: tr("Squared reconstruction error, mean of the images nearby"),
      scale: isSeen ? { low: readable(least, 3), high: readable(largest, 3), colours: [`rgb(${WRONG.join(" ")} / ${(FAINT * OPAQUE) / 255})`, ends(WRONG)[1]] } : undefined,
      notes: [
        tr("Within {reach} units, by a Gaussian kernel (σ {sigma}); blank: fewer than 10 images there", {
          reach: readable(reach, 3),
          sigma: readable(reach / 3, 3),
        }),
      ],
    },
  };
}

/**
 * @param {Panel} panel
 * @param {Lattice} lattice
 * @param {() => boolean} isWanted
 * @returns {Promise<Shown | null>}
 */
async function distanceOf({ spec }, lattice, isWanted) {
  const { coordinates, low, high } = spec;
  const limit = limitOf(spec);
  const values = await inPieces(distances(lattice, new Nearest(coordinates, low, high)), isWanted);
  if (!values) return null;
  const { least, largest } = rangeOf(values);
  const line = isoline(values, lattice.columns, limit);
  return {
    name: "distance",
    source: coordinates,
    lattice,
    values,
    line,
    shade: ramp(FAR, (value) => (value - least) / (largest - least || 1)),
    legend: {
      title: tr("Distance to the 10th nearest image, on this map"),
      scale: { low: readable(least, 3), high: tr("{value} units of the axes", { value: readable(largest, 3) }), colours: ends(FAR) },
      notes: [
        line.length
          ? tr("Line: 99 % of this map’s images lie within {limit}", { limit: readable(limit, 3) })
          : tr("Not in view: 99 % of this map’s images lie within {limit}", { limit: readable(limit, 3) }),
      ],
    },
  };
}

/**
 * @param {Panel} panel
 * @param {Lattice} lattice
 * @param {() => boolean} isWanted
 * @returns {Promise<Shown | null>}
 */
async function regionsOf({ spec, map }, lattice, isWanted) {
  const { palette } = map;
  const { coordinates, labels } = voters(spec.coordinates, map.header.labels, map.isHidden);
  const values = await inPieces(votes(lattice, new Nearest(coordinates, spec.low, spec.high), labels), isWanted);
  if (!values) return null;
  const mixed = await inPieces(mostMixed(coordinates, labels, spec.low, spec.high), isWanted);
  const names = mixed?.pair.map((label) => map.header.classes[label]?.name);
  const notes = [];
  if (mixed && names) {
    const [first, second] = names.map(String);
    const share = Math.round(100 * mixed.share);
    notes.push(tr("Mixed most: {first} and {second}; {share} % of their images lie among the other", { first, second, share }));
  }
  if (map.hidden.size) notes.push(tr("Hidden classes do not count"));
  return {
    name: "classes",
    source: spec.coordinates,
    lattice,
    values,
    shade: (label) => (label === NO_LABEL ? [0, 0, 0, 0] : [...(palette[label] ?? [128, 128, 128]), REGION]),
    legend: { title: tr("Class of most of the 10 nearest images, on this map"), notes, pair: mixed?.pair },
  };
}

/**
 * @param {Panel} panel
 * @param {number[][]} corners
 * @param {() => boolean} isWanted
 * @returns {AsyncGenerator<Shown, void, void>}
 */
async function* stretchings(panel, corners, isWanted) {
  const { spec, map } = panel;
  const { lift } = spec;
  if (!lift?.network) return;
  const step = STEP * spec.half;
  const pixels = lift.shape.reduce((product, side) => product * side, 1);
  const raise = (/** @type {number[]} */ point) => map.link.raise(panel, point) ?? lift.origin;
  const decoder = await network(lift.network);
  let images = LEAST_IMAGES;
  for (const side of COARSE_PX) {
    const begun = performance.now();
    const lattice = latticeOf(panel, side, corners);
    const count = lattice.columns * lattice.rows;
    const metric = new Float64Array(3 * count);
    for (let first = 0; first < count; ) {
      const start = performance.now();
      const places = Array.from({ length: Math.min(images / 4, count - first) }, (_, k) => first + k);
      const points = places.flatMap((place) => stencil(centreOf(lattice, place), step)).map(raise);
      const input = Float32Array.from(points.flatMap((point) => [...point]));
      metric.set(metricOf(await decoder.run(input, points.length), pixels, step), 3 * first);
      first += places.length;
      const took = performance.now() - start;
      if (took < SLICE_MS / 2) images = Math.min(MOST_IMAGES, 2 * images);
      else if (took > 2 * SLICE_MS) images = Math.max(4, images / 2);
      await pause();
      if (!isWanted()) return;
    }
    yield showStretching(spec.coordinates, lattice, metric);
    if ((performance.now() - begun) * 4 > PATIENCE_MS) return;
  }
}

/**
 * @param {Float32Array} source
 * @param {Lattice} lattice
 * @param {Float64Array} metric
 * @returns {Shown}
 */
function showStretching(source, lattice, metric) {
  const values = stretching(metric);
  const { least, largest } = rangeOf(values);
  const bottom = Math.max(least, largest / DECADES) || 1;
  const span = Math.log(largest / bottom) || 1;
  return {
    name: "stretching",
    source,
    lattice,
    values,
    metric,
    shade: ramp(STRETCHED, (value) => (value > bottom ? Math.log(value / bottom) / span : 0)),
    legend: {
      title: tr("Stretching √det(JᵀJ) of the decoder"),
      scale: {
        low: `${least < bottom ? "≤ " : ""}${readable(bottom, 3)}`,
        high: tr("{value}, log scale", { value: readable(largest, 3) }),
        colours: ends(STRETCHED),
      },
      notes: [tr("Area in pixel space for a unit of area here")],
    },
  };
}

/** @param {Float64Array} values */
function rangeOf(values) {
  let [least, largest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  return { least, largest };
}

/**
 * A colour that grows denser with a value, so that it suits a light and a dark page.
 * @param {number[]} colour
 * @param {(value: number) => number} share from 0 to 1
 * @returns {(value: number) => number[]}
 */
function ramp(colour, share) {
  return (value) => [...colour, OPAQUE * share(value)];
}

/** The ends of the same. @param {number[]} colour */
function ends(colour) {
  return [`rgb(${colour.join(" ")} / 0)`, `rgb(${colour.join(" ")} / ${OPAQUE / 255})`];
}
