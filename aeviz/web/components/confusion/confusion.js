// Confusion tables: a row for each class of the originals, a column for each class that reconstructions are read as. A cell
// holds its share of the row and is shaded by it. A click, or Enter on the cell that arrow keys reach, reports it.

import { element } from "../kit/dom.js";
import { STEPS } from "../kit/image_grid.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";

/** @typedef {{ titles: string[], counts: number[][][], names: string[], first: number[] }} Data */

const LARGEST = 55; // per cent of the hue in a cell that holds a whole row: text on it keeps 7 to 1

/**
 * A share in whole per cent; nothing for none, and never 0 or 100 where that is not exact.
 * @param {number} count
 * @param {number} total
 */
export function percent(count, total) {
  if (!count) return "";
  const value = Math.round((100 * count) / total);
  return value === 0 ? "<1" : value === 100 && count < total ? ">99" : String(value);
}

/**
 * How much of the hue a cell has, in per cent. The root makes small shares visible.
 * @param {number} count
 * @param {number} total
 */
export function shade(count, total) {
  return total ? LARGEST * Math.sqrt(count / total) : 0;
}

class Confusion {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   */
  constructor(root, channel) {
    this.root = root;
    this.channel = channel;
    this.text = "";
    /** @type {HTMLButtonElement | null} */
    this.chosen = null;
  }

  /** @param {Data} data */
  receive(data) {
    const text = JSON.stringify(data);
    if (text === this.text) return; // a rerun keeps the focus and the chosen cell
    this.text = text;
    this.root.replaceChildren();
    data.titles.forEach((_, at) => this.draw(data, at));
  }

  /** @param {Data} data @param {number} at which table */
  draw({ titles, counts, names, first }, at) {
    const table = element("table", {}, this.root);
    element("caption", { text: titles[at] }, table);
    const head = element("tr", {}, element("thead", {}, table));
    element("th", { class: "corner", text: `${tr("original ↓")}\n${tr("read as →")}` }, head);
    for (const name of names) element("th", { scope: "col", text: name }, head);
    const body = element("tbody", {}, table);
    /** @type {(HTMLButtonElement | null)[][]} */
    const cells = counts[at].map((row, i) => {
      const line = element("tr", {}, body);
      element("th", { scope: "row", text: names[i] }, line);
      const total = row.reduce((sum, count) => sum + count, 0);
      return row.map((count, j) => {
        const cell = element("td", { class: i === j ? "kept" : "lost" }, line);
        cell.style.setProperty("--shade", `${shade(count, total).toFixed(1)}%`);
        if (!count) return null;
        const words = tr("{original} read as {read}: {count} of {total} images", { original: names[i], read: names[j], count, total });
        const button = element("button", { type: "button", title: words, "aria-label": words, tabindex: "-1" }, cell);
        button.textContent = percent(count, total);
        button.setAttribute("aria-pressed", "false");
        button.onclick = () => this.choose(button, [at, i, j]);
        button.onkeydown = (event) => this.step(event, cells, i, j);
        if (at === first[0] && i === first[1] && j === first[2]) this.mark(button);
        return button;
      });
    });
    const start = cells.flat().find((button) => button?.getAttribute("aria-pressed") === "true") ?? cells.flat().find(Boolean);
    if (start) start.tabIndex = 0;
  }

  /** @param {HTMLButtonElement} button */
  mark(button) {
    this.chosen?.setAttribute("aria-pressed", "false");
    this.chosen = button;
    button.setAttribute("aria-pressed", "true");
  }

  /** @param {HTMLButtonElement} button @param {number[]} cell */
  choose(button, cell) {
    this.mark(button);
    this.focus(button);
    this.channel.state("cell", cell);
  }

  /** @param {HTMLButtonElement} button the one of its table that Tab leads to from now on */
  focus(button) {
    for (const each of button.closest("table")?.querySelectorAll("button") ?? []) each.tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  }

  /**
   * Go to the next cell with images in the direction of an arrow key.
   * @param {KeyboardEvent} event
   * @param {(HTMLButtonElement | null)[][]} cells
   * @param {number} row
   * @param {number} column
   */
  step(event, cells, row, column) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    for (let [x, y] = [column + step[0], row + step[1]]; cells[y]?.[x] !== undefined; x += step[0], y += step[1]) {
      const next = cells[y][x];
      if (next) return void this.focus(next);
    }
  }

  close() {}
}

export default define({ class: "confusion", "data-testid": "confusion" }, (root, channel) => new Confusion(root, channel));
