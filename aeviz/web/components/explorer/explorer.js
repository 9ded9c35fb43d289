// The explorer: a point in a latent space, moved on a pad, by sliders, along an axis or on a path, and the images that one
// or more decoders give there, all in the page. Python hears of the point when it is let go of, and can move it.

import { ask } from "../kit/blobs.js";
import { element } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { hear, tell } from "../kit/link.js";
import { define } from "../kit/mount.js";
import { DecoderView } from "./decoder_view.js";
import { ImageCard } from "./image_card.js";
import { Messages } from "./messages.js";
import { Nearest } from "./neighbours.js";
import { Overview } from "./overview.js";
import { Pad } from "./pad.js";
import { Path } from "./path.js";
import { SelectionCard } from "./selection_card.js";
import { Sliders } from "./sliders.js";
import { Space } from "./space.js";
import { Strip } from "./strip.js";
import { Voice } from "./voice.js";

/**
 * @typedef {{
 *   view: string, space: string, point: number[], revision: number, pair: [number, number], along: number,
 *   backdrop: string, side: number, parts: string[], decoder_views: import("./decoder_view.js").Spec[],
 *   own: { key: string, name: string, image: Uint8Array, z: number[] } | null, waypoints: number[][], images: Uint8Array | null, model: string, sprite: string | null,
 *   response: { number: number, error: string | null } | null
 * }} View what Python sends (payload.py). With another `view` everything is built anew; `images` belong to the response.
 */
/** @typedef {<T>(what: string, promise: Promise<T>) => Promise<T>} During counts a promise as pending */

