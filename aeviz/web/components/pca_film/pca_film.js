// A linear autoencoder that learns PCA's subspace: error, angles, decoder columns, reconstructions and latent planes of
// each step, played once by itself and then moved along by a slider. No rerun takes place.

import { readable } from "../kit/axis.js";
import { element, pixelRatio, write } from "../kit/dom.js";
import { localise, number, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Player } from "../kit/player.js";
import { SCALE, saveImage } from "../kit/save_image.js";
import { styleOf } from "../kit/theme.js";
import { buildBoard } from "./board.js";
import { readPcaFilm } from "./pca_data.js";

/** @typedef {import("./pca_data.js").FilmData} FilmData */
/** @typedef {import("./pca_data.js").Frame} Frame */

const SECONDS = 5; // of the whole film
const COLUMN_REM = 5; // widest that a decoder column is shown

/** An angle in words. @param {number} degrees */
const angleText = (degrees) => `${number(degrees, degrees < 1 ? 2 : 1)}°`;

/** A share in percent, from far above to far below one. @param {number} share */
function percentText(share) {
  const percent = 100 * Math.max(0, share);
  if (percent < 0.001) return tr("less than 0.001 %");
  return `${localise(percent >= 10 ? percent.toFixed(0) : String(Number(percent.toPrecision(2))))} %`;
}

/**
 * Write what a chart draws, and the colours of its curves.
 * @param {Element} node
 * @param {string} text
 * @param {Record<string, string>} curves names and colours
 */
function writeKey(node, text, curves = {}) {
  const marks = Object.entries(curves).flatMap(([name, colour]) => {
    const mark = element("span", { text: " ■ ", "aria-hidden": "true" });
    mark.style.color = colour;
    return [mark, name];
  });
  node.replaceChildren(text, ...marks);
}

class PcaFilm {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, activity) {
    this.root = root;
    /** @type {FilmData | null} */
    this.film = null;
    this.player = new Player(root, activity, {
      unit: "step",
      framesPerSecond: (last) => last / SECONDS,
      draw: (full) => this.draw(full),
      save: () => void activity.during("image", this.save()),
    });
    this.board = buildBoard(root, this.player);
  }

  /** @param {{ identity: string }} payload */
  receive(payload) {
    if (this.film?.identity === payload.identity) return;
    const film = (this.film = readPcaFilm(payload));
    for (const image of this.board.columns) image.canvas.style.maxWidth = `${COLUMN_REM * film.columns}rem`;
    this.board.legend.show(film.classes, []);
    this.root.dataset.frames = String(film.frames.length);
    this.player.open(film.frames.map(({ step }) => step), { plays: true });
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
    const frame = film.frames[player.shown];
    for (const chart of [board.errorChart, board.angleChart]) chart.drawFront(style, player.front(chart));
    const state = { position: player.place, hidden: board.legend.hidden, fixed: true, pointed: null };
    board.own.view.draw(film.own, { ...state, fixed: false }, style);
    board.turned.view.draw(film.turned, state, style);
    board.pca.view.draw(film.pca, { ...state, position: 0 }, style);
    board.columns[0].show(frame.columns);
    board.columns[1].show(film.pcaColumns);
    board.reconstructions[0].show(film.originals);
    board.reconstructions[1].show(frame.reconstructions);
    board.reconstructions[2].show(film.pcaReconstructions);
    this.report(film, frame);
  }

  /**
   * @param {FilmData} film
   * @param {import("../kit/theme.js").Style} style
   * @param {number} ratio
   */
  drawCharts({ frames, colours, pcaMse }, style, ratio) {
    const { board } = this;
    for (const view of [board.errorChart, board.angleChart]) view.size(ratio);
    for (const { view } of [board.own, board.turned, board.pca]) view.size(ratio);
    for (const image of [...board.columns, ...board.reconstructions]) image.paint(ratio);
    const epochs = Int32Array.from(frames, ({ step }) => step);
    const range = { epochs, from: 0, to: epochs[epochs.length - 1] };
    const log = board.excess.getAttribute("aria-pressed") === "true";
    /** @param {string} name @param {string} colour @param {(frame: Frame) => number} value */
    const curve = (name, colour, value) => ({ name, colour, raw: Float32Array.from(frames, value) });
    const shown = log
      ? [curve(tr("excess"), colours.network, ({ excess }) => excess)]
      : [curve(tr("linear autoencoder"), colours.network, ({ mse }) => mse), curve("PCA", colours.pca, () => pcaMse)];
    board.errorChart.set({ ...range, left: { series: shown, log, fromZero: false } });
    if (log) writeKey(board.errorKey, tr("(error − error of PCA) / error of PCA"));
    else {
      const curves = { [tr("linear autoencoder")]: colours.network, [tr("PCA, the least possible")]: colours.pca };
      writeKey(board.errorKey, tr("mean squared error per pixel:"), curves);
    }
    const count = frames[0].angles?.length ?? 0;
    const series = Array.from({ length: count }, (_, k) => {
      const isLargest = k === count - 1;
      const name = isLargest ? tr("largest") : tr("angle {count}", { count: k + 1 });
      return curve(name, isLargest ? colours.angles : colours.other, ({ angles }) => angles?.[k] ?? NaN);
    });
    board.angleChart.set({ ...range, left: { series, log: false, fromZero: true } });
    const what = tr("degrees between the span of the decoder and that of PCA");
    if (!count) writeKey(board.anglesKey, tr("undefined: the best subspace is not unique"));
    else if (count === 1) writeKey(board.anglesKey, what);
    else writeKey(board.anglesKey, `${what}:`, { [tr("the largest")]: colours.angles, [tr("the others")]: colours.other });
    board.errorChart.drawBack(style);
    board.angleChart.drawBack(style);
  }

  /**
   * Write what changes with the frame.
   * @param {FilmData} film
   * @param {Frame} frame
   */
  report(film, frame) {
    const angle = frame.angles?.at(-1);
    const values = { step: String(frame.step), error: readable(frame.mse), share: percentText(frame.excess), pca: readable(film.pcaMse) }; // prettier-ignore
    const text = film.pcaMse > 1e-12
      ? tr("Step {step}: error {error}, {share} above PCA's {pca}", values)
      : tr("Step {step}: error {error}", values); // prettier-ignore
    const told = angle === undefined ? text : tr("{text}; largest angle between the subspaces {angle}", { text, angle: angleText(angle) }); // prettier-ignore
    write(this.board.words, told);
    const share = number(100 * frame.match, 1);
    write(this.board.turned.heading, tr("The same, aligned with PCA ({share} % of its variance)", { share }));
    const [step, last] = [frame.step, film.frames[film.frames.length - 1].step].map((at) => number(at));
    this.player.report(tr("step {step} of {last}", { step, last }));
    this.root.dataset.step = String(frame.step);
  }

  /** Save the shown step: drawn at the image's resolution, and at the page's again with the next frame. */
  async save() {
    const { board, player } = this;
    player.hold();
    this.draw(true);
    await Promise.all([...board.columns, ...board.reconstructions].map(({ ready }) => ready));
    const frame = this.film?.frames[player.shown];
    if (!frame) return;
    this.draw(true, SCALE);
    player.redraw(true);
    const [title, lines] = [tr("Linear autoencoder and PCA"), [board.words.textContent ?? ""]];
    await saveImage(board.board, { title, lines, name: `pca-step-${frame.step}` }, styleOf(this.root));
  }

  close() {
    this.player.close();
  }
}

export default define(
  { class: "film", role: "region", "aria-label": "Training", "data-testid": "pca-film" },
  (root, _, activity) => new PcaFilm(root, activity),
);
