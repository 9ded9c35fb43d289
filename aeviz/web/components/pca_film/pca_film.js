// A linear autoencoder on its way to PCA's subspace: error, angles, decoder columns, reconstructions and latent planes of
// each step, played once by itself and then moved along by a scrubber. No rerun takes place.

import { element, whenGone } from "../kit/dom.js";
import { Chart, nearest, readable } from "../kit/film_chart.js";
import { Picture, icon, say } from "../kit/film_parts.js";
import { Plane } from "../kit/film_plane.js";

/**
 * @typedef {{ step: number, mse: number, excess: number, angles: number[] | null, match: number,
 *   columns: Part | null, reconstructions: Part | null }} Frame
 * @typedef {{ key: string, bytes: Uint8Array<ArrayBuffer> }} Part an encoded picture
 * @typedef {{ points: Float32Array, low: number[], high: number[], centres: (number[] | null)[], meshRange: null }} Cloud
 * @typedef {{ n: number, labels: Uint16Array, axes: string[], classes: { name: string, colour: string }[],
 *   frames: Cloud[], bounds: { low: number[], high: number[] } }} PlaneFilm what film_plane.js draws of a film
 * @typedef {{ identity: string, n: number, columns: number, axes: string[], classes: { name: string, colour: string }[],
 *   colours: Record<string, string>, pcaMse: number, frames: Frame[], originals: Part | null,
 *   pcaReconstructions: Part | null, pcaColumns: Part | null, own: PlaneFilm, aligned: PlaneFilm, pca: PlaneFilm }} Film
 */

const SECONDS = 5; // of the whole film
const SPEEDS = [0.5, 1, 2, 4];
const COLUMN_REM = 5; // widest that a decoder column is shown
const NO_LABEL = 65535;
const TAIL = 0.005; // share of the points beyond each edge of a view

/**
 * @param {Uint8Array} bytes as aeviz.figures.pca_film.pca_film_payload packs them
 * @returns {Film}
 */
export function parsePcaFilm(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice((4 + length + 3) & ~3).buffer; // a copy, since the blob may begin at an odd address
  const { n } = header;
  let offset = 0;
  const labels = new Uint16Array(body, offset, n);
  offset += 2 * n;
  /** @type {Cloud[]} */
  const clouds = header.reaches.map((/** @type {number} */ reach) => {
    const codes = new Int16Array(body, offset, 2 * n);
    offset += 4 * n;
    return cloudOf(Float32Array.from(codes, (code) => (code / 32767) * reach), labels, header.classes.length);
  });
  /** @type {(Part | null)[]} */
  const pictures = header.pictures.map((/** @type {number} */ size, /** @type {number} */ at) => {
    const part = size ? { key: `${header.identity} ${at}`, bytes: new Uint8Array(body, offset, size) } : null;
    offset += size;
    return part;
  });
  const [originals, pcaReconstructions, pcaColumns, ...moving] = pictures;
  const frames = header.frames.map((/** @type {Frame} */ frame, /** @type {number} */ k) => ({
    ...frame,
    columns: moving[2 * k],
    reconstructions: moving[2 * k + 1],
  }));
  const [pca, ...rest] = clouds;
  const film = (/** @type {Cloud[]} */ list, /** @type {Cloud[]} */ seen, /** @type {string[]} */ axes) => ({
    n,
    labels,
    axes,
    classes: header.classes,
    frames: list,
    bounds: union(seen),
  });
  const components = header.axes[1] === "image" ? ["PC1", "image"] : ["PC1", "PC2"];
  const [own, aligned] = [0, 1].map((part) => rest.filter((_, k) => k % 2 === part));
  return {
    ...header,
    frames,
    originals,
    pcaReconstructions,
    pcaColumns,
    own: film(own, own, header.axes),
    aligned: film(aligned, [pca], components),
    pca: film([pca], [pca], components),
  };
}

/**
 * @param {Float32Array} points
 * @param {Uint16Array} labels
 * @param {number} classes
 * @returns {Cloud}
 */
function cloudOf(points, labels, classes) {
  /** @type {number[][][]} */
  const members = Array.from({ length: classes }, () => [[], []]);
  labels.forEach((label, i) => {
    if (label === NO_LABEL || label >= classes) return;
    members[label][0].push(points[2 * i]);
    members[label][1].push(points[2 * i + 1]);
  });
  const sorted = (/** @type {number[]} */ values) => values.sort((a, b) => a - b);
  const median = (/** @type {number[]} */ values) => sorted(values)[values.length >> 1];
  const axes = [0, 1].map((k) => sorted(Array.from(points).filter((_, i) => (i & 1) === k)));
  const cut = Math.floor(TAIL * (points.length / 2 - 1));
  return {
    points,
    low: axes.map((values) => values[cut]),
    high: axes.map((values) => values[values.length - 1 - cut]),
    centres: members.map(([x, y]) => (x.length ? [median(x), median(y)] : null)),
    meshRange: null,
  };
}

