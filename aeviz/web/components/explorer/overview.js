// What each of the first axes does: a row of images for each, the others at their medians.

import { brief, button, element } from "../kit/dom.js";
import { Mosaic, setEach } from "../kit/images.js";
import { localise, tr } from "../kit/language.js";
import { noteWords } from "./notes.js";

/**
 * @typedef {{
 *   space: import("./space.js").Space, point: Float64Array, shape: number[], smooth: boolean,
 *   move: (point: Float64Array, done: boolean) => void, focus: (axis: number) => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>,
 *   far: (points: Float32Array, rows: number) => boolean[], during: import("./explorer.js").During
 * }} OverviewHost
 */

const ROWS = 10;
const STEPS = [-3, -1.5, 0, 1.5, 3];

export class Overview {
  /**
   * @param {Element} parent
   * @param {OverviewHost} host
   */
  constructor(parent, host) {
    this.host = host;
    this.closed = this.begun = false;
    const { space } = host;
    const rows = Math.min(ROWS, space.dimensions);
    this.root = element("details", { class: "overview", "data-testid": "latent-overview" }, parent);
    element("summary", { text: tr("The first {rows} axes, one per row", { rows }) }, this.root);
    element(
      "p",
      { class: "hint", text: tr("Each row moves along one axis, in standard deviations from the median. If all images of a row look alike, the decoder ignores that axis. Dimmed: out of distribution. Click an image to go there.") },
      this.root,
    );
    const grid = element("div", { class: "rows" }, this.root);
    element("span", {}, grid);
    for (const step of STEPS) element("span", { class: "head", text: localise(`${step > 0 ? "+" : ""}${step}σ`.replace("-", "−")) }, grid);
    /** @type {{ go: HTMLButtonElement, mosaic: Mosaic }[][]} */
    this.tiles = Array.from({ length: rows }, (_, axis) => {
      const { name, note } = space.axes[axis];
      const label = element("span", { class: "name" }, grid);
      element("b", { text: name }, label);
      element("span", { class: "note", text: noteWords(note, "share") }, label);
      return STEPS.map((step) => {
        const go = button(grid, "", tr("{axis} at {step} standard deviations, the others at their medians", { axis: name, step: brief(step) }), () => this.go(axis, step));
        const mosaic = new Mosaic(host.shape, 1, 1, host.smooth);
        go.append(mosaic.canvas);
        return { go, mosaic };
      });
    });
    this.root.ontoggle = () => {
      if (!this.root.open || this.begun) return;
      this.begun = true; // fifty images are decoded when somebody wants to see them
      this.host.during("overview", this.decode()).catch((error) => element("p", { class: "hint", text: error.message }, this.root));
    };
  }

  /** @param {number} axis @param {number} step */
  at(axis, step) {
    const { space } = this.host;
    const { rest, deviation } = space.axes[axis];
    return space.moved(space.origin, [[axis, rest + step * deviation]]);
  }

  /** @param {number} axis @param {number} step */
  go(axis, step) {
    this.host.focus(axis);
    this.host.move(this.at(axis, step), true);
  }

  async decode() {
    const { space } = this.host;
    const d = space.dimensions;
    const all = new Float32Array(this.tiles.length * STEPS.length * d);
    for (const [axis, row] of this.tiles.entries()) {
      const points = new Float32Array(STEPS.length * d);
      STEPS.forEach((step, k) => points.set(this.at(axis, step), k * d));
      all.set(points, axis * STEPS.length * d);
      const values = await this.host.decode(points, STEPS.length);
      if (this.closed) return;
      setEach(row.map(({ mosaic }) => mosaic), values);
      await new Promise((go) => setTimeout(go)); // lets a drag proceed between two rows
      if (this.closed) return;
    }
    const far = this.host.far(all, this.tiles.length * STEPS.length);
    this.tiles.flat().forEach(({ go }, k) => go.classList.toggle("far", Boolean(far[k])));
  }

  close() {
    this.closed = true;
    this.root.remove();
  }
}
