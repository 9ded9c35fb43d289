// @ts-nocheck
// The training film: loss curves, latent plane and decoded pictures of a run, moved along by one scrubber.
//
// Two numbers say where the film stands: `shown` is the frame whose pictures and epoch are on the page, `position` is
// where the points of the plane are, which may lie between two frames. While the film plays, `position` leads; at any
// other time it glides to `shown`. Nothing is drawn while neither changes.

import { headerText, parseFilm } from "./film_data.js";
import { Chart, nearest, readable, round } from "./film_chart.js";
import { Picture, element, icon, say } from "./film_parts.js";
import { Plane } from "./film_plane.js";

const FRAMES_PER_SECOND = 4;
const SPEEDS = [0.5, 1, 2, 4];
const GLIDE_MS = 90; // time in which a glide covers two thirds of its way
const LONGEST_STEP_MS = 100; // a tab that was hidden goes on from where it was
const LEAST_EPOCHS = 5; // shown of a run that has just begun
const WAITING = "Waiting for the first epoch …";

class Film {
  constructor(root) {
    this.root = root;
    this.hidden = new Set();
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
    this.reset();
    this.buildBar();
    this.buildBoard();
    this.root.onkeydown = (event) => this.key(event);
    this.observer = new ResizeObserver(() => this.redraw(true));
    this.observer.observe(root);
    this.theme = new MutationObserver(() => this.redraw(true));
    const app = document.querySelector(".stApp") ?? document.body;
    this.theme.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
    root.filmState = () => ({ shown: this.shown, position: this.position, drawings: this.drawings });
    this.drawings = 0;
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
    const button = (label, shape, act) => {
      const node = element("button", { type: "button", class: "icon", "aria-label": label, title: label }, bar);
      node.append(icon(shape));
      node.onclick = act;
      return node;
    };
    this.playButton = button("Play", "play", () => this.togglePlay());
    this.backButton = button("Previous frame", "back", () => this.go(this.shown - 1));
    this.onButton = button("Next frame", "on", () => this.go(this.shown + 1));
    this.slider = element("input", { type: "range", min: "0", max: "0", step: "1", "aria-label": "Epoch" }, bar);
    this.slider.oninput = () => this.go(Number(this.slider.value));
    this.place = element("span", { class: "place" }, bar);
    this.speed = element("select", { "aria-label": "Speed", title: "Speed" }, bar);
    for (const speed of SPEEDS) element("option", { value: speed, text: `${speed}×` }, this.speed);
    this.speed.value = "1";
    this.live = element("button", { type: "button", class: "live", title: "Show each new epoch as it comes" }, bar);
    element("span", { class: "dot", "aria-hidden": "true" }, this.live);
    element("span", { text: "Live" }, this.live);
    this.live.onclick = () => this.go(this.film.frames.length - 1);
  }

