// The test images that the visitor chooses from: one of each class, the previous, the next, or any.

import { button, element, write } from "../kit/dom.js";
import { Mosaic } from "../kit/images.js";
import { tr } from "../kit/language.js";

const NO_LABEL = 65535;
const MOST = 10; // small images

/**
 * @typedef {{
 *   shape: number[], smooth: boolean, image: (index: number) => Float32Array, places: Uint32Array, labels: Uint16Array,
 *   classes: string[], noun: string, first: number
 * }} Choice `first` is chosen at first; `places` are indices in the test set; `noun` is what an image is called
 */

export class Picker {
  /**
   * @param {Element} parent
   * @param {Choice} choice
   * @param {(index: number) => void} choose
   */
  constructor(parent, choice, choose) {
    this.choice = choice;
    this.choose = choose;
    this.index = 0;
    const { labels, classes } = choice;
    const count = labels.length;
    const bar = element("div", { class: "picker", role: "group", "aria-label": tr("Image") }, parent);
    const firsts = classes.length ? classes.map((_, label) => labels.indexOf(label)).filter((k) => k >= 0) : [...labels.keys()];
    /** @type {{ node: HTMLButtonElement, index: number }[]} */
    this.small = firsts.slice(0, MOST).map((index) => ({ node: this.smallButton(bar, index), index }));
    button(bar, tr("Previous"), tr("The image before this one"), () => this.go((this.index + count - 1) % count));
    button(bar, tr("Next"), tr("The image after this one"), () => this.show(null));
    button(bar, tr("Random"), tr("Another image, drawn at random"), () => this.go((this.index + 1 + Math.floor(Math.random() * (count - 1))) % count));
    this.words = element("span", { class: "chosen", "aria-live": "polite" }, bar);
  }

  /** @param {Element} bar @param {number} index */
  smallButton(bar, index) {
    const { shape, smooth, image, classes, labels } = this.choice;
    const label = labels[index];
    const title = classes.length ? tr("An image of class {name}", { name: classes[label] }) : `${tr(this.choice.noun)} ${index + 1}`;
    const node = element("button", { type: "button", class: "small", title, "aria-label": title }, bar);
    const mosaic = new Mosaic(shape, 1, 1, smooth);
    mosaic.set(image(index));
    node.append(mosaic.canvas);
    node.onclick = () => this.go(classes.length ? this.nextOf(label) : index);
    return node;
  }

  /** The next image of a class, so that a second click shows another. @param {number} label */
  nextOf(label) {
    const { labels } = this.choice;
    const isShown = labels[this.index] === label;
    const next = isShown ? labels.indexOf(label, this.index + 1) : -1;
    return next >= 0 ? next : labels.indexOf(label);
  }

  /** An image of a class, or the next one where that is none. @param {number | null} label */
  show(label) {
    this.go(label === null ? (this.index + 1) % this.choice.labels.length : this.nextOf(label));
  }

  /** @param {number} index */
  go(index) {
    const { places, labels, classes, noun } = this.choice;
    this.index = index;
    const image = `${tr(noun)} ${places[index]}`;
    write(this.words, labels[index] === NO_LABEL ? image : tr("{image}, class {name}", { image, name: classes[labels[index]] }));
    for (const { node, index: first } of this.small) {
      const isShown = classes.length ? labels[first] === labels[index] : first === index;
      node.setAttribute("aria-pressed", String(isShown));
    }
    this.choose(index);
  }

  /**
   * Choose an image by its place in the test set, unless it is chosen already.
   * @param {number} place
   * @returns {boolean} whether it is among the images
   */
  goTo(place) {
    const index = this.choice.places.indexOf(place);
    if (index < 0) return false;
    if (index !== this.index || !this.words.textContent) this.go(index);
    return true;
  }
}
