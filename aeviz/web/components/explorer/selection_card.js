// The images that the visitor selected on the map: how many of each class, their mean image, the image decoded from their mean
// code, and how far they spread, all from what the page has.

import { onPage } from "../kit/class_colours.js";
import { context, element, write } from "../kit/dom.js";
import { Mosaic } from "../kit/images.js";
import { localise, number, tr } from "../kit/language.js";
import { sprite } from "../kit/sprites.js";
import { describeShared, sharedAxes, usualMoments } from "./shared_axes.js";

const MOST_AVERAGED = 1000; // images in the mean, evenly spread by index
const ACROSS = 32; // images in a row while they are averaged
const MOST_CLASSES = 4; // named in words
const NO_LABEL = 65535;

/** @typedef {import("./space.js").Space} Space */
/** @typedef {import("../kit/sprites.js").Sprite} Sprite */
/** @typedef {Pick<import("./image_card.js").Host, "space" | "shape" | "smooth" | "sprite" | "decode" | "failed" | "during">} Host */

/**
 * The mean code of some images, and their root mean squared distance from it: `_spread` in
 * aeviz/analysis/selection_summary.py. Of a space too large for all codes, along the first axes.
 * @param {Space} space
 * @param {ArrayLike<number>} members indices
 */
export function centreOf(space, members) {
  const mean = space.codes.map((_, axis) => {
    let sum = 0;
    for (let k = 0; k < members.length; k += 1) sum += space.encoded(axis, members[k]);
    return sum / members.length;
  });
  let squares = 0;
  for (let k = 0; k < members.length; k += 1) {
    mean.forEach((value, axis) => (squares += (space.encoded(axis, members[k]) - value) ** 2));
  }
  const z = space.moved(space.origin, mean.map((value, axis) => /** @type {[number, number]} */ ([axis, value])));
  return { z, spread: Math.sqrt(squares / members.length) };
}

/**
 * How often each class occurs, the most frequent first.
 * @param {Space} space
 * @param {ArrayLike<number>} members indices
 * @returns {[number, number][]} labels and counts
 */
export function countClasses(space, members) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (let k = 0; k < members.length; k += 1) {
    const label = space.labels[members[k]];
    if (label !== NO_LABEL) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

export class SelectionCard {
  /**
   * @param {Element} parent
   * @param {Host} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("section", { class: "selection", "data-testid": "selection-card", hidden: "" }, parent);
    /** @param {string} caption @param {string} name @param {HTMLCanvasElement} canvas */
    const figure = (caption, name, canvas) => {
      const node = element("figure", {}, this.root);
      node.append(canvas);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", name);
      element("figcaption", { text: caption }, node);
      return node;
    };
    this.mean = element("canvas", { class: host.smooth ? "image" : "image crisp" });
    this.drawn = new Mosaic(host.shape, 1, 1, host.smooth);
    this.meanFigure = figure(tr("mean image"), tr("Mean of the selected images"), this.mean);
    figure(tr("decoded mean"), tr("Image decoded from the mean of the selected codes"), this.drawn.canvas);
    const words = element("div", { class: "words" }, this.root);
    this.title = element("div", { class: "title", "aria-live": "polite" }, words);
    this.bar = element("div", { class: "bar", "aria-hidden": "true" }, words);
    this.classes = element("div", { class: "hint" }, words);
    this.shared = element("div", { class: "hint" }, words);
    this.shared.title = tr("Latent axes along which the selected images differ most from all images: mean and standard deviation");
    this.spread = element("div", { class: "hint" }, words);
    /** @type {import("./shared_axes.js").Moments[] | null} of all images */
    this.moments = null;
    this.token = 0;
    /** @type {number | null} of all images */
    this.usual = null;
  }

  /** @param {Uint8Array | null} chosen whether each image is selected */
  show(chosen) {
    const { space } = this.host;
    const members = chosen ? Uint32Array.from(chosen.keys()).filter((i) => chosen[i] && i < space.count) : [];
    this.token += 1;
    this.root.hidden = !members.length;
    if (members.length) this.host.during("selection", this.fill(members, this.token)).catch(this.host.failed);
  }

  /** @param {ArrayLike<number>} members @param {number} token */
  async fill(members, token) {
    const { space, decode } = this.host;
    const isComplete = space.codes.length === space.dimensions;
    write(this.title, tr("{count} images selected", { count: number(members.length) }));
    this.describeClasses(countClasses(space, members), members.length);
    this.moments ??= usualMoments(space);
    write(this.shared, describeShared(space, sharedAxes(space, members, this.moments)));
    const { z, spread } = centreOf(space, members);
    this.usual ??= centreOf(space, Array.from({ length: space.count }, (_, k) => k)).spread;
    const [own, usual] = [spread, this.usual].map((value) => localise(value.toPrecision(3)));
    const words = tr("Spread {spread} (all images: {usual}). Table and files are below the map.", { spread: own, usual });
    write(this.spread, isComplete ? words : "");
    const [values, small] = await Promise.all([decode(Float32Array.from(z), 1), this.small()]);
    if (token !== this.token) return;
    this.drawn.set(Float32Array.from(values));
    this.meanFigure.hidden = !small;
    if (small) this.average(small, members);
    this.root.dataset.count = String(members.length);
  }

  small() {
    return this.host.sprite ? sprite(this.host.sprite).catch(() => null) : Promise.resolve(null);
  }

  /** @param {[number, number][]} counts @param {number} total */
  describeClasses(counts, total) {
    const { space } = this.host;
    this.bar.replaceChildren();
    for (const [label, count] of counts) {
      const part = element("span", {}, this.bar);
      part.style.flexGrow = String(count);
      part.style.background = onPage(space.classes[label]?.colour ?? "gray", this.root);
    }
    const named = counts.slice(0, MOST_CLASSES).map(([label, count]) => `${space.classes[label]?.name ?? "?"}: ${Math.round((100 * count) / total)} %`);
    const list = named.join(", ");
    write(this.classes, counts.length > MOST_CLASSES ? tr("{list} and others", { list }) : list);
  }

  /** @param {Sprite} small @param {ArrayLike<number>} members */
  average(small, members) {
    const { width, height } = small;
    const step = Math.max(1, members.length / MOST_AVERAGED);
    const some = Array.from({ length: Math.min(MOST_AVERAGED, members.length) }, (_, k) => members[Math.floor(k * step)]);
    const rows = Math.ceil(some.length / ACROSS); // a canvas must not be too long
    const [wide, high] = [width * ACROSS, height * rows];
    const sheet = context(element("canvas", { width: String(wide), height: String(high) }), { willReadFrequently: true });
    const corners = some.map((_, k) => [(k % ACROSS) * width, Math.floor(k / ACROSS) * height]);
    some.forEach((index, k) => small.draw(sheet, index, corners[k][0], corners[k][1], Math.max(width, height)));
    const { data } = sheet.getImageData(0, 0, wide, high);
    [this.mean.width, this.mean.height] = [width, height];
    const brush = context(this.mean);
    const pixels = brush.createImageData(width, height);
    for (let place = 0; place < width * height; place += 1) {
      const [x, y] = [place % width, Math.floor(place / width)];
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0;
        for (const [left, top] of corners) sum += data[4 * ((top + y) * wide + left + x) + channel];
        pixels.data[4 * place + channel] = Math.round(sum / some.length);
      }
      pixels.data[4 * place + 3] = 255;
    }
    brush.putImageData(pixels, 0, 0);
  }

  close() {
    this.token += 1;
    this.root.remove();
  }
}
