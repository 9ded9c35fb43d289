// A question above the network, which the visitor answers by trying: a unit for two images, and the code between two classes.

import { brief, element, write } from "../kit/dom.js";

/** @typedef {{ shown: string, other: string, target: string }} Names of the image shown, of one to try, of one to reach */
/** @typedef {{ title: string, readings: Map<string, number> }} Tapped a unit, and its value for each image by name */
/** @typedef {{ view: { name: string, values: Float32Array | null }, unit: number }} Pinned */

const FURTHER = [4, 2]; // classes further on: the 1 and the 9 for the 7

/**
 * What the question speaks of.
 * @param {string[]} classes
 * @param {number} label of the image shown; none of them where it has no class
 * @returns {Names}
 */
export function namesFor(classes, label) {
  if (!classes[label] || classes.length < 2) return { shown: "this image", other: "the next image", target: "another image" };
  const name = (/** @type {number} */ k) => classes[k % classes.length];
  const [other, target] = FURTHER.map((further) => label + 1 + ((further - 1) % (classes.length - 1))); // never the class itself
  const called = (/** @type {number} */ k, article = "the") => (/^\d+$/.test(name(k)) ? `${article} ${name(k)}` : name(k));
  const an = /^(8|11|18)/.test(name(target)) ? "an" : "a";
  return { shown: called(label), other: called(other), target: called(target, an) };
}

/**
 * The question as it stands.
 * @param {Names} names
 * @param {Tapped | null} tapped
 * @param {boolean} isMoved whether the visitor moved z last
 * @param {boolean} isRelu whether units are 0 for many images
 */
export function questionText({ shown, other, target }, tapped, isMoved, isRelu) {
  const move = `move z until ${shown} becomes ${target}`;
  if (isMoved) return `Is it still ${shown}, ${target} already, or something else? Which images lie between? Next: tap a square of the decoder and move z again.`;
  if (!tapped) {
    const unit = isRelu ? `Tap a grey square, a unit that is 0 for ${shown}: is it 0 for ${other} too?` : `Tap a square: has its unit the same sign for ${shown} and for ${other}?`;
    return `${unit} Or ${move}.`;
  }
  const values = [...tapped.readings].map(([name, value]) => `${value ? brief(value) : "0"} for ${name}`).join(", ");
  const next = tapped.readings.size > 1 ? `Next: ${move}.` : `What is it for ${other}? Guess, then choose ${other}.`;
  return `${tapped.title}: ${values}. ${next}`;
}

export class Question {
  /**
   * @param {Element} parent
   * @param {boolean} isRelu
   */
  constructor(parent, isRelu) {
    this.isRelu = isRelu;
    this.words = element("p", { class: "question", "aria-live": "polite" }, parent);
    this.names = namesFor([], 0);
    /** @type {Pinned | null} */
    this.pinned = null;
    /** @type {Map<string, number>} the first image that the unit was seen for, and the last other one */
    this.readings = new Map();
    this.isMoved = false;
  }

  /** @param {Pinned} pinned the unit that was tapped */
  pin(pinned) {
    this.pinned = pinned;
    this.readings = new Map();
    this.isMoved = false;
    this.read();
  }

  /** A model has answered. @param {Names} names of the image shown @param {boolean} isMoved whether z was moved */
  update(names, isMoved) {
    this.names = names;
    this.isMoved = isMoved;
    if (!isMoved) this.read();
    else this.write();
  }

  read() {
    const { pinned, readings, names } = this;
    const value = pinned?.view.values?.[pinned.unit];
    if (value !== undefined) {
      for (const name of [...readings.keys()].slice(1)) readings.delete(name);
      readings.set(names.shown, value);
    }
    this.write();
  }

  write() {
    const { pinned, readings, names, isMoved, isRelu } = this;
    const title = pinned ? `${pinned.view.name[0].toUpperCase()}${pinned.view.name.slice(1)}, unit ${pinned.unit + 1}` : "";
    write(this.words, questionText(names, pinned && { title, readings }, isMoved, isRelu));
  }
}
