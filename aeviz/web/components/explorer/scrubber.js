// Points that the visitor keeps, and a slider that walks from one to the next through the latent space.

import { button, element, Later } from "../kit/dom.js";
import { Mosaic } from "../kit/pictures.js";

/**
 * @typedef {{
 *   point: Float64Array, stops: Float64Array[], shape: number[], smooth: boolean, fixed: boolean, spherical: boolean,
 *   move: (point: Float64Array, done: boolean) => void, keep: (stops: Float64Array[]) => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>, failed: (error: unknown) => void
 * }} ScrubberHost `fixed`: the stops are given and the visitor cannot change them.
 */

const MOST = 12;
const SECONDS = 1.6; // from one stop to the next when played

/**
 * The point at a share of the way from one to another; on the sphere through both where they are not opposite.
 * @param {Float64Array} from
 * @param {Float64Array} to
 * @param {number} share from 0 to 1
 * @param {boolean} spherical
 */
export function between(from, to, share, spherical) {
  let [a, b] = [1 - share, share];
  if (spherical) {
    const [x, y] = [from, to].map((point) => Math.sqrt(point.reduce((sum, value) => sum + value * value, 0)));
    const cosine = from.reduce((sum, value, k) => sum + value * to[k], 0) / (x * y);
    const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
    if (x > 0 && y > 0 && angle > 1e-4 && angle < Math.PI - 1e-3) {
      a = Math.sin((1 - share) * angle) / Math.sin(angle);
      b = Math.sin(share * angle) / Math.sin(angle);
    }
  }
  return from.map((value, k) => a * value + b * to[k]);
}

export class Scrubber {
  /**
   * @param {Element} parent
   * @param {ScrubberHost} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("div", { class: "scrubber", "data-testid": "latent-scrubber" }, parent);
    const head = element("div", { class: "choices" }, this.root);
    if (!host.fixed) {
      this.keeper = button(head, "Keep this point", "Add the point to those that the slider walks between", () =>
        this.change([...this.host.stops, Float64Array.from(this.host.point)]),
      );
      this.clearer = button(head, "Forget all", "Forget the kept points", () => this.change([]));
    }
    this.player = button(head, "▶ Play", "Walk from stop to stop and back", () => this.play());
    this.words = element("span", { class: "hint" }, head);
    this.way = element(
      "input",
      { type: "range", min: "0", step: "0.01", value: "0", "aria-label": "Way between the kept points" },
      this.root,
    );
    this.way.oninput = () => this.walk(false);
    this.way.onchange = () => this.walk(true);
    this.row = element("div", { class: "tiles stops" }, this.root);
    this.token = 0;
    this.frame = 0;
    this.later = new Later(() => this.host.keep(this.host.stops), 0);
    this.list().catch(this.host.failed);
  }

  /** @param {Float64Array[]} stops */
  change(stops) {
    this.stop();
    this.host.stops = stops.slice(0, MOST);
    this.later.start();
    this.list().catch(this.host.failed);
  }

  /** Show the stops. */
  async list() {
    const token = (this.token += 1);
    const { stops, shape, smooth, fixed } = this.host;
    const many = stops.length > 1;
    this.way.hidden = this.player.hidden = !many;
    this.way.max = String(Math.max(0, stops.length - 1));
    if (this.keeper) this.keeper.disabled = stops.length >= MOST;
    if (this.clearer) this.clearer.hidden = !stops.length;
    this.words.textContent = many ? "" : `Keep ${stops.length ? "another point" : "two points or more"} to walk between them.`;
    this.root.dataset.stops = String(stops.length);
    if (!stops.length) return this.row.replaceChildren();
    const d = stops[0].length;
    const points = new Float32Array(stops.length * d);
    stops.forEach((stop, k) => points.set(stop, k * d));
    const values = Float32Array.from(await this.host.decode(points, stops.length));
    if (token !== this.token) return undefined;
    const size = values.length / stops.length;
    this.row.replaceChildren();
    stops.forEach((_, k) => {
      const tile = element("div", { class: "stop" }, this.row);
      const go = button(tile, "", `Go to stop ${k + 1}`, () => {
        this.way.value = String(k);
        this.walk(true);
      });
      const mosaic = new Mosaic(shape, 1, 1);
      mosaic.canvas.className = smooth ? "picture" : "picture crisp";
      mosaic.set(values.subarray(k * size, (k + 1) * size));
      go.append(mosaic.canvas);
      if (fixed) return;
      button(tile, "×", `Forget stop ${k + 1}`, () => this.change(this.host.stops.filter((__, other) => other !== k)));
    });
    return undefined;
  }

  /** @param {boolean} done */
  walk(done) {
    const { stops, spherical } = this.host;
    if (stops.length < 2) return;
    const at = Math.min(stops.length - 1, this.way.valueAsNumber);
    const from = Math.min(stops.length - 2, Math.floor(at));
    this.host.move(between(stops[from], stops[from + 1], at - from, spherical), done);
  }

  play() {
    if (this.frame) return this.stop();
    const last = this.host.stops.length - 1;
    const begin = performance.now() - (this.way.valueAsNumber % last) * SECONDS * 1000;
    const step = (/** @type {number} */ now) => {
      const way = ((now - begin) / 1000 / SECONDS) % (2 * last);
      this.way.value = String(way <= last ? way : 2 * last - way);
      this.walk(false);
      this.frame = requestAnimationFrame(step);
    };
    this.player.textContent = "⏸ Pause";
    this.frame = requestAnimationFrame(step);
    return undefined;
  }

  stop() {
    if (!this.frame) return;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.player.textContent = "▶ Play";
    this.walk(true);
  }

  close() {
    this.token += 1;
    cancelAnimationFrame(this.frame);
    this.later.flush();
    this.root.remove();
  }
}
