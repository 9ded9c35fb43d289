// Image → encoder → latent point → decoder → image. The example images take turns: the point glides to that of the next one,
// and the decoder draws what lies on its way. Whoever drags the point sees the decoder alone. With a fault the images enter
// and leave as in an import that does not fit.

import { classColour } from "../kit/class_colours.js";
import { element, icon, write } from "../kit/dom.js";
import { number } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { Mosaic } from "../kit/images.js";
import { define } from "../kit/mount.js";
import { NetworkExperiment } from "../kit/network_experiment.js";
import { decode, run } from "../kit/plain_layers.js";
import { ICONS } from "../kit/player.js";
import { Plot } from "../kit/plot.js";

/** @typedef {[number, number]} Pair */
/** @typedef {"" | "range" | "axes"} Fault */
/**
 * @typedef {{
 *   images: number[][], shape: number[], classes: (number | null)[], codes: Pair[], labels: number[] | null, names: string[],
 *   fault: Fault
 * }} Sent `classes`: those of the images
 */

const INK = "#c2419f";
const REST_MS = 1700; // at an image
const GLIDE_MS = 900; // from one to the next

/** An image whose columns are its rows. @param {ArrayLike<number>} image @param {number[]} shape */
function transposed(image, [channels, height, width]) {
  const found = new Float32Array(image.length);
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) found[(c * width + x) * height + y] = image[(c * height + y) * width + x];
    }
  }
  return found;
}

class ImportWay extends NetworkExperiment {
  /** @param {any} data */
  receive(data) {
    const { images, shape, classes, codes, labels, names, fault } = data;
    const isNew = this.sent && this.sent.fault !== fault;
    this.sent = /** @type {Sent} */ ({ images, shape, classes, codes, labels, names, fault });
    if (isNew && this.pixels) this.change();
    return super.receive(data);
  }

  /** Let the images take another way: through the same files, imported otherwise. */
  change() {
    this.points = this.pixels?.map((image) => this.encode(image));
    this.ends = null;
    this.tiles?.forEach((tile, k) => tile.set(this.drawn(this.points?.[k] ?? [0, 0])));
    this.play(false);
    this.go(this.shown ?? 0);
  }

  /** @param {Float32Array} image @returns {Pair} */
  encode(image) {
    const { fault, shape } = /** @type {Sent} */ (this.sent);
    const entered = fault === "range" ? image.map((value) => 2 * value - 1) : fault === "axes" ? transposed(image, shape) : image;
    return /** @type {Pair} */ ([...run(this.networks[0].encoder, entered)].slice(0, 2));
  }

  /** The image that is shown for a point. @param {Pair} point @returns {Float32Array} */
  drawn(point) {
    const { fault, shape } = /** @type {Sent} */ (this.sent);
    const made = Float32Array.from(decode(this.networks[0], point));
    return fault === "range" ? made.map((value) => (value + 1) / 2) : fault === "axes" ? transposed(made, shape) : made;
  }

  make() {
    const { root, sent } = this;
    if (!sent) return;
    const { shape } = sent;
    this.pixels = sent.images.map((image) => Float32Array.from(image, (level) => level / 255));
    this.points = this.pixels.map((image) => this.encode(image));
    this.at = /** @type {Pair} */ ([...this.points[0]]);
    this.shown = 0;
    /** @type {{ from: Pair, since: number } | null} */
    this.glide = null;
    this.isOwn = false; // whether the visitor placed the point
    const way = element("div", { class: "import-way" }, root);
    const view = (/** @type {string} */ area, /** @type {string} */ title) => {
      const figure = element("figure", { class: area }, way);
      element("figcaption", { text: title }, figure);
      const mosaic = new Mosaic(shape, 1, 1, false);
      mosaic.canvas.setAttribute("role", "img");
      mosaic.canvas.setAttribute("aria-label", title);
      figure.append(mosaic.canvas);
      return { figure, mosaic, words: element("p", { class: "values" }, figure) };
    };
    this.input = view("input", "input x");
    element("b", { class: "funnel encoder", text: "encoder" }, way);
    this.map = new Plot(way, { title: "latent point z", label: "", x: [-1, 1], y: [-1, 1], isSquare: true, kind: "flat" });
    element("b", { class: "funnel decoder", text: "decoder" }, way);
    this.output = view("output", "output x̂");
    this.grip = new Grip(this.map, { name: "latent point z", text: "z", colour: INK, step: 0.5, moved: (to) => this.place(to) });
    this.grips.push(this.grip);
    this.makeStrip();
    this.play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  }

  makeStrip() {
    const { root, pixels, sent } = this;
    if (!pixels || !sent) return;
    const strip = element("div", { class: "import-strip", role: "group", "aria-label": "Example images" }, root);
    const names = element("div", { class: "names" }, strip);
    this.button = element("button", { type: "button" }, names);
    this.button.onclick = () => this.play(!this.timer && !this.glide);
    for (const text of ["input", "output"]) element("span", { text }, names);
    /** @type {Mosaic[]} the outputs */
    this.tiles = [];
    this.choices = pixels.map((image, k) => {
      const node = element("button", { type: "button", title: "Send this image through", "aria-label": `Example image ${k + 1}` }, strip);
      const [above, below] = [0, 1].map(() => new Mosaic(sent.shape, 1, 1, false));
      above.set(image);
      below.set(this.drawn(this.points?.[k] ?? [0, 0]));
      node.append(above.canvas, below.canvas);
      this.tiles?.push(below);
      node.onclick = () => {
        this.play(false);
        this.go(k);
      };
      return node;
    });
  }

