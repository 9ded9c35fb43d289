// Sliders over the axes of a latent space: live, with keyboard steps; a double click resets one, a lock keeps it out of
// randomising.

import { brief, button, element, icon, write } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { noteWords } from "./notes.js";

/**
 * @typedef {{
 *   space: import("./space.js").Space, point: Float64Array, locked: Set<number>,
 *   move: (point: Float64Array, done: boolean) => void, focus: (axis: number) => void
 * }} SlidersHost
 */

const STEPS = 200;
const FIRST = 12; // rows made at once; the others when the visitor asks for them

/** A standard normal draw (Box and Muller). */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/** An open lock; the style sheet closes it where it is pressed. */
const PADLOCK = { body: "M2.5 8h11v8h-11z", open: "M5 8V5a3 3 0 0 1 5.8-1", shut: "M5 8V5a3 3 0 0 1 6 0v3" };

export class Sliders {
  /**
   * @param {Element} parent
   * @param {SlidersHost} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("div", { class: "sliders", "data-testid": "latent-sliders" }, parent);
    const head = element("div", { class: "choices" }, this.root);
    button(head, tr("Randomise"), tr("Draw all unlocked coordinates at random, from a Gaussian as wide as the data"), () => this.draw());
    button(head, tr("All to median"), tr("Set all unlocked coordinates to their medians"), () => this.rest());
    this.list = element("div", { class: "list" }, this.root);
    /** @type {{ input: HTMLInputElement, value: HTMLOutputElement, lock: HTMLButtonElement }[]} */
    this.rows = [];
    this.more = element("button", { type: "button" }, this.root);
    this.more.onclick = () => this.grow(this.rows.length + 2 * FIRST);
    this.grow(FIRST);
  }

  /** @param {number} count rows that there must be */
  grow(count) {
    const { axes } = this.host.space;
    for (let axis = this.rows.length; axis < Math.min(count, axes.length); axis += 1) this.rows.push(this.row(axis));
    this.more.hidden = this.rows.length >= axes.length;
    this.more.textContent = tr("Show more of the {count} less informative axes", { count: axes.length - this.rows.length });
    this.follow();
  }

  /** @param {number} axis */
  row(axis) {
    const { name, note, low, high, rest, deviation } = this.host.space.axes[axis];
    const row = element("div", { class: "slider" }, this.list);
    const label = element("label", {}, row);
    element("span", { text: `${name}`, class: "name" }, label);
    element("span", { text: noteWords(note, "short"), class: "note" }, label);
    const value = element("output", {}, label);
    const input = element(
      "input",
      {
        type: "range",
        min: String(low),
        max: String(high),
        step: String((high - low) / STEPS),
        "aria-label": `${name}, ${noteWords(note)}`,
        title: tr("Range {low} to {high}, median {median}, standard deviation {deviation}. Double-click to reset.", {
          low: brief(low),
          high: brief(high),
          median: brief(rest),
          deviation: brief(deviation),
        }),
      },
      label,
    );
    input.oninput = () => this.slide(axis, input.valueAsNumber, false);
    input.onchange = () => this.slide(axis, input.valueAsNumber, true);
    input.ondblclick = () => this.slide(axis, rest, true);
    input.onfocus = () => this.host.focus(axis);
    const lock = button(row, "", tr("Lock {axis}", { axis: name }), () => {
      if (!this.host.locked.delete(axis)) this.host.locked.add(axis);
      this.follow();
    });
    lock.className = "lock";
    lock.append(icon(PADLOCK, "0 0 16 18"));
    return { input, value, lock };
  }

  /** @param {number} axis @param {number} value @param {boolean} done */
  slide(axis, value, done) {
    this.host.move(this.host.space.moved(this.host.point, [[axis, value]]), done);
  }

  unlocked() {
    return this.host.space.axes.map((_, axis) => axis).filter((axis) => !this.host.locked.has(axis));
  }

  draw() {
    const { space, point } = this.host;
    const changes = this.unlocked().map((axis) => {
      const { rest, deviation, low, high } = space.axes[axis];
      return /** @type {[number, number]} */ ([axis, Math.min(high, Math.max(low, rest + deviation * normal()))]);
    });
    this.host.move(space.moved(point, changes), true);
  }

  rest() {
    const { space, point } = this.host;
    const changes = this.unlocked().map((axis) => /** @type {[number, number]} */ ([axis, space.axes[axis].rest]));
    this.host.move(space.moved(point, changes), true);
  }

  /** The point has moved. */
  follow() {
    const { space, point, locked } = this.host;
    this.rows.forEach(({ input, value, lock }, axis) => {
      const at = space.coordinate(point, axis);
      const { low, high, deviation, name } = space.axes[axis];
      // a point beyond the range widens it, by whole deviations
      const least = String(low - Math.max(0, Math.ceil((low - at) / deviation)) * deviation);
      const most = String(high + Math.max(0, Math.ceil((at - high) / deviation)) * deviation);
      if (input.min !== least) input.min = least;
      if (input.max !== most) input.max = most;
      if (Math.abs(input.valueAsNumber - at) > Number(input.step) / 2) input.value = String(at);
      write(value, brief(at));
      const is = locked.has(axis);
      if (lock.getAttribute("aria-pressed") === String(is)) return;
      lock.setAttribute("aria-pressed", String(is));
      lock.setAttribute("aria-label", is ? tr("Unlock {axis}", { axis: name }) : tr("Lock {axis}", { axis: name }));
      lock.title = is ? tr("Stays when you randomise") : tr("Changes when you randomise");
    });
  }

  close() {
    this.root.remove();
  }
}
