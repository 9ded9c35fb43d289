// What each of the first axes does: a row of images for each, moved alone from the point of rest.

import { brief, button, element } from "../kit/dom.js";
import { Mosaic } from "../kit/pictures.js";

/**
 * @typedef {{
 *   space: import("./space.js").Space, point: Float64Array, shape: number[], smooth: boolean,
 *   move: (point: Float64Array, done: boolean) => void, focus: (axis: number) => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>,
 *   far: (points: Float32Array, rows: number) => Promise<boolean[]>
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
    element("summary", { text: `What the first ${rows} do` }, this.root);
    element(
      "p",
      { class: "hint", text: "Each moved alone from the point of rest, by deviations. A row of equal images: the decoder ignores it. A click goes there; far from the data is dimmed." },
      this.root,
    );
    const grid = element("div", { class: "rows" }, this.root);
    element("span", {}, grid);
    for (const step of STEPS) element("span", { class: "head", text: `${step > 0 ? "+" : ""}${step}σ`.replace("-", "−") }, grid);
    /** @type {{ go: HTMLButtonElement, mosaic: Mosaic }[][]} */
    this.tiles = Array.from({ length: rows }, (_, axis) => {
      const { name, note } = space.axes[axis];
      const label = element("span", { class: "name" }, grid);
      element("b", { text: name }, label);
      element("span", { class: "note", text: note.replace(" of the variance", "") }, label);
      return STEPS.map((step) => {
        const go = button(grid, "", `${name} at ${brief(step)} deviations, the others at rest`, () => this.go(axis, step));
        const mosaic = new Mosaic(host.shape, 1, 1);
        mosaic.canvas.className = host.smooth ? "picture" : "picture crisp";
        go.append(mosaic.canvas);
        return { go, mosaic };
      });
    });
    this.root.ontoggle = () => {
      if (!this.root.open || this.begun) return;
      this.begun = true; // fifty images are decoded when somebody wants to see them
      this.decode().catch((error) => element("p", { class: "hint", text: error.message }, this.root));
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
    const { space, shape } = this.host;
    const [d, size] = [space.dimensions, shape[0] * shape[1] * shape[2]];
    const all = new Float32Array(this.tiles.length * STEPS.length * d);
    for (const [axis, row] of this.tiles.entries()) {
      const points = new Float32Array(STEPS.length * d);
      STEPS.forEach((step, k) => points.set(this.at(axis, step), k * d));
      all.set(points, axis * STEPS.length * d);
      const values = Float32Array.from(await this.host.decode(points, STEPS.length));
      if (this.closed) return;
      row.forEach(({ mosaic }, k) => mosaic.set(values.subarray(k * size, (k + 1) * size)));
      await new Promise((go) => setTimeout(go)); // a drag has its turn between two rows
      if (this.closed) return;
    }
    const far = await this.host.far(all, this.tiles.length * STEPS.length);
    this.tiles.flat().forEach(({ go }, k) => go.classList.toggle("far", Boolean(far[k])));
  }

  close() {
    this.closed = true;
    this.root.remove();
  }
}
