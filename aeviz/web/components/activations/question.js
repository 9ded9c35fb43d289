// A question above the network, which the visitor answers by trying: a unit for two images, and the code between two classes.

import { brief, button, element, write } from "../kit/dom.js";
import { mark, tr, trc } from "../kit/language.js";
import { isPlain } from "./reader.js";

/** @typedef {{ shown: string, other: string, target: string, next: number | null, aims: number[] }} Names of the image shown, of one to try (its class `next`), of one to reach; `aims` are the classes of the first and the last */
/** @typedef {{ title: string, readings: Map<string, number>, verdict: string }} Tapped a unit, its value for each image by name, and what became of a guess */
/** @typedef {{ view: { name: string, isDecoder: boolean, values: Float32Array | null }, unit: number }} Pinned */
/** @typedef {import("./reader.js").Reading & { name: string, goal: string, hasMap: boolean }} Seen what the image made from a moved z is read as, by its class's name; `goal` is that of the class to reach; `hasMap`: whether z has a plane */

const FURTHER = [4, 2]; // classes further on: the 1 and the 9 for the 7
const ROOM_PX = 7; // around the code of the class to reach, so that a finger finds it

const isDigit = (/** @type {string} */ name) => /^\d+$/.test(name);

/** @param {string} name of a class */
const called = (name) => (isDigit(name) ? tr("the {digit}", { digit: name }) : name);

/** @param {string} name of a class */
const oneOf = (name) => (!isDigit(name) ? name : /^(8|11|18)/.test(name) ? tr("an {digit}", { digit: name }) : tr("a {digit}", { digit: name }));

/**
 * What the question speaks of.
 * @param {string[]} classes
 * @param {number} label of the image shown; none of them where it has no class
 * @param {ArrayLike<number>} labels of all images that can be shown: it speaks of their classes alone
 * @param {number[]} [rooms] pixels around the code where the decoder makes each class; none where z has no plane
 * @returns {Names}
 */
export function namesFor(classes, label, labels, rooms = []) {
  const among = new Set(Array.from(labels));
  const others = classes.map((_, k) => (label + 1 + k) % classes.length).filter((other) => other !== label && among.has(other));
  if (!classes[label] || !others.length) return { shown: tr("this image"), other: tr("the next image"), target: tr("another image"), next: null, aims: [] };
  const [next, further] = FURTHER.map((by) => others[(by - 1) % others.length]);
  const from = others.indexOf(further);
  const room = (/** @type {number} */ other) => Math.min(ROOM_PX, rooms[other] ?? 0);
  const target = [...others.slice(from), ...others.slice(0, from)].reduce((best, other) => (room(other) > room(best) ? other : best));
  return { shown: called(classes[label]), other: called(classes[next]), target: oneOf(classes[target]), next, aims: [label, target] };
}

/**
 * Whether it is plainly of a class.
 * @param {Seen} seen
 * @param {Names["aims"][1]} aim label of the class
 */
const isReached = (seen, aim) => seen.label === aim && isPlain(seen);

/**
 * The question once z was moved: whether the image is what it should become.
 * @param {Names} names
 * @param {Seen | null} seen
 */
export function movedText({ shown, target, aims }, seen) {
  const ask = tr("Which images lie between? Next: tap a square of the decoder and move z again.");
  if (!seen) return `${tr("Is it still {shown}, {target} already, or something else?", { shown, target })} ${ask}`;
  const { name, goal, votes, of, hasMap } = seen;
  const all = { target, votes, of };
  if (isReached(seen, aims[1])) return `${tr("✓ Now it is {target}: so are {votes} of the {of} images most like it.", all)} ${ask}`;
  const isNot = isDigit(name)
    ? tr("Not {target} yet: {votes} of the {of} images most like it are {digit}s.", { ...all, digit: name })
    : tr("Not {target} yet: {votes} of the {of} images most like it are of class {name}.", { ...all, name });
  return `${isNot} ${hasMap ? tr("Move z to {goal} on the map.", { goal: called(goal) }) : tr("Move z on.")}`;
}

/**
 * The question as long as z is that of the image.
 * @param {Names} names
 * @param {Tapped | null} tapped
 * @param {boolean} isRelu whether units are 0 for many images
 */
