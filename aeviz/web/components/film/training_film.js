// The training film: loss curves, latent plane and decoded pictures of a run, moved along by one scrubber.
//
// Two numbers say where the film stands: `shown` is the frame whose pictures and epoch are on the page, `position` is
// where the points of the plane are, which may lie between two frames. While the film plays, `position` leads; at any
// other time it glides to `shown`. Nothing is drawn while neither changes.

import { whenGone } from "../kit/dom.js";
import { headerText, parseFilm } from "./film_data.js";
import { Chart, nearest, readable, round } from "../kit/film_chart.js";
import { Picture, element, icon, say } from "../kit/film_parts.js";
import { Plane } from "../kit/film_plane.js";

/** @typedef {import("./film_data.js").FilmData & { bounds: import("../kit/film_plane.js").Bounds }} FilmView */
/** @typedef {import("./film_data.js").Frame} Frame */
/** @typedef {import("./film_data.js").Pair} Pair */
/** @typedef {import("../kit/film_chart.js").Series} Series */
/** @typedef {import("../kit/film_chart.js").Style} Style */

const FRAMES_PER_SECOND = 4;
const SPEEDS = [0.5, 1, 2, 4];
const GLIDE_MS = 90; // time in which a glide covers two thirds of its way
const LONGEST_STEP_MS = 100; // a tab that was hidden goes on from where it was
const LEAST_EPOCHS = 5; // shown of a run that has just begun
const WAITING = "Waiting for the first epoch …";

class Film {
  /**
   * @param {HTMLElement & { filmState?: () => object }} root
   * @param {FilmView} film
   */
  constructor(root, film) {
    this.root = root;
    this.film = film;
    /** @type {Set<number>} */
    this.hidden = new Set();
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
    this.shown = 0;
    this.position = 0;
    this.playing = false;
    this.following = true;
    /** @type {number | null} */
    this.hovered = null;
    /** @type {Chart | null} */
    this.hoveredChart = null;
    /** @type {Pair | null} */
    this.pointed = null;
    this.text = this.legendText = "";
    this.full = true;
    this.pending = 0;
    this.last = 0; // when the last frame of a movement was drawn
    this.drawings = 0;
    /** @type {Series[]} */
    this.rateSeries = [];
    /** @type {Element[]} */
    this.lossRows = [];
    /** @type {Element[]} */
    this.rateRows = [];
    /** @type {HTMLElement[]} */
    this.chips = [];
    this.bar = this.buildBar();
    this.board = this.buildBoard();
    this.all = element("button", { type: "button", text: "All" });
    this.all.onclick = () => {
      this.hidden.clear();
      this.redraw();
    };
    this.root.onkeydown = (event) => this.key(event);
    this.observer = new ResizeObserver(() => this.redraw(true));
    this.observer.observe(root);
    this.theme = new MutationObserver(() => this.redraw(true));
    const app = document.querySelector(".stApp") ?? document.body;
    this.theme.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
    root.filmState = () => ({ shown: this.shown, position: this.position, drawings: this.drawings });
  }

  // What belongs to a run and not to the visitor.
  reset() {
    this.shown = 0;
    this.position = 0;
    this.playing = false;
    this.following = true;
    this.hovered = null;
    this.pointed = null;
    this.hidden.clear();
  }

