// Images that networks make of the same inputs over the epochs, with their loss: played, scrubbed and stopped in the page.
// It never starts by itself. Python learns the epoch at which it rests, for the address.

import { ask } from "../kit/blobs.js";
import { Chart } from "../kit/chart.js";
import { allOnDark } from "../kit/class_colours.js";
import { context, element, pixelRatio, resize, write } from "../kit/dom.js";
import { EncodedImage } from "../kit/encoded_image.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { number, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Player } from "../kit/player.js";
import { SCALE, saveImage } from "../kit/save_image.js";
import { styleOf } from "../kit/theme.js";
import { unpack } from "../kit/wire.js";

/** @typedef {Uint8Array<ArrayBuffer>} Encoded images side by side, as PNG or WebP */
/** @typedef {{ strips: Encoded[], texts: string[], count: number, colour: string }} ImageSet one strip and text a frame, or one for all */
/** @typedef {{ title: string, epochs: Int32Array, series: import("../kit/chart.js").Series[] }} Curves */
/**
 * @typedef {{
 *   total: number, columns: number, beside: boolean, smooth: boolean, epochs: number[],
 *   sets: ImageSet[], charts: Curves[]
 * }} Film
 */

const SECONDS = 6; // of a whole film, unless that makes it too slow or too quick to follow
const [SLOWEST, QUICKEST] = [1, 12]; // frames per second
const NARROW_PX = 560; // below this width a row holds half as many images
const GAP_PX = 4; // between images, on the page

/** A strip of images that is shown in rows. */
class Folded extends EncodedImage {
  /** @param {Element} parent */
  constructor(parent) {
    super(parent, "");
    this.count = this.inRow = 1;
    this.smooth = false;
    this.laid = "";
  }

  /** @param {number} [ratio] pixels of the screen in one of the page */
  paint(ratio = pixelRatio()) {
    const { bitmap, count, inRow, canvas } = this;
    if (!bitmap) return;
    const [side, high] = [bitmap.width / count, bitmap.height];
    const width = canvas.clientWidth || 1;
    const rows = Math.ceil(count / inRow);
    const factor = Math.max(1, Math.min(24, Math.ceil((width * ratio) / (side * inRow))));
    const laid = `${factor} ${inRow} ${width}`;
    if (this.painted === bitmap && this.laid === laid) return;
    [this.painted, this.laid] = [bitmap, laid];
    const gap = Math.round((GAP_PX * factor * side * inRow) / width);
    resize(canvas, inRow * (side * factor + gap) - gap, rows * (high * factor + gap) - gap);
    const brush = context(canvas);
    brush.clearRect(0, 0, canvas.width, canvas.height);
    brush.imageSmoothingEnabled = this.smooth;
    for (let k = 0; k < count; k += 1) {
      const [x, y] = [(k % inRow) * (side * factor + gap), Math.floor(k / inRow) * (high * factor + gap)];
      brush.drawImage(bitmap, k * side, 0, side, high, x, y, side * factor, high * factor);
    }
  }
}

