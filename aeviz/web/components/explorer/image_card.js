// The chosen test image: the original, its reconstruction and their difference, and its neighbours in the latent space with
// their vote on its class, all from what the page has: codes, small originals and the decoder.

import { context, element, write } from "../kit/dom.js";
import { Mosaic, setEach } from "../kit/images.js";
import { sprite } from "../kit/sprites.js";

const NEIGHBOURS = 10;
const SMALL_PX = 32;
const NO_LABEL = 65535;

/** @typedef {import("./space.js").Space} Space */
/** @typedef {import("../kit/sprites.js").Sprite} Sprite */
/**
 * @typedef {{
 *   space: Space, shape: number[], smooth: boolean, sprite: string | null,
 *   choose: (index: number) => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>, failed: (error: unknown) => void,
 *   during: import("./explorer.js").During
 * }} Host
 */

/**
 * The images whose codes lie nearest to that of one image, the nearest first.
 * @param {Space} space
 * @param {number} index
 * @param {number} count
 */
export function nearest(space, index, count) {
  const squares = new Float64Array(space.count);
  for (let axis = 0; axis < space.codes.length; axis += 1) {
    const [low, high] = space.spans[axis];
    const unit = (high - low) / 65535;
    const codes = space.codes[axis];
    const at = codes[index];
    for (let i = 0; i < codes.length; i += 1) squares[i] += (unit * (codes[i] - at)) ** 2;
  }
  /** @type {number[]} */
  const found = [];
  for (let i = 0; i < squares.length; i += 1) {
    if (i === index || (found.length === count && squares[i] >= squares[found[count - 1]])) continue;
    let place = found.length;
    while (place > 0 && squares[found[place - 1]] > squares[i]) place -= 1;
    found.splice(place, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}

export class ImageCard {
  /**
   * @param {Element} parent
   * @param {Host} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("section", { class: "chosen", "data-testid": "chosen-image", hidden: "" }, parent);
    this.title = element("div", { class: "title", "aria-live": "polite" }, this.root);
    const row = element("div", { class: "row" }, this.root);
    /** @param {string} caption @param {string} name @param {HTMLCanvasElement} canvas */
    const figure = (caption, name, canvas) => {
      const node = element("figure", {}, row);
      node.append(canvas);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", name);
      element("figcaption", { text: caption }, node);
      return node;
    };
    const { shape, smooth } = host;
    this.original = element("canvas", { class: smooth ? "image" : "image crisp" });
    this.drawn = new Mosaic(shape, 1, 1, smooth);
    this.error = new Mosaic([3, shape[1], shape[2]], 1, 1, smooth);
    this.originalFigure = figure("original", "The chosen image", this.original);
    figure("reconstruction", "Its reconstruction", this.drawn.canvas);
    this.errorFigure = figure("difference", "Reconstruction minus image", this.error.canvas);
    this.errorFigure.title = "Red: the reconstruction is too bright; blue: it is too dark";
    this.vote = element("div", { class: "hint" }, this.root);
    this.row = element("div", { class: "neighbours", role: "group", "aria-label": "Nearest images in the latent space" }, this.root);
    this.index = -1;
    this.token = 0;
    /** @type {Sprite | null} */
    this.sprite = null;
    if (host.sprite) {
      const coming = sprite(host.sprite).then((found) => (this.sprite = found));
      this.ready = host.during("small images", coming).catch(() => null); // the page does without them
    }
  }

  /** The latent point of a test image, if the page has its code along all axes. @param {number} index */
  codeOf(index) {
    const { space } = this.host;
    if (index < 0 || index >= space.count || space.codes.length < space.dimensions) return null;
    return space.moved(space.origin, space.axes.map((_, axis) => [axis, space.encoded(axis, index)]));
  }

  /** @param {number} index of the image, -1 for none */
  show(index) {
    if (index === this.index) return;
    this.index = index;
    const z = this.codeOf(index);
    this.root.hidden = !z;
    this.token += 1;
    if (z) this.host.during("chosen image", this.fill(index, z, this.token)).catch(this.host.failed);
  }

  /** @param {number} index @param {Float64Array} z @param {number} token */
  async fill(index, z, token) {
    const { space, decode } = this.host;
    const label = space.labels[index];
    write(this.title, `Test image ${index}${label === NO_LABEL ? "" : ` · class ${space.classes[label]?.name}`}`);
    const near = nearest(space, index, NEIGHBOURS);
    this.countVotes(near, label);
    const values = Float32Array.from(await decode(Float32Array.from(z), 1));
    await this.ready;
    if (token !== this.token) return;
    this.drawn.set(values);
    this.drawOriginal(index, values);
    await this.drawNeighbours(near, token);
    this.root.dataset.image = String(index);
  }

  /** @param {number[]} near @param {number} label */
  countVotes(near, label) {
    const { space } = this.host;
    if (label === NO_LABEL || !near.length) return write(this.vote, "Nearest images in the latent space:");
    /** @type {Map<number, number>} */
    const votes = new Map();
    for (const i of near) votes.set(space.labels[i], (votes.get(space.labels[i]) ?? 0) + 1);
    const sorted = [...votes].sort((a, b) => b[1] - a[1]);
    const text = sorted.map(([each, count]) => `${count} × ${space.classes[each]?.name ?? "?"}`).join(", ");
    const agrees = sorted[0][0] === label;
    this.root.dataset.agrees = String(agrees);
    return write(this.vote, `Its ${near.length} nearest images: ${text}.${agrees ? "" : " The majority is of another class."}`);
  }

  /** @param {number} index @param {Float32Array} values its reconstruction */
  drawOriginal(index, values) {
    const { sprite: small, original, error } = this;
    const known = small !== null && index < small.count;
    this.originalFigure.hidden = !known;
    const [channels, height, width] = this.host.shape;
    this.errorFigure.hidden = !known || small.width !== width || small.height !== height;
    if (!known) return;
    [original.width, original.height] = [small.width, small.height];
    const brush = context(original, { willReadFrequently: true });
    small.draw(brush, index, 0, 0, Math.max(small.width, small.height));
    if (this.errorFigure.hidden) return;
    const { data } = brush.getImageData(0, 0, width, height);
    const size = width * height;
    const colours = new Float32Array(3 * size);
    for (let k = 0; k < size; k += 1) {
      let off = 0;
      for (let channel = 0; channel < channels; channel += 1) off += (values[channel * size + k] - data[4 * k + channel] / 255) / channels;
      const [away, strength] = [off > 0 ? 0 : 2, Math.min(1, Math.abs(off))];
      for (let channel = 0; channel < 3; channel += 1) colours[channel * size + k] = channel === away ? 1 : 1 - strength;
    }
    error.set(colours);
  }

  /** @param {number[]} near @param {number} token */
  async drawNeighbours(near, token) {
    const { space, shape, smooth, decode, choose } = this.host;
    /** @type {Mosaic[]} */
    const missing = [];
    /** @type {Float64Array[]} */
    const codes = [];
    const tiles = near.map((index) => {
      const name = space.classes[space.labels[index]]?.name;
      const words = `Image ${index}${name === undefined ? "" : `, class ${name}`}`;
      const tile = element("button", { type: "button", title: words, "aria-label": `Choose ${words.toLowerCase()}` });
      tile.style.borderColor = space.colour(index) ?? "";
      tile.onclick = () => choose(index);
      const small = element("canvas", { class: smooth ? "image" : "image crisp" });
      [small.width, small.height] = [this.sprite?.width ?? SMALL_PX, this.sprite?.height ?? SMALL_PX];
      if (this.sprite?.draw(context(small), index, 0, 0, Math.max(small.width, small.height))) tile.append(small);
      else {
        const mosaic = new Mosaic(shape, 1, 1, smooth);
        missing.push(mosaic);
        codes.push(this.codeOf(index) ?? new Float64Array(space.dimensions));
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

  close() {
    this.token += 1;
    this.root.remove();
  }
}
