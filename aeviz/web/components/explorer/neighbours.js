// The encoded images nearest to a latent point, as a row of small images; a click on one chooses it.

import { onPage } from "../kit/class_colours.js";
import { context, element, Later, write } from "../kit/dom.js";
import { Mosaic, setEach } from "../kit/images.js";
import { tr } from "../kit/language.js";
import { sprite } from "../kit/sprites.js";

const SMALL_PX = 32;
const SHOWN = 8; // beside the point
export const NO_LABEL = 65535;
const REST_MS = 60; // of the point until they are looked up

/** @typedef {import("./space.js").Space} Space */
/** @typedef {import("../kit/sprites.js").Sprite} Sprite */
/**
 * @typedef {{
 *   space: Space, point: Float64Array, shape: number[], smooth: boolean, sprite: string | null,
 *   choose: (index: number) => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>, failed: (error: unknown) => void,
 *   during: import("./explorer.js").During, report: (what: string, isPending: boolean) => void
 * }} Host
 */

/**
 * The images whose codes lie nearest to a latent point, the nearest first.
 * @param {Space} space
 * @param {ArrayLike<number>} z
 * @param {number} count
 * @param {number} [but] an image that does not count
 * @param {Set<number>} [hidden] labels of classes that do not count
 */
export function nearest(space, z, count, but = -1, hidden = new Set()) {
  const squares = new Float64Array(space.count);
  for (let axis = 0; axis < space.codes.length; axis += 1) {
    const [low, high] = space.spans[axis];
    const unit = (high - low) / 65535;
    const codes = space.codes[axis];
    const at = space.coordinate(z, axis) - low;
    for (let i = 0; i < codes.length; i += 1) squares[i] += (unit * codes[i] - at) ** 2;
  }
  /** @type {number[]} */
  const found = [];
  for (let i = 0; i < squares.length; i += 1) {
    if (i === but || hidden.has(space.labels[i]) || (found.length === count && squares[i] >= squares[found[count - 1]])) continue;
    let place = found.length;
    while (place > 0 && squares[found[place - 1]] > squares[i]) place -= 1;
    found.splice(place, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}

/**
 * A vote in words: three of class 7.
 * @param {Space} space
 * @param {number} label
 * @param {number} count
 */
export function voteText(space, label, count) {
  return tr("{count} of class {name}", { count, name: space.classes[label]?.name ?? "?" });
}

/**
 * The classes of some images and how many are of each, the largest number first.
 * @param {Space} space
 * @param {number[]} images
 */
export function countVotes(space, images) {
  /** @type {Map<number, number>} */
  const votes = new Map();
  for (const i of images) if (space.labels[i] !== NO_LABEL) votes.set(space.labels[i], (votes.get(space.labels[i]) ?? 0) + 1);
  return [...votes].sort((a, b) => b[1] - a[1]);
}

export class Neighbours {
  /**
   * @param {Element} parent
   * @param {Pick<Host, "space" | "shape" | "smooth" | "choose" | "decode">} host
   */
  constructor(parent, host) {
    this.host = host;
    /** @type {Sprite | null} small versions of the test images; without them the images are decoded */
    this.sprite = null;
    this.token = 0;
    this.row = element("div", { class: "neighbours", role: "group", "aria-label": tr("Nearest images in the latent space") }, parent);
  }

  /** @param {number[]} near indices of the images */
  async show(near) {
    const token = (this.token += 1);
    const { space, shape, smooth, decode, choose } = this.host;
    /** @type {Mosaic[]} */
    const missing = [];
    /** @type {Float64Array[]} */
    const codes = [];
    const tiles = near.map((index) => {
      const name = space.classes[space.labels[index]]?.name;
      const isNamed = name !== undefined;
      const words = isNamed ? tr("Image {index}, class {name}", { index, name }) : tr("Image {index}", { index });
      const lower = String(name).toLowerCase();
      const label = isNamed ? tr("Choose image {index}, class {name}", { index, name: lower }) : tr("Choose image {index}", { index });
      const tile = element("button", { type: "button", title: words, "aria-label": label });
      tile.style.borderColor = onPage(space.colour(index) ?? "", this.row);
      tile.onclick = () => choose(index);
      const small = element("canvas", { class: smooth ? "image" : "image crisp" });
      [small.width, small.height] = [this.sprite?.width ?? SMALL_PX, this.sprite?.height ?? SMALL_PX];
      if (this.sprite?.draw(context(small), index, 0, 0, Math.max(small.width, small.height))) tile.append(small);
      else {
        const mosaic = new Mosaic(shape, 1, 1, smooth);
        missing.push(mosaic);
        codes.push(space.codeOf(index) ?? new Float64Array(space.dimensions));
        tile.append(mosaic.canvas);
      }
      return tile;
    });
    this.row.replaceChildren(...tiles);
    if (!missing.length) return;
    const points = new Float32Array(codes.length * space.dimensions);
    codes.forEach((code, k) => points.set(code, k * space.dimensions));
    const values = await decode(points, codes.length);
    if (token === this.token) setEach(missing, values);
  }
}

/** The test images nearest to the point, wherever it is. A click on one takes the point to it. */
export class Nearest {
  /**
   * @param {Element} parent
   * @param {Host} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("section", { class: "nearest", "data-testid": "nearest-images" }, parent);
    this.words = element("div", { class: "hint" }, this.root);
    this.neighbours = new Neighbours(this.root, host);
    this.shown = "";
    /** @type {Set<number>} labels of the classes that the map hides */
    this.hidden = new Set();
    this.later = new Later(() => void host.during("nearest images", this.fill()).catch(host.failed), REST_MS, (isPending) =>
      host.report("nearest", isPending),
    );
    this.isDecoded = !host.sprite; // whether decoded images stand for the small ones
    const coming = host.sprite ? sprite(host.sprite).then((found) => void (this.neighbours.sprite = found)) : Promise.resolve();
    this.ready = coming.catch(() => void (this.isDecoded = true));
    this.follow();
  }

  follow() {
    this.later.start();
  }

  /** @param {number[]} labels of the classes that do not count */
  hide(labels) {
    this.hidden = new Set(labels);
    this.follow();
  }

  async fill() {
    const { space, point } = this.host;
    const near = space.support?.nearest(point, SHOWN, this.hidden) ?? nearest(space, point, SHOWN, -1, this.hidden);
    const votes = countVotes(space, near).map(([label, count]) => voteText(space, label, count));
    const title = () => {
      const words = this.isDecoded ? tr("Nearest test images (decoded)") : tr("Nearest test images");
      return votes.length ? `${words}: ${votes.join(", ")}` : words;
    };
    write(this.words, title());
    const shown = near.join(" ");
    if (shown === this.shown) return;
    await this.ready; // decoded images of neighbours would all look alike
    write(this.words, title());
    this.shown = shown;
    this.root.dataset.images = shown;
    await this.neighbours.show(near);
  }

  close() {
    this.later.stop();
    this.root.remove();
  }
}
