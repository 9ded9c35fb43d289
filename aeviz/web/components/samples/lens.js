// The sample that a finger chose, large over the grid, where it is in sight; with the test image of the nearest code.

import { element, write } from "../kit/dom.js";
import { drawTile } from "../kit/image_grid.js";
import { tr } from "../kit/language.js";

export class Lens {
  /** @param {Element} grid */
  constructor(grid) {
    this.node = element("div", { class: "lens", hidden: "", "aria-hidden": "true" }, grid);
    const both = element("div", {}, this.node);
    this.own = element("canvas", {}, both);
    this.near = element("canvas", {}, both);
    this.words = element("span", {}, this.node);
  }

  get isShown() {
    return !this.node.hidden;
  }

  /** @param {boolean} isShown */
  toggle(isShown) {
    this.node.hidden = !isShown;
  }

  /**
   * Draw a sample in the half of the grid that it is not in.
   * @param {import("../kit/image_grid.js").Tiling & { count: number, nearestTexts: string[] }} data
   * @param {HTMLImageElement | HTMLCanvasElement} sheet @param {HTMLImageElement | null} nearest @param {number} index
   */
  draw(data, sheet, nearest, index) {
    if (!this.isShown) return;
    this.node.classList.toggle("low", Math.floor(index / data.columns) < data.count / data.columns / 2);
    drawTile(this.own, sheet, data, index);
    this.near.hidden = !nearest;
    if (nearest) drawTile(this.near, nearest, data, index);
    const generated = tr("Image {place} of {count}", { place: index + 1, count: data.count });
    write(this.words, nearest ? `${generated}; ${data.nearestTexts[index]}` : generated);
  }
}