  buildBar() {
    const bar = element("div", { class: "bar", role: "group", "aria-label": "Playback" }, this.root);
    /**
     * @param {string} label
     * @param {"play" | "back" | "on"} shape
     * @param {() => void} act
     */
    const button = (label, shape, act) => {
      const node = element("button", { type: "button", class: "icon", "aria-label": label, title: label }, bar);
      node.append(icon(shape));
      node.onclick = act;
      return node;
    };
    const play = button("Play", "play", () => this.togglePlay());
    const back = button("Previous frame", "back", () => this.go(this.shown - 1));
    const on = button("Next frame", "on", () => this.go(this.shown + 1));
    const slider = element("input", { type: "range", min: "0", max: "0", step: "1", "aria-label": "Epoch" }, bar);
    slider.oninput = () => this.go(Number(slider.value));
    const place = element("span", { class: "place" }, bar);
    const speed = element("select", { "aria-label": "Speed", title: "Speed" }, bar);
    for (const factor of SPEEDS) element("option", { value: String(factor), text: `${factor}×` }, speed);
    speed.value = "1";
    const live = element("button", { type: "button", class: "live", title: "Show each new epoch as it comes" }, bar);
    element("span", { class: "dot", "aria-hidden": "true" }, live);
    element("span", { text: "Live" }, live);
    live.onclick = () => this.go(this.film.frames.length - 1);
    return { play, back, on, slider, place, speed, live };
  }

  buildBoard() {
    const panel = element("div", { class: "board" }, this.root);
    /** @param {string} name */
    const section = (name) => {
      const node = element("section", { class: name }, panel);
      const head = element("header", {}, node);
      const title = element("h4", {}, head);
      return { node, head, title };
    };
    /**
     * @param {Element} head
     * @param {string} label
     * @param {string} title
     */
    const toggle = (head, label, title) => {
      const node = element("button", { type: "button", class: "toggle", text: label, title }, head);
      node.onclick = () => {
        const pressed = node.getAttribute("aria-pressed") !== "true";
        node.setAttribute("aria-pressed", String(pressed));
        this.redraw(true);
      };
      node.setAttribute("aria-pressed", "false");
      return node;
    };
    /**
     * @param {Element} parent
     * @param {string} label
     */
    const chart = (parent, label) =>
      new Chart(parent, {
        label,
        onScrub: (epoch) => this.scrub(epoch),
        onHover: (epoch, from) => this.hover(epoch, from),
      });

    const loss = section("loss");
    const log = toggle(loss.head, "log", "Logarithmic scale of the loss");
    log.setAttribute("aria-pressed", "true");
    const whole = toggle(loss.head, "whole run", "Epochs to come are shown too");
    const lossLegend = element("div", { class: "readout" }, loss.node);
    const lossChart = chart(loss.node, "Loss over the epochs");
    const waiting = element("p", { class: "waiting", role: "status", text: WAITING, hidden: "" }, lossChart.stage);

    const plane = section("latent");
    say(plane.title, "Latent plane");
    const fixed = toggle(plane.head, "fixed scale", "One scale for all epochs instead of a view that follows");
    const planeView = new Plane(plane.node, (at) => this.point(at));
    const legend = element("div", { class: "legend", role: "group", "aria-label": "Classes shown" }, plane.node);

    const mesh = section("mesh");
    say(mesh.title, "Decoded plane");
    const frame = element("div", { class: "frame" }, mesh.node);
    const meshPicture = new Picture(frame, "Images decoded from a grid over the latent plane");
    const spot = element("div", { class: "spot", hidden: "" }, frame);
    const meshCaption = element("p", {}, mesh.node);
    frame.onpointermove = (event) => this.pointOnMesh(event);
    frame.onpointerleave = () => this.point(null);

    const rates = section("rates");
    const ratesLegend = element("div", { class: "readout" }, rates.node);
    const ratesChart = chart(rates.node, "Gradient norm and learning rate over the epochs");

    const strip = section("strip");
    say(strip.title, "Validation images");
    const rows = element("div", { class: "rows" }, strip.node);
    element("span", { text: "original" }, rows);
    const originals = new Picture(rows, "Original images");
    element("span", { text: "decoded" }, rows);
    const reconstructions = new Picture(rows, "Reconstructions");

    const notes = element("p", { class: "notes" }, this.root);
    return {
      loss, log, whole, lossLegend, lossChart, waiting, fixed, planeView, legend, meshPicture, spot, meshCaption,
      rates, ratesLegend, ratesChart, originals, reconstructions, notes,
    };
  }

