// The waypoints that the visitor keeps, numbered on the map, the path through them, and where the visitor's own image lies.

import { project } from "./lift.js";

const RADIUS_PX = 9;
const OWN = "✎"; // of the visitor's own image

/** @typedef {import("./panel.js").Panel} Panel */

/**
 * The waypoints in the coordinates of a panel.
 * @param {Panel} panel
 * @returns {number[][]}
 */
export function waypointsOn(panel) {
  const { map, spec } = panel;
  const lift = map.panels[0]?.spec.lift;
  if (!lift || !spec.lift) return [];
  const known = map.link.waypoints.filter((z) => z.length === lift.origin.length);
  return known.map((z) => map.link.onto(panel, project(lift, z)) ?? [0, 0]);
}

/**
 * Where the waypoints lie on a panel, in CSS pixels.
 * @param {Panel} panel
 * @returns {[number, number][]}
 */
export function routeOn(panel) {
  return waypointsOn(panel).map((point) => {
    const [x, y] = panel.camera.locate(point, panel);
    return [x, y];
  });
}

/**
 * The waypoint at a place of a panel, -1 for none.
 * @param {Panel} panel
 * @param {number} x
 * @param {number} y
 */
export function waypointAt(panel, x, y) {
  return routeOn(panel).findIndex(([left, top]) => Math.hypot(left - x, top - y) <= RADIUS_PX + 2);
}

/**
 * Where the visitor's own image lies on a panel, in CSS pixels; null where there is none.
 * @param {Panel} panel
 * @returns {[number, number] | null}
 */
export function ownOn(panel) {
  const { link, panels } = panel.map;
  const lift = panels[0]?.spec.lift;
  if (!lift || !panel.spec.lift || link.own?.length !== lift.origin.length) return null;
  const [x, y] = panel.camera.locate(link.placeOn(panel, project(lift, link.own), link.ownBeside) ?? [0, 0], panel);
  return [x, y];
}

/**
 * Whether the mark of the visitor's own image is at a place of a panel.
 * @param {Panel} panel
 * @param {number} x
 * @param {number} y
 */
export function isOwnAt(panel, x, y) {
  const own = ownOn(panel);
  return own !== null && Math.hypot(own[0] - x, own[1] - y) <= RADIUS_PX + 2;
}

/**
 * @param {Panel} panel
 * @param {CanvasRenderingContext2D} brush with CSS pixels as its unit
 * @param {{ text: string, background: string }} style
 */
export function drawRoute(panel, brush, style) {
  const places = panel.transition ? [] : routeOn(panel);
  const own = panel.transition ? null : ownOn(panel);
  if (!places.length && !own) return;
  brush.save();
  brush.lineJoin = "round";
  const stroke = (/** @type {number[][]} */ line, /** @type {number[]} */ dash) => {
    for (const [colour, width] of /** @type {[string, number][]} */ ([
      [style.background, 6],
      [style.text, 2],
    ])) {
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.setLineDash(width < 6 ? dash : []);
      brush.beginPath();
      for (const [x, y] of line) brush.lineTo(x, y);
      brush.stroke();
    }
  };
  stroke(places, []);
  for (const { points } of panel.field.geodesics) stroke(points.map((point) => panel.camera.locate(point, panel)), [6, 5]);
  brush.setLineDash([]);
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  brush.font = `600 12px ${getComputedStyle(panel.front).fontFamily}`;
  const mark = (/** @type {string} */ text, /** @type {[number, number]} */ [x, y]) => {
    brush.beginPath();
    brush.arc(x, y, RADIUS_PX, 0, 2 * Math.PI);
    brush.fillStyle = style.text;
    brush.strokeStyle = style.background;
    brush.lineWidth = 2;
    brush.fill();
    brush.stroke();
    brush.fillStyle = style.background;
    brush.fillText(text, x, y + 0.5);
  };
  places.forEach((place, k) => mark(String(k + 1), place));
  if (own) mark(OWN, own);
  brush.restore();
}
