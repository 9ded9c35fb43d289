// What Python sends to the latent map (payload.py).

import { about } from "../kit/wire.js";

export const NO_LABEL = 65535;

/**
 * What the visitor chose on a panel: a polygon in its plane, or on the screen of a camera in space.
 * @typedef {{ centre: number[], half: number, yaw: number, pitch: number }} CameraState
 * @typedef {{ panel: number, polygon: number[][], camera: CameraState | null }} Selection
 */

/**
 * One cloud of points.
 * @typedef {object} Spec
 * @property {string} title
 * @property {2 | 3} dims
 * @property {string[]} axes
 * @property {number[]} centre middle of the first view
 * @property {number} half half the side of the first view
 * @property {number[]} low
 * @property {number[]} high
 * @property {{ name: string, point: number[] }[]} markers points that are no image of the set
 * @property {(number[] | null)[]} names where the name of each class stands
 * @property {number} yaw degrees
 * @property {number} pitch degrees
 * @property {Posteriors | null} posteriors
 * @property {{ centre: number[], radius: number, label: number }[]} priors
 * @property {import("./lift.js").Lift | null} [lift] how its points are decoded
 * @property {import("./lift.js").Carry | null} [carry] takes its points to the first panel; null where those are the same
 * @property {{ model: string, mean: number[], axes: number[][] } | null} [follow] whose points, sent by another part of the page, move here
 * @property {string} view changes when the first view does
 * @property {string} description
 * @property {Float32Array} coordinates n * dims
 * @property {Float32Array} errors n
 */

/**
 * The posteriors of the images of a panel, as ellipses in its plane.
 * @typedef {object} Posteriors
 * @property {number} step length of a step of the half axes
 * @property {Uint16Array} shapes n * 3: half axes in steps, and angle in 65535ths of a half turn
 * @property {Float32Array | null} means n * 2, their middles; null where those are the panel's own points
 */

/**
 * @typedef {object} Header
 * @property {number} n
 * @property {Spec[]} panels
 * @property {{ name: string, colour: string }[]} classes
 * @property {number[]} hidden
 * @property {number} selected
 * @property {"off" | "chosen" | "all"} ellipses
 * @property {boolean} prior
 * @property {boolean | null} whole whether all points are drawn at first; null where there is no choice
 * @property {number} height largest height of a panel in pixels; 0 for what is left of the window
 * @property {string} meaning
 * @property {string} hint
 * @property {Selection | null} selection
 * @property {string} file name of the file that its image is saved to, without suffix
 * @property {boolean} linkable whether the page's address holds what the map shows, so that it can be copied
 * @property {string} layers name of the overlay, empty for none
 * @property {string} model whose latent point and chosen image the map shares with the inspector; empty for none
 * @property {boolean} aligned whether the second panel has the coordinates of the first
 * @property {number | null} morph the second map laid over the first: from 0, the first, to 1, the second; null for side by side
 * @property {number} blend from 0, points alone, to 1, decoded images alone
 * @property {import("./field_kinds.js").FieldName | null} field what is drawn over the plane at first; null where none is offered
 * @property {Uint16Array} labels n
 */

/** @type {Header} */
export const EMPTY = {
  n: 0, panels: [], classes: [], hidden: [], selected: -1, ellipses: "off", prior: false, whole: null, height: 0, meaning: "", hint: "",
  file: "", linkable: false, layers: "", selection: null, model: "", aligned: false, morph: null, blend: 0, field: null, labels: new Uint16Array(0),
}; // prettier-ignore

/**
 * Give a header the arrays of an earlier one where they are equal, so that nothing is made of them anew.
 * @param {Header} before
 * @param {Header} header
 */
export function keepArrays(before, header) {
  header.labels = kept(before.labels, header.labels);
  header.panels.forEach((spec, k) => {
    const old = before.panels[k];
    if (!old) return;
    spec.coordinates = kept(old.coordinates, spec.coordinates);
    spec.errors = kept(old.errors, spec.errors);
    if (!spec.posteriors || !old.posteriors) return;
    spec.posteriors.shapes = kept(old.posteriors.shapes, spec.posteriors.shapes);
    if (old.posteriors.means && spec.posteriors.means) {
      spec.posteriors.means = kept(old.posteriors.means, spec.posteriors.means);
    }
  });
}

/**
 * @template {Float32Array | Uint16Array} T
 * @param {T} before
 * @param {T} array
 */
function kept(before, array) {
  const { digest } = about(array);
  return digest && digest === about(before).digest ? before : array;
}
