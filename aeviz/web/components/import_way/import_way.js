// Image → encoder → latent point → decoder → image. The example images take turns: the point glides to that of the next one,
// and the decoder draws what lies on its way. Whoever drags the point sees the decoder alone. In a puzzle the images enter and
// leave as in an import that does not fit: they stand still until the visitor has found out how, and mends it.

import { classColour } from "../kit/class_colours.js";
import { element, icon, write } from "../kit/dom.js";
import { listed, number } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { Mosaic } from "../kit/images.js";
import { tr, trc } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { NetworkExperiment } from "../kit/network_experiment.js";
import { decode, run } from "../kit/plain_layers.js";
import { ICONS } from "../kit/player.js";
import { Plot } from "../kit/plot.js";
import { entering, extent, leaving, signed } from "./faults.js";
import { Finder } from "./finder.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("./faults.js").Fault} Fault */
/**
 * @typedef {{
 *   images: number[][], shape: number[], classes: (number | null)[], codes: Pair[], broken: Pair[] | null,
 *   labels: number[] | null, names: string[], title: string, fault: Fault
 * }} Sent `classes`: those of the images; `codes`, `broken`: test images where the import fits, and with the fault
 */
/** @typedef {{ guess: Fault, tried: Fault[], isFound: boolean, wasRight: boolean }} Known `tried`: all wrong guesses */
/** @typedef {{ figure: HTMLElement, mosaic: Mosaic, words: HTMLElement }} View */
/** @typedef {{ enters: Float32Array, z: Pair, output: Float32Array }} Pass of an image through both networks */

const INK = "#c2419f";
const REST_MS = 1700; // at an image
const GLIDE_MS = 900; // from one to the next
const SPREAD = 0.01; // share of the test images that may lie beyond each end of an axis

/** @type {Known} */
const UNKNOWN = { guess: "", tried: [], isFound: false, wasRight: false };

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
/** @param {number} share */
const eased = (share) => share * share * (3 - 2 * share);

class ImportWay extends NetworkExperiment {
  /** @type {Map<Fault, Known>} what the visitor knows of each puzzle */
  known = new Map();
  isMended = false;
  shown = 0; // an image
  left = 0; // images of this round
  timer = 0;
  /** @type {Pair[] | undefined} */
  cloud;
  /** @type {Pair[] | undefined} */
  ends;
  isPaused = isStill(); // by the visitor

  /** @param {any} data */
  receive(data) {
    const { images, shape, classes, codes, broken, labels, names, title, fault } = data;
    const isNew = this.sent && this.sent.fault !== fault;
    this.sent = /** @type {Sent} */ ({ images, shape, classes, codes, broken, labels, names, title, fault });
    if (isNew && this.pixels) {
      this.isMended = false;
      this.change();
    }
    return super.receive(data);
  }

  /** As the images enter and leave now. @returns {Fault} */
  get fault() {
    return this.isMended ? "" : (this.sent?.fault ?? "");
  }

  get isHidden() {
    return Boolean(this.sent?.fault) && !this.own.isFound;
  }

  /** Send an image through. @param {Float32Array} image @param {Fault} [fault] @returns {Pass} */
  pass(image, fault = this.fault) {
    const { shape } = /** @type {Sent} */ (this.sent);
    const enters = entering(image, shape, fault);
    const z = /** @type {Pair} */ ([...run(this.networks[0].encoder, enters)].slice(0, 2));
    return { enters, z, output: leaving(decode(this.networks[0], z), shape, fault) };
  }

  /** Let the images take another way: through the same networks, imported otherwise. */
  change() {
    if (!this.pixels) return;
    this.passes = this.pixels.map((image) => this.pass(image));
    this.aim();
    this.fill();
    clearTimeout(this.timer);
    this.left = this.isPaused || this.isHidden ? 0 : this.passes.length;
    this.go(this.shown, this.isHidden);
  }

  /** What the visitor knows of this puzzle. */
  get own() {
    return this.known.get(this.sent?.fault ?? "") ?? UNKNOWN;
  }

  /** @param {Partial<Known>} news of this puzzle */
  learn(news) {
    this.known.set(this.sent?.fault ?? "", { ...this.own, ...news });
    this.fill();
    if (this.own.isFound && !this.isPaused) this.play();
  }

