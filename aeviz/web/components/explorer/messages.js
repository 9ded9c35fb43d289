// What the explorer reports to Python and what comes back: the point on release, the view for the address, and requests
// for what only the server can compute. A request that gets no response is sent again.

import { Later } from "../kit/dom.js";
import { tr } from "../kit/language.js";

/** @typedef {{ model: number, points: number[][] }} Request images to decode */
/** @typedef {{ number: number, values?: Float32Array, error?: string | null }} Response */
/** @typedef {{ number: number, request: Request, resolve: (response: Response) => void, reject: (error: Error) => void }} Open */
/** @typedef {{ state: (name: string, value: unknown) => void, trigger: (name: string, value: unknown) => void }} Channel */

const AGAIN_MS = 4000;
const TRIES = 4;
const KEYS_MS = 250; // after the last key the point goes to Python; after a pointer's release at once

export class Messages {
  /**
   * @param {Channel} channel
   * @param {(isPending: boolean) => void} [report] whether something is still to be sent or to come back
   */
  constructor(channel, report = () => undefined) {
    this.channel = channel;
    this.report = report;
    // begun anywhere: a response to an earlier visit must not be taken for one to this
    this.number = Math.floor(Math.random() * 2 ** 40); // of the last request
    this.sent = this.number; // number of the last point that went to Python
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
    this.viewLater = new Later(() => this.sendView(), KEYS_MS);
    this.again = new Later(() => this.sendNext(), AGAIN_MS);
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
    this.notify();
  }

  /** The point is Python's from now on; what was to be sent is out of date. */
  drop() {
    this.pointLater.stop();
    this.notify();
  }

  /** Report whether something is pending. */
  notify() {
    this.report(Boolean(this.pointLater.timer || this.viewLater.timer || this.open.length));
  }

  /** Send the point at once, unless another has just gone out. */
  hurry() {
    if (performance.now() - this.sentAt > KEYS_MS) this.pointLater.flush();
  }

  sendPoint() {
    this.sent += 1;
    this.sentAt = performance.now();
    this.channel.state("point", { number: this.sent, values: this.point });
    this.notify();
  }

  sendView() {
    this.channel.state("view", this.view);
    this.notify();
  }

  /**
   * How the visitor looks at the space.
   * @param {Record<string, unknown>} change
   */
  look(change) {
    Object.assign(this.view, change);
    this.viewLater.start();
    this.notify();
  }

  /**
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  request(request) {
    return new Promise((resolve, reject) => {
      this.number += 1;
      this.open.push({ number: this.number, request, resolve, reject });
      this.notify();
      if (this.open.length === 1) {
        this.tries = 0;
        this.sendNext();
      }
    });
  }

  /** @returns {void} */
  sendNext() {
    const first = this.open[0];
    if (!first) return this.notify();
    this.tries += 1;
    if (this.tries > TRIES) {
      this.open.shift();
      this.tries = 0;
      first.reject(new Error(tr("the server does not respond; reload the page")));
      return this.sendNext();
    }
    this.channel.trigger("request", { number: first.number, ...first.request });
    this.again.wait = AGAIN_MS * this.tries; // a server that is busy is asked less and less
    this.again.start();
  }

  /** @param {Response} response */
  receive(response) {
    if (this.open[0]?.number !== response.number) return;
    const first = /** @type {Open} */ (this.open.shift());
    this.again.stop();
    this.tries = 0;
    if (response.error) first.reject(new Error(response.error));
    else first.resolve(response);
    this.sendNext();
  }

  close() {
    this.listening.abort();
    this.pointLater.flush(); // a point let go of just before the page was left
    this.viewLater.flush();
    this.again.stop();
    for (const { reject } of this.open.splice(0)) reject(new Error("the page was left"));
  }
}
