// One image under distortions of equal squared error, with what each loss says of it, and the three maps of SSIM for the
// one that is chosen. Python gets error, image and distortion once a gesture rests; an image of the visitor stays here.

import { button, element, write } from "../kit/dom.js";
import { Mosaic } from "../kit/images.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { localise, mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { normal, random } from "../kit/random.js";
import { DISTORTIONS, amountFor, distort, mse, tried } from "./distortions.js";
import { bce, l1, meanSsim, msSsim, ssimMaps, widest } from "./measures.js";

/** @typedef {import("./distortions.js").Picture} Picture */
/** @typedef {{ name: string, pixels: Uint8Array, side: number }} Sent */
/** @typedef {{ values: number[], images: Sent[] }} Data values: 1000 times the MSE, place of the image, of the distortion */

const OWN_SIDE = 64;
const [LEAST, LARGEST] = [0.2, 80]; // 1000 times the squared error
const SLIDER = 200; // steps, equal ratios
const TITLES = [mark("brighter"), mark("less contrast"), mark("inverted in part"), mark("noise"), mark("blur"), mark("shifted"), mark("mask"), mark("salt and pepper")]; // prettier-ignore
const MAPS = [mark("luminance l"), mark("contrast c"), mark("structure s")];
const LOSSES = ["MSE", "L1", "BCE", "SSIM", "MS-SSIM"];

/** @param {number} value */
const short = (value) => localise((Math.abs(value) < 0.1 ? value.toPrecision(3) : value.toFixed(3)).replace("-", "−"));

/** @param {Element} parent @param {number} side @param {string} label */
function picture(parent, side, label) {
  const mosaic = new Mosaic([1, side, side], 1, 1, side > 32);
  mosaic.canvas.setAttribute("role", "img");
  mosaic.canvas.setAttribute("aria-label", label);
  parent.append(mosaic.canvas);
  return mosaic;
}