class ImageFilm {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    root.setAttribute("aria-label", tr("Over training"));
    this.activity = activity;
    this.name = "";
    /** @type {Film | null} */
    this.film = null;
    /** @type {{ image: Folded, swatch: HTMLElement, text: Element }[]} */
    this.sets = [];
    /** @type {Chart[]} */
    this.charts = [];
    this.player = new Player(root, activity, {
      unit: "epoch",
      framesPerSecond: (last) => Math.max(SLOWEST, Math.min(QUICKEST, last / SECONDS)),
      draw: (full) => this.draw(full),
      save: () => void activity.during("image", this.save()),
      hasSteps: true,
      isStepped: true, // images are those of a recorded epoch, and so is the mark on the curve
    });
    this.board = element("div", { class: "pictures" }, root);
    this.kept = new KeptNumbers(channel, activity, () => [this.epoch]);
    this.rested = -1; // the epoch that was reported last
  }

  /** The shown epoch. */
  get epoch() {
    return this.film?.epochs[this.player.shown] ?? 0;
  }

  /** @param {{ name: string, at: number }} data `name`: of the film in the blob store; `at`: the epoch to show */
  receive({ name, at }) {
    if (name === this.name) {
      if (this.film && this.kept.isNews([at], this.player.playing)) this.rest(this.film, at);
      return undefined;
    }
    this.name = name;
    return this.activity.during("film", ask(name)).then((bytes) => {
      if (name !== this.name) return; // another was chosen meanwhile
      const film = (this.film = /** @type {Film} */ (unpack(bytes)));
      this.build(film);
      this.player.open(film.epochs);
      this.rest(film, at);
      this.kept.isNews([at], false);
    });
  }

  /** @param {Film} film @param {number} at */
  rest(film, at) {
    this.rested = at;
    this.player.go(film.epochs.indexOf(at));
  }

  /** @param {Film} film */
  build({ sets, charts, beside }) {
    this.board.replaceChildren();
    this.root.classList.toggle("beside", beside);
    this.board.style.setProperty("--sets", String(sets.length));
    const images = element("div", { class: "sets" }, this.board);
    this.sets = sets.map(() => {
      const node = element("figure", {}, images);
      const caption = element("figcaption", {}, node);
      const swatch = element("i", {}, caption);
      return { image: new Folded(node), swatch, text: element("span", {}, caption) };
    });
    const curves = element("div", { class: "curves" }, this.board);
    curves.hidden = !charts.length;
    this.charts = charts.map(({ title }) => {
      const node = element("section", {}, curves);
      element("h4", { text: title }, node);
      return new Chart(node, {
        label: tr("{title} over the epochs", { title }),
        onScrub: (epoch) => this.player.scrub(epoch),
        onHover: (epoch, from) => this.player.hover(epoch, from),
      });
    });
  }

  /**
   * @param {boolean} full
   * @param {number} [ratio] pixels of the canvases in one of the page
   */
  draw(full, ratio = pixelRatio()) {
    const { film, player } = this;
    if (!film) return;
    const style = styleOf(this.root);
    if (full) this.lay(film, style, ratio);
    film.sets.forEach(({ strips, texts }, k) => {
      const { image, text } = this.sets[k];
      const words = texts[Math.min(player.shown, texts.length - 1)];
      image.show(strips[Math.min(player.shown, strips.length - 1)]);
      image.canvas.setAttribute("aria-label", words);
      write(text, words);
    });
    for (const chart of this.charts) chart.drawFront(style, player.front(chart));
    player.report(tr("epoch {epoch} of {total}", { epoch: number(this.epoch), total: number(film.total) }));
    Object.assign(this.root.dataset, { frame: String(this.epoch), frames: String(film.epochs.length), mark: String(player.cursor) });
    if (!player.playing && this.epoch !== this.rested) {
      this.rested = this.epoch;
      this.kept.start();
    }
  }

  /**
   * Lay out images and curves for the size of the page.
   * @param {Film} film
   * @param {import("../kit/theme.js").Style} style
   * @param {number} ratio
   */
  lay(film, style, ratio) {
    const { columns, smooth, epochs, sets, charts } = style.isDark ? allOnDark(film) : film;
    const isNarrow = this.root.clientWidth < NARROW_PX;
    this.sets.forEach(({ image, swatch }, k) => {
      const { count, colour } = sets[k];
      swatch.hidden = !colour;
      swatch.style.background = colour;
      const most = Math.min(columns, count);
      image.inRow = isNarrow && most > 5 ? Math.ceil(most / 2) : most;
      Object.assign(image, { count, smooth });
      image.canvas.style.setProperty("--shape", String(image.inRow / Math.ceil(count / image.inRow)));
      image.canvas.style.imageRendering = smooth ? "auto" : "pixelated";
      image.paint(ratio);
    });
    this.charts.forEach((chart, k) => {
      const curves = charts[k];
      const from = Math.min(curves.epochs[0], epochs[0]);
      const to = Math.max(curves.epochs[curves.epochs.length - 1], epochs[epochs.length - 1]);
      chart.size(ratio);
      chart.set({ epochs: curves.epochs, from, to, left: { series: curves.series, log: false, fromZero: false }, dots: epochs });
      chart.drawBack(style);
    });
  }

  /** Save the shown frame: drawn at the image's resolution, and at the page's again with the next frame. */
  async save() {
    const { board, player } = this;
    player.hold();
    this.draw(true);
    await Promise.all(this.sets.map(({ image }) => image.ready));
    this.draw(true, SCALE);
    player.redraw(true);
    const texts = { lines: [tr("Epoch {epoch} of {total}", { epoch: this.epoch, total: this.film?.total ?? 0 })], name: `epoch-${this.epoch}` };
    await saveImage(board, texts, styleOf(this.root));
  }

  close() {
    this.kept.stop();
    this.player.close();
  }
}

export default define(
  { class: "film", role: "region", "data-testid": "image-film" },
  (root, channel, activity) => new ImageFilm(root, channel, activity),
);