  /**
   * Takes a new state of the film; of the same run it goes on where the visitor is.
   * @param {FilmView} film
   */
  show(film) {
    const before = this.film;
    this.film = film;
    const last = film.frames.length - 1;
    if (before === film || before.run !== film.run) {
      this.reset();
      this.board.whole.setAttribute("aria-pressed", "false");
      this.shown = this.position = Math.max(0, last);
    } else {
      // frames may have been thinned out: the epoch tells the place, not the number of the frame
      /** @param {number} position */
      const place = (position) => {
        const index = Math.min(Math.floor(position), before.frames.length - 1);
        if (index < 0 || last < 0) return Math.max(0, last);
        const epochs = film.frames.map(({ epoch }) => epoch);
        const next = nearest(epochs, before.frames[index].epoch);
        return Math.min(last, next + (epochs[next] === before.frames[index].epoch ? position - index : 0));
      };
      this.position = place(this.position);
      this.shown = Math.floor(place(this.shown));
      if (this.following && !this.playing) this.shown = Math.max(0, last);
    }
    if (!film.live) this.following = this.following && this.shown === last;
    this.describe();
    this.redraw(true);
  }

  // Writes what changes with the film but not with the frame.
  describe() {
    const { film } = this;
    const last = film.frames.length - 1;
    this.root.setAttribute("aria-label", `Training of ${film.run}`);
    this.bar.slider.max = String(Math.max(0, last));
    for (const control of [this.bar.play, this.bar.back, this.bar.on, this.bar.slider]) control.disabled = last < 1;
    this.bar.live.hidden = !film.live;
    const latest = film.epochs.at(-1) ?? 0;
    this.board.whole.hidden = latest >= film.total;
    say(this.board.loss.title, capital(film.quantity));
    this.board.waiting.hidden = film.epochs.length > 0;
    this.root.classList.toggle("bare", !film.live && last < 0); // an old run: curves are all that was kept
    say(this.board.notes, film.notes);
    this.board.notes.hidden = !film.notes;
    /** @param {Float32Array} values */
    const known = (values) => values.some((value) => Number.isFinite(value));
    const { colours, gradientNorm, gradientSmooth, learningRate } = film;
    const gradient = { name: "gradient norm", colour: colours.gradient, raw: gradientNorm, smooth: gradientSmooth };
    const rate = { name: "learning rate", colour: colours.rate, raw: learningRate, smooth: null };
    this.rateSeries = [gradient, rate].filter(({ raw }) => known(raw));
    const both = this.rateSeries.length !== 1;
    say(this.board.rates.title, both ? "Gradient norm and learning rate" : capital(this.rateSeries[0].name));
    this.lossRows = readout(this.board.lossLegend, film.curves);
    this.rateRows = readout(this.board.ratesLegend, this.rateSeries);
    this.buildLegend();
    Object.assign(this.root.dataset, {
      epochs: String(film.epochs.length),
      frames: String(film.frames.length),
      live: String(film.live),
    });
  }

  buildLegend() {
    const { classes } = this.film;
    const text = JSON.stringify(classes);
    if (text === this.legendText) return;
    this.legendText = text;
    this.board.legend.replaceChildren();
    this.board.legend.hidden = !classes.length;
    this.chips = classes.map(({ name, colour }, label) => {
      const title = "Show or hide; double-click shows it alone";
      const chip = element("button", { type: "button", title }, this.board.legend);
      element("span", { class: "swatch", style: `background:${colour}` }, chip);
      element("span", { text: name }, chip);
      chip.onclick = () => {
        if (!this.hidden.delete(label)) this.hidden.add(label);
        this.redraw();
      };
      chip.ondblclick = () => {
        this.hidden = new Set(classes.map((_, other) => other).filter((other) => other !== label));
        this.redraw();
      };
      return chip;
    });
    this.board.legend.append(this.all);
  }

  togglePlay() {
    const last = this.film.frames.length - 1;
    if (last < 1) return;
    this.playing = !this.playing;
    if (this.playing) {
      if (this.shown >= last) this.position = this.shown = 0; // at the end it begins again
      else this.position = this.shown;
      this.following = false;
    } else {
      this.position = this.reduced.matches ? this.shown : this.position;
      this.following = this.film.live && this.shown === last;
    }
    this.redraw();
  }

