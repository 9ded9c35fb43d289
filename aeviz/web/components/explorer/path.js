// Waypoints in the latent space, and a slider that moves the point on the path from one to the next.

import { button, element, icon, Later } from "../kit/dom.js";
import { Mosaic, setEach } from "../kit/images.js";
import { tr } from "../kit/language.js";
import { ICONS } from "../kit/player.js";

/**
 * @typedef {{
 *   point: Float64Array, waypoints: Float64Array[], shape: number[], smooth: boolean,
 *   move: (point: Float64Array, done: boolean) => void, keep: (waypoints: Float64Array[]) => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>, failed: (error: unknown) => void,
 *   during: import("./explorer.js").During
 * }} PathHost
 */

const MOST = 12;
const SECONDS = 1.6; // from one waypoint to the next when played

/**
 * The point at a share of the line from one to another.
 * @param {Float64Array} from
 * @param {Float64Array} to
 * @param {number} share from 0 to 1
 */
const between = (from, to, share) => from.map((value, k) => (1 - share) * value + share * to[k]);

export class Path {
  /**
   * @param {Element} parent
   * @param {PathHost} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("div", { class: "path", "data-testid": "latent-path" }, parent);
    const head = element("div", { class: "choices" }, this.root);
    this.keeper = button(head, tr("Add waypoint"), tr("Add the current point to the path"), () =>
      this.change([...this.host.waypoints, Float64Array.from(this.host.point)]),
    );
    this.clearer = button(head, tr("Remove all"), tr("Remove all waypoints"), () => this.change([]));
    this.player = button(head, tr("Play"), tr("Move along the path and back"), () => this.play());
    this.player.classList.add("play");
    this.namePlayer("play");
    this.words = element("span", { class: "hint" }, head);
    this.slider = element(
      "input",
      { type: "range", min: "0", step: "0.01", value: "0", "aria-label": tr("Position on the path") },
      this.root,
    );
    this.slider.oninput = () => this.walk(false);
    this.slider.onchange = () => this.walk(true);
    this.row = element("div", { class: "tiles waypoints" }, this.root);
    this.token = 0;
    this.frame = 0;
    this.later = new Later(() => this.host.keep(this.host.waypoints), 0);
    this.refresh();
  }

  /** @param {"play" | "pause"} act what a click on the player does */
  namePlayer(act) {
    const name = element("span", { text: act === "play" ? tr("Play") : tr("Pause") });
    this.player.replaceChildren(icon(ICONS[act]), name);
  }

  /** @param {Float64Array[]} waypoints */
  change(waypoints) {
    this.stop();
    this.host.waypoints = waypoints.slice(0, MOST);
    this.later.start();
    this.refresh();
  }

  refresh() {
    this.host.during("waypoints", this.list()).catch(this.host.failed);
  }

  /** Show the waypoints. */
  async list() {
    const token = (this.token += 1);
    const { waypoints, shape, smooth } = this.host;
    const many = waypoints.length > 1;
    this.slider.hidden = this.player.hidden = !many;
    this.slider.max = String(Math.max(0, waypoints.length - 1));
    this.keeper.disabled = waypoints.length >= MOST;
    this.clearer.hidden = !waypoints.length;
    const advice = waypoints.length ? tr("Add a second waypoint to move between them.") : tr("Add two waypoints to move between them.");
    this.words.textContent = many ? "" : advice;
    this.root.dataset.waypoints = String(waypoints.length);
    if (!waypoints.length) return this.row.replaceChildren();
    const d = waypoints[0].length;
    const points = new Float32Array(waypoints.length * d);
    waypoints.forEach((waypoint, k) => points.set(waypoint, k * d));
    const values = await this.host.decode(points, waypoints.length);
    if (token !== this.token) return undefined;
    this.row.replaceChildren();
    const mosaics = waypoints.map((_, k) => {
      const tile = element("div", { class: "waypoint" }, this.row);
      const go = button(tile, "", tr("Go to waypoint {number}", { number: k + 1 }), () => {
        this.slider.value = String(k);
        this.walk(true);
      });
      const mosaic = new Mosaic(shape, 1, 1, smooth);
      go.append(mosaic.canvas);
      const remove = () => this.change(this.host.waypoints.filter((__, other) => other !== k));
      button(tile, "×", tr("Remove waypoint {number}", { number: k + 1 }), remove);
      return mosaic;
    });
    setEach(mosaics, values);
    return undefined;
  }

  /** @param {boolean} done whether the visitor has let go */
  walk(done) {
    const { waypoints } = this.host;
    if (waypoints.length < 2) return;
    const at = Math.min(waypoints.length - 1, this.slider.valueAsNumber);
    const from = Math.min(waypoints.length - 2, Math.floor(at));
    this.host.move(between(waypoints[from], waypoints[from + 1], at - from), done);
  }

  play() {
    if (this.frame) return this.stop();
    const last = this.host.waypoints.length - 1;
    const begin = performance.now() - (this.slider.valueAsNumber % last) * SECONDS * 1000;
    const step = (/** @type {number} */ now) => {
      const at = ((now - begin) / 1000 / SECONDS) % (2 * last);
      this.slider.value = String(at <= last ? at : 2 * last - at);
      this.walk(false);
      this.frame = requestAnimationFrame(step);
    };
    this.namePlayer("pause");
    this.frame = requestAnimationFrame(step);
    return undefined;
  }

  stop() {
    if (!this.frame) return;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.namePlayer("play");
    this.walk(true);
  }

  close() {
    this.token += 1;
    cancelAnimationFrame(this.frame);
    this.later.flush();
    this.root.remove();
  }
}
