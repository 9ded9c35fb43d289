// The note on a value, a unit or a layer: beside the pointer, or on a phone below the layers that stand beside the tapped
// one, where it covers nothing. It follows the values of the network as long as it stands.

import { element, write } from "../kit/dom.js";
import { tr } from "../kit/language.js";

/** @typedef {import("./layer_view.js").Note} Note */
/** @typedef {import("./layer_view.js").Spot} Spot */

export class NoteBox {
  /** @param {HTMLElement} root in whose coordinates it stands */
  constructor(root) {
    this.root = root;
    this.box = element("div", { class: "tip", role: "status", hidden: "" }, root);
    this.text = element("div", {}, this.box);
    this.button = element("button", { type: "button", class: "close", "aria-label": tr("Close"), title: tr("Close"), text: "×" }, this.box);
    this.button.onclick = () => this.dismiss();
    root.addEventListener("keydown", ({ key }) => key === "Escape" && this.dismiss());
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
    this.root.append(this.box);
  }

  dismiss() {
    this.note?.view?.forget();
    this.hide();
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
    });
  }

  /** @param {Note} note */
  write({ text, picture }) {
    write(this.text, text);
    if ((picture ?? null) !== (this.button.previousElementSibling?.closest("canvas") ?? null)) this.box.replaceChildren(this.text, ...(picture ? [picture] : []), this.button);
    this.box.hidden = false;
  }

  /** @param {Spot} spot */
  place({ clientX, clientY, layer, isTouch }) {
    if (getComputedStyle(this.box).position === "static") {
      this.box.style.transform = "";
      rowEnd(layer).after(this.box);
      if (isTouch) this.box.scrollIntoView({ block: "nearest" });
      return;
    }
    this.root.append(this.box);
    const [root, high] = [this.root.getBoundingClientRect(), this.box.offsetHeight];
    const left = Math.min(clientX - root.left + 12, root.width - this.box.offsetWidth);
    const isLow = clientY + 16 + high > innerHeight && clientY - 8 - high > 0; // no room below
    const y = clientY - root.top + (isLow ? -8 - high : 16);
    this.box.style.transform = `translate(${Math.max(0, left)}px, ${y}px)`;
  }
}

/**
 * The last layer that stands beside another one on a phone; of an image or a code, the last one of the encoder.
 * @param {HTMLElement} layer
 */
function rowEnd(layer) {
  const layers = [.../** @type {NodeListOf<HTMLElement>} */ (layer.parentElement?.querySelectorAll(".layer:is(.encoder, .decoder)") ?? [])];
  return layers.findLast(({ offsetTop }) => offsetTop === layer.offsetTop) ?? layers.findLast((other) => other.matches(".encoder")) ?? layer;
}
