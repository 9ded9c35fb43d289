// Plays a film: a bar with play, speed and a slider, keys, charts that scrub, and the wish to follow a run that trains.
//
// Two numbers say where the film stands: `shown` is the frame whose images and numbers are on the page, `position` is
// where the points of a plane are, which may lie between two frames. While the film plays, `position` leads; at any
// other time it glides to `shown`. Nothing is drawn while neither changes.

import { element, icon, write } from "./dom.js";
import { nearest } from "./axis.js";
import { mark, tr } from "./language.js";
import { watchLooks } from "./theme.js";

/** @typedef {import("./chart.js").Chart} Chart */
/**
 * @typedef {{
 *   unit: string, framesPerSecond: (last: number) => number, draw: (full: boolean) => void, save: () => void,
 *   hasSteps?: boolean, isStepped?: boolean
 * }} Options `unit` is what a frame is counted by, one of `UNITS`; `draw` draws the film as the player stands, all of it if `full`;
 * `save` gives the visitor the shown frame as an image; with `isStepped` nothing lies between two frames, so that the
 * place is that of the shown one at every moment.
 */

/** What frames are counted by: messages for `unit`. */
export const UNITS = [mark("epoch"), mark("step")];
const SPEEDS = [0.5, 1, 2, 4];
const GLIDE_MS = 90; // time in which a glide covers two thirds of its distance
const LONGEST_STEP_MS = 100; // a tab that was hidden goes on from where it was
/** Outlines, as `icon` takes them. */
export const ICONS = {
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  back: "M17.5 5v14L8 12zM5.5 5h2.2v14H5.5z",
  on: "M6.5 5v14L16 12zM16.3 5h2.2v14h-2.2z",
  save: "M10.6 4h2.8v6.6h3.8L12 16l-5.2-5.4h3.8zM5 17.6h14V20H5z",
};

export class Player {
  /**
   * @param {HTMLElement} root
   * @param {import("./mount.js").Activity} activity
   * @param {Options} options
   */
  constructor(root, activity, options) {
    this.root = root;
    this.activity = activity;
    this.options = options;
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
    /** @type {number[]} */
    this.times = []; // of each frame, in the film's unit
    this.shown = this.position = 0;
    this.playing = false;
    this.following = true; // whether a new last frame is shown when it comes
    this.live = false; // whether more frames are to come
    /** @type {number | null} */
    this.hovered = null;
    /** @type {Chart | null} */
    this.hoveredChart = null;
    this.full = true;
    this.pending = 0;
    this.lastDrawn = 0; // when the last frame of a movement was drawn
    this.drawings = 0;
    this.bar = this.buildBar();
    root.onkeydown = (event) => this.key(event);
    this.unwatch = watchLooks(root, () => this.redraw(true));
  }

  buildBar() {
    const bar = element("div", { class: "bar", role: "group", "aria-label": tr("Playback") }, this.root);
    /**
     * @param {string} label
     * @param {keyof typeof ICONS} shape
     * @param {() => void} act
     */
    const button = (label, shape, act) => {
      const node = element("button", { type: "button", class: "icon", "aria-label": label, title: label }, bar);
      node.append(icon(ICONS[shape]));
      node.onclick = act;
      return node;
    };
    const { unit, hasSteps } = this.options;
    const play = button(tr("Play"), "play", () => this.toggle());
    const steps = hasSteps
      ? [
          button(tr("Previous frame"), "back", () => this.go(this.shown - 1)),
          button(tr("Next frame"), "on", () => this.go(this.shown + 1)),
        ]
      : [];
    const name = tr(unit);
    const label = name.charAt(0).toUpperCase() + name.slice(1);
    const slider = element("input", { type: "range", min: "0", max: "0", step: "any", "aria-label": label }, bar);
    slider.oninput = () => this.go(nearest(this.times, slider.valueAsNumber));
    const place = element("span", { class: "place" }, bar);
    const speed = element("select", { "aria-label": tr("Speed"), title: tr("Speed") }, bar);
    for (const factor of SPEEDS) element("option", { value: String(factor), text: `${factor}×` }, speed);
    speed.value = "1";
    const live = element("button", { type: "button", class: "live", title: tr("Show each new epoch as it comes") }, bar);
    element("span", { class: "dot", "aria-hidden": "true" }, live);
    element("span", { text: tr("Live") }, live);
    live.onclick = () => this.go(this.last);
    const save = element("button", { type: "button", class: "save", title: tr("Save this frame as a PNG image") }, bar);
    save.setAttribute("aria-label", tr("Save image"));
    save.append(icon(ICONS.save));
    element("span", { text: tr("Save image") }, save);
    save.onclick = () => this.options.save();
    return { play, steps, slider, place, speed, live, save };
  }