  buildBoard() {
    const board = element("div", { class: "board" }, this.root);
    const section = (name) => {
      const node = element("section", { class: name }, board);
      const head = element("header", {}, node);
      const title = element("h4", {}, head);
      return { node, head, title };
    };
    const toggle = (head, label, title, act) => {
      const node = element("button", { type: "button", class: "toggle", text: label, title }, head);
      node.onclick = () => {
        const pressed = node.getAttribute("aria-pressed") !== "true";
        node.setAttribute("aria-pressed", String(pressed));
        act?.();
        this.redraw(true);
      };
      node.setAttribute("aria-pressed", "false");
      return node;
    };
    const chart = (parent, label) =>
      new Chart(parent, {
        label,
        onScrub: (epoch) => this.scrub(epoch),
        onHover: (epoch, from) => this.hover(epoch, from),
      });

    this.loss = section("loss");
    this.log = toggle(this.loss.head, "log", "Logarithmic scale of the loss");
    this.log.setAttribute("aria-pressed", "true");
    this.whole = toggle(this.loss.head, "whole run", "Epochs to come are shown too");
    this.lossLegend = element("div", { class: "readout" }, this.loss.node);
    this.lossChart = chart(this.loss.node, "Loss over the epochs");
    this.waiting = element("p", { class: "waiting", role: "status", text: WAITING, hidden: "" }, this.lossChart.stage);

    this.plane = section("latent");
    say(this.plane.title, "Latent plane");
    this.fixed = toggle(this.plane.head, "fixed scale", "One scale for all epochs instead of a view that follows");
    this.planeView = new Plane(this.plane.node, (at) => this.point(at));
    this.legend = element("div", { class: "legend", role: "group", "aria-label": "Classes shown" }, this.plane.node);

    this.mesh = section("mesh");
    say(this.mesh.title, "Decoded plane");
    const frame = element("div", { class: "frame" }, this.mesh.node);
    this.meshPicture = new Picture(frame, "Images decoded from a grid over the latent plane");
    this.spot = element("div", { class: "spot", hidden: "" }, frame);
    this.meshCaption = element("p", {}, this.mesh.node);
    frame.onpointermove = (event) => this.pointOnMesh(event);
    frame.onpointerleave = () => this.point(null);

    this.rates = section("rates");
    this.ratesLegend = element("div", { class: "readout" }, this.rates.node);
    this.ratesChart = chart(this.rates.node, "Gradient norm and learning rate over the epochs");

    this.strip = section("strip");
    say(this.strip.title, "Validation images");
    const rows = element("div", { class: "rows" }, this.strip.node);
    element("span", { text: "original" }, rows);
    this.originals = new Picture(rows, "Original images");
    element("span", { text: "decoded" }, rows);
    this.reconstructions = new Picture(rows, "Reconstructions");

    this.notes = element("p", { class: "notes" }, this.root);
  }