export class Explorer {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.activity = activity;
    this.messages = new Messages(channel, (isPending) => activity.mark("messages", isPending));
    /** @type {{ follow?: () => void, close: () => void }[]} */
    this.parts = [];
    /** @type {DecoderView[]} */
    this.decoderViews = [];
    /** @type {Float64Array} */
    this.point = new Float64Array(0);
    /** @type {[number, number]} */
    this.pair = [0, 1];
    /** @type {Float64Array[]} */
    this.waypoints = [];
    /** @type {Path | null} */
    this.path = null;
    /** @type {number[]} */
    this.shape = [1, 1, 1]; // of the first model's images
    this.smooth = false;
    this.axis = 0;
    this.locked = /** @type {Set<number>} */ (new Set());
    this.revision = -1;
    this.shown = ""; // the `view` that Python sent last; empty when closed
    this.built = ""; // the one that stands on the page
    this.ownKey = ""; // of the visitor's image that Python sent
    this.linked = ""; // the model whose map shares the point
  }

  /** @param {View} view */
  async receive(view) {
    this.latest = view;
    if (view.response) {
      const { number, error } = view.response;
      const values = view.images ? Float32Array.from(view.images, (value) => value / 255) : undefined;
      this.messages.receive({ number, error, values });
    }
    if (this.shown !== view.view) {
      this.shown = view.view;
      const space = await this.activity.during("space", ask(view.space));
      if (this.shown !== view.view) return;
      const { latest } = this; // of the same view, and maybe with a newer point
      this.built = latest.view;
      this.revision = latest.revision;
      this.build(latest, new Space(space));
    } else if (view.revision !== this.revision && this.built === view.view) {
      this.revision = view.revision;
      this.jump(view);
    }
    if (this.built === view.view) this.receiveOwn(view.own);
  }

  /** @param {View["own"]} own the image that Python has from the visitor */
  receiveOwn(own) {
    const key = own?.key ?? "";
    if (key === this.ownKey) return;
    this.ownKey = key;
    if (!own) {
      if (this.linked) tell("own", this.linked, null, this);
      return this.card?.showOwn(null);
    }
    const image = Float32Array.from(own.image, (value) => value / 255);
    const shown = { name: own.name, image, z: Float64Array.from(own.z) };
    if (this.linked) tell("own", this.linked, { ...shown, done: true }, this);
    this.card?.showOwn(shown);
    return this.showBeside(image);
  }

  /** @param {View} view */
  jump(view) {
    if (this.pad?.gestures.isActive) return; // the visitor's hand is quicker
    this.messages.drop();
    this.point = Float64Array.from(view.point);
    this.follow();
    this.tell(true);
  }

  /** @param {View} view @param {Space} space */
  build(view, space) {
    this.clear();
    this.space = space;
    this.point = Float64Array.from(view.point);
    this.pair = view.pair;
    this.axis = view.along;
    this.backdrop = view.backdrop;
    this.side = view.side;
    this.waypoints = view.waypoints.map((waypoint) => Float64Array.from(waypoint));
    this.hovers = view.parts.includes("hover");
    [{ shape: this.shape, smooth: this.smooth }] = view.decoder_views;
    const [shows, pad] = ["image", "pad"].map((part) => view.parts.includes(part));
    this.root.dataset.models = String(view.decoder_views.length);
    this.root.dataset.kind = this.hovers ? "live" : shows ? "inspector" : pad ? "full" : "beside";
    this.root.replaceChildren();
    const isFull = this.root.dataset.kind === "full";
    const plane = isFull ? element("div", { class: "plane" }, this.root) : this.root;
    const beside = isFull ? element("div", { class: "beside" }, this.root) : this.root; // the plane
    const main = element("div", { class: "main" }, beside);
    if (pad && space.dimensions > 1) {
      const box = isFull ? plane : element("div", { class: "plane" }, main);
      if (space.dimensions > 2) this.buildPair(box, space);
      this.pad = new Pad(box, this.host());
      this.parts.push(this.pad);
    }
    this.buildViews(element("div", { class: "views" }, main), view, space);
    if (shows) this.buildCard(main, view);
    if (view.parts.includes("sliders")) this.parts.push(new Sliders(main, this.host()));
    if (view.parts.includes("own")) this.buildOwn(main, view);
    if (view.parts.includes("strip")) {
      this.strip = new Strip(beside, this.host());
      this.parts.push(this.strip);
    }
    if (view.parts.includes("nearest") && space.count) this.buildNearest(beside, view);
    this.path = view.parts.includes("waypoints") ? new Path(beside, this.host()) : null;
    if (this.path) this.parts.push(this.path);
    if (view.parts.includes("overview")) this.parts.push(new Overview(plane, this.host()));
    this.follow();
    if (shows || this.card || this.root.dataset.kind === "beside") this.link(view.model);
    this.voice = new Voice(this.root, this.host()); // last: what the page opens with is said by the page
    this.parts.push(this.voice);
  }

  /** @param {HTMLElement} parent @param {View} view */
  buildNearest(parent, view) {
    const choose = (/** @type {number} */ index) => this.moveTo(this.space?.codeOf(index));
    const near = new Nearest(parent, Object.assign(this.host(), { sprite: view.sprite, choose }));
    this.parts.push(near);
  }

  /** What shows the visitor's own image beside the plane, and test images nowhere. @param {HTMLElement} parent @param {View} view */
  buildOwn(parent, view) {
    const choose = (/** @type {number} */ index) => this.moveTo(this.space?.codeOf(index));
    this.card = new ImageCard(parent, Object.assign(this.host(), { sprite: view.sprite, choose }));
    this.parts.push(this.card);
  }

  /** @param {Float64Array | null | undefined} z */
  moveTo(z) {
    if (z) this.move(z, true);
  }

  /** @param {HTMLElement} parent @param {View} view */
  buildCard(parent, view) {
    const choose = (/** @type {number} */ index) => tell("image", view.model, { index, byHand: true }, this);
    this.card = new ImageCard(parent, Object.assign(this.host(), { sprite: view.sprite, choose }));
    this.selected = new SelectionCard(parent, Object.assign(this.host(), { sprite: view.sprite }));
    this.parts.push(this.card, this.selected);
    if (this.space?.codes.length === this.space?.dimensions && this.space?.count) {
      this.near = new Nearest(parent, Object.assign(this.host(), { sprite: view.sprite, choose }));
      this.parts.push(this.near); // stands in the card's place until an image is chosen
    }
  }

  /**
   * Share the point and the chosen image with the map of a model.
   * @param {string} model
   */
  link(model) {
    this.linked = model;
    let isLater = false; // an image that was drawn before this stands here moves nothing
    const ends = [
      hear("point", model, ({ z, done }) => z.length === this.point.length && this.move(z, done, false), this),
      hear("image", model, ({ index, byHand }) => this.choose(index, byHand), this),
      hear("hidden", model, (labels) => this.near?.hide(labels), this),
      hear("path", model, (waypoints) => this.hearPath(waypoints), this),
      hear("selection", model, (chosen) => this.selected?.show(chosen), this),
      hear("own", model, (own) => this.showOwn(own, isLater), this),
    ];
    isLater = true;
    this.tellPath();
    this.parts.push({ close: () => ends.forEach((end) => end()) });
    this.tell(true);
  }

  /**
   * Show the image that was chosen on the map; a visitor who just chose it is taken to its point.
   * @param {number} index
   * @param {boolean} byHand
   */
  choose(index, byHand) {
    if (byHand || !this.card?.isOwn) this.card?.show(index);
    const z = byHand ? this.space?.codeOf(index) : null;
    if (z) this.move(z, false); // Python hears of the image from the map, and knows its point
  }

  /** Follow what another part tells, unless it is known: two explorers would tell each other without end. @param {Float64Array[]} waypoints */
  hearPath(waypoints) {
    const isKnown = waypoints.length === this.waypoints.length && waypoints.every((point, k) => point.every((value, axis) => value === this.waypoints[k][axis]));
    if (!isKnown) this.path?.change(waypoints);
  }

  tellPath() {
    if (this.linked) tell("path", this.linked, this.waypoints, this);
  }

  /**
   * Show the visitor's own image, and come to its point.
   * @param {{ name: string, image: Float32Array, z: Float64Array, done: boolean } | null} own
   * @param {boolean} moves
   */
  showOwn(own, moves) {
    this.card?.showOwn(own);
    if (!own || !moves || own.z.length !== this.point.length) return;
    this.move(own.z, own.done);
    this.showBeside(own.image);
  }

  /**
   * Let the second model encode the visitor's image itself: at the corresponding point it would show another one.
   * @param {Float32Array} image
   */
  showBeside(image) {
    const placed = (/** @type {Float32Array} */ z) => tell("beside", this.linked, Float64Array.from(z), this);
    this.decoderViews[1]?.showOwn(image, placed);
  }

  /** @param {boolean} done */
  tell(done) {
    if (this.linked) tell("point", this.linked, { z: this.point, done }, this);
  }

  /** @param {HTMLElement} parent @param {View} view @param {Space} space */
  buildViews(parent, view, space) {
    this.decoderViews = view.decoder_views.map((spec, model) => {
      /** @param {Float32Array} points @param {number} rows */
      const byServer = async (points, rows) => {
        const { values } = await this.messages.request({ model, points: listed(points, rows) });
        if (!values) throw new Error(tr("the server sent no image"));
        return values;
      };
      /** @param {Float32Array} points @param {number} rows */
      const first = (points, rows) => this.decoderViews[0].decode(points, rows);
      const host = { byServer, first, dimensions: space.dimensions };
      const report = (/** @type {boolean} */ isPending) => this.activity.mark(`${view.view} decoder ${model}`, isPending);
      return new DecoderView(parent, spec, host, report);
    });
  }

  /** @param {HTMLElement} box @param {Space} space */
  buildPair(box, space) {
    const row = element("div", { class: "choices pair" }, box);
    const choices = [tr("Horizontal"), tr("Vertical")].map((name, k) => {
      const label = element("label", { text: `${name} ` }, row);
      const choice = element("select", {}, label);
      space.axes.forEach((axis, index) => element("option", { value: String(index), text: axis.name }, choice));
      choice.value = String(this.pair[k]);
      return choice;
    });
    for (const [k, choice] of choices.entries()) {
      choice.onchange = () => {
        const [other, value] = [choices[1 - k], Number(choice.value)];
        if (other.value === choice.value) other.value = String(this.pair[k]); // they change places
        this.pair = k ? [Number(other.value), value] : [value, Number(other.value)];
        this.messages.look({ pair: this.pair });
        this.pad?.reset();
      };
    }
  }

  /** What the parts see of the explorer. @returns {any} */
  host() {
    const explorer = this;
    return {
      get space() { return explorer.space; },
      get point() { return explorer.point; },
      get pair() { return explorer.pair; },
      get axis() { return explorer.axis; },
      get shape() { return explorer.shape; },
      get smooth() { return explorer.smooth; },
      get side() { return explorer.side; },
      get locked() { return explorer.locked; },
      get backdrop() { return explorer.backdrop; },
      set backdrop(value) { explorer.backdrop = value; },
      get waypoints() { return explorer.waypoints; },
      set waypoints(value) { explorer.waypoints = value; explorer.tellPath(); },
      get hovers() { return explorer.hovers; },
      move: (/** @type {Float64Array} */ point, /** @type {boolean} */ done) => this.move(point, done),
      send: () => this.messages.hurry(),
      focus: (/** @type {number} */ axis) => {
        if (this.axis === axis) return;
        this.axis = axis;
        this.strip?.follow();
        this.messages.look({ along: axis });
      },
      choose: (/** @type {string} */ backdrop) => this.messages.look({ backdrop }),
      keep: (/** @type {Float64Array[]} */ waypoints) =>
        this.messages.look({ waypoints: waypoints.map((each) => Array.from(each, (value) => Number(value.toPrecision(7)))) }),
      decode: (/** @type {Float32Array} */ points, /** @type {number} */ rows) => this.decoderViews[0].decode(points, rows),
      failed: (/** @type {unknown} */ error) => this.decoderViews[0]?.fail(error),
      cost: () => this.decoderViews.reduce((sum, { cost }) => sum + cost, 0),
      during: (/** @type {string} */ what, /** @type {Promise<unknown>} */ promise) => this.activity.during(what, promise),
      report: (/** @type {string} */ what, /** @type {boolean} */ isPending) => this.activity.mark(what, isPending),
      far: (/** @type {Float32Array} */ points, /** @type {number} */ rows) =>
        // nothing is judged where the pointer only passes
        this.hovers ? [] : (this.space?.support?.far(points, rows) ?? []),
    };
  }

  /** @param {Float64Array} point @param {boolean} done @param {boolean} [tells] whether the map does not know yet */
  move(point, done, tells = true) {
    this.point = point;
    this.follow();
    this.voice?.say();
    if (tells) this.tell(done);
    if (done) this.messages.release(point);
  }

  follow() {
    for (const view of this.decoderViews) view.show(this.point);
    for (const part of this.parts) part.follow?.();
    this.root.dataset.point = Array.from(this.point.subarray(0, 4), (value) => value.toFixed(3)).join(" ");
  }

  clear() {
    for (const part of this.parts.splice(0)) part.close();
    for (const view of this.decoderViews.splice(0)) view.close();
    this.pad = this.strip = this.card = this.near = this.voice = undefined;
    this.linked = this.ownKey = "";
  }

  close() {
    this.shown = "";
    this.clear();
    this.messages.close();
  }
}

/**
 * Points as lists of numbers.
 * @param {Float32Array} points one after the other
 * @param {number} rows
 */
function listed(points, rows) {
  const d = points.length / rows;
  return Array.from({ length: rows }, (_, row) => Array.from(points.subarray(row * d, (row + 1) * d)));
}

export default define(
  { class: "explorer", "data-testid": "latent-explorer" },
  (root, channel, activity) => new Explorer(root, channel, activity),
);