/** @param {Cloud[]} clouds */
function union(clouds) {
  const pick = (/** @type {"low" | "high"} */ end, /** @type {(...values: number[]) => number} */ choose) =>
    [0, 1].map((k) => choose(...clouds.map((cloud) => cloud[end][k])));
  return { low: pick("low", Math.min), high: pick("high", Math.max) };
}

/** An angle in words. @param {number} degrees */
const angleText = (degrees) => `${degrees < 1 ? degrees.toFixed(2) : degrees.toFixed(1)}°`;

/** A share in percent, from far above to far below one. @param {number} share */
function percentText(share) {
  const percent = 100 * Math.max(0, share);
  if (percent < 0.001) return "less than 0.001 %";
  return `${percent >= 10 ? percent.toFixed(0) : String(Number(percent.toPrecision(2)))} %`;
}

class PcaFilm {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.hidden = new Set();
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
    this.shown = this.position = 0;
    this.playing = false;
    this.pending = 0;
    this.last = 0;
    this.full = true;
    /** @type {Film | null} */
    this.film = null;
    /** @type {number | null} */
    this.hovered = null;
    /** @type {unknown} */
    this.hoveredChart = null;
    /** @type {number[]} */
    this.steps = [];

    const bar = element("div", { class: "bar", role: "group", "aria-label": "Playback" }, this.root);
    this.play = element("button", { type: "button", class: "round" }, bar);
    this.play.onclick = () => this.toggle();
    this.slider = element("input", { type: "range", min: "0", max: "0", step: "1", "aria-label": "Step" }, bar);
    this.slider.oninput = () => this.go(this.slider.valueAsNumber);
    this.speed = element("select", { "aria-label": "Speed", title: "Speed" }, bar);
    for (const speed of SPEEDS) element("option", { value: String(speed), text: `${speed}×` }, this.speed);
    this.speed.value = "1";
    this.words = element("p", { class: "words", role: "status" }, this.root);

    const board = element("div", { class: "board" }, this.root);
    const section = (/** @type {string} */ name, /** @type {string} */ title) => {
      const node = element("section", { class: name }, board);
      const head = element("header", {}, node);
      const heading = element("h4", { text: title }, head);
      return { node, head, heading };
    };
    const chart = (/** @type {Element} */ parent, /** @type {string} */ label) =>
      new Chart(parent, {
        label,
        unit: "step",
        onScrub: (/** @type {number} */ step) => this.scrub(step),
        onHover: (/** @type {number} */ step, /** @type {unknown} */ from) => this.hover(step, from),
      });
    const error = section("error", "Error falling onto PCA's");
    this.excess = element("button", { type: "button", class: "toggle", text: "excess, log" }, error.head);
    this.excess.title = "Error above PCA's over PCA's, on a logarithmic scale";
    this.excess.setAttribute("aria-pressed", "false");
    this.excess.onclick = () => {
      this.excess.setAttribute("aria-pressed", String(this.excess.getAttribute("aria-pressed") !== "true"));
      this.redraw(true);
    };
    this.errorKey = element("p", { class: "key" }, error.node);
    this.errorChart = chart(error.node, "Mean squared error over the steps, and the least error, of PCA");
    const angles = section("angles", "Principal angles falling to zero");
    this.anglesKey = element("p", { class: "key" }, angles.node);
    this.angleChart = chart(angles.node, "Principal angles between the two subspaces in degrees over the steps");

    const planes = element("section", { class: "planes" }, board);
    const plane = (/** @type {string} */ title) => {
      const node = element("div", {}, planes);
      const heading = element("h4", { text: title }, node);
      return { heading, view: new Plane(node, () => {}) };
    };
    this.own = plane("Latent plane, as learned");
    this.aligned = plane("Turned onto PCA's");
    this.pca = plane("PCA");
    this.legend = element("div", { class: "legend", role: "group", "aria-label": "Classes shown" }, board);

