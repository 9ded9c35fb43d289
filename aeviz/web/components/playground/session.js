// The clock of the playground: one network or two make the same steps at the same time, while the page looks on.

import { mark } from "../kit/language.js";
import { Member } from "./member.js";

/** @typedef {import("./learner.js").Settings} Settings */
/** @typedef {import("./member.js").Data} Data */
/** @typedef {{ plan: import("./learner.js").Plan, data: Data, settings: Settings[] }} Opened settings of each network */
/** @typedef {() => { mesh: Float32Array | null, images: Float32Array | null, point: Float32Array | null }} Wanted */

/**
 * @typedef {{ changed: () => void, spared: () => void, failed: (message: string) => void, judged: () => void, wanted: (index: number) => ReturnType<Wanted> }} Page
 *   `changed` is called when there is something new to draw, `spared` when a second network needs no server,
 *   `judged` when the processor was chosen
 */

const CALL_MS = 40; // of the worker between two reports
const HELD_MS = 12; // the same while a point is dragged, whose image must not wait
const LOOK_MS = 120; // between two looks at images
const MEASURE_MS = 1000; // between two measurements of everything
const MOST_STEPS = 64;
const SLOW_MS = 10; // of a step, from which on WebGPU is tried: it has 7 MB to load
const SPARE_MS = 2500; // after which a second worker loads, so that a second network needs no server

