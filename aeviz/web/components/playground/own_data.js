// Images of the visitor's own as training data: from files, a folder or the pad. They never leave the page.

import { button, element, write } from "../kit/dom.js";
import { mark, tr, trn } from "../kit/language.js";

export const OWN = "own"; // value of the setting `data`
const LEAST = 5; // images that a network can be trained on
const MOST = 2000;
const HELD_SHARE = 0.2;
const NO_LABEL = 255;
const DRAWN = mark("drawn"); // label of drawings
const TYPES = /\.(png|jpe?g|gif|webp|bmp)$/i;

/** @typedef {{ pixels: Uint8Array, label: string }} Own */

export class OwnData {
  /**
   * @param {Element} parent
   * @param {{ changed: () => void, draw: () => void }} act `changed` is called when there are other images, `draw` shows the pad
   * @param {Own[]} images of an earlier visit to the page
   */
  constructor(parent, act, images) {
    this.act = act;
    this.root = element("section", { class: "own-data", hidden: "", "aria-label": tr("Your images") }, parent);
    const row = element("div", { class: "bar" }, this.root);
    this.files = this.picker(row, tr("Choose images"), {});
    this.folder = this.picker(row, tr("Choose a folder"), { webkitdirectory: "" });
    button(row, tr("Draw some"), tr("Draw images and add each to the training images"), act.draw);
    this.words = element("p", { class: "values", role: "status" }, this.root);
    this.images = images;
    this.shape = [1, 28, 28];
    this.say();
  }

  /** @param {Element} parent @param {string} text @param {Record<string, string>} attributes */
  picker(parent, text, attributes) {
    const input = element("input", { type: "file", multiple: "", accept: "image/*", "aria-label": text, hidden: "", ...attributes }, parent);
    input.onchange = () => void this.read([...(input.files ?? [])]).then(() => (input.value = ""));
    const label = tr("{action}: each is cut to a square of 28 x 28 grey pixels in this page and is sent nowhere", { action: text });
    button(parent, text, label, () => input.click());
    return input;
  }

  get isEnough() {
    return this.images.length >= LEAST;
  }

  /** @param {string} [more] */
  say(more = "") {
    const { length } = this.images;
    const have = trn("{count} image of yours; they stay in this page.", "{count} images of yours; they stay in this page.", length);
    const need = length < LEAST ? tr("At least {count} are needed.", { count: LEAST }) : "";
    write(this.words, [more, have, need].filter(Boolean).join(" "));
  }

  /** @param {File[]} files */
  async read(files) {
    const chosen = files.filter((file) => file.type.startsWith("image/") || TYPES.test(file.name)).slice(0, MOST - this.images.length);
    let bad = files.length - chosen.length;
    for (const [k, file] of chosen.entries()) {
      try {
        const path = file.webkitRelativePath.split("/");
        this.images.push({ pixels: await greyOf(file, this.shape), label: path.length > 2 ? path[path.length - 2] : "" });
      } catch {
        bad += 1;
      }
      if (k % 50 === 49) this.say(tr("Reading image {place} of {count}.", { place: k + 1, count: chosen.length }));
    }
    this.say(bad ? trn("{count} file could not be read as images or were too many.", "{count} files could not be read as images or were too many.", bad) : "");
    if (this.isEnough) this.act.changed();
  }

  /** Add a drawing. @param {Float32Array} image from 0 to 1 */
  add(image) {
    this.images.push({ pixels: Uint8Array.from(image, (value) => Math.round(255 * value)), label: DRAWN });
    this.say();
    if (this.isEnough) this.act.changed();
  }

  /** @returns {import("./member.js").Data & { classes: string[] }} */
  data() {
    const size = this.shape[1] * this.shape[2];
    const isHeld = (/** @type {number} */ k) => (k + 1) % Math.round(1 / HELD_SHARE) === 0;
    const names = [...new Set(this.images.map(({ label }) => label))].filter(Boolean);
    /** @param {Own[]} images */
    const joined = (images) => {
      const values = new Uint8Array(images.length * size);
      images.forEach(({ pixels }, k) => values.set(pixels, k * size));
      return values;
    };
    const train = this.images.filter((_, k) => !isHeld(k));
    return {
      images: joined(train),
      held: joined(this.images.filter((_, k) => isHeld(k))),
      labels: Uint8Array.from(train, ({ label }) => (label && names.length > 1 ? names.indexOf(label) % NO_LABEL : NO_LABEL)),
      shape: this.shape,
      classes: names.length > 1 ? names.map((name) => (name === DRAWN ? tr(name) : name)) : [],
    };
  }
}

/**
 * The middle square of an image file in grey levels.
 * @param {File} file
 * @param {number[]} shape
 */
async function greyOf(file, [, height, width]) {
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = element("canvas", { width: String(width), height: String(height) });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (!brush) throw new Error("no canvas");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, width, height);
  bitmap.close();
  const { data } = brush.getImageData(0, 0, width, height);
  return Uint8Array.from({ length: width * height }, (_, k) => 0.299 * data[4 * k] + 0.587 * data[4 * k + 1] + 0.114 * data[4 * k + 2]);
}
