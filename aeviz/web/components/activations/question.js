// A question above the network, which the visitor answers by trying: a unit for two images, and the code between two classes.

import { brief, element, write } from "../kit/dom.js";
import { tr, trc } from "../kit/language.js";

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
  if (!classes[label] || classes.length < 2) return { shown: tr("this image"), other: tr("the next image"), target: tr("another image") };
  const name = (/** @type {number} */ k) => classes[k % classes.length];
  const [other, target] = FURTHER.map((further) => label + 1 + ((further - 1) % (classes.length - 1))); // never the class itself
  const isDigit = (/** @type {number} */ k) => /^\d+$/.test(name(k));
  const called = (/** @type {number} */ k) => (isDigit(k) ? tr("the {digit}", { digit: name(k) }) : name(k));
  const digit = name(target);
  const any = !isDigit(target) ? digit : /^(8|11|18)/.test(digit) ? tr("an {digit}", { digit }) : tr("a {digit}", { digit });
  return { shown: called(label), other: called(other), target: any };
}

/**
 * The question as it stands.
 * @param {Names} names
 * @param {Tapped | null} tapped
 * @param {boolean} isMoved whether the visitor moved z last
 * @param {boolean} isRelu whether units are 0 for many images
 */
export function questionText({ shown, other, target }, tapped, isMoved, isRelu) {
    if (isMoved) return tr("Is it still {shown}, {target} already, or something else? Which images lie between? Next: tap a square of the decoder and move z again.", { shown, target });
  if (!tapped) {
    const unit = isRelu ? tr("Tap a grey square, a unit that is 0 for {shown}: is it 0 for {other} too?", { shown, other }) : tr("Tap a square: has its unit the same sign for {shown} and for {other}?", { shown, other });
    return `${unit} ${tr("Or move z until {shown} becomes {target}.", { shown, target })}`;
  }
  const values = [...tapped.readings].map(([name, value]) => tr("{value} for {image}", { value: value ? brief(value) : "0", image: name })).join(trc("between numbers", ", "));
  const next = tapped.readings.size > 1 ? tr("Next: move z until {shown} becomes {target}.", { shown, target }) : tr("What is it for {other}? Guess, then choose {other}.", { other });
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
    const layer = pinned ? `${pinned.view.name[0].toUpperCase()}${pinned.view.name.slice(1)}` : "";
    const title = pinned ? tr("{layer}, unit {index}", { layer, index: pinned.unit + 1 }) : "";
    write(this.words, questionText(names, pinned && { title, readings }, isMoved, isRelu));
  }
}