  /** @param {boolean} isOn one round, so that the page comes to rest */
  play(isOn) {
    clearTimeout(this.timer);
    this.timer = 0;
    this.left = isOn ? (this.points?.length ?? 0) : 0;
    if (isOn) this.wait(this.isOwn ? 0 : REST_MS);
    this.redraw();
  }

  /** @param {number} time */
  wait(time) {
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.left = (this.left ?? 1) - 1;
      this.go(((this.shown ?? 0) + 1) % (this.points?.length ?? 1));
    }, time);
  }

  /** @param {number} k an image to send through */
  go(k) {
    if (!this.at) return;
    const isSudden = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.glide = { from: [...this.at], since: performance.now() - (isSudden ? GLIDE_MS : 0) };
    [this.shown, this.isOwn] = [k, false];
    this.redraw();
  }

  /** @param {Pair} to */
  place(to) {
    if (this.timer || this.left) this.play(false);
    this.glide = null;
    [this.at, this.isOwn] = [to, true];
    this.redraw();
  }

  /** Move the point on its way to that of the shown image. */
  advance() {
    const { glide, points, shown = 0 } = this;
    if (!glide || !points) return;
    const share = Math.min(1, (performance.now() - glide.since) / GLIDE_MS);
    const eased = share * share * (3 - 2 * share);
    this.at = /** @type {Pair} */ ([0, 1].map((axis) => glide.from[axis] + eased * (points[shown][axis] - glide.from[axis])));
    if (share < 1) return void this.redraw();
    this.glide = null;
    if (this.left) this.wait(REST_MS);
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    this.advance();
    const { map, grip, input, output, pixels, sent, button, shown = 0, at } = this;
    if (!map || !grip || !input || !output || !pixels || !sent || !button || !at) return;
    const image = pixels[shown];
    const made = this.drawn(at);
    input.mosaic.set(image);
    output.mosaic.set(made);
    input.figure.classList.toggle("away", this.isOwn);
    const isThere = !this.isOwn && !this.glide;
    const error = image.reduce((sum, value, k) => sum + (value - made[k]) ** 2, 0) / image.length;
    write(input.words, this.isOwn ? "none: you chose z" : `${sent.shape.slice(1).join("×")} pixels`);
    write(output.words, isThere ? `error ${number(error, 3)}` : this.isOwn ? "the decoder alone" : "on the way");
    this.paintMap(map, style);
    map.describe(`latent point (${number(at[0], 1)}, ${number(at[1], 1)})`, `Latent plane with the point ${at.map((value) => number(value, 1)).join(", ")}`);
    grip.place(at, at.map((value) => number(value)).join(", "));
    this.choices?.forEach((node, k) => node.setAttribute("aria-pressed", String(!this.isOwn && k === shown)));
    const name = this.timer || this.left ? "Pause" : "Play";
    if (button.title !== name) {
      button.title = name;
      button.setAttribute("aria-label", name);
      button.replaceChildren(icon(name === "Pause" ? ICONS.pause : ICONS.play));
    }
    this.root.dataset.shown = String(shown);
    this.root.dataset.at = isThere ? "image" : this.isOwn ? "own" : "way";
  }

  /** @param {Plot} map @param {import("../kit/theme.js").Style} style */
  paintMap(map, style) {
    const { sent, points, root } = this;
    if (!sent || !points) return;
    const codes = sent.fault ? points : sent.codes; // those of the other test images are known for the import that fits
    if (!this.ends) {
      const spread = [0, 1].map((axis) => codes.map((point) => point[axis]).sort((a, b) => a - b));
      const ends = spread.map((list, axis) => [
        Math.min(list[Math.floor(0.01 * list.length)], ...points.map((point) => point[axis])),
        Math.max(list[Math.floor(0.99 * (list.length - 1))], ...points.map((point) => point[axis])),
      ]);
      this.ends = ends.map(([low, high]) => /** @type {Pair} */ ([low - 0.05 * (high - low), high + 0.05 * (high - low)]));
    }
    [map.x, map.y] = this.ends;
    if (!map.begin(style)) return;
    /** @param {number | null | undefined} label */
    const colourOf = (label) => (label === null || label === undefined ? style.text : classColour(label, root));
    const labels = sent.fault ? sent.classes : (sent.labels ?? []);
    codes.forEach((point, k) => map.dot(point, { colour: colourOf(labels[k]), width: sent.fault ? 5 : 2, alpha: sent.fault ? 1 : 0.6 }));
    this.paintNames(map, style);
    map.end();
  }

  /** Name the classes, each at the middle of its points. @param {Plot} map @param {import("../kit/theme.js").Style} style */
  paintNames(map, style) {
    const { sent, points, root } = this;
    if (!sent || !points) return;
    const { brush } = map;
    Object.assign(brush, { textAlign: "center", textBaseline: "middle", lineWidth: 4, strokeStyle: style.background, globalAlpha: 1 });
    brush.font = `bold ${13 * style.scale}px sans-serif`;
    sent.names.forEach((name, label) => {
      const own = sent.fault ? points.filter((_, k) => sent.classes[k] === label) : sent.codes.filter((_, k) => sent.labels?.[k] === label);
      if (!own.length) return;
      const middle = [0, 1].map((axis) => own.map((point) => point[axis]).sort((a, b) => a - b)[own.length >> 1]);
      const [x, y] = map.place(/** @type {Pair} */ (middle));
      const up = sent.fault ? 12 * style.scale : 0; // a single point stays in sight
      brush.fillStyle = classColour(label, root);
      brush.strokeText(name, x, y - up);
      brush.fillText(name, x, y - up);
    });
  }

  close() {
    clearTimeout(this.timer);
    super.close();
  }
}

export default define(
  { class: "experiment import-example", "data-testid": "import_way" },
  (root, channel, activity) => new ImportWay(root, channel, activity),
);