  /** @param {Fault} fault that the visitor suspects */
  guess(fault) {
    if (fault === this.sent?.fault) this.learn({ guess: "", isFound: true, wasRight: true });
    else this.learn({ guess: fault, tried: [...new Set([...this.own.tried, fault])] });
  }

  make() {
    const { root, sent } = this;
    if (!sent) return;
    this.pixels = sent.images.map((image) => Float32Array.from(image, (level) => level / 255));
    this.passes = this.pixels.map((image) => this.pass(image));
    this.at = /** @type {Pair} */ ([...this.passes[0].z]);
    this.aim();
    /** @type {{ from: Pair, since: number } | null} */
    this.glide = null;
    this.isOwn = false; // whether the visitor placed the point
    const way = element("div", { class: "import-way" }, root);
    this.input = this.makeView(way, "input", tr("image x"));
    this.enters = this.makeView(way, "enters", tr("enters"), trc("enters", "the encoder"));
    element("b", { class: "funnel encoder", text: tr("encoder") }, way);
    this.map = new Plot(way, { title: tr("latent point z"), label: "", x: [-1, 1], y: [-1, 1], isSquare: true, kind: "flat" });
    element("b", { class: "funnel decoder", text: tr("decoder") }, way);
    this.leaves = this.makeView(way, "leaves", tr("leaves"), trc("leaves", "the decoder"));
    this.output = this.makeView(way, "output", tr("output x̂"));
    this.grip = new Grip(this.map, { name: tr("latent point z"), text: "z", colour: INK, step: 0.5, moved: (to) => this.place(to) });
    this.grips.push(this.grip);
    this.makeStrip();
    this.finder = new Finder(root, {
      guess: (fault) => this.guess(fault),
      tell: () => this.learn({ guess: "", isFound: true }),
      mend: (isMended) => {
        this.isMended = isMended;
        this.change();
      },
    });
    this.fill();
    if (!this.isPaused && !this.isHidden) this.play();
  }

  /**
   * A place for an image; one that enters or leaves a network has a scale from −1 to 1.
   * @param {Element} parent @param {string} area @param {string} title @param {string} [network]
   * @returns {View}
   */
  makeView(parent, area, title, network = "") {
    const { shape } = /** @type {Sent} */ (this.sent);
    const figure = element("figure", { class: area }, parent);
    const caption = element("figcaption", { text: title }, figure);
    if (network) element("span", { text: ` ${network}` }, caption);
    const frame = element("div", { class: "frame" }, figure);
    const mosaic = new Mosaic(network ? [3, shape[1], shape[2]] : shape, 1, 1, false);
    mosaic.canvas.setAttribute("role", "img");
    mosaic.canvas.setAttribute("aria-label", `${title} ${network}`.trim());
    frame.append(mosaic.canvas);
    if (network) {
      element("b", { class: "unknown", text: "?" }, frame);
      const scale = element("div", { class: "scale", "aria-hidden": "true" }, figure);
      for (const text of ["−1", "0", "1"]) element("span", { text }, scale);
    }
    return { figure, mosaic, words: element("p", { class: "values" }, figure) };
  }

  makeStrip() {
    const { root, pixels, sent } = this;
    if (!pixels || !sent) return;
    const strip = (this.strip = element("div", { class: "import-strip", role: "group", "aria-label": tr("Example images") }, root));
    const names = element("div", { class: "names" }, strip);
    this.button = element("button", { type: "button" }, names);
    this.button.onclick = () => {
      this.isPaused = Boolean(this.left);
      if (this.isPaused) this.halt();
      else this.play();
    };
    for (const [kind, text] of [["input", tr("image")], ["enters", tr("enters")], ["output", trc("of a network", "output")], ["guess", tr("if so")]]) element("span", { text, class: kind }, names); // prettier-ignore
    this.choices = pixels.map((image, k) => {
      const node = element("button", { type: "button", title: tr("Send this image through"), "aria-label": tr("Example image {place}", { place: k + 1 }) }, strip);
      const tile = (/** @type {string} */ kind, shape = sent.shape) => {
        const mosaic = new Mosaic(shape, 1, 1, false);
        mosaic.canvas.classList.add(kind);
        node.append(mosaic.canvas);
        return mosaic;
      };
      tile("input").set(image);
      const enters = tile("enters", [3, sent.shape[1], sent.shape[2]]);
      const [output, guess] = [tile("output"), tile("guess")];
      node.onclick = () => {
        this.isPaused = true;
        this.halt();
        this.go(k);
      };
      return { node, enters, output, guess };
    });
  }

