// The note on a value, a unit or a layer: beside the pointer, or on a phone at the screen's lower edge. It follows the
// values of the network as long as it stands.

import { element, write } from "../kit/dom.js";

/** @typedef {import("./layer_view.js").Note} Note */
/** @typedef {import("./layer_view.js").Spot} Spot */

const TOUCHED_PX = 28; // around a tapped place that stays free
const HEAD_PX = 64; // of the screen, which Streamlit's head covers
const GAP_PX = 4; // to the row that the note is about

export class NoteBox {
  /** @param {HTMLElement} root in whose coordinates it stands */
  constructor(root) {
    this.root = root;
    this.box = element("div", { class: "tip", role: "status", hidden: "" }, root);
    this.text = element("div", {}, this.box);
    /** @type {Note | null} */
    this.note = null;
    this.frame = 0;
  }

  /** @param {Note} note @param {Spot} spot */
  show(note, spot) {
    if (this.note?.view !== note.view) this.note?.view?.forget();
    this.note = note;
    this.write(note);
    this.place(spot);
  }

  /** @param {import("./layer_view.js").LayerView} [view] whose note it is; by default any */
  hide(view) {
    if (view && this.note?.view !== view) return;
    this.note = null;
    this.box.hidden = true;
  }

  /** The networks have answered: what it says is read anew, once a frame. */
  update() {
    if (!this.note?.view || this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const { view, index } = this.note ?? {};
      const note = index === undefined ? null : view?.noteOf(index);
      if (!note) return;
      this.write(note);
      const { top, bottom } = this.box.getBoundingClientRect();
      if (bottom < HEAD_PX || top > innerHeight) this.box.classList.remove("high"); // the visitor has scrolled on
    });
  }

  /** @param {Note} note */
  write({ text, picture }) {
    write(this.text, text);
    if ((picture ?? null) !== this.text.nextElementSibling) this.box.replaceChildren(this.text, ...(picture ? [picture] : []));
    this.box.hidden = false;
  }

  /** @param {Spot} spot */
  place({ clientX, clientY, top = clientY, bottom = clientY }) {
    const [root, high] = [this.root.getBoundingClientRect(), this.box.offsetHeight];
    this.box.classList.remove("high");
    const own = this.box.getBoundingClientRect();
    const isCovered = bottom > own.top && top < own.bottom;
    if (isCovered && getComputedStyle(this.box).position === "sticky") {
      // at the screen's lower edge it would cover the row that it is about
      const above = top - GAP_PX;
      const end = above - high >= HEAD_PX ? above : Math.min(clientY - TOUCHED_PX, HEAD_PX + high);
      this.box.style.setProperty("--top", `${end - high - root.top}px`);
      this.box.classList.add("high");
    }
    const left = Math.min(clientX - root.left + 12, root.width - this.box.offsetWidth);
    const isLow = clientY + 16 + high > innerHeight && clientY - 8 - high > 0; // no room below
    const y = clientY - root.top + (isLow ? -8 - high : 16);
    this.box.style.transform = `translate(${Math.max(0, left)}px, ${y}px)`;
  }
}