  // Takes a new state of the film; of the same run it goes on where the visitor is.
  show(film) {
    const before = this.film;
    this.film = film;
    film.bounds = union(film.frames);
    const last = film.frames.length - 1;
    if (!before || before.run !== film.run) {
      this.reset();
      this.whole.setAttribute("aria-pressed", "false");
      this.shown = this.position = Math.max(0, last);
    } else {
      // frames may have been thinned out: the epoch tells the place, not the number of the frame
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
    this.slider.max = String(Math.max(0, last));
    for (const control of [this.playButton, this.backButton, this.onButton, this.slider]) control.disabled = last < 1;
    this.live.hidden = !film.live;
    const latest = film.epochs.at(-1) ?? 0;
    this.whole.hidden = latest >= film.total;
    say(this.loss.title, capital(film.quantity));
    this.waiting.hidden = film.epochs.length > 0;
    this.root.classList.toggle("bare", !film.live && last < 0); // an old run: curves are all that was kept
    say(this.notes, film.notes);
    this.notes.hidden = !film.notes;
    const known = (values) => values.some((value) => Number.isFinite(value));
    const { colours, gradientNorm, gradientSmooth, learningRate } = film;
    const gradient = { name: "gradient norm", colour: colours.gradient, raw: gradientNorm, smooth: gradientSmooth };
    const rate = { name: "learning rate", colour: colours.rate, raw: learningRate };
    this.rateSeries = [gradient, rate].filter(({ raw }) => known(raw));
    const both = this.rateSeries.length !== 1;
    say(this.rates.title, both ? "Gradient norm and learning rate" : capital(this.rateSeries[0].name));
    this.lossRows = readout(this.lossLegend, film.curves);
    this.rateRows = readout(this.ratesLegend, this.rateSeries);
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
    this.legend.replaceChildren();
    this.legend.hidden = !classes.length;
    this.chips = classes.map(({ name, colour }, label) => {
      const title = "Show or hide; double-click shows it alone";
      const chip = element("button", { type: "button", title }, this.legend);
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
    this.all = element("button", { type: "button", text: "All" }, this.legend);
    this.all.onclick = () => {
      this.hidden.clear();
      this.redraw();
    };
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

  // Shows a frame; at the newest of a run that still trains, the ones to come are followed.
  go(index) {
    const last = this.film.frames.length - 1;
    if (last < 0) return;
    this.playing = false;
    this.shown = Math.max(0, Math.min(last, index));
    this.following = this.shown === last;
    this.redraw();
  }

  scrub(epoch) {
    this.slider.focus({ preventScroll: true }); // so that the arrow keys go on from there
    const { frames } = this.film;
    if (frames.length) this.go(nearest(frames.map((frame) => frame.epoch), epoch));
  }

  hover(epoch, chart) {
    const next = epoch < 0 ? null : epoch;
    if (next === this.hovered && chart === this.hoveredChart) return;
    [this.hovered, this.hoveredChart] = [next, chart];
    this.redraw();
  }

  point(at) {
    if (at === this.pointed) return;
    this.pointed = at;
    this.redraw();
  }

  pointOnMesh(event) {
    const range = this.film.frames[this.shown]?.meshRange;
    const box = this.meshPicture.canvas.getBoundingClientRect();
    const [u, v] = [(event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height];
    if (!range || !(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return this.point(null);
    return this.point([u, v].map((share, k) => range[k][0] + share * (range[k][1] - range[k][0])));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.speed) return;
    const last = this.film.frames.length - 1;
    const acts = {
      " ": () => this.togglePlay(),
      ArrowLeft: () => this.go(this.shown - 1),
      ArrowRight: () => this.go(this.shown + 1),
      ArrowDown: () => this.go(this.shown - 1),
      ArrowUp: () => this.go(this.shown + 1),
      Home: () => this.go(0),
      End: () => this.go(last),
    };
    if (!acts[event.key] || (event.key === " " && event.target.tagName === "BUTTON")) return;
    event.preventDefault();
    acts[event.key]();
  }

  // Moves on by some milliseconds; tells whether there is more to move.
  advance(passed) {
    const last = this.film.frames.length - 1;
    if (this.playing) {
      this.position = Math.min(last, this.position + (passed / 1000) * FRAMES_PER_SECOND * Number(this.speed.value));
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
    if (this.pending || !this.film) return;
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
    const frame = film.frames[this.shown];
    const position = this.reduced.matches ? this.shown : this.position;
    const low = film.frames[Math.floor(position)];
    const high = film.frames[Math.min(film.frames.length - 1, Math.floor(position) + 1)];
    const cursor = low ? low.epoch + (high.epoch - low.epoch) * (position - Math.floor(position)) : null;
    const veiled = position < film.frames.length - 1;
    for (const chart of [this.lossChart, this.ratesChart]) {
      chart.drawFront(style, { cursor, veiled, hovered: this.hovered, pointed: chart === this.hoveredChart });
    }
    if (frame) {
      const { hidden, pointed } = this;
      const fixed = this.fixed.getAttribute("aria-pressed") === "true";
      this.planeView.draw(film, { position, hidden, fixed, pointed }, style);
    } else {
      this.planeView.clear();
    }
    this.originals.show(film.originals);
    this.reconstructions.show(frame?.reconstructions);
    this.meshPicture.show(frame?.mesh);
    this.drawSpot(frame?.meshRange);
    this.report(frame);
  }

  drawCharts(style) {
    this.full = false;
    const { film } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const views = [this.lossChart, this.planeView, this.ratesChart];
    for (const view of views) view.size(ratio);
    for (const picture of [this.originals, this.reconstructions, this.meshPicture]) picture.paint();
    const { epochs, curves } = film;
    const from = Math.min(epochs[0] ?? 0, film.frames[0]?.epoch ?? Infinity);
    const to = this.lastEpoch();
    const validation = curves.find(({ name }) => name === "validation");
    const best =
      film.best >= 0 && epochs.length > 1
        ? { epoch: epochs[film.best], value: validation.raw[film.best], colour: validation.colour }
        : null;
    const log = this.log.getAttribute("aria-pressed") === "true";
    this.lossChart.set({ epochs, from, to, left: { series: curves, log, fromZero: true }, best });
    const [first, second] = this.rateSeries;
    const left = { series: first ? [first] : [], log: first?.raw === film.gradientNorm, fromZero: true };
    const right = second ? { series: [second], log: false, fromZero: true } : null;
    this.ratesChart.set({ epochs, from, to, left, right });
    this.lossChart.drawBack(style);
    this.ratesChart.drawBack(style);
  }

  // Where the charts end: a little ahead of the run, at round numbers so that they do not move with each epoch.
  lastEpoch() {
    const { film } = this;
    const latest = Math.max(film.epochs.at(-1) ?? 0, film.frames.at(-1)?.epoch ?? 0);
    if (this.whole.getAttribute("aria-pressed") === "true") return Math.max(film.total, latest);
    if (!film.live) return latest || film.total;
    return Math.max(latest, Math.min(film.total, Math.max(LEAST_EPOCHS, Math.ceil(round(latest * 1.05, true)))));
  }

  drawSpot(range) {
    const share = range && this.pointed?.map((value, k) => (value - range[k][0]) / (range[k][1] - range[k][0]));
    this.spot.hidden = !share || share.some((value) => !(value >= 0 && value <= 1));
    if (this.spot.hidden) return;
    this.spot.style.left = `${100 * share[0]}%`;
    this.spot.style.top = `${100 * (1 - share[1])}%`;
  }

  // Writes what changes with the frame.
  report(frame) {
    const { film } = this;
    const of = film.total.toLocaleString("en");
    const epoch = frame?.epoch.toLocaleString("en");
    const place = frame ? `epoch ${epoch} of ${of}` : `${film.epochs.length} of ${of} epochs`;
    say(this.place, place);
    this.slider.value = String(this.shown);
    const share = film.frames.length > 1 ? this.shown / (film.frames.length - 1) : 0;
    this.slider.style.setProperty("--share", `${100 * share}%`);
    this.slider.setAttribute("aria-valuetext", place);
    if (this.playButton.getAttribute("aria-label") !== (this.playing ? "Pause" : "Play")) {
      const label = this.playing ? "Pause" : "Play";
      this.playButton.setAttribute("aria-label", label);
      this.playButton.title = label;
      this.playButton.replaceChildren(icon(label.toLowerCase()));
    }
    this.live.setAttribute("aria-pressed", String(film.live && this.following));
    this.chips?.forEach((chip, label) => chip.setAttribute("aria-pressed", String(!this.hidden.has(label))));
    this.all.hidden = !this.hidden.size;
    const index = frame ? nearest(film.epochs, frame.epoch) : film.epochs.length - 1;
    const known = index >= 0 && (!frame || film.epochs[index] === frame.epoch);
    this.lossRows.forEach((node, k) => say(node, known ? readable(film.curves[k].raw[index]) : "–"));
    this.rateRows.forEach((node, k) => say(node, known ? readable(this.rateSeries[k].raw[index], 3) : "–"));
    const range = frame?.meshRange;
    const ends = range?.map(([low, high], k) => `${film.axes[k]} from ${readable(low, 2)} to ${readable(high, 2)}`);
    say(this.meshCaption, ends ? `Dashed part of the plane: ${ends.join(", ")}` : "");
    Object.assign(this.root.dataset, {
      frame: frame ? String(frame.epoch) : "",
      playing: String(this.playing),
      following: String(film.live && this.following),
    });
  }

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

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// A legend whose entries tell the values of the shown epoch; returns the elements that hold them.
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

// The part of the plane that holds the views of all frames.
function union(frames) {
  const pick = (end, choose) => [0, 1].map((k) => choose(...frames.map((frame) => frame[end][k])));
  return { low: pick("low", Math.min), high: pick("high", Math.max) };
}

const films = new WeakMap();

export default function mount({ data, parentElement }) {
  let film = films.get(parentElement);
  if (!film) {
    const root = element("div", { class: "film", role: "region", "data-testid": "training-film" });
    parentElement.append(root);
    film = new Film(root);
    films.set(parentElement, film);
  }
  const text = headerText(data);
  if (film.text !== text) {
    film.text = text;
    film.show(parseFilm(data, text));
  }
  return () => {
    film.close();
    film.root.remove();
    films.delete(parentElement);
  };
}
