// The studio: a point in a latent space, moved on a pad, by sliders, along an axis or between kept points, and what one
// or more decoders make of it, all in the page. Python hears of the point when it is let go of, and can move it.
//
// Python sends a 32-bit length, a JSON header of that many bytes, and the pixels (uint8) of an answer, if there is one.

import { Pad } from "./pad.js";
import { Lens } from "./lens.js";
import { Messages } from "./messages.js";
import { Overview } from "./overview.js";
import { Scrubber } from "./scrubber.js";
import { ask } from "../kit/shelf.js";
import { Sliders } from "./sliders.js";
import { Space } from "./space.js";
import { Strip } from "./strip.js";
import { element, whenGone } from "../kit/dom.js";

/**
 * @typedef {{
 *   view: string, space: string, point: number[], turn: number, heard: number, pair: number[], along: number,
 *   backdrop: string, side: number, parts: string[], lenses: import("./lens.js").LensSpec[], stops: number[][],
 *   spherical: boolean,
 *   answer: { number: number, kind: string, far?: boolean[], error?: string } | null
 * }} Header `view` tells what is shown; with another one everything is built anew.
 */

class Studio {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.messages = new Messages();
    /** @type {{ follow?: () => void, close: () => void }[]} */
    this.parts = [];
    /** @type {Lens[]} */
    this.lenses = [];
    /** @type {Float64Array} */
    this.point = new Float64Array(0);
    this.axis = 0;
    this.locked = /** @type {Set<number>} */ (new Set());
    this.turn = -1;
    this.shown = "";
  }

  /** @param {Header} header @param {Uint8Array} pixels */
  async receive(header, pixels) {
    if (header.answer) {
      const { number, far, error } = header.answer;
      const values = pixels.length ? Float32Array.from(pixels, (value) => value / 255) : undefined;
      this.messages.answer({ number, far, error, values });
    }
    if (this.shown !== header.view) {
      this.shown = header.view;
      this.turn = header.turn;
      const space = await ask(header.space);
      if (this.shown === header.view) this.build(header, new Space(space));
    } else if (header.turn !== this.turn && this.space) {
      this.turn = header.turn;
      this.jump(header);
    }
  }

  /** @param {Header} header */
  jump(header) {
    if (this.pad && this.pad.pointers.size) return; // the visitor's hand is quicker
    this.messages.pointLater.stop();
    this.point = Float64Array.from(header.point);
    this.follow();
  }

  /** @param {Header} header @param {Space} space */
  build(header, space) {
    this.clear();
    this.space = space;
    this.point = Float64Array.from(header.point);
    this.pair = /** @type {[number, number]} */ (header.pair);
    this.axis = header.along;
    this.backdrop = header.backdrop;
    this.side = header.side;
    this.spherical = header.spherical;
    this.stops = header.stops.map((stop) => Float64Array.from(stop));
    this.fixed = header.parts.includes("way");
    this.shape = header.lenses[0].shape;
    this.smooth = header.lenses[0].smooth;
    this.root.dataset.kind = this.fixed ? "way" : "full";
    this.root.replaceChildren();
    const main = element("div", { class: "main" }, this.root);
    if (header.parts.includes("pad") && space.dimensions > 1) {
      const box = element("div", { class: "plane" }, main);
      if (space.dimensions > 2) this.buildPair(box);
      this.pad = new Pad(box, this.host());
      this.parts.push({ follow: () => this.pad?.follow(), close: () => this.pad?.close() });
    }
    const views = element("div", { class: "views" }, main);
    this.lenses = header.lenses.map((spec, model) => {
      /** @param {Float32Array} points @param {number} rows */
      const byServer = async (points, rows) => {
        const d = points.length / rows;
        const list = Array.from({ length: rows }, (_, row) => Array.from(points.subarray(row * d, (row + 1) * d)));
        const { values } = await this.messages.ask({ kind: "decode", model, points: list });
        if (!values) throw new Error("the server sent no picture");
        return values;
      };
      /** @param {Float32Array} points @param {number} rows */
      const first = (points, rows) => this.lenses[0].decode(points, rows);
      return new Lens(views, spec, { byServer, first, dimensions: space.dimensions });
    });
    if (header.parts.includes("sliders")) this.parts.push(new Sliders(main, this.host()));
    if (header.parts.includes("strip")) {
      this.strip = new Strip(this.root, this.host());
      this.parts.push(this.strip);
    }
    if (header.parts.includes("scrubber") || this.fixed) this.parts.push(new Scrubber(this.root, this.host()));
    if (header.parts.includes("overview")) this.parts.push(new Overview(this.root, this.host()));
    this.follow();
  }

  /** @param {HTMLElement} box */
  buildPair(box) {
    const row = element("div", { class: "choices pair" }, box);
    const choices = ["Across", "Upwards"].map((name, k) => {
      const label = element("label", { text: `${name} ` }, row);
      const choice = element("select", {}, label);
      this.space?.axes.forEach((axis, index) => element("option", { value: String(index), text: axis.name }, choice));
      choice.value = String(this.pair?.[k]);
      return choice;
    });
    for (const [k, choice] of choices.entries()) {
      choice.onchange = () => {
        const [other, value] = [choices[1 - k], Number(choice.value)];
        if (other.value === choice.value) other.value = String(this.pair?.[k]); // they change places
        this.pair = /** @type {[number, number]} */ (k ? [Number(other.value), value] : [value, Number(other.value)]);
        this.messages.look({ pair: this.pair });
        this.pad?.reset();
      };
    }
  }

  /** What the parts see of the studio. @returns {any} */
  host() {
    const studio = this;
    return {
      get space() { return studio.space; },
      get point() { return studio.point; },
      get pair() { return studio.pair; },
      get axis() { return studio.axis; },
      get shape() { return studio.shape; },
      get smooth() { return studio.smooth; },
      get side() { return studio.side; },
      get locked() { return studio.locked; },
      get backdrop() { return studio.backdrop; },
      set backdrop(value) { studio.backdrop = value; },
      get stops() { return studio.stops; },
      set stops(value) { studio.stops = value; },
      get fixed() { return studio.fixed; },
      get spherical() { return studio.spherical; },
      move: (/** @type {Float64Array} */ point, /** @type {boolean} */ done) => this.move(point, done),
      send: () => this.messages.hurry(),
      focus: (/** @type {number} */ axis) => {
        if (this.axis === axis) return;
        this.axis = axis;
        this.strip?.follow();
        this.messages.look({ along: axis });
      },
      choose: (/** @type {string} */ backdrop) => this.messages.look({ backdrop }),
      keep: (/** @type {Float64Array[]} */ stops) =>
        this.messages.look({ stops: stops.map((stop) => Array.from(stop, (value) => Number(value.toPrecision(7)))) }),
      decode: (/** @type {Float32Array} */ points, /** @type {number} */ rows) => this.lenses[0].decode(points, rows),
      failed: (/** @type {unknown} */ error) => this.lenses[0]?.fail(error),
      cost: () => this.lenses.reduce((sum, lens) => sum + lens.cost, 0),
      far: async (/** @type {Float32Array} */ points, /** @type {number} */ rows) => {
        const d = points.length / rows;
        const list = Array.from({ length: rows }, (_, row) => Array.from(points.subarray(row * d, (row + 1) * d)));
        try {
          return (await this.messages.ask({ kind: "far", model: 0, points: list })).far ?? [];
        } catch {
          return []; // marks are an extra: the page says elsewhere if the server is gone
        }
      },
    };
  }

  /** @param {Float64Array} point @param {boolean} done */
  move(point, done) {
    this.point = point;
    this.follow();
    if (done) this.messages.release(point);
  }

  follow() {
    for (const lens of this.lenses) lens.show(this.point);
    for (const part of this.parts) part.follow?.();
    this.root.dataset.point = Array.from(this.point.subarray(0, 4), (value) => value.toFixed(3)).join(" ");
  }

  clear() {
    for (const part of this.parts.splice(0)) part.close();
    for (const lens of this.lenses.splice(0)) lens.close();
    this.pad = this.strip = undefined;
  }

  close() {
    this.clear();
    this.messages.close();
  }
}


/** @type {WeakMap<HTMLElement, { studio: Studio }>} */
const studios = new WeakMap();

/**
 * @param {{
 *   data: Uint8Array, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void,
 *   setTriggerValue: (name: string, value: unknown) => void
 * }} component
 */
export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  let held = studios.get(parentElement);
  if (!held) {
    const root = element("div", { class: "studio", "data-testid": "latent-studio" }, parentElement);
    held = { studio: new Studio(root) };
    studios.set(parentElement, held);
  }
  const { studio } = held;
  studio.messages.setState = setStateValue;
  studio.messages.setTrigger = setTriggerValue;
  const length = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + length)));
  studio.receive(header, data.subarray(4 + length)).catch((error) => {
    studio.root.textContent = `This part of the page failed: ${error.message}. Reload the page; if that does not help, report it.`;
  });
  return whenGone(parentElement, () => {
    if (!studios.delete(parentElement)) return;
    studio.close();
    studio.root.remove();
  });
}