    const row = (/** @type {string} */ name, /** @type {string} */ title, /** @type {[string, string][]} */ rows) => {
      const { node } = section(name, title);
      const grid = element("div", { class: "rows" }, node);
      return rows.map(([text, label]) => {
        element("span", { text }, grid);
        return new Picture(grid, label);
      });
    };
    this.columns = row("columns", "Decoder columns against principal components", [
      ["decoder", "Columns of the decoder as images"],
      ["PCA", "Principal components as images"],
    ]);
    this.images = row("images", "Reconstructions", [
      ["original", "Original images"],
      ["decoder", "Reconstructions of the linear autoencoder"],
      ["PCA", "Reconstructions of PCA"],
    ]);

    this.observer = new ResizeObserver(() => this.redraw(true));
    this.observer.observe(root);
    this.theme = new MutationObserver(() => this.redraw(true));
    const app = document.querySelector(".stApp") ?? document.body;
    this.theme.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
  }

  /** Take a film and play it. @param {Film} film */
  show(film) {
    this.film = film;
    this.hidden.clear();
    const last = film.frames.length - 1;
    this.slider.max = String(last);
    this.play.disabled = last < 1;
    this.steps = film.frames.map(({ step }) => step);
    this.position = this.shown = this.reduced.matches ? last : 0;
    this.playing = !this.reduced.matches && last > 0;
    for (const picture of this.columns) picture.canvas.style.maxWidth = `${COLUMN_REM * film.columns}rem`;
    this.buildLegend(film);
    this.root.dataset.frames = String(film.frames.length);
    this.redraw(true);
  }

  /** @param {Film} film */
  buildLegend(film) {
    this.legend.replaceChildren();
    film.classes.forEach(({ name, colour }, label) => {
      const chip = element("button", { type: "button", title: "Show or hide" }, this.legend);
      element("span", { class: "swatch", style: `background:${colour}` }, chip);
      element("span", { text: name }, chip);
      chip.setAttribute("aria-pressed", "true");
      chip.onclick = () => {
        if (!this.hidden.delete(label)) this.hidden.add(label);
        chip.setAttribute("aria-pressed", String(!this.hidden.has(label)));
        this.redraw();
      };
    });
  }

  toggle() {
    if (!this.film) return;
    this.playing = !this.playing;
    if (this.playing && this.shown >= this.film.frames.length - 1) this.position = this.shown = 0;
    if (!this.playing) this.position = this.shown;
    this.redraw();
  }

  /** @param {number} index */
  go(index) {
    if (!this.film) return;
    this.playing = false;
    this.shown = this.position = Math.max(0, Math.min(this.film.frames.length - 1, index));
    this.redraw();
  }

  /** @param {number} step */
  scrub(step) {
    this.slider.focus({ preventScroll: true }); // so that the arrow keys go on from there
    this.go(nearest(this.steps, step));
  }

  /**
   * @param {number} step
   * @param {unknown} chart
   */
  hover(step, chart) {
    [this.hovered, this.hoveredChart] = [step < 0 ? null : step, chart];
    this.redraw();
  }

  redraw(full = false) {
    this.full = this.full || full;
    if (this.pending || !this.film) return;
    this.pending = requestAnimationFrame((now) => {
      this.pending = 0;
      const passed = this.last ? Math.min(100, now - this.last) : 16;
      this.advance(passed / 1000);
      this.last = this.playing ? now : 0;
      this.draw();
      if (this.playing) this.redraw();
    });
  }

  /** @param {number} seconds */
  advance(seconds) {
    if (!this.playing || !this.film) return;
    const last = this.film.frames.length - 1;
    this.position = Math.min(last, this.position + (seconds / SECONDS) * last * Number(this.speed.value));
    this.shown = Math.floor(this.position + 1e-9);
    if (this.position >= last) this.playing = false;
  }

  draw() {
    const { film } = this;
    if (!film) return;
    const style = this.style();
    if (this.full) this.drawCharts(film, style);
    const frame = film.frames[this.shown];
    const next = film.frames[Math.min(film.frames.length - 1, this.shown + 1)];
    const share = this.position - this.shown;
    const cursor = frame.step + (next.step - frame.step) * share;
    const veiled = this.position < film.frames.length - 1;
    for (const chart of [this.errorChart, this.angleChart]) {
      chart.drawFront(style, { cursor, veiled, hovered: this.hovered, pointed: chart === this.hoveredChart });
    }
    const { hidden, position } = this;
    this.own.view.draw(/** @type {any} */ (film.own), { position, hidden, fixed: false, pointed: null }, style);
    this.aligned.view.draw(/** @type {any} */ (film.aligned), { position, hidden, fixed: true, pointed: null }, style);
    this.pca.view.draw(/** @type {any} */ (film.pca), { position: 0, hidden, fixed: true, pointed: null }, style);
    this.columns[0].show(frame.columns);
    this.columns[1].show(film.pcaColumns);
    this.images[0].show(film.originals);
    this.images[1].show(frame.reconstructions);
    this.images[2].show(film.pcaReconstructions);
    this.report(film, frame);
  }

  /**
   * @param {Film} film
   * @param {import("../kit/film_chart.js").Style} style
   */
  drawCharts(film, style) {
    this.full = false;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const view of [this.errorChart, this.angleChart, this.own.view, this.aligned.view, this.pca.view]) view.size(ratio);
    for (const picture of [...this.columns, ...this.images]) picture.paint();
    const { frames, colours } = film;
    const epochs = Int32Array.from(frames, ({ step }) => step);
    const range = { epochs, from: 0, to: epochs[epochs.length - 1] };
    const log = this.excess.getAttribute("aria-pressed") === "true";
    const network = { name: "linear autoencoder", colour: colours.network, raw: Float32Array.from(frames.map(({ mse }) => mse)) };
    const least = { name: "PCA", colour: colours.pca, raw: Float32Array.from(frames.map(() => film.pcaMse)) };
    const excess = { name: "excess", colour: colours.network, raw: Float32Array.from(frames.map((frame) => frame.excess)) };
    this.errorChart.set({ ...range, left: { series: log ? [excess] : [network, least], log, fromZero: false } });
    say(this.errorKey, log ? "error above PCA's, over PCA's" : "mean squared error a pixel; the level line is PCA's, the least there is");
    const count = frames[0].angles?.length ?? 0;
    const series = Array.from({ length: count }, (_, k) => ({
      name: k === count - 1 ? "largest" : `angle ${k + 1}`,
      colour: k === count - 1 ? colours.angles : colours.other,
      raw: Float32Array.from(frames.map(({ angles }) => angles?.[k] ?? NaN)),
    }));
    this.angleChart.set({ ...range, left: { series, log: false, fromZero: true } });
    say(this.anglesKey, count ? "degrees between the decoder's span and PCA's" : "undefined: the best subspace is not unique");
    this.errorChart.drawBack(style);
    this.angleChart.drawBack(style);
  }

  /**
   * Write what changes with the frame.
   * @param {Film} film
   * @param {Frame} frame
   */
  report(film, frame) {
    const last = film.frames.length - 1;
    const angle = frame.angles?.at(-1);
    const above = film.pcaMse > 1e-12 ? `, ${percentText(frame.excess)} above PCA's ${readable(film.pcaMse)}` : "";
    say(
      this.words,
      `Step ${frame.step}: error ${readable(frame.mse)}${above}` +
        (angle === undefined ? "" : `; largest angle between the subspaces ${angleText(angle)}`),
    );
    say(this.aligned.heading, `Turned onto PCA's: ${(100 * frame.match).toFixed(1)} %`);
    this.slider.value = String(this.shown);
    this.slider.style.setProperty("--share", `${last ? (100 * this.shown) / last : 0}%`);
    this.slider.setAttribute("aria-valuetext", `step ${frame.step}`);
    const label = this.playing ? "Stop" : this.shown >= last ? "Start again" : "Start";
    if (this.play.getAttribute("aria-label") !== label) {
      this.play.setAttribute("aria-label", label);
      this.play.title = label;
      this.play.replaceChildren(icon(this.playing ? "pause" : "play"));
    }
    Object.assign(this.root.dataset, { step: String(frame.step), playing: String(this.playing) });
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

/** @type {WeakMap<Element | ShadowRoot, { film: PcaFilm, identity: string }>} */
const films = new WeakMap();

/** @param {{ data: Uint8Array, parentElement: HTMLElement | ShadowRoot }} host */
export default function mount({ data, parentElement }) {
  let shown = films.get(parentElement);
  if (!shown) {
    const root = element("div", { class: "film", role: "region", "aria-label": "Training", "data-testid": "pca-film" });
    parentElement.append(root);
    shown = { film: new PcaFilm(root), identity: "" };
    films.set(parentElement, shown);
  }
  const film = parsePcaFilm(data);
  if (film.identity !== shown.identity) {
    shown.identity = film.identity;
    shown.film.show(film);
  }
  const kept = shown.film;
  return whenGone(parentElement, () => {
    if (!films.delete(parentElement)) return;
    kept.close();
    kept.root.remove();
  });
}
