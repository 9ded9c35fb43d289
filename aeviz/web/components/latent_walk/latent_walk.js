// Paths through a latent space on a small map, with the image at the same place of each: played, dragged and stopped in the
// page. Python sends the images; marks that move glide to their new places. Where Python asks
// for it, it learns the place at which the visitor rests, for the address.

import { ask } from "../kit/blobs.js";
import { element, icon, write } from "../kit/dom.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { localise, number, tr } from "../kit/language.js";
import { drawTile, loadImage } from "../kit/image_grid.js";
import { define } from "../kit/mount.js";
import { ICONS } from "../kit/player.js";
import { Prediction } from "../kit/prediction.js";
import { SmallMap } from "../kit/small_map.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { Rows } from "./rows.js";

/** @typedef {import("../kit/plot.js").Pair} Pair */
/** @typedef {{ name: string, colour: string, sheet: string, places: Float32Array, texts: string[], start: number | null }} Walk */
/** @typedef {{ at: Pair, text: string, colour: string, faint: boolean }} Mark */
/** @typedef {{ start: Pair, end: Pair, text: string, colour: string }} Arrow */
/**
 * @typedef {{
 *   ground: string | null, content: Uint8Array | null, label: string, walks: Walk[], tiling: import("../kit/image_grid.js").Tiling, stops: number[],
 *   stopName: string, stopNoun: string, first: number, marks: Mark[], arrows: Arrow[], imagesLabel: string, inARow: boolean, isClose: boolean, sums: string[], rows: import("./rows.js").Row[], note: string, smooth: boolean,
 *   reports: boolean, question: import("../kit/prediction.js").Question | null
 * }} Data see component.py
 */

const SECONDS = 4; // from one end to the other
const GLIDE_MS = 700; // of marks to their new places