  /**
   * Shows a frame; at the newest of a run that still trains, the ones to come are followed.
   * @param {number} index
   */
  go(index) {
    const last = this.film.frames.length - 1;
    if (last < 0) return;
    this.playing = false;
    this.shown = Math.max(0, Math.min(last, index));
    this.following = this.shown === last;
    this.redraw();
  }

  /** @param {number} epoch */
  scrub(epoch) {
    this.bar.slider.focus({ preventScroll: true }); // so that the arrow keys go on from there
    const { frames } = this.film;
    if (frames.length) this.go(nearest(frames.map((frame) => frame.epoch), epoch));
  }

  /**
   * @param {number} epoch negative where the pointer left
   * @param {Chart} chart
   */
  hover(epoch, chart) {
    const next = epoch < 0 ? null : epoch;
    if (next === this.hovered && chart === this.hoveredChart) return;
    this.hovered = next;
    this.hoveredChart = chart;
    this.redraw();
  }

  /** @param {Pair | null} at */
  point(at) {
    if (at === this.pointed) return;
    this.pointed = at;
    this.redraw();
  }

  /** @param {PointerEvent} event */
  pointOnMesh(event) {
    const range = this.film.frames[this.shown]?.meshRange;
    const box = this.board.meshPicture.canvas.getBoundingClientRect();
    const [u, v] = [(event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height];
    if (!range || !(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return this.point(null);
    const [[left, right], [bottom, top]] = range;
    return this.point([left + u * (right - left), bottom + v * (top - bottom)]);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.bar.speed) return;
    const last = this.film.frames.length - 1;
    /** @type {Record<string, () => void>} */
    const acts = {
      " ": () => this.togglePlay(),
      ArrowLeft: () => this.go(this.shown - 1),
      ArrowRight: () => this.go(this.shown + 1),
      ArrowDown: () => this.go(this.shown - 1),
      ArrowUp: () => this.go(this.shown + 1),
      Home: () => this.go(0),
      End: () => this.go(last),
    };
    const isPress = event.key === " " && event.target instanceof HTMLButtonElement;
    if (!acts[event.key] || isPress) return;
    event.preventDefault();
    acts[event.key]();
  }

  /**
   * Moves on; tells whether there is more to move.
   * @param {number} passed in milliseconds
   */
  advance(passed) {
    const last = this.film.frames.length - 1;
    if (this.playing) {
      const speed = FRAMES_PER_SECOND * Number(this.bar.speed.value);
      this.position = Math.min(last, this.position + (passed / 1000) * speed);
      this.shown = Math.floor(this.position + 1e-9);
      if (this.position >= last) {
        this.playing = false;
        this.following = true;
      }
    } else if (this.position !== this.shown) {
      const way = this.shown - this.position;
      const next = this.position + way * (1 - Math.exp(-passed / GLIDE_MS));
      this.position = this.reduced.matches || Math.abs(way) < 0.004 ? this.shown : next;
    }
    return this.playing || this.position !== this.shown;
  }

  redraw(full = false) {
    this.full = this.full || full;
    if (this.pending) return;
    this.pending = requestAnimationFrame((now) => {
      this.pending = 0;
      const passed = this.last ? Math.min(LONGEST_STEP_MS, now - this.last) : 1000 / 60;
      const moving = this.advance(passed);
      this.last = moving ? now : 0;
      this.draw();
      if (moving) this.redraw();
    });
  }

  draw() {
    this.drawings += 1;
    const { film } = this;
    const style = this.style();
    if (this.full) this.drawCharts(style);
    /** @type {Frame | undefined} */
    const frame = film.frames[this.shown];
    const position = this.reduced.matches ? this.shown : this.position;
    const low = film.frames[Math.floor(position)];
    const high = film.frames[Math.min(film.frames.length - 1, Math.floor(position) + 1)];
    const cursor = low ? low.epoch + (high.epoch - low.epoch) * (position - Math.floor(position)) : null;
    const veiled = position < film.frames.length - 1;
    for (const chart of [this.board.lossChart, this.board.ratesChart]) {
      chart.drawFront(style, { cursor, veiled, hovered: this.hovered, pointed: chart === this.hoveredChart });
    }
    if (frame) {
      const { hidden, pointed } = this;
      const fixed = this.board.fixed.getAttribute("aria-pressed") === "true";
      this.board.planeView.draw(film, { position, hidden, fixed, pointed }, style);
    } else {
      this.board.planeView.clear();
    }
    this.board.originals.show(film.originals);
    this.board.reconstructions.show(frame?.reconstructions);
    this.board.meshPicture.show(frame?.mesh);
    this.drawSpot(frame?.meshRange);
    this.report(frame);
  }

  /** @param {Style} style */
  drawCharts(style) {
    this.full = false;
    const { film } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const views = [this.board.lossChart, this.board.planeView, this.board.ratesChart];
    for (const view of views) view.size(ratio);
    for (const picture of [this.board.originals, this.board.reconstructions, this.board.meshPicture]) picture.paint();
    const { epochs, curves } = film;
    const from = Math.min(epochs[0] ?? 0, film.frames[0]?.epoch ?? Infinity);
    const to = this.lastEpoch();
    const validation = curves.find(({ name }) => name === "validation");
    const best =
      validation && film.best >= 0 && epochs.length > 1
        ? { epoch: epochs[film.best], value: validation.raw[film.best], colour: validation.colour }
        : null;
    const log = this.board.log.getAttribute("aria-pressed") === "true";
    this.board.lossChart.set({ epochs, from, to, left: { series: curves, log, fromZero: true }, best });
    const [first, second] = this.rateSeries;
    const left = { series: first ? [first] : [], log: first?.raw === film.gradientNorm, fromZero: true };
    const right = second ? { series: [second], log: false, fromZero: true } : null;
    this.board.ratesChart.set({ epochs, from, to, left, right });
    this.board.lossChart.drawBack(style);
    this.board.ratesChart.drawBack(style);
  }

  // Where the charts end: a little ahead of the run, at round numbers so that they do not move with each epoch.
  lastEpoch() {
    const { film } = this;
    const latest = Math.max(film.epochs.at(-1) ?? 0, film.frames.at(-1)?.epoch ?? 0);
    if (this.board.whole.getAttribute("aria-pressed") === "true") return Math.max(film.total, latest);
    if (!film.live) return latest || film.total;
    return Math.max(latest, Math.min(film.total, Math.max(LEAST_EPOCHS, Math.ceil(round(latest * 1.05, true)))));
  }

  /** @param {[Pair, Pair] | null | undefined} range */
  drawSpot(range) {
    const share = range && this.pointed?.map((value, k) => (value - range[k][0]) / (range[k][1] - range[k][0]));
    this.board.spot.hidden = !share || share.some((value) => !(value >= 0 && value <= 1));
    if (!share || this.board.spot.hidden) return;
    this.board.spot.style.left = `${100 * share[0]}%`;
    this.board.spot.style.top = `${100 * (1 - share[1])}%`;
  }

  /**
   * Writes what changes with the frame.
   * @param {Frame | undefined} frame
   */
  report(frame) {
    const { film } = this;
    const of = film.total.toLocaleString("en");
    const epoch = frame?.epoch.toLocaleString("en");
    const place = frame ? `epoch ${epoch} of ${of}` : `${film.epochs.length} of ${of} epochs`;
    say(this.bar.place, place);
    this.bar.slider.value = String(this.shown);
    const share = film.frames.length > 1 ? this.shown / (film.frames.length - 1) : 0;
    this.bar.slider.style.setProperty("--share", `${100 * share}%`);
    this.bar.slider.setAttribute("aria-valuetext", place);
    if (this.bar.play.getAttribute("aria-label") !== (this.playing ? "Pause" : "Play")) {
      const label = this.playing ? "Pause" : "Play";
      this.bar.play.setAttribute("aria-label", label);
      this.bar.play.title = label;
      this.bar.play.replaceChildren(icon(this.playing ? "pause" : "play"));
    }
    this.bar.live.setAttribute("aria-pressed", String(film.live && this.following));
    this.chips.forEach((chip, label) => chip.setAttribute("aria-pressed", String(!this.hidden.has(label))));
    this.all.hidden = !this.hidden.size;
    const index = frame ? nearest(film.epochs, frame.epoch) : film.epochs.length - 1;
    const known = index >= 0 && (!frame || film.epochs[index] === frame.epoch);
    this.lossRows.forEach((node, k) => say(node, known ? readable(film.curves[k].raw[index]) : "–"));
    this.rateRows.forEach((node, k) => say(node, known ? readable(this.rateSeries[k].raw[index], 3) : "–"));
    const range = frame?.meshRange;
    const ends = range?.map(([low, high], k) => `${film.axes[k]} from ${readable(low, 2)} to ${readable(high, 2)}`);
    say(this.board.meshCaption, ends ? `Dashed part of the plane: ${ends.join(", ")}` : "");
    Object.assign(this.root.dataset, {
      frame: frame ? String(frame.epoch) : "",
      playing: String(this.playing),
      following: String(film.live && this.following),
    });
  }

  /** @returns {Style} */
  style() {
    const css = getComputedStyle(this.root);
    return {
      text: css.getPropertyValue("--st-text-color").trim() || css.color,
      background: css.getPropertyValue("--st-background-color").trim() || "#ffffff",
      font: `12px ${css.fontFamily}`,
    };
  }

  close() {
    this.observer.disconnect();
    this.theme.disconnect();
    cancelAnimationFrame(this.pending);
    this.pending = -1; // nothing is drawn from now on
  }
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * A legend whose entries tell the values of the shown epoch; returns the elements that hold them.
 * @param {HTMLElement} parent
 * @param {Series[]} series
 */
function readout(parent, series) {
  const text = JSON.stringify(series.map(({ name, colour }) => [name, colour]));
  if (parent.dataset.text !== text) {
    parent.dataset.text = text;
    parent.replaceChildren();
    for (const { name, colour } of series) {
      const row = element("span", { class: "row" }, parent);
      element("i", { style: `background:${colour}` }, row);
      element("span", { text: name }, row);
      element("span", { class: "value" }, row);
    }
  }
  return [...parent.querySelectorAll(".value")];
}

/**
 * The part of the plane that holds the views of all frames.
 * @param {Frame[]} frames
 */
function union(frames) {
  /**
   * @param {"low" | "high"} end
   * @param {(...values: number[]) => number} choose
   */
  const pick = (end, choose) => [0, 1].map((k) => choose(...frames.map((frame) => frame[end][k])));
  return { low: pick("low", Math.min), high: pick("high", Math.max) };
}

/** @type {WeakMap<HTMLElement, Film>} */
const films = new WeakMap();

/**
 * @param {HTMLElement} parent
 * @param {FilmView} view
 */
function build(parent, view) {
  const root = element("div", { class: "film", role: "region", "data-testid": "training-film" });
  parent.append(root);
  const film = new Film(root, view);
  films.set(parent, film);
  return film;
}

/** @param {{ data: Uint8Array, parentElement: HTMLElement }} component */
export default function mount({ data, parentElement }) {
  const text = headerText(data);
  let film = films.get(parentElement);
  if (!film || film.text !== text) {
    const parsed = parseFilm(data, text);
    const view = { ...parsed, bounds: union(parsed.frames) };
    film ??= build(parentElement, view);
    film.text = text;
    film.show(view);
  }
  const shown = film;
  return whenGone(parentElement, () => {
    if (!films.delete(parentElement)) return;
    shown.close();
    shown.root.remove();
  });
}