export class Session {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Member[]} */
    this.members = [];
    /** @type {Settings[]} */
    this.settings = [];
    this.isPlaying = false;
    this.turn = 0; // of playing: a loop of a former turn ends
    this.isHeld = false; // whether a pointer drags a point
    this.isLooking = false;
    this.pace = 0; // steps a second; 0 as many as possible
    this.until = Infinity; // step at which it pauses by itself
    this.chunk = 1;
    this.looked = this.measured = 0;
    this.rate = 0; // steps a second that were made
    /** @type {import("./processor.js").Choice} */
    this.choice = "auto"; // of the processor
    /** @type {import("./processor.js").Verdict | "measuring" | null} */
    this.verdict = null; // null while WebAssembly is quick enough
    this.queue = Promise.resolve();
    this.closed = false;
    this.timer = 0;
    /** @type {Member | null} */
    this.spare = null;
    this.onVisible = () => document.hidden || this.wake?.();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  get step() {
    return this.members[0]?.step ?? 0;
  }

  get isOpen() {
    return this.members.length > 0 && this.members.every(({ isOpen }) => isOpen);
  }

  /** Whether the graphics processor trains. */
  get isOnGpu() {
    return this.verdict !== null && this.verdict !== "measuring" && this.verdict.used === "webgpu";
  }

  /** Load the runtime before it is needed. */
  prepare() {
    if (!this.members.length) this.members.push(new Member());
    return this.members[0].client.call("load");
  }

  /**
   * Do something between two calls of the workers.
   * @param {() => Promise<void>} act
   */
  between(act) {
    const result = this.queue.then(() => (this.closed ? undefined : act()));
    this.queue = result.catch((error) => {
      this.pause();
      if (!this.closed) this.page.failed(error.message);
    });
    return this.queue;
  }

  /**
   * @param {Opened} opened
   * @param {boolean} keeps whether the networks go on with their weights
   * @param {() => void} [begin] called when the former networks have made their last step
   */
  open({ plan, data, settings }, keeps, begin = () => undefined) {
    return this.between(async () => {
      begin();
      this.settings = settings;
      while (this.members.length > settings.length) this.members.pop()?.close();
      while (this.members.length < settings.length) this.members.push(this.takeSpare());
      const [first, second] = this.members;
      const joins = keeps && second !== undefined && !second.isOpen;
      await Promise.all(this.members.map((member, k) => member.open(plan, data, settings[k], keeps && member.isOpen)));
      if (joins || (second && second.step !== first.step)) await this.begin(); // both begin together
      this.verdict = null; // of the former network
      if (this.choice === "webgpu") await this.judge();
      else this.page.judged();
      await this.look();
      this.timer ||= window.setTimeout(() => this.loadSpare(), SPARE_MS);
    });
  }

  /** Load a second worker, unless there is one or the visitor saves data. */
  loadSpare() {
    const { connection } = /** @type {any} */ (navigator);
    if (this.closed || this.spare || this.members.length > 1 || connection?.saveData) return;
    const spare = (this.spare = new Member());
    spare.client.call("load").then(() => this.page.spared(), () => undefined);
  }

  takeSpare() {
    const found = this.spare ?? new Member();
    this.spare = null;
    return found;
  }

  /** @param {Settings[]} settings */
  change(settings) {
    this.settings = settings;
  }

  /** @param {import("./processor.js").Choice} choice */
  choose(choice) {
    this.choice = choice;
    this.verdict = null;
    return this.between(async () => {
      if (choice === "auto" || !this.isOpen) await Promise.all(this.members.map(({ client, isOpen }) => isOpen && client.call("processor", { choice: "wasm" })));
      else await this.judge();
      this.page.judged();
    });
  }

  /** Let the workers choose the processor, one after the other, since they share it. */
  async judge() {
    this.verdict = "measuring";
    this.page.judged();
    const found = [];
    for (const { client } of this.members) found.push(await client.call("processor", { choice: this.choice }));
    this.verdict = found[0];
    this.chunk = 1;
    this.page.judged();
  }

  /** @param {() => void} begun called when no report of the former training can follow */
  restart(begun) {
    return this.between(async () => {
      await this.begin();
      begun();
      await this.look();
    });
  }

  async begin() {
    await Promise.all(this.members.map((member, k) => member.restart(this.settings[k])));
    this.rate = 0;
  }

  /** @param {number} [until] step at which it pauses by itself */
  play(until = Infinity) {
    this.until = until;
    if (this.isPlaying) return;
    this.isPlaying = true;
    this.turn += 1;
    void this.run(this.turn);
  }

  pause() {
    this.isPlaying = false;
    this.turn += 1;
    this.wake?.();
  }

  /** Make some steps and pause. @param {number} count */
  advance(count) {
    this.pause();
    return this.between(async () => {
      await this.train(count);
      await this.measure();
    });
  }

  /** @param {number} own turn of this loop */
  async run(own) {
    const isOver = () => this.turn !== own || this.closed;
    this.chunk = 1;
    await this.queue; // a network may be opening
    if (!isOver() && !this.isOpen) this.pause();
    while (!isOver()) {
      if (document.hidden) await new Promise((/** @type {(value?: unknown) => void} */ go) => (this.wake = go));
      if (isOver()) break;
      const begun = performance.now();
      await this.between(async () => {
        const count = Math.min(this.pace ? 1 : this.chunk, this.until - this.step); // a restart may have come before
        if (isOver()) return;
        if (count <= 0) return this.pause();
        const worked = 1000 * (await this.train(count));
        if (this.choice === "auto" && !this.verdict && worked > SLOW_MS * count) await this.judge();
        const now = performance.now();
        const spent = now - begun;
        const room = this.isHeld ? HELD_MS : CALL_MS;
        if (!this.pace) this.chunk = Math.max(1, Math.min(MOST_STEPS, Math.round((count * room) / Math.max(worked, 0.1))));
        this.rate = this.rate ? 0.9 * this.rate + (0.1 * count * 1000) / spent : (count * 1000) / spent;
        if (now - this.measured > MEASURE_MS) await this.measure();
        else if (now - this.looked > LOOK_MS) await this.look();
      });
      if (isOver()) break;
      if (this.pace) {
        const rest = 1000 / this.pace - (performance.now() - begun);
        this.rate = this.pace;
        if (rest > 0) await new Promise((/** @type {(value?: unknown) => void} */ go) => {
          this.wake = go;
          setTimeout(go, rest);
        });
      }
    }
    if (!this.closed && this.isOpen) await this.between(() => this.measure());
  }

  /** @param {number} count @returns {Promise<number>} seconds of the slower worker */
  async train(count) {
    const { settings } = this;
    const reports = await Promise.all(this.members.map((member, k) => member.train(count, settings[k])));
    const lost = reports.find((report) => report.lost)?.lost;
    if (lost) {
      this.verdict = { used: "wasm", rates: null, reason: mark("the graphics processor was lost, and with it the optimizer's moments ({error})"), error: lost };
      this.page.judged();
    }
    this.page.changed();
    return Math.max(...reports.map(({ seconds }) => seconds));
  }

  /** Look, unless that is about to happen. */
  async lookAgain() {
    if (this.isLooking) return;
    this.isLooking = true;
    await this.between(() => this.look());
    this.isLooking = false;
  }

  async look() {
    this.looked = performance.now();
    await Promise.all(this.members.map((member, k) => member.look(this.page.wanted(k))));
    this.page.changed();
  }

  async measure() {
    this.measured = performance.now();
    await Promise.all(this.members.map((member) => member.measure()));
    await this.look();
  }

  close() {
    this.closed = true;
    this.pause();
    document.removeEventListener("visibilitychange", this.onVisible);
    clearTimeout(this.timer);
    this.spare?.close();
    for (const member of this.members) member.close();
  }
}
