// The legend of the classes: a button for each, which shows or hides its points.

import { likenessOf, SHAPES, shapeOf } from "./class_shapes.js";
import { element, write } from "./dom.js";
import { tr } from "./language.js";

/** @typedef {{ name: string, colour: string }} Class */

/** @type {Record<string, string>} */
const OUTLINES = {
  disc: "",
  triangle: "border-radius:0;clip-path:polygon(50% 0,100% 100%,0 100%)",
  cross: "border-radius:0;clip-path:polygon(0 20%,20% 0,50% 30%,80% 0,100% 20%,70% 50%,100% 80%,80% 100%,50% 70%,20% 100%,0 80%,30% 50%)",
  ring: "mask:radial-gradient(circle,#0000 35%,#000 38%)",
};

export class Legend {
  /**
   * @param {Element} parent
   * @param {(hidden: Set<number>) => void} act is called when the visitor shows or hides classes
   * @param {boolean} [hasShapes] whether points of more classes than colours have shapes
   */
  constructor(parent, act, hasShapes = false) {
    this.hasShapes = hasShapes;
    this.root = element("div", { class: "legend", role: "group", "aria-label": tr("Classes shown") }, parent);
    this.act = act;
    /** @type {Set<number>} labels */
    this.hidden = new Set();
    /** @type {HTMLElement[]} */
    this.chips = [];
    this.all = element("button", { type: "button", text: tr("All") });
    this.all.onclick = () => this.change(new Set());
    this.note = element("div", { class: "hint", hidden: "" }, parent);
    this.made = "";
  }

  /**
   * Show these classes; the buttons stay where they are the same.
   * @param {Class[]} classes
   * @param {Iterable<number>} [hidden] labels
   */
  show(classes, hidden = this.hidden) {
    this.hidden = new Set(hidden);
    const made = JSON.stringify(classes);
    if (this.made !== made) this.build(classes);
    this.made = made;
    this.root.hidden = !classes.length;
    this.mark();
  }

  /** @param {Class[]} classes */
  build(classes) {
    this.root.replaceChildren();
    this.chips = classes.map(({ name, colour }, label) => {
      const chip = element("button", { type: "button", title: tr("Show or hide; double-click to show this class alone") });
      element("span", { class: "swatch", style: `background:${colour};${this.outlineOf(label)}` }, chip);
      element("span", { text: name }, chip);
      chip.onclick = () => {
        const next = new Set(this.hidden);
        if (!next.delete(label)) next.add(label);
        this.change(next);
      };
      chip.ondblclick = () => this.change(new Set([...classes.keys()].filter((other) => other !== label)));
      this.root.append(chip);
      return chip;
    });
    const likeness = likenessOf(classes.length, this.hasShapes);
    write(this.note, likeness && `${likeness} ${tr("Double-click a class to show it alone.")}`);
    this.note.hidden = !likeness;
    this.root.append(this.all);
  }

  /** The style that gives a swatch the shape of its points. @param {number} label */
  outlineOf(label) {
    return this.hasShapes ? OUTLINES[SHAPES[shapeOf(label)]] : "";
  }

  /** @param {Set<number>} hidden */
  change(hidden) {
    this.hidden = hidden;
    this.mark();
    this.act(hidden);
  }

  mark() {
    this.chips.forEach((chip, label) => chip.setAttribute("aria-pressed", String(!this.hidden.has(label))));
    this.all.hidden = !this.hidden.size;
  }
}
