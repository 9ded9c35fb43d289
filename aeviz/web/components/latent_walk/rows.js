// Rows of images at some places of the walks. What a question keeps back appears as the visitor passes it, and what the
// images are read as with the answer. A click on an image goes to its place.

import { element, write } from "../kit/dom.js";
import { drawTile } from "../kit/image_grid.js";

/**
 * @typedef {{
 *   walk: number, at: number[], columns: number, heads: string[], texts: string[], far: boolean[], title: string, waiting: string,
 *   shown: boolean[], isLate: boolean
 * }} Row see component.py
 * @typedef {{ row: Row, section: HTMLElement, caption: HTMLElement, tiles: { button: HTMLButtonElement, canvas: HTMLCanvasElement, text: HTMLElement }[] }} Drawn
 */

export class Rows {
  /** @param {Element} parent @param {(at: number) => void} go */
  constructor(parent, go) {
    this.node = element("div", { class: "rows" }, parent);
    this.go = go;
    /** @type {Drawn[]} */
    this.drawn = [];
    this.reach = [0, 0]; // places that the visitor has passed
    this.about = ""; // what is drawn
  }

  /**
   * @param {Row[]} rows
   * @param {HTMLImageElement[]} sheets of the walks
   * @param {import("../kit/image_grid.js").Tiling} tiling
   */
  set(rows, sheets, tiling) {
    const about = JSON.stringify([rows, sheets.map(({ src }) => src)]);
    if (about === this.about) return; // an image keeps its focus
    this.about = about;
    this.node.replaceChildren();
    this.node.hidden = !rows.length;
    this.node.style.setProperty("--ratio", `${tiling.tile[1]} / ${tiling.tile[0]}`);
    this.drawn = rows.map((row) => {
      const section = element("figure", { style: `--columns: ${row.columns}` }, this.node);
      const strip = element("div", { class: "strip", role: "group", "aria-label": row.title.split(":")[0] }, section);
      const tiles = row.at.map((at, k) => {
        const tile = element("div", { class: "tile" }, strip);
        if (row.heads[k]) element("span", { class: "head", text: row.heads[k] }, tile);
        const text = element("span", { class: "text" }, tile);
        const button = element("button", { type: "button" }, tile);
        button.onclick = () => this.go(at);
        const canvas = element("canvas", {}, button);
        drawTile(canvas, sheets[row.walk], tiling, at);
        if (row.far[k]) element("span", { class: "cross", text: "×", "aria-hidden": "true" }, button);
        return { button, canvas, text };
      });
      return { row, section, caption: element("figcaption", {}, section), tiles };
    });
  }

  /** Forget what the visitor has passed. @param {number} at where they are */
  begin(at) {
    this.reach = [at, at];
  }

  /** The visitor passes all up to a place; a click on an image leaps over what lies between. @param {number} at */
  pass(at) {
    this.reach = [Math.min(this.reach[0], at), Math.max(this.reach[1], at)];
  }

  /**
   * @param {number} at the place that is shown
   * @param {boolean} isAsked whether the visitor has not predicted yet
   * @param {boolean} isTold whether the answer is known
   * @param {(row: Row, k: number, isRead: boolean) => string} nameOf what an image is, for those who do not see it
   */
  draw(at, isAsked, isTold, nameOf) {
    const [low, high] = this.reach;
    for (const { row, section, caption, tiles } of this.drawn) {
      section.hidden = !isTold && row.isLate;
      tiles.forEach(({ button, text }, k) => {
        const isPassed = isTold || (row.at[k] >= low && row.at[k] <= high);
        const [isSeen, isRead] = [isPassed || row.shown[k], isPassed && !isAsked];
        button.disabled = !isSeen;
        button.classList.toggle("far", isRead);
        button.setAttribute("aria-label", isSeen ? nameOf(row, k, isRead) : row.waiting);
        button.setAttribute("aria-current", String(row.at[k] === at));
        write(text, row.texts[k] ?? "");
        text.style.visibility = isRead ? "" : "hidden"; // keeps its room: nothing below moves
      });
      const isComplete = tiles.every(({ button }) => !button.disabled);
      write(caption, isTold ? row.title : isComplete ? row.title.split(":")[0] : row.waiting);
    }
  }
}