  /** Show in the strip and below it what holds for all images. */
  fill() {
    const { sent, passes, pixels, strip, finder, own } = this;
    if (!sent || !passes || !pixels || !strip) return;
    strip.dataset.row = this.isHidden ? (own.guess ? "guess" : "none") : sent.fault ? "enters" : "none";
    this.choices?.forEach(({ enters, output, guess }, k) => {
      enters.set(signed(passes[k].enters));
      output.set(passes[k].output);
      if (own.guess) guess.set(this.pass(pixels[k], own.guess).output);
    });
    const mean = (/** @type {Pass[]} */ list) => list.reduce((sum, { output }, k) => sum + errorOf(pixels[k], output), 0) / list.length;
    const errors = { now: mean(passes), broken: mean(pixels.map((image) => this.pass(image, sent.fault))) };
    finder?.show({ title: sent.title, fault: sent.fault, ...own, isMended: this.isMended, errors, count: passes.length });
    for (const view of [this.enters, this.leaves]) view?.figure.classList.toggle("hidden", this.isHidden);
    this.redraw();
  }

  /** Send the images through one after the other, one round, so that the page comes to rest. */
  play() {
    this.left = this.passes?.length ?? 0;
    this.wait(this.isOwn ? 0 : REST_MS);
    this.redraw();
  }

  halt() {
    clearTimeout(this.timer);
    this.timer = this.left = 0;
    this.redraw();
  }