class ImageLosses {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.activity = activity;
    /** @type {number[]} */
    this.values = [];
    /** @type {Sent[]} */
    this.images = [];
    /** @type {Sent | null} */
    this.own = null;
    this.frame = 0;
    this.made = ""; // for which image and side the tiles are
    this.kept = new KeptNumbers(channel, activity, () => this.values);
    const bar = element("div", { class: "bar wide" }, root);
    const label = element("label", {}, bar);
    element("span", { text: tr("Image") }, label);
    this.select = element("select", { "aria-label": tr("Image") }, label);
    this.select.onchange = () => this.change(1, Number(this.select.value));
    const file = element("input", { type: "file", accept: "image/*", hidden: "" }, bar);
    button(bar, tr("Your own…"), tr("An image from your computer; it stays in your browser"), () => file.click());
    file.onchange = () => file.files?.[0] && activity.during("file", this.open(file.files[0]));
    const slider = element("label", { class: "slide" }, bar);
    this.error = element("span", {}, slider);
    this.slider = element("input", { type: "range", min: "0", max: String(SLIDER), "aria-label": tr("Mean squared error of every distortion") }, slider); // prettier-ignore
    this.slider.oninput = () => this.change(0, Number((LEAST * (LARGEST / LEAST) ** (Number(this.slider.value) / SLIDER)).toFixed(2)));
    this.message = element("span", { role: "status", class: "hint" }, bar);
    this.board = element("div", { class: "tiles", role: "group", "aria-label": tr("The image under distortions") }, root);
    this.card = element("section", { class: "part", "aria-label": tr("Luminance, contrast and structure") }, root);
    this.title = element("h4", {}, this.card);
    this.row = element("div", { class: "maps" }, this.card);
    element("p", { class: "formula", role: "math", text: tr("SSIM = mean of l · c · s") }, this.card);
    this.means = element("p", { class: "values" }, this.card);
    this.live = element("p", { class: "values" }, this.card);
    this.rule = element("p", { class: "values hint" }, this.card);
    /** @type {{ tile: HTMLElement, mosaic: Mosaic, cells: HTMLElement[] }[]} */
    this.tiles = [];
    /** @type {{ mosaic: Mosaic, words: HTMLElement }[]} */
    this.maps = [];
  }

  /** @param {Data} data */
  receive({ values, images }) {
    this.images = images;
    if (!this.kept.isNews(values, false)) return;
    this.values = [...values];
    this.redraw();
  }

  /** @param {number} at @param {number} value */
  change(at, value) {
    this.values[at] = value;
    this.redraw();
    this.kept.start();
  }

  /** Take the middle of an image in shades of grey. @param {File} file */
  async open(file) {
    try {
      const bitmap = await createImageBitmap(file);
      const side = Math.min(bitmap.width, bitmap.height);
      const canvas = new OffscreenCanvas(OWN_SIDE, OWN_SIDE);
      const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      brush.imageSmoothingQuality = "high";
      brush.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, OWN_SIDE, OWN_SIDE);
      const { data } = brush.getImageData(0, 0, OWN_SIDE, OWN_SIDE);
      const pixels = Uint8Array.from({ length: OWN_SIDE ** 2 }, (_, k) => {
        return Math.round(0.299 * data[4 * k] + 0.587 * data[4 * k + 1] + 0.114 * data[4 * k + 2]);
      });
      this.own = { name: tr("your own"), pixels, side: OWN_SIDE };
      this.made = "";
      write(this.message, "");
    } catch {
      write(this.message, tr("This file is no image that the browser can read."));
    }
    this.redraw();
  }

  redraw() {
    if (this.frame) return;
    this.activity.mark("draw", true);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  /** Make tiles for an image. @param {Sent} sent */
  make(sent) {
    this.made = `${sent.name} ${sent.side}`;
    this.select.replaceChildren(...this.images.map(({ name }, k) => element("option", { value: String(k), text: name })));
    if (this.own) element("option", { value: "-1", text: this.own.name }, this.select);
    const { side } = sent;
    this.original = { values: Float64Array.from(sent.pixels, (level) => level / 255), height: side, width: side };
    const [next, draw] = [random(2), normal(random(1))];
    const size = side * side;
    this.noise = { normal: Float64Array.from({ length: size }, draw), uniform: Float64Array.from({ length: size }, next) };
    const { original, noise } = this;
    this.grids = DISTORTIONS.map((kind) => tried(original, kind, noise));
    this.board.replaceChildren();
    this.tiles = [-1, ...DISTORTIONS.keys()].map((k) => {
      const tile = element(k < 0 ? "div" : "button", { class: "tile", ...(k < 0 ? {} : { type: "button", "data-kind": DISTORTIONS[k] }) }, this.board);
      const mosaic = picture(tile, side, k < 0 ? tr("The image") : tr("The image: {distortion}", { distortion: tr(TITLES[k]) }));
      const words = element("span", { class: "words" }, tile);
      element("b", { text: k < 0 ? tr("original") : tr(TITLES[k]) }, words);
      const cells = LOSSES.map((loss) => {
        const line = element("span", {}, words);
        element("i", { text: loss }, line);
        return element("span", { class: "values" }, line);
      });
      if (k >= 0) tile.onclick = () => this.change(2, k);
      return { tile, mosaic, cells };
    });
    this.row.replaceChildren();
    const inner = side - widest(side, 1) + 1;
    this.maps = MAPS.map((each) => {
      const name = tr(each);
      const figure = element("figure", {}, this.row);
      const mosaic = picture(figure, inner, tr("Map of {name}: white is 1, black is 0 or less", { name }));
      return { mosaic, words: element("figcaption", { text: name }, figure) };
    });
  }

  draw() {
    this.frame = 0;
    this.activity.mark("draw", false);
    if (!this.values.length || !this.images.length || !this.root.isConnected) return;
    const [error, at, kind] = this.values;
    const sent = (this.own && (at < 0 || !this.made) && this.own) || this.images[at] || this.images[0];
    if (sent === this.own && at >= 0) this.values[1] = -1;
    if (this.made !== `${sent.name} ${sent.side}`) this.make(sent);
    const { original, noise, grids } = this;
    if (!original || !noise || !grids) return;
    this.select.value = String(sent === this.own ? -1 : this.images.indexOf(sent));
    this.slider.value = String(Math.round((SLIDER * Math.log(error / LEAST)) / Math.log(LARGEST / LEAST)));
    write(this.error, tr("MSE of every distortion: {mse}", { mse: short(error / 1000) }));
    const plan = msSsim(original, original);
    const window = widest(original.width, 1);
    this.tiles.forEach(({ tile, mosaic, cells }, k) => {
      const name = DISTORTIONS[k - 1];
      const values = k ? distort(original, name, amountFor(original, name, error / 1000, noise, grids[k - 1]), noise) : original.values;
      const other = { ...original, values };
      mosaic.set(values);
      const maps = ssimMaps(original, other, window);
      const reached = mse(values, original.values);
      const found = [reached, l1(values, original.values), bce(values, original.values), meanSsim(maps), msSsim(original, other, maps).value];
      found.forEach((value, n) => write(cells[n], k && !n && reached < (0.95 * error) / 1000 ? tr("{mse} (most)", { mse: short(value) }) : short(value)));
      tile.toggleAttribute("data-chosen", k === kind + 1);
      if (k) tile.setAttribute("aria-pressed", String(k === kind + 1));
      if (k === kind + 1) this.showMaps(maps, found, plan, window);
    });
    this.root.dataset.shown = this.tiles.map(({ cells }) => cells[3].textContent).join(" ");
  }

  /**
   * @param {import("./measures.js").Maps} maps
   * @param {number[]} found
   * @param {{ scales: number, window: number }} plan
   * @param {number} window
   */
  showMaps(maps, found, plan, window) {
    write(this.title, tr("Where it differs: {distortion}", { distortion: tr(TITLES[this.values[2]]) }));
    [maps.luminance, maps.contrast, maps.structure].forEach((values, k) => {
      this.maps[k].mosaic.set(values.map((value) => Math.max(0, value)));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      write(this.maps[k].words, `${tr(MAPS[k])}: ${short(mean)}`);
    });
    write(this.means, tr("= {value} (the mean of the product is not the product of the means)", { value: short(found[3]) }));
    write(this.live, tr("MS-SSIM = {value} from {count} scales, each with half the side of the one before.", { value: short(found[4]), count: plan.scales }));
    write(this.rule, tr("Windows: SSIM {ssim}, MS-SSIM {scaled} pixels, Gaussian with σ = 1.5. C₁ = 0.01², C₂ = 0.03² for pixels in [0, 1]. White is 1, black 0 or less. BCE takes the distorted image as probabilities; the image itself has its entropy.", { ssim: window, scaled: plan.window })); // prettier-ignore
  }

  close() {
    this.kept.stop();
    cancelAnimationFrame(this.frame);
  }
}

export default define(
  { class: "experiment losses", "data-testid": "image-losses" },
  (root, channel, activity) => new ImageLosses(root, channel, activity),
);
