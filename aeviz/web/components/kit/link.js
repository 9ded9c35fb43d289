// Parts of the page that show one latent space move together: what one of them comes to reaches the others at once, without
// a rerun. A part that comes later learns the last value.
//
// Streamlit serves this file once for each component, so the values themselves hang on the window.

/**
 * @typedef {object} Values of one model
 * @property {{ z: Float64Array, done: boolean }} point a latent point, and whether the gesture that moved it is over
 * @property {{ name: string, z: Float64Array, image: Float32Array, done: boolean } | null} own the visitor's image while it is
 *   drawn: its name, latent point and pixels, (C, H, W) in [0, 1], and whether the pen is up; null when nothing is drawn
 * @property {number[]} hidden labels of the classes that the map hides
 * @property {string} drawing the strokes of the visitor's drawing as text for a link; empty where there are none, or too many
 * @property {Float64Array} beside where the second model itself encodes the visitor's image, until the point moves
 * @property {Uint8Array | null} selection whether each test image lies within the outline drawn on the map; null without one
 * @property {Float64Array[]} path the latent points that the visitor keeps, in the order of the path through them
 * @property {{ index: number }} sample the sample shown in grids that decode the same noise, -1 for none; a group's name stands for the model
 * @property {{ index: number, byHand: boolean }} image the chosen test image, -1 for none; whether the visitor just chose it
 */
/** @typedef {keyof Values} Topic */
/** @typedef {{ value: any, source: object | null, listeners: Map<object, (value: any) => void> }} Entry */

const NAME = Symbol.for("aeviz.links");

/**
 * @param {Topic} topic
 * @param {string} model
 * @returns {Entry}
 */
function entry(topic, model) {
  const holder = /** @type {Record<symbol, Map<string, Entry>>} */ (/** @type {unknown} */ (window));
  const entries = (holder[NAME] ??= new Map());
  const name = `${topic} ${model}`;
  const found = entries.get(name) ?? { value: null, source: null, listeners: new Map() };
  entries.set(name, found);
  return found;
}

/**
 * Tell the other parts.
 * @template {Topic} T
 * @param {T} topic
 * @param {string} model
 * @param {Values[T]} value
 * @param {object} source the part that tells; it does not hear itself
 */
export function tell(topic, model, value, source) {
  const found = entry(topic, model);
  Object.assign(found, { value, source });
  for (const [part, listener] of found.listeners) if (part !== source) listener(value);
}

/**
 * Hear what the other parts tell, the last value included.
 * @template {Topic} T
 * @param {T} topic
 * @param {string} model
 * @param {(value: Values[T]) => void} listener
 * @param {object} part that hears
 * @returns {() => void} ends that, and withdraws what the part told
 */
export function hear(topic, model, listener, part) {
  const found = entry(topic, model);
  found.listeners.set(part, listener);
  if (found.value && found.source !== part) listener(found.value);
  return () => {
    found.listeners.delete(part);
    if (found.source === part) Object.assign(found, { value: null, source: null });
  };
}
