// What the studio says to Python and what comes back: the point on release, the view for the address, and questions
// that only the server can answer. A question that gets no answer is asked again.

import { Later } from "../kit/dom.js";

/** @typedef {{ kind: "decode" | "far", model: number, points: number[][] }} Question */
/** @typedef {{ number: number, far?: boolean[], values?: Float32Array, error?: string }} Answer */
/** @typedef {{ number: number, question: Question, resolve: (answer: Answer) => void, reject: (error: Error) => void }} Open */

const AGAIN_MS = 4000;
const TRIES = 4;
const KEYS_MS = 250; // after the last key the point goes to Python; after a pointer's release at once

export class Messages {
  constructor() {
    /** @type {(name: string, value: unknown) => void} */
    this.setState = () => undefined;
    /** @type {(name: string, value: unknown) => void} */
    this.setTrigger = () => undefined;
    // begun anywhere: an answer to an earlier visit must not be taken for one to this
    this.asked = Math.floor(Math.random() * 2 ** 40);
    this.sent = this.asked; // number of the last point that went to Python
    this.tries = 0;
    /** @type {Open[]} */
    this.open = [];
    this.sentAt = -Infinity;
    /** @type {number[]} */
    this.point = [];
    this.pointLater = new Later(() => this.sendPoint(), KEYS_MS);
    this.byKeys = false;
    this.listening = new AbortController();
    const listen = { capture: true, passive: true, signal: this.listening.signal };
    globalThis.addEventListener?.("keydown", () => (this.byKeys = true), listen);
    globalThis.addEventListener?.("pointerdown", () => (this.byKeys = false), listen);
    this.viewLater = new Later(() => this.setState("view", this.view), KEYS_MS);
    this.again = new Later(() => this.askNext(), AGAIN_MS);
    /** @type {Record<string, unknown>} */
    this.view = {};
  }

  /**
   * The visitor has let go of a point.
   * @param {ArrayLike<number>} point
   */
  release(point) {
    this.point = Array.from(point, (value) => Number(value.toPrecision(7)));
    this.pointLater.start();
    if (!this.byKeys) this.pointLater.flush();
  }

  /** Send the point at once, unless another has just gone out. */
  hurry() {
    if (performance.now() - this.sentAt > KEYS_MS) this.pointLater.flush();
  }

  sendPoint() {
    this.sent += 1;
    this.sentAt = performance.now();
    this.setState("point", { number: this.sent, values: this.point });
  }

  /**
   * How the visitor looks at the space.
   * @param {Record<string, unknown>} change
   */
  look(change) {
    Object.assign(this.view, change);
    this.viewLater.start();
  }

  /**
   * @param {Question} question
   * @returns {Promise<Answer>}
   */
  ask(question) {
    return new Promise((resolve, reject) => {
      this.asked += 1;
      this.open.push({ number: this.asked, question, resolve, reject });
      if (this.open.length === 1) {
        this.tries = 0;
        this.askNext();
      }
    });
  }

  askNext() {
    const first = this.open[0];
    if (!first) return;
    this.tries += 1;
    if (this.tries > TRIES) {
      this.open.shift();
      this.tries = 0;
      first.reject(new Error("the server does not answer; reload the page"));
      this.askNext();
      return;
    }
    this.setTrigger("ask", { number: first.number, ...first.question });
    this.again.wait = AGAIN_MS * this.tries; // a server that is busy is asked less and less
    this.again.start();
  }

  /** @param {Answer} answer */
  answer(answer) {
    if (this.open[0]?.number !== answer.number) return;
    const first = /** @type {Open} */ (this.open.shift());
    this.again.stop();
    this.tries = 0;
    if (answer.error) first.reject(new Error(answer.error));
    else first.resolve(answer);
    this.askNext();
  }

  close() {
    this.listening.abort();
    this.pointLater.flush(); // a point let go of just before the page was left
    this.viewLater.flush();
    this.again.stop();
    for (const { reject } of this.open.splice(0)) reject(new Error("the page was left"));
  }
}