class LatentWalk {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.kept = new KeptNumbers(channel, activity, () => [this.at]);
    this.root = root;
    root.setAttribute("aria-label", tr("On the map"));
    this.activity = activity;
    /** @type {Data | null} */
    this.data = null;
    /** @type {HTMLImageElement[]} */
    this.sheets = [];
    this.asked = this.at = this.frame = this.began = this.glide = 0;
    /** @type {Pair[]} where the marks come from */
    this.before = [];
    this.places = ""; // identity of the walks that `at` belongs to
    this.ground = "";
    const play = () => {
      this.at = 0;
      this.start();
    };
    this.prediction = new Prediction(root, play, () => this.draw());
    this.bar = element("div", { class: "bar", role: "group", "aria-label": tr("Path") }, root);
    this.play = element("button", { type: "button" }, this.bar);
    this.play.onclick = () => (this.began ? this.stop() : this.start());
    this.slider = element("input", { type: "range", min: "0", step: "1" }, this.bar);
    this.slider.oninput = () => {
      this.stop();
      this.rows.pass(this.slider.valueAsNumber);
      this.go(this.slider.valueAsNumber);
      if (this.slider.value === this.slider.max) this.prediction.end();
      if (this.data?.reports) this.kept.start();
    };
    this.output = element("output", {}, this.bar);
    this.rows = new Rows(root, (at) => {
      this.stop();
      this.go(at);
      if (this.data?.reports) this.kept.start();
    });
    this.shown = element("div", { class: "shown" }, root);
    this.side = element("div", { class: "side" }, this.shown);
    this.images = element("div", { class: "images" }, this.side);
    this.sum = element("p", { class: "sum", role: "status" }, this.side);
    this.note = element("p", { class: "note" }, this.shown);
    /** @type {{ canvas: HTMLCanvasElement, words: HTMLElement }[]} */
    this.figures = [];
    this.map = new SmallMap(this.shown, "");
    this.namePlay();
    this.unwatch = watchLooks(root, () => this.draw());
  }

  /** @param {Data} data */
  receive(data) {
    this.asked += 1;
    return this.activity.during("images", this.open(data, this.asked));
  }

  /** @param {Data} data @param {number} revision */
  async open(data, revision) {
    const [sheets, ground] = await Promise.all([
      Promise.all(data.walks.map(({ sheet }) => loadImage(sheet))),
      data.ground && data.ground !== this.ground ? (data.content ?? ask(data.ground)) : null,
    ]);
    if (revision !== this.asked) return;
    const stays = data.ground === this.ground && data.marks.length === this.data?.marks.length;
    this.before = stays && this.data ? this.data.marks.map((_, k) => this.markAt(k)) : [];
    this.glide = stays && !matchMedia("(prefers-reduced-motion: reduce)").matches ? performance.now() : 0;
    if (ground) this.map.take(ground);
    this.ground = data.ground ?? "";
    this.map.plot.section.hidden = !data.ground;
    if (data.isClose) this.map.focus(data.walks.flatMap(({ places }) => Array.from(data.stops, (_, k) => /** @type {Pair} */ ([places[2 * k], places[2 * k + 1]]))));
    [this.data, this.sheets] = [data, sheets];
    this.root.classList.toggle("smooth", data.smooth);
    this.shown.classList.toggle("alone", !data.walks.length || !data.ground);
    this.shown.classList.toggle("row", data.inARow);
    this.shown.classList.toggle("single", data.walks.length === 1);
    write(this.note, data.note);
    this.images.style.setProperty("--count", String(data.walks.length));
    if (data.imagesLabel) this.images.setAttribute("role", "group");
    this.images.setAttribute("aria-label", data.imagesLabel);
    this.bar.hidden = this.images.hidden = !data.walks.length;
    this.images.replaceChildren();
    this.figures = data.walks.map(({ name, colour }) => {
      const figure = element("figure", { style: `--colour: ${data.walks.length > 1 ? colour : "transparent"}` }, this.images);
      const canvas = element("canvas", { role: "img", "aria-label": name }, figure);
      return { canvas, words: element("figcaption", {}, figure) };
    });
    const about = JSON.stringify([data.label, data.question]);
    const isAnother = Boolean(data.question) && about !== this.prediction.key;
    if (about !== this.prediction.key) this.rows.begin(data.first);
    this.prediction.set(data.question, about);
    this.rows.set(data.rows, sheets, data.tiling);
    (data.inARow ? this.side : this.root).prepend(this.prediction.node);
    this.slider.max = String(Math.max(0, data.stops.length - 1));
    this.slider.setAttribute("aria-label", data.stopName);
    this.map.plot.canvas.setAttribute("aria-label", data.label);
    const places = `${data.stops} ${data.walks.map(({ sheet }) => sheet)}`;
    if (isAnother && data.reports) {
      this.stop();
      this.kept.take([data.first]);
      this.go(data.first);
    } else if (data.reports ? this.kept.isNews([data.first], Boolean(this.began)) : places !== this.places) {
      this.stop();
      this.go(data.first);
    } else this.draw();
    this.places = places;
    if (this.glide && !this.frame) this.frame = requestAnimationFrame((now) => this.step(now));
  }

  /** @param {"play" | "pause"} [act] what a click does */
  namePlay(act = "play") {
    this.play.replaceChildren(icon(ICONS[act]), element("span", { text: act === "play" ? tr("Play") : tr("Pause") }));
    this.root.dataset.playing = String(act === "pause");
  }

  start() {
    const last = (this.data?.stops.length ?? 0) - 1;
    if (last < 1) return;
    this.began = performance.now() - (this.at / last) * SECONDS * 1000;
    if (this.at >= last) this.began = performance.now();
    this.namePlay("pause");
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame((now) => this.step(now));
  }

  stop() {
    if (!this.began) return;
    this.began = 0;
    this.namePlay();
    if (this.data?.reports) this.kept.start();
  }

  /** @param {number} now */
  step(now) {
    this.frame = 0;
    const last = (this.data?.stops.length ?? 0) - 1;
    if (this.began) {
      const share = Math.max(0, now - this.began) / (SECONDS * 1000);
      this.at = Math.min(last, Math.round(share * last));
      this.rows.pass(this.at);
      if (share >= 1) {
        this.stop();
        this.prediction.end();
      }
    }
    if (now - this.glide > GLIDE_MS) this.glide = 0;
    this.draw();
    if (this.began || this.glide) this.frame = requestAnimationFrame((next) => this.step(next));
  }

  /** @param {number} at */
  go(at) {
    this.at = at;
    this.draw();
  }

  /** Where a mark is now, on its way to its place. @param {number} k @returns {Pair} */
  markAt(k) {
    const to = /** @type {Data} */ (this.data).marks[k].at;
    const from = this.before[k];
    if (!from || !this.glide) return to;
    const passed = Math.min(1, Math.max(0, (performance.now() - this.glide) / GLIDE_MS));
    const share = passed * passed * (3 - 2 * passed);
    return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
  }

  draw() {
    const { data, figures, sheets, at, map } = this;
    if (!data) return;
    const isTold = !data.question || this.prediction.isTold;
    const isAsked = !isTold && this.prediction.chosen < 0;
    data.walks.forEach(({ texts: said }, k) => {
      const texts = isAsked ? said.map((text) => text.slice(0, Math.max(0, text.indexOf(":")))) : said; // not yet what the image is read as
      drawTile(figures[k].canvas, sheets[k], data.tiling, at);
      write(figures[k].words, texts[at]);
      figures[k].canvas.setAttribute("aria-label", tr("At {stop} of the {name}: {text}", { stop: localise(String(data.stops[at])), name: data.stopNoun, text: texts[at] }));
    });
    if (data.walks.length) {
      const stop = number(data.stops[at], 2).replace("-", "−");
      write(this.output, data.stopName.includes(" ") ? stop : `${data.stopName} ${stop}`);
      this.sum.setAttribute("aria-live", this.began ? "off" : "polite"); // not each stop on the way
      write(this.sum, isAsked ? "" : data.sums[at] ?? "");
      this.slider.value = String(at);
      this.slider.setAttribute("aria-valuetext", `${data.stopName} ${stop}`);
      this.root.dataset.at = String(at);
      this.rows.draw(at, isAsked, isTold, ({ walk, at: places, texts }, k, isRead) => {
        const name = tr("At {stop} of the {name}: {text}", { stop: localise(String(data.stops[places[k]])), name: data.stopNoun, text: data.walks[walk].name });
        return isRead && texts[k] ? `${name}, ${texts[k]}` : name;
      });
    }
    const style = styleOf(this.root);
    if (!this.ground || !map.begin(style)) return;
    const { plot } = map;
    for (const { places, colour } of isAsked && data.inARow ? [] : data.walks) { // where several walks are one whole, their lengths are the answer
      const line = data.stops.map((_, k) => /** @type {Pair} */ ([places[2 * k], places[2 * k + 1]]));
      plot.curve(line, { colour: style.background, width: 5, alpha: 0.8 });
      plot.curve(line, { colour, width: 2.5 });
    }
    for (const { start, end, text, colour } of data.arrows) {
      plot.arrow(start, end, { colour: style.background, width: 6 });
      plot.arrow(start, end, { colour, width: 3 });
      if (text) map.name(text, [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2], style.text, style, [0, 14]);
    }
    if (data.marks.some(({ faint }) => faint)) map.nameClasses(style);
    data.marks.forEach(({ text, colour, faint }, k) => {
      const place = this.markAt(k);
      if (faint && map.isNamed) return; // the ground names the class in a frame
      if (faint) {
        plot.dot(place, { colour, width: 12, alpha: 0.25 });
        map.name(text, place, style.text, style);
      } else {
        map.mark(place, colour, style);
        if (text) map.nameBeside(text, place, style);
      }
    });
    for (const { places, colour, start } of data.walks) {
      const place = (/** @type {number} */ k) => /** @type {Pair} */ ([places[2 * k], places[2 * k + 1]]);
      if (start === null) map.mark(place(at), colour, style, 7);
      else {
        const [from, to] = [place(start), place(at)];
        const share = map.shareWithin(from, to);
        const head = /** @type {Pair} */ ([from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]);
        map.mark(from, style.background, style, 4);
        plot.arrow(from, head, { colour: style.background, width: 7 });
        plot.arrow(from, head, { colour: style.text, width: 4 });
        if (share < 1) map.nameBeside(tr("goes on beyond the map"), head, style, to[0] > from[0] ? ["right"] : ["left"]);
      }
    }
  }

  close() {
    this.asked += 1;
    this.unwatch();
    cancelAnimationFrame(this.frame);
    this.began = this.glide = 0;
    this.kept.stop();
  }
}

export default define(
  { class: "latent-walk", role: "region", "data-testid": "latent-walk" },
  (root, channel, activity) => new LatentWalk(root, channel, activity),
);
