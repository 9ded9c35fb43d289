// Images along one axis, at whole standard deviations from its median, live; a mark above them shows where the point is.

import { brief, button, element, Later } from "../kit/dom.js";
import { Mosaic, setEach } from "../kit/images.js";
import { tr } from "../kit/language.js";
import { noteWords } from "./notes.js";

/**
 * @typedef {{
 *   space: import("./space.js").Space, point: Float64Array, axis: number, shape: number[], smooth: boolean,
 *   move: (point: Float64Array, done: boolean) => void, focus: (axis: number) => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>, failed: (error: unknown) => void,
 *   cost: () => number, during: import("./explorer.js").During,
 *   report: (what: string, isPending: boolean) => void
 * }} StripHost `cost`: milliseconds that an image takes.
 */

const STEPS = [-3, -2, -1, 0, 1, 2, 3];
const NUDGE = 0.5; // standard deviations
const AT_REST = 0.005;
const FRAME_MS = 16;
const REST_MS = 150;
const KEEP_UP_MS = 40;

export class Strip {
  /**
   * @param {Element} parent
   * @param {StripHost} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("div", { class: "strip", "data-testid": "latent-strip" }, parent);
    const head = element("div", { class: "choices" }, this.root);
    const label = element("label", { text: `${tr("Along")} ` }, head);
    this.choice = element("select", {}, label);
    host.space.axes.forEach(({ name, note }, axis) =>
      element("option", { value: String(axis), text: `${name} · ${noteWords(note)}` }, this.choice),
    );
    this.choice.onchange = () => this.host.focus(Number(this.choice.value));
    button(head, "− ½", tr("Half a standard deviation down"), () => this.nudge(-NUDGE));
    button(head, "+ ½", tr("Half a standard deviation up"), () => this.nudge(NUDGE));
    button(head, tr("To median"), tr("Set this coordinate to its median; the others stay"), () => this.set(0));
    this.words = element("span", { class: "hint" }, head);
    this.row = element("div", { class: "tiles" }, this.root);
    this.tiles = STEPS.map((step) => {
      const tile = element("button", { type: "button" }, this.row);
      const mosaic = new Mosaic(host.shape, 1, 1, host.smooth);
      tile.append(mosaic.canvas);
      element("span", { text: `${step > 0 ? "+" : step < 0 ? "−" : ""}${Math.abs(step)}σ` }, tile);
      tile.setAttribute("aria-label", tr("Go to {place}", { place: `${step > 0 ? "+" : ""}${step}σ` }));
      tile.onclick = () => this.set(step);
      return { tile, mosaic };
    });
    this.mark = element("i", { class: "mark", "aria-hidden": "true" }, this.row);
    this.token = 0;
    this.known = "";
    this.later = new Later(() => this.host.during("strip", this.decode()).catch(this.host.failed), KEEP_UP_MS, (isPending) =>
      host.report("strip", isPending),
    );
    this.follow();
  }

  /** @param {number} step */
  nudge(step) {
    this.set(this.host.space.deviations(this.host.point, this.host.axis) + step);
  }

  /** @param {number} deviations from the median */
  set(deviations) {
    const { space, point, axis } = this.host;
    const { rest, deviation } = space.axes[axis];
    this.host.move(space.moved(point, [[axis, rest + deviations * deviation]]), true);
  }

  follow() {
    const { space, point, axis } = this.host;
    if (this.choice.value !== String(axis)) this.choice.value = String(axis);
    const place = space.deviations(point, axis);
    const { name } = space.axes[axis];
    this.words.textContent =
      Math.abs(place) < AT_REST
        ? tr("{axis} is at its median", { axis: name })
        : tr("{axis} is at {place}", { axis: name, place: `${place > 0 ? "+" : ""}${brief(place)}σ` });
    this.tiles.forEach(({ tile }, k) => tile.setAttribute("aria-current", String(Math.abs(place - STEPS[k]) < AT_REST)));
    const last = STEPS.length - 1;
    const tileAt = Math.max(-0.5, Math.min(last + 0.5, place - STEPS[0])); // beyond the ends it stays at the edge
    this.mark.style.setProperty("--share", String((tileAt + 0.5) / STEPS.length));
    const others = Array.from(space.moved(point, [[axis, 0]]), (value) => value.toFixed(4)).join(" ") + axis;
    if (others === this.known) return;
    this.pendingKnown = others;
    // a row that takes long waits until the drag rests, another keeps up with it
    const slow = this.host.cost() * STEPS.length > FRAME_MS / 2;
    this.later.wait = slow ? REST_MS : KEEP_UP_MS;
    if (slow || !this.later.timer) this.later.start();
  }

  async decode() {
    const token = (this.token += 1);
    const { space, point, axis } = this.host;
    const { rest, deviation } = space.axes[axis];
    const d = space.dimensions;
    const points = new Float32Array(STEPS.length * d);
    STEPS.forEach((step, k) => points.set(space.moved(point, [[axis, rest + step * deviation]]), k * d));
    this.known = this.pendingKnown ?? "";
    const values = await this.host.decode(points, STEPS.length);
    if (token !== this.token) return;
    setEach(this.tiles.map(({ mosaic }) => mosaic), values);
    this.root.dataset.decoded = String((Number(this.root.dataset.decoded) || 0) + 1);
  }

  close() {
    this.token += 1;
    this.later.stop();
    this.root.remove();
  }
}
