// The training film: loss curves, latent plane and decoded images of a run, moved along by one slider.

import { nearest, readable, round } from "../kit/axis.js";
import { pixelRatio, write } from "../kit/dom.js";
import { mark, number, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Player } from "../kit/player.js";
import { SCALE, saveImage } from "../kit/save_image.js";
import { styleOf } from "../kit/theme.js";
import { buildBoard, isPressed, readout, writeValues } from "./board.js";
import { readFilm } from "./film_data.js";

/** @typedef {import("./film_data.js").FilmData} FilmData */
/** @typedef {import("./film_data.js").Frame} Frame */
/** @typedef {import("./film_data.js").Pair} Pair */
/** @typedef {import("../kit/chart.js").Series} Series */
/** @typedef {import("../kit/theme.js").Style} Style */

const FRAMES_PER_SECOND = 4;
const FIRST = 0.25; // the share of its frames that a film skips which plays by itself
const LEAST_EPOCHS = 5; // shown of a run that has just begun

class Film {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, activity) {
    this.root = root;
    /** @type {FilmData | null} */
    this.film = null;
    /** @type {Pair | null} */
    this.pointed = null;
    /** @type {Series[]} */
    this.rateSeries = [];
    /** @type {Element[]} */
    this.lossValues = [];
    /** @type {Element[]} */
    this.rateValues = [];
    this.player = new Player(root, activity, {
      unit: "epoch",
      framesPerSecond: () => FRAMES_PER_SECOND,
      draw: (full) => this.draw(full),
      save: () => void activity.during("image", this.save()),
      hasSteps: true,
    });
    this.board = buildBoard(root, {
      scrub: (epoch) => this.player.scrub(epoch),
      hover: (epoch, from) => this.player.hover(epoch, from),
      redraw: (full) => this.player.redraw(full),
      point: (at) => this.point(at),
      pointOnMesh: (event) => this.pointOnMesh(event),
    });
  }

  /**
   * Take a new state of the film; of the same run it goes on where the visitor is.
   * @param {unknown} payload
   */
  receive(payload) {
    const film = readFilm(payload);
    const epochs = film.frames.map(({ epoch }) => epoch);
    const isNew = this.film?.run !== film.run;
    const hadParts = !isNew && Boolean(this.film?.parts.length);
    this.film = film;
    if (!hadParts) this.board.parts.setAttribute("aria-pressed", String(film.parts.length > 0 && film.share !== null));
    this.describe(film);
    if (isNew) {
      const { live, plays } = film;
      this.pointed = null;
      this.board.whole.setAttribute("aria-pressed", "false");
      this.board.legend.show(film.classes, []);
      this.player.open(epochs, { live, plays, from: FIRST }); // its start is noise
    } else {
      this.board.legend.show(film.classes);
      this.player.extend(epochs, film.live);
    }
  }

  /**
   * Write what changes with the film but not with the frame.
   * @param {FilmData} film
   */
  describe(film) {
    const { board, root } = this;
    root.setAttribute("aria-label", tr("Training of {run}", { run: film.run }));
    board.parts.hidden = !film.parts.length;
    board.whole.hidden = (film.epochs.at(-1) ?? 0) >= film.total;
    write(board.lossTitle, capital(film.quantity));
    board.waiting.hidden = film.epochs.length > 0;
    write(board.waiting, film.live ? tr("Waiting for the first epoch …") : tr("No epoch was trained."));
    root.classList.toggle("bare", !film.live && !film.frames.length); // an old run: curves are all that was kept
    write(board.notes, film.notes);
    board.notes.hidden = !film.notes;
    const { colours, gradientNorm, gradientSmooth, learningRate } = film;
    const gradient = { name: tr("gradient norm"), colour: colours.gradient, raw: gradientNorm, smooth: gradientSmooth };
    const rate = { name: tr("learning rate"), colour: colours.rate, raw: learningRate, smooth: null };
    this.rateSeries = [gradient, rate].filter(({ raw }) => raw.some((value) => Number.isFinite(value)));
    const both = this.rateSeries.length !== 1;
    write(board.ratesTitle, both ? tr("Gradient norm and learning rate") : capital(this.rateSeries[0].name));
    this.rateValues = readout(board.ratesLegend, this.rateSeries);
    Object.assign(root.dataset, {
      epochs: String(film.epochs.length),
      frames: String(film.frames.length),
      live: String(film.live),
    });
  }

  /** @param {Pair | null} at a place in the plane under the pointer */
  point(at) {
    if (at === this.pointed) return;
    this.pointed = at;
    this.player.redraw();
  }

  /** @param {PointerEvent} event */
  pointOnMesh(event) {
    const range = this.film?.frames[this.player.shown]?.meshRange;
    const box = this.board.meshImage.canvas.getBoundingClientRect();
    const [u, v] = [(event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height];
    if (!range || !(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return this.point(null);
    const [[left, right], [bottom, top]] = range;
    return this.point([left + u * (right - left), bottom + v * (top - bottom)]);
  }

  /**
   * @param {boolean} full
   * @param {number} [ratio] pixels of the canvases in one of the page
   */
  draw(full, ratio = pixelRatio()) {
    const { film, board, player } = this;
    if (!film) return;
    const style = styleOf(this.root);
    if (full) this.drawCharts(film, style, ratio);
    /** @type {Frame | undefined} */
    const frame = film.frames[player.shown];
    for (const chart of [board.lossChart, board.ratesChart]) chart.drawFront(style, player.front(chart));
    if (frame) {
      const state = { position: player.place, hidden: board.legend.hidden, pointed: this.pointed };
      board.planeView.draw(film, { ...state, fixed: isPressed(board.fixed) }, style);
    } else {
      board.planeView.clear();
    }
    board.originals.show(film.originals);
    board.reconstructions.show(frame?.reconstructions);
    board.meshImage.divide(film.meshColumns, style);
    board.meshImage.show(frame?.mesh);
    this.drawSpot(frame?.meshRange);
    this.report(film, frame);
  }

  /**
   * The curves of the first chart, and what lies behind them on an axis of its own, with their names in English.
   * @param {FilmData} film
   * @returns {{ curves: Series[], behind: Series[] }}
   */
  lossSeries({ parts, curves, share, colours }) {
    if (!parts.length || !isPressed(this.board.parts)) return { curves, behind: [] };
    const name = mark("share of the KL weight");
    return { curves: parts, behind: share ? [{ name, colour: colours.share, raw: share, smooth: null }] : [] };
  }

  /**
   * @param {FilmData} film
   * @param {Style} style
   * @param {number} ratio
   */
  drawCharts(film, style, ratio) {
    const { board } = this;
    for (const view of [board.lossChart, board.planeView, board.ratesChart]) view.size(ratio);
    for (const image of board.images) image.paint(ratio);
    const { epochs } = film;
    const loss = this.lossSeries(film);
    const [curves, behind] = [loss.curves, loss.behind].map((all) => all.map((each) => ({ ...each, name: tr(each.name) })));
    this.lossValues = readout(board.lossLegend, [...curves, ...behind]);
    const from = Math.min(epochs[0] ?? 0, film.frames[0]?.epoch ?? Infinity);
    const to = this.lastEpoch(film);
    const validation = curves[loss.curves.findIndex(({ name }) => name.startsWith("validation"))];
    const best =
      validation && film.best >= 0 && epochs.length > 1
        ? { epoch: epochs[film.best], value: validation.raw[film.best], colour: validation.colour }
        : null;
    const losses = { series: curves, log: isPressed(board.log), fromZero: true };
    const shares = behind.length ? { series: behind, log: false, fromZero: true } : null;
    board.lossChart.set({ epochs, from, to, left: losses, right: shares, best });
    const [first, second] = this.rateSeries;
    const left = { series: first ? [first] : [], log: first?.raw === film.gradientNorm, fromZero: true };
    const right = second ? { series: [second], log: false, fromZero: true } : null;
    board.ratesChart.set({ epochs, from, to, left, right });
    board.lossChart.drawBack(style);
    board.ratesChart.drawBack(style);
  }

  /**
   * Where the charts end: a little ahead of the run, at round numbers so that they do not move with each epoch.
   * @param {FilmData} film
   */
  lastEpoch(film) {
    const latest = Math.max(film.epochs.at(-1) ?? 0, film.frames.at(-1)?.epoch ?? 0);
    if (isPressed(this.board.whole)) return Math.max(film.total, latest);
    if (!film.live) return latest || film.total;
    return Math.max(latest, Math.min(film.total, Math.max(LEAST_EPOCHS, Math.ceil(round(latest * 1.05, true)))));
  }

  /** @param {[Pair, Pair] | null | undefined} range */
  drawSpot(range) {
    const { spot } = this.board;
    const share = range && this.pointed?.map((value, k) => (value - range[k][0]) / (range[k][1] - range[k][0]));
    spot.hidden = !share || share.some((value) => !(value >= 0 && value <= 1));
    if (!share || spot.hidden) return;
    spot.style.left = `${100 * share[0]}%`;
    spot.style.top = `${100 * (1 - share[1])}%`;
  }

  /**
   * Write what changes with the frame.
   * @param {FilmData} film
   * @param {Frame | undefined} frame
   */
  report(film, frame) {
    const total = number(film.total);
    this.player.report(
      frame
        ? tr("epoch {epoch} of {total}", { epoch: number(frame.epoch), total })
        : tr("{count} of {total} epochs", { count: film.epochs.length, total }),
    );
    const index = frame ? nearest(film.epochs, frame.epoch) : film.epochs.length - 1;
    const known = index >= 0 && (!frame || film.epochs[index] === frame.epoch);
    /** @param {{ raw: Float32Array }} series */
    const value = ({ raw }) => (known ? raw[index] : undefined);
    const { curves, behind } = this.lossSeries(film);
    writeValues(this.lossValues, [...curves, ...behind].map(value), readable);
    writeValues(this.rateValues, this.rateSeries.map(value), (rate) => readable(rate, 3));
    const ends = frame?.meshRange
      ?.map(([low, high], k) =>
        tr("{axis} from {low} to {high}", { axis: film.axes[k], low: readable(low, 2), high: readable(high, 2) }),
      )
      .join(", ");
    write(this.board.meshCaption, ends ? tr("Dashed part of the plane: {ends}", { ends }) : "");
    this.root.dataset.frame = frame ? String(frame.epoch) : "";
  }

  /** Save the shown frame: drawn at the image's resolution, and at the page's again with the next frame. */
  async save() {
    const { board, player } = this;
    player.hold();
    this.draw(true);
    await Promise.all(board.images.map(({ ready }) => ready));
    const { film } = this; // more of it may have come
    const frame = film?.frames[player.shown];
    if (!film || !frame) return;
    this.draw(true, SCALE);
    player.redraw(true);
    const lines = [tr("Epoch {epoch} of {total}", { epoch: number(frame.epoch), total: number(film.total) })];
    await saveImage(board.panel, { title: film.run, lines, name: `${film.run}-epoch-${frame.epoch}` }, styleOf(this.root));
  }

  close() {
    this.player.close();
  }
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export default define(
  { class: "film", role: "region", "data-testid": "training-film" },
  (root, _, activity) => new Film(root, activity),
);
