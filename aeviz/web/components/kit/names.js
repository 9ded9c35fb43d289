// Where the names of classes stand: in the middle of their points, or as close to it as they do not cover each other.

/** @typedef {{ x: number, y: number, width: number, isStill?: boolean }} Name its wanted middle and its width, in pixels; `isStill`: the others give way to it */
/** @typedef {{ x: number, y: number, isMoved: boolean }} Place `isMoved`: a line leads from its points to the name */

export const NAME_HEIGHT = 20; // of a line of 16 pixels with its frame
const GAP = 3; // between two names
const EDGE = 3; // between a name and the edge of the panel
const SLACK = 0.5; // of the gap, so that pushing comes to an end
const ROUNDS = 200; // most often a few are enough
const TURN = 2.4; // radians between the directions of names that lie on one place
const NEAR = 14; // a name this close to its points needs no line
const STEP = 6; // between the places that are tried where pushing found none
const DIRECTIONS = 16;

/**
 * Push names apart that would cover each other, and keep them inside the panel. The same names come to the same places.
 * @param {(Name | null)[]} names null for one that is not shown
 * @param {{ width: number, height: number }} panel
 * @returns {(Place | null)[]} null also for a name whose points lie outside the panel
 */
export function placeNames(names, panel) {
  const shown = names.map((name) => (name && isInside(name, panel) ? { ...name } : null));
  const moving = shown.filter((name) => name !== null);
  for (const name of moving) clamp(name, panel);
  for (let round = 0; round < ROUNDS && separate(moving, panel); round += 1);
  moving.forEach((name, k) => {
    if (!name.isStill && moving.some((other, j) => j !== k && overlap(name, other))) moveToFreePlace(name, moving, panel);
  });
  return shown.map((place, k) => {
    const wanted = names[k];
    if (!place || !wanted) return null;
    return { x: place.x, y: place.y, isMoved: Math.hypot(place.x - wanted.x, place.y - wanted.y) > NEAR };
  });
}

/**
 * @param {Name} name
 * @param {{ width: number, height: number }} panel
 */
function isInside({ x, y }, { width, height }) {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

/**
 * How far two names reach into each other across and upwards; null where they do not.
 * @param {Name} one
 * @param {Name} other
 */
function overlap(one, other) {
  const across = (one.width + other.width) / 2 + GAP - Math.abs(one.x - other.x);
  const upwards = NAME_HEIGHT + GAP - Math.abs(one.y - other.y);
  return across > SLACK && upwards > SLACK ? { across, upwards } : null;
}

/**
 * Push each two names that overlap apart, along the line through both; returns whether there were any.
 * @param {Name[]} names
 * @param {{ width: number, height: number }} panel
 */
function separate(names, panel) {
  let moved = false;
  for (let k = 1; k < names.length; k += 1) {
    for (let j = 0; j < k; j += 1) {
      const [one, other] = [names[j], names[k]];
      const excess = one.isStill && other.isStill ? null : overlap(one, other);
      if (!excess) continue;
      moved = true;
      const [dx, dy] = [other.x - one.x, other.y - one.y];
      const angle = Math.hypot(dx, dy) > 1e-6 ? Math.atan2(dy, dx) : TURN * k;
      const [x, y] = [Math.cos(angle), Math.sin(angle)];
      const push = Math.min(excess.across / Math.abs(x), excess.upwards / Math.abs(y)) / (one.isStill || other.isStill ? 1 : 2);
      for (const [name, sign] of /** @type {[Name, number][]} */ ([[one, -1], [other, 1]])) {
        if (name.isStill) continue;
        name.x += sign * push * x;
        name.y += sign * push * y;
        clamp(name, panel);
      }
    }
  }
  return moved;
}

/**
 * @param {Name} name
 * @param {{ width: number, height: number }} panel
 */
function clamp(name, { width, height }) {
  const [halfWidth, halfHeight] = [name.width / 2 + EDGE, NAME_HEIGHT / 2 + EDGE];
  name.x = Math.max(halfWidth, Math.min(width - halfWidth, name.x));
  name.y = Math.max(halfHeight, Math.min(height - halfHeight, name.y));
}

/**
 * In a corner names cannot give way: one goes to the nearest place that no other takes, or stays where there is none.
 * @param {Name} name
 * @param {Name[]} names
 * @param {{ width: number, height: number }} panel
 */
function moveToFreePlace(name, names, panel) {
  for (let radius = STEP; radius < Math.max(panel.width, panel.height); radius += STEP) {
    for (let k = 0; k < DIRECTIONS; k += 1) {
      const angle = (2 * Math.PI * k) / DIRECTIONS;
      const place = { ...name, x: name.x + radius * Math.cos(angle), y: name.y + radius * Math.sin(angle) };
      const { x, y } = place;
      clamp(place, panel);
      if (place.x !== x || place.y !== y || names.some((other) => other !== name && overlap(place, other))) continue;
      Object.assign(name, place);
      return;
    }
  }
}

/**
 * Where the line to a name that was moved ends: at the edge of its box, on the way to its middle.
 * @param {Name} name its points' place and its width
 * @param {Place} place
 * @returns {[number, number]}
 */
export function lineEnd({ x, y, width }, place) {
  const [dx, dy] = [x - place.x, y - place.y];
  const share = Math.min(1, width / 2 / Math.max(1e-9, Math.abs(dx)), NAME_HEIGHT / 2 / Math.max(1e-9, Math.abs(dy)));
  return [place.x + share * dx, place.y + share * dy];
}
