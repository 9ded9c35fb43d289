// The samples when they are first seen: one point after the other falls on the map, and its image appears in the grid.

const LASTS_MS = 1600;
const LONGEST_MS = 50; // that a frame counts for: while the page is still being built it skips some

export class Arrival {
  /**
   * @param {HTMLElement} picture the grid of images
   * @param {import("../kit/mount.js").Activity} activity
   * @param {() => void} draw shows the map as far as `shown`
   */
  constructor(picture, activity, draw) {
    this.picture = picture;
    this.activity = activity;
    this.draw = draw;
    this.shown = Infinity; // samples that are there already
    this.frame = 0;
  }

  /** @param {number} count @param {number} columns */
  start(count, columns) {
    this.stop();
    let [before, passed] = [performance.now(), 0];
    this.activity.mark("arrival", true);
    const step = () => {
      const now = performance.now();
      passed += Math.min(LONGEST_MS, now - before);
      before = now;
      const shown = Math.floor((count * passed) / LASTS_MS);
      if (shown >= count) return this.stop();
      this.shown = shown;
      this.uncover(shown, columns, Math.ceil(count / columns));
      this.draw();
      this.frame = requestAnimationFrame(step);
      return undefined;
    };
    step();
  }

  /** Show so many images: all rows above the one that is begun, and a part of that. @param {number} shown @param {number} columns @param {number} rows */
  uncover(shown, columns, rows) {
    const [row, part] = [Math.floor(shown / columns), shown % columns];
    const [top, bottom, right] = [(100 * row) / rows, (100 * (row + 1)) / rows, (100 * part) / columns];
    const corners = [[0, 0], [100, 0], [100, top], [right, top], [right, bottom], [0, bottom]];
    this.picture.style.clipPath = `polygon(${corners.map(([x, y]) => `${x}% ${y}%`).join()})`;
  }

  /** All are there at once. */
  stop() {
    if (this.shown === Infinity) return;
    cancelAnimationFrame(this.frame);
    this.shown = Infinity;
    this.picture.style.clipPath = "";
    this.activity.mark("arrival", false);
    this.draw();
  }
}
