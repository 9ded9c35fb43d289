// Zoom and viewpoint of the panels as text in a copied link. They live in the browser alone: a server that heard of each zoom
// would have much to do for nothing.

import { Camera, fitCamera } from "../kit/camera.js";

export const CAMERA = "camera"; // parameter of the address
const BETWEEN = "!"; // the model and the panels
const DIGITS = 5;

/** @typedef {import("./map.js").LatentMap} LatentMap */

/**
 * The model and, of each panel that is not seen as at first, its number, centre, half side, yaw and pitch; empty if there is
 * none.
 * @param {Pick<LatentMap, "header" | "panels">} map
 */
export function camerasToText({ header, panels }) {
  const parts = panels.flatMap(({ camera, spec, transition }, k) => {
    const state = transition?.to.camera ?? camera.state();
    const usual = new Camera(spec.dims);
    fitCamera(usual, spec);
    if (usual.shows(state)) return [];
    const numbers = [...state.centre, state.half, state.yaw, state.pitch];
    return [[k, ...numbers.map((value) => Number(value.toPrecision(DIGITS)))].join("_")];
  });
  return parts.length ? [header.model, ...parts].join(BETWEEN) : "";
}

/**
 * See the panels as a link says, where it is about their model.
 * @param {Pick<LatentMap, "header" | "panels">} map
 * @param {string} text
 */
export function restoreCameras({ header, panels }, text) {
  const [model, ...parts] = text.split(BETWEEN);
  if (model !== header.model) return;
  for (const part of parts) {
    const [k, ...numbers] = part.split("_").map(Number);
    const panel = panels[k];
    if (!panel || numbers.length !== panel.spec.dims + 3 || !numbers.every(Number.isFinite)) continue;
    const [half, yaw, pitch] = numbers.slice(panel.spec.dims);
    if (half > 0) panel.camera.restore({ centre: numbers.slice(0, panel.spec.dims), half, yaw, pitch });
  }
}

let taken = ""; // what the address asked for last, of any map of the visit

/**
 * See the panels as the address says: once, when a map opens with it or a step of a lesson asks for another view.
 * @param {Pick<LatentMap, "header" | "panels">} map
 * @param {boolean} isNew whether its panels are seen as at first
 */
export function followAddress(map, isNew) {
  const text = new URLSearchParams(window.location.search).get(CAMERA) ?? "";
  if (text === taken && !isNew) return;
  taken = text;
  if (text) restoreCameras(map, text);
  else if (!isNew) for (const { camera, spec } of map.panels) fitCamera(camera, spec);
}