export function questionText({ shown, other, target }, tapped, isRelu) {
  if (!tapped) {
    const unit = isRelu ? tr("Tap a grey square, a unit that is 0 for {shown}: is it 0 for {other} too?", { shown, other }) : tr("Tap a square: has its unit the same sign for {shown} and for {other}?", { shown, other });
    return `${unit} ${tr("Or move z until {shown} becomes {target}.", { shown, target })}`;
  }
  const values = [...tapped.readings].map(([name, value]) => tr("{value} for {image}", { value: value ? brief(value) : "0", image: name })).join(trc("between numbers", ", "));
  const next = tapped.readings.size > 1 ? tr("Next: move z until {shown} becomes {target}.", { shown, target }) : tr("What is it for {other}? Guess:", { other });
  return [tapped.verdict, `${tapped.title}: ${values}.`, next].filter(Boolean).join(" ");
}

/** The answers to tap, and whether each is right for a value. @type {{ text: string, isRight: (value: number) => boolean }[][]} */
const GUESSES = [
  [{ text: mark("negative"), isRight: (value) => value < 0 }, { text: mark("positive"), isRight: (value) => value > 0 }],
  [{ text: "0", isRight: (value) => value === 0 }, { text: mark("not 0"), isRight: (value) => value !== 0 }],
];

export class Question {
  /**
   * @param {Element} parent
   * @param {boolean} isRelu
   * @param {(label: number | null) => void} choose shows an image of a class, or the next one
   * @param {() => void} showDecoder scrolls to it, where it stands below the screen
   */
  constructor(parent, isRelu, choose, showDecoder) {
    this.isRelu = isRelu;
    /** @type {Map<string, number>} the first image that the unit was seen for, and the last other one */
    this.readings = new Map();
    this.box = element("div", { class: "question" }, parent);
    this.words = element("span", { "aria-live": "polite" }, this.box);
    this.answers = element("span", { class: "guesses", role: "group", "aria-label": tr("Answers"), hidden: "" }, this.box);
    this.lead = button(this.box, tr("Show the decoder"), tr("Scroll to the squares of the decoder"), showDecoder);
    this.lead.classList.add("lead");
    for (const guess of GUESSES[Number(isRelu)]) {
      const button = element("button", { type: "button", text: guess.text === "0" ? "0" : tr(guess.text) }, this.answers);
      button.onclick = () => {
        this.guess = guess;
        this.judged = "";
        if (this.names.next === null) this.readings = new Map([[tr("the image before"), this.readings.values().next().value ?? 0]]);
        choose(this.names.next);
      };
    }
    this.names = namesFor([], 0, []);
    /** @type {Pinned | null} */
    this.pinned = null;
    /** @type {typeof GUESSES[0][0] | null} */
    this.guess = null;
    this.judged = ""; // the image that the guess was about
    this.verdict = "";
    this.isMoved = false; // whether z is another than the image's
    this.isNew = false; // whether a unit was tapped since
    /** @type {Seen | null} */
    this.seen = null;
  }

  /** @param {Pinned} pinned the unit that was tapped */
  pin(pinned) {
    this.pinned = pinned;
    this.readings = new Map();
    this.guess = null;
    this.isNew = true;
    this.read();
  }

  /**
   * A model has answered.
   * @param {Names} names of the image shown
   * @param {boolean} isMoved whether z was moved
   * @param {Seen | null} [seen] what the image is read as then
   */
  update(names, isMoved, seen = null) {
    this.names = names;
    this.isMoved = isMoved;
    this.isNew = false;
    this.seen = seen;
    if (!isMoved) this.read();
    else this.write();
  }

  read() {
    const { pinned, readings, names, isMoved } = this;
    const value = pinned?.view.values?.[pinned.unit];
    if (value !== undefined) {
      for (const name of [...readings.keys()].slice(1)) readings.delete(name);
      if (!readings.size) this.guess = null;
      readings.set(isMoved && pinned?.view.isDecoder ? tr("this z") : names.shown, value);
      this.judged ||= names.shown;
      if (names.shown !== this.judged) this.guess = null;
      this.verdict = !this.guess ? "" : this.guess.isRight(value) ? tr("Right.") : tr("Not as you guessed.");
    }
    this.write();
  }

  write() {
    const { pinned, readings, names, isMoved, isNew, isRelu, verdict, seen } = this;
    const layer = pinned ? `${pinned.view.name[0].toUpperCase()}${pinned.view.name.slice(1)}` : "";
    const title = pinned ? tr("{layer}, unit {index}", { layer, index: pinned.unit + 1 }) : "";
    const isAbout = isMoved && !isNew;
    write(this.words, isAbout ? movedText(names, seen) : questionText(names, pinned && { title, readings, verdict }, isRelu));
    this.answers.hidden = isAbout || readings.size !== 1;
    const reached = isAbout && seen !== null && isReached(seen, names.aims[1]);
    this.box.classList.toggle("reached", reached);
    this.lead.hidden = !isAbout || (seen !== null && !reached); // it asks for the decoder
  }
}
