// The image and what each of two models makes of it, beside each other: on a phone the rows of the models are a screen apart.

import { element, write } from "../kit/dom.js";
import { Mosaic } from "../kit/images.js";
import { tr } from "../kit/language.js";

export class SideBySide {
  /**
   * @param {Element} parent
   * @param {string[]} titles of the models
   * @param {number[]} shape of an image
   * @param {boolean} smooth
   */
  constructor(parent, titles, shape, smooth) {
    const box = element("div", { class: "sides", "aria-hidden": "true" }, parent); // the rows say the same
    this.figures = [tr("Image"), ...titles].map((title) => {
      const figure = element("figure", {}, box);
      element("figcaption", { text: title }, figure);
      const mosaic = new Mosaic(shape, 1, 1, smooth);
      figure.append(mosaic.canvas);
      return { mosaic, note: element("div", { class: "note" }, figure) };
    });
  }

  /** @param {number} model @param {import("./model_row.js").Answer} answer */
  show(model, { image, values, note }) {
    const figure = this.figures[model + 1];
    this.figures[0].mosaic.set(image);
    figure.mosaic.set(values);
    write(figure.note, note);
  }
}