  get last() {
    return this.times.length - 1;
  }

  /**
   * Where the points are, counted in frames.
   */
  get place() {
    return this.reduced.matches || this.options.isStepped ? this.shown : this.position;
  }

  /** The time at that place; null where there is no frame. */
  get cursor() {
    const low = Math.floor(this.place);
    if (!(low in this.times)) return null;
    const high = Math.min(this.last, low + 1);
    return this.times[low] + (this.times[high] - this.times[low]) * (this.place - low);
  }

  /**
   * Take another film.
   * @param {number[]} times of its frames
   * @param {{ live?: boolean, plays?: boolean, from?: number }} [how] `plays`: from this share of its frames on; else its
   * last frame is shown
   */
  open(times, { live = false, plays = false, from = 0 } = {}) {
    const begins = plays && !this.reduced.matches && times.length > 1;
    this.shown = this.position = begins ? Math.floor(from * times.length) : Math.max(0, times.length - 1);
    this.playing = begins;
    this.following = true;
    this.hovered = null;
    this.take(times, live);
  }

  /**
   * Take a longer version of the film; the visitor's place stays.
   * @param {number[]} times
   * @param {boolean} live
   */
  extend(times, live) {
    const [before, last] = [this.times, times.length - 1];
    // frames may have been thinned out: a place is kept by its time, not by the number of its frame
    /** @param {number} position */
    const move = (position) => {
      const index = Math.min(Math.floor(position), before.length - 1);
      if (index < 0 || last < 0) return Math.max(0, last);
      const next = nearest(times, before[index]);
      return Math.min(last, next + (times[next] === before[index] ? position - index : 0));
    };
    this.position = move(this.position);
    this.shown = Math.floor(move(this.shown));
    if (this.following && !this.playing) this.shown = Math.max(0, last);
    this.take(times, live);
  }

  /**
   * @param {number[]} times
   * @param {boolean} live
   */
  take(times, live) {
    this.times = times;
    this.live = live;
    if (!live) this.following = this.following && this.shown === this.last;
    // the slider counts what its label says; frames may lie closer together where the training begins
    [this.bar.slider.min, this.bar.slider.max] = [times[0] ?? 0, times[this.last] ?? 0].map(String);
    for (const control of [this.bar.play, ...this.bar.steps, this.bar.slider]) control.disabled = this.last < 1;
    this.bar.save.disabled = this.last < 0;
    this.bar.live.hidden = !live;
    this.redraw(true);
  }

  toggle() {
    if (this.last < 1) return;
    this.playing = !this.playing;
    if (this.playing) {
      if (this.shown >= this.last) this.shown = 0; // at the end it begins again
      this.position = this.shown;
      this.following = false;
    } else {
      this.position = this.place;
      this.following = this.live && this.shown === this.last;
    }
    this.redraw();
  }

  /**
   * Show a frame; at the newest of a run that still trains, the ones to come are followed.
   * @param {number} index
   */
  go(index) {
    if (this.last < 0) return;
    this.playing = false;
    this.shown = Math.max(0, Math.min(this.last, index));
    this.following = this.shown === this.last;
    this.redraw();
  }

