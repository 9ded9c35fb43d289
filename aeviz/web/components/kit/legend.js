// The legend of the classes: a button for each, which shows or hides its points.

import { element } from "./dom.js";

/** @typedef {{ name: string, colour: string }} Class */

export class Legend {
  /**
   * @param {Element} parent
   * @param {(hidden: Set<number>) => void} act is called when the visitor shows or hides classes
   */
  constructor(parent, act) {
    this.root = element("div", { class: "legend", role: "group", "aria-label": "Classes shown" }, parent);
    this.act = act;
    /** @type {Set<number>} labels */
    this.hidden = new Set();
    /** @type {HTMLElement[]} */
    this.chips = [];
    this.all = element("button", { type: "button", text: "All" });
    this.all.onclick = () => this.change(new Set());
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
      const chip = element("button", { type: "button", title: "Show or hide; double-click to show this class alone" });
      element("span", { class: "swatch", style: `background:${colour}` }, chip);
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
    this.root.append(this.all);
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