  /** @param {number} time */
  wait(time) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.left -= 1;
      this.go((this.shown + 1) % (this.passes?.length ?? 1));
    }, time);
  }

  /** @param {number} k an image to send through @param {boolean} isAtOnce without a glide */
  go(k, isAtOnce = false) {
    if (!this.at) return;
    this.glide = { from: [...this.at], since: isStill() || isAtOnce ? -Infinity : performance.now() };
    [this.shown, this.isOwn] = [k, false];
    this.scroll(k);
    this.redraw();
  }

  /** Bring an image of the strip into view, where the strip is wider than the page. @param {number} k */
  scroll(k) {
    const { strip, choices } = this;
    if (!strip || !choices || strip.scrollWidth <= strip.clientWidth) return;
    const { offsetLeft, offsetWidth } = choices[k].node;
    strip.scrollTo({ left: offsetLeft - strip.offsetLeft - (strip.clientWidth - offsetWidth) / 2, behavior: isStill() ? "auto" : "smooth" });
  }

  /** @param {Pair} to */
  place(to) {
    this.halt();
    this.glide = null;
    [this.at, this.isOwn] = [to, true];
    this.redraw();
  }

  /** Move the point on its way to that of the shown image. */
  advance() {
    const { glide, passes, shown } = this;
    if (!glide || !passes) return;
    const share = Math.min(1, (performance.now() - glide.since) / GLIDE_MS);
    this.at = between(glide.from, passes[shown].z, eased(share));
    if (share < 1) return void this.redraw();
    this.glide = null;
    if (this.left) this.wait(REST_MS);
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    this.advance();
    const { map, grip, input, enters, leaves, output, pixels, passes, sent, button, shown, at } = this;
    if (!map || !grip || !input || !enters || !leaves || !output || !pixels || !passes || !sent || !button || !at) return;
    const image = pixels[shown];
    const returned = decode(this.networks[0], at);
    const made = leaving(returned, sent.shape, this.fault);
    input.mosaic.set(image);
    enters.mosaic.set(signed(passes[shown].enters));
    leaves.mosaic.set(signed(returned));
    output.mosaic.set(made);
    for (const { figure } of [input, enters]) figure.classList.toggle("away", this.isOwn);
    const isThere = !this.isOwn && !this.glide;
    for (const { figure } of [leaves, output]) figure.classList.toggle("late", Boolean(this.glide));
    write(input.words, this.isOwn ? tr("none: you chose z") : tr("{size} pixels", { size: sent.shape.slice(1).join("×") }));
    write(enters.words, this.isOwn ? "–" : this.isHidden ? tr("find out") : extent(passes[shown].enters));
    write(leaves.words, this.isHidden ? tr("find out") : extent(returned));
    write(output.words, isThere ? tr("error {error}", { error: number(errorOf(image, made), 3) }) : this.isOwn ? tr("the decoder alone") : tr("waits for z"));
    this.paintMap(map, style);
    map.describe(tr("latent point ({z})", { z: listed(at, 1) }), tr("Latent plane with the point {z}", { z: listed(at, 1) }));
    grip.place(at, listed(at));
    this.choices?.forEach(({ node }, k) => node.setAttribute("aria-pressed", String(!this.isOwn && k === shown)));
    const name = this.left ? tr("Pause") : tr("Play");
    if (button.title !== name) {
      button.title = name;
      button.setAttribute("aria-label", name);
      button.replaceChildren(icon(this.left ? ICONS.pause : ICONS.play));
    }
    this.root.dataset.shown = String(shown);
    this.root.dataset.at = isThere ? "image" : this.isOwn ? "own" : "way";
  }

  /** Choose where the cloud of test images and the axes belong; in a puzzle the axes also hold where the cloud would be mended. */
  aim() {
    const { sent, passes } = this;
    if (!sent || !passes) return;
    const cloud = (this.fault && sent.broken) || sent.codes;
    const all = [...sent.codes, ...(sent.broken ?? [])];
    const ends = [0, 1].map((axis) => endsOf(all.map((point) => point[axis]), passes.map(({ z }) => z[axis]))); // prettier-ignore
    this.shift = { from: this.cloud ?? cloud, ends: this.ends ?? ends, since: isStill() || this.isHidden ? -Infinity : performance.now() };
    this.target = { cloud, ends };
  }

  /** Move the cloud and the axes on their way there. */
  settle() {
    const { shift, target } = this;
    if (!shift || !target) return;
    const share = Math.min(1, (performance.now() - shift.since) / GLIDE_MS);
    this.cloud = target.cloud.map((point, k) => between(shift.from[k], point, eased(share)));
    this.ends = target.ends.map((pair, axis) => between(shift.ends[axis], pair, eased(share)));
    if (share < 1) return this.redraw();
    this.shift = null;
  }

  /** @param {Plot} map @param {import("../kit/theme.js").Style} style */
  paintMap(map, style) {
    this.settle();
    const { sent, cloud, ends, root } = this;
    if (!sent || !cloud || !ends) return;
    [map.x, map.y] = ends;
    if (!map.begin(style)) return;
    cloud.forEach((point, k) => {
      const label = sent.labels?.[k];
      map.dot(point, { colour: label === undefined ? style.text : classColour(label, root), width: 2, alpha: 0.6 });
    });
    this.paintNames(map, style, cloud);
    map.end();
  }

  /** Name the classes, each at the middle of its points. @param {Plot} map @param {import("../kit/theme.js").Style} style @param {Pair[]} cloud */
  paintNames(map, style, cloud) {
    const { sent, root } = this;
    if (!sent?.labels) return;
    const classes = sent.names.map((name, label) => {
      const own = cloud.filter((_, k) => sent.labels?.[k] === label);
      const middle = [0, 1].map((axis) => own.map((point) => point[axis]).sort((a, b) => a - b)[own.length >> 1]);
      return { name, colour: classColour(label, root), centre: own.length ? /** @type {Pair} */ (middle) : null };
    });
    map.names(classes, style);
  }

  close() {
    clearTimeout(this.timer);
    super.close();
  }
}

/** @param {ArrayLike<number>} image @param {ArrayLike<number>} made */
function errorOf(image, made) {
  let sum = 0;
  for (let k = 0; k < image.length; k += 1) sum += (image[k] - Math.max(0, Math.min(1, made[k]))) ** 2;
  return sum / image.length;
}

/** @param {Pair} from @param {Pair} to @param {number} share @returns {Pair} */
function between(from, to, share) {
  return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
}

/** Ends of an axis that holds nearly all values, and each of some. @param {number[]} values @param {number[]} all @returns {Pair} */
function endsOf(values, all) {
  const list = [...values].sort((a, b) => a - b);
  const low = Math.min(list[Math.floor(SPREAD * list.length)], ...all);
  const high = Math.max(list[Math.floor((1 - SPREAD) * (list.length - 1))], ...all);
  return [low - 0.05 * (high - low), high + 0.05 * (high - low)];
}

export default define(
  { class: "experiment import-example", "data-testid": "import_way" },
  (root, channel, activity) => new ImportWay(root, channel, activity),
);