  /** Stop at the shown frame, the points too. */
  hold() {
    this.go(this.shown);
    this.position = this.shown;
  }

  /** @param {number} time */
  scrub(time) {
    this.bar.slider.focus({ preventScroll: true }); // so that the arrow keys go on from there
    if (this.last >= 0) this.go(nearest(this.times, time));
  }

  /**
   * @param {number} time negative where the pointer left
   * @param {Chart} chart
   */
  hover(time, chart) {
    const next = time < 0 ? null : time;
    if (next === this.hovered && chart === this.hoveredChart) return;
    [this.hovered, this.hoveredChart] = [next, chart];
    this.redraw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.bar.speed) return;
    /** @type {Record<string, () => void>} */
    const acts = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.go(this.shown - 1),
      ArrowRight: () => this.go(this.shown + 1),
      ArrowDown: () => this.go(this.shown - 1),
      ArrowUp: () => this.go(this.shown + 1),
      Home: () => this.go(0),
      End: () => this.go(this.last),
    };
    const isPress = event.key === " " && event.target instanceof HTMLButtonElement;
    if (!acts[event.key] || isPress) return;
    event.preventDefault();
    acts[event.key]();
  }

  /**
   * Move on; returns whether there is more to move.
   * @param {number} passed in milliseconds
   */
  advance(passed) {
    if (this.playing) {
      const speed = this.options.framesPerSecond(this.last) * Number(this.bar.speed.value);
      this.position = Math.min(this.last, this.position + (passed / 1000) * speed);
      this.shown = Math.floor(this.position + 1e-9);
      if (this.position >= this.last) {
        this.playing = false;
        this.following = true;
      }
    } else if (this.position !== this.shown) {
      const distance = this.shown - this.position;
      const next = this.position + distance * (1 - Math.exp(-passed / GLIDE_MS));
      this.position = this.reduced.matches || Math.abs(distance) < 0.004 ? this.shown : next;
    }
    return this.playing || this.position !== this.shown;
  }

  redraw(full = false) {
    this.full = this.full || full;
    if (this.pending) return;
    this.activity.mark("frame", true);
    this.pending = requestAnimationFrame((now) => {
      this.pending = 0;
      const passed = this.lastDrawn ? Math.min(LONGEST_STEP_MS, now - this.lastDrawn) : 1000 / 60;
      const moving = this.advance(passed);
      this.lastDrawn = moving ? now : 0;
      this.drawings += 1;
      const whole = this.full;
      this.full = false;
      this.options.draw(whole);
      if (moving) this.redraw();
      else if (!this.pending) this.activity.mark("frame", false);
    });
  }

  /**
   * What is drawn on the front of a chart.
   * @param {Chart} chart
   */
  front(chart) {
    const { cursor, hovered } = this;
    return { cursor, veiled: this.place < this.last, hovered, pointed: chart === this.hoveredChart };
  }

  /**
   * Write into the bar what changes with the frame.
   * @param {string} place the frame, in words
   */
  report(place) {
    const { slider, play, live } = this.bar;
    write(this.bar.place, place);
    const [first, now, end] = [0, this.shown, this.last].map((index) => this.times[index] ?? 0);
    slider.value = String(now);
    slider.style.setProperty("--share", `${end > first ? (100 * (now - first)) / (end - first) : 0}%`);
    slider.setAttribute("aria-valuetext", place);
    const label = this.playing ? tr("Pause") : tr("Play");
    if (play.getAttribute("aria-label") !== label || !play.firstChild) {
      play.setAttribute("aria-label", label);
      play.title = label;
      play.replaceChildren(icon(this.playing ? ICONS.pause : ICONS.play));
    }
    live.setAttribute("aria-pressed", String(this.live && this.following));
    this.root.dataset.playing = String(this.playing);
    this.root.dataset.following = String(this.live && this.following);
  }

  close() {
    this.unwatch();
    cancelAnimationFrame(this.pending);
    this.pending = -1; // nothing is drawn from now on
  }
}
