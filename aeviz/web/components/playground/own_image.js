// The visitor's own drawing: a pad whose image the networks encode while they learn.

import { Handwriting } from "../drawing/handwriting.js";
import { Pad } from "../drawing/pad.js";
import { Board, paint, SIDE } from "../drawing/strokes.js";
import { button, element } from "../kit/dom.js";
import { tr } from "../kit/language.js";

const board = { kept: /** @type {Board | null} */ (null) }; // a drawing survives a visit to another page

export class OwnImage {
  /**
   * @param {Element} parent
   * @param {import("../kit/mount.js").Activity} activity
   * @param {() => void} changed
   * @param {(image: Float32Array) => void} add takes the drawing as a training image
   */
  constructor(parent, activity, changed, add) {
    this.root = element("section", { class: "own", hidden: "", "aria-label": tr("Your drawing") }, parent);
    this.adding = button(this.root, tr("Add to the images"), tr("Add the drawing to the training images and clear the pad"), () => {
      if (this.image) add(this.image);
      this.pad?.clear();
    });
    this.adding.hidden = true;
    this.board = element("div", { class: "pad" }, this.root);
    this.activity = activity;
    this.changed = changed;
    /** @type {Float32Array | null} */
    this.image = null;
    /** @type {Pad | null} */
    this.pad = null;
    this.shape = [1, 1, 1];
  }

  get isShown() {
    return !this.root.hidden;
  }

  /** @param {number[]} shape of the images; a pad draws grey ones only */
  set(shape) {
    this.shape = shape;
    this.handwriting = shape[0] === 1 ? new Handwriting(paint, SIDE, shape) : null;
    this.follow(this.pad?.board.strokes() ?? []);
  }

  /** @param {boolean} isOffered whether drawings may become training images */
  offerToAdd(isOffered) {
    this.adding.hidden = !isOffered;
  }

  toggle() {
    this.root.hidden = !this.root.hidden;
    if (this.isShown && !this.pad) {
      board.kept ??= new Board();
      this.pad = new Pad(this.board, "playground", board.kept, () => undefined, this.activity);
      this.pad.sender.stop();
      const follower = { follow: this.follow.bind(this), works: true, close: () => undefined };
      this.pad.live = /** @type {any} */ (follower);
      this.pad.update();
    }
    this.changed();
  }

  /** @param {import("../drawing/handwriting.js").Stroke[]} strokes */
  follow(strokes) {
    this.image = strokes.length && this.handwriting ? Float32Array.from(this.handwriting.prepare(strokes) ?? []) : null;
    if (!this.image?.length) this.image = null;
    this.changed();
  }

  close() {
    this.pad?.close();
  }
}
