// One panel of the map: its canvases, what is drawn on them and when.
//
// Back canvas: axes and the ellipses of all images. Middle: the points. Front: marks, names and outlines.
// A slow layer is not drawn anew for each frame of a gesture: its last image is moved and scaled until the gesture
// rests.

import { Camera, fitCamera } from "../kit/camera.js";
import { shapesFor } from "../kit/class_shapes.js";
import { brushOf, context, element, pixelRatio, resize, write } from "../kit/dom.js";
import { number, tr } from "../kit/language.js";
import { drawAxes, drawAxisNames, drawMarkers, drawMarks } from "../kit/painter.js";
import { styleOf } from "../kit/theme.js";
import { Painter } from "./dots.js";
import { drawCursor, drawOutline } from "./draft.js";
import { Field } from "./field.js";
import { Layer } from "./layer.js";
import { Mesh } from "./mesh.js";
import { Pointer } from "./pointer.js";
import { Points } from "./points.js";
import { describeEllipses, drawAllEllipses, drawEllipse, drawPriors, revealPriors, zoomToPosterior } from "./posteriors.js";
import { Probe } from "./probe.js";
import { drawRoute } from "./route.js";
import { drawTip } from "./tip.js";
import { isShown, Transition } from "./transition.js";

const PART = " · "; // between the parts of a title: a line breaks there, and within long parts alone
const LONG_PART = 32;
const PICK_PX = 12;
const NAMED_CLASSES = 20; // more names than that would cover the points
const QUICK_MS = 12; // a layer drawn within this is drawn anew for each frame
const REST_MS = 90; // a gesture is over when the view has not moved for so long
const PATIENT_MS = 40; // longer drawings are shared out over frames
const SHARE_MS = 25; // of a frame for such a drawing
const BELOW_PX = 44; // a map that fills the window leaves for the lines below it
const NARROW_PX = 500; // on a phone the inspector stands below the map, and its first images shall be in view
const SHEET_PX = 314;

/** @typedef {import("./map.js").LatentMap} LatentMap */
/** @typedef {import("./map_data.js").Spec} Spec */
/** @typedef {import("../kit/theme.js").Style} Style */

export class Panel {
  /**
   * @param {LatentMap} map
   * @param {Spec} spec
   * @param {Element} parent
   */
  constructor(map, spec, parent) {
    this.map = map;
    this.spec = spec;
    this.points = new Points(spec);
    this.camera = new Camera(spec.dims);
    fitCamera(this.camera, spec);
    this.width = 0;
    this.height = 0;
    this.ratio = 1;
    this.scale = 1; // of the page's type
    this.painter = new Painter();
    this.dots = new Layer();
    this.ink = new Layer();
    this.dotsCost = 0; // milliseconds
    this.inkCost = 0;
    this.isThinned = false; // the image lacks points, since the view rotates
    /** @type {Generator<void, void, void> | null} */
    this.job = null;
    this.spent = 0;
    this.isStale = this.isFrontStale = true;
    this.movedAt = -Infinity;
    /** @type {Transition | null} */
    this.transition = null;
    this.ellipsesDrawn = 0;
    /** @type {ReturnType<typeof drawAllEllipses> | null} */
    this.all = null;
    /** @type {Uint32Array | undefined} */
    this.seen = undefined; // the images whose ellipses are in view
    const figure = (this.figure = element("figure", { class: "panel" }, parent));
    this.caption = element("figcaption", {}, figure);
    this.stage = element("div", { class: "stage" }, figure);
    const canvas = (/** @type {Record<string, string>} */ attributes) => element("canvas", attributes, this.stage);
    this.back = canvas({ "aria-hidden": "true" });
    this.middle = canvas({ class: "points", "aria-hidden": "true" });
    this.front = canvas({ class: "front", tabindex: "0", role: "application" });
    this.mesh = new Mesh(this);
    this.field = new Field(this);
    this.tip = element("div", { class: "tip", hidden: "" }, this.stage);
    const tools = element("div", { class: "tools" }, this.stage);
    /** @type {[HTMLElement, string][]} */
    this.buttons = [];
    const tool = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ act) => {
      const button = element("button", { type: "button", text }, tools);
      button.onclick = () => this.change(act);
      this.buttons.push([button, label]);
      return button;
    };
    this.target = tool("σ", tr("Zoom to the posterior of the chosen image"), () =>
      zoomToPosterior(this, this.map.selected),
    );
    tool("+", tr("Zoom in"), () => this.camera.zoom(1.4));
    tool("−", tr("Zoom out"), () => this.camera.zoom(1 / 1.4));
    tool("⟲", tr("Reset the view"), () => fitCamera(this.camera, this.spec));
    this.note = element("div", { class: "hint" }, figure);
    this.describe();
    this.probe = new Probe(this, (point, done) => {
      map.link.moved(this, point, done);
      this.redrawFront();
    });
    this.pointer = new Pointer(this);
  }

  describe() {
    const { title, description } = this.spec;
    const text = (this.caption.title = this.map.morph.note(this) || title);
    const [name, ...rest] = text.split(PART).map((part) => (part.length < LONG_PART ? part.replaceAll(" ", "\u00a0") : part));
    const isOwn = text === title && this.map.header.panels.filter((other) => other.title.split(PART)[0] === title.split(PART)[0]).length === 1;
    this.caption.replaceChildren(name, element("span", { class: isOwn ? "rest" : "", text: rest.map((part) => PART + part).join("") }));
    this.front.setAttribute("aria-label", description);
    for (const [button, label] of this.buttons) {
      button.setAttribute("aria-label", `${label}: ${title}`);
      button.title = `${label}: ${title}`;
    }
  }

  /**
   * Show another arrangement of the points. The camera stays where the view is the same.
   * @param {Spec} spec of the same dimension
   * @param {boolean} same whether it holds the same images, so that they can move over
   */
  become(spec, same) {
    const before = { coordinates: this.points.coordinates, camera: this.camera.state() };
    const moved = spec.coordinates !== this.spec.coordinates;
    const target = this.transition?.to.camera;
    const keep = spec.view === this.spec.view;
    this.spec = spec;
    this.describe();
    if (moved) this.points = new Points(spec);
    else this.points.spec = spec;
    if (!keep) {
      fitCamera(this.camera, spec);
      if (this.map.prior) revealPriors(this);
      this.probe.put(null);
    } else if (target) this.camera.restore(target);
    this.transition = null;
    this.points.move(null);
    const arrives = !this.camera.shows(before.camera) || differ(before.coordinates, spec.coordinates);
    if (same && arrives && this.width && isShown(this.points.n)) {
      this.transition = new Transition(before, { coordinates: spec.coordinates, camera: this.camera.state() });
      this.camera.restore(before.camera);
    }
    this.redraw();
  }

  /** Whether its points lie elsewhere than where its model puts them. */
  get isAway() {
    return Boolean(this.transition) || this.map.morph.moves(this);
  }

  /** End a transition at once, as a gesture does. */
  arrive() {
    if (!this.transition) return;
    this.camera.restore(this.transition.to.camera);
    this.points.move(null);
    this.transition = null;
    this.redraw();
  }

  /** @param {number} ratio pixels of the canvases in one of the page */
  size(ratio) {
    const width = this.stage.clientWidth;
    const height = Math.round(Math.max(260, this.map.header.height ? Math.min(width, this.map.header.height) : this.room()));
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    this.stage.style.height = `${height}px`;
    for (const canvas of [this.back, this.middle, this.front]) {
      resize(canvas, Math.round(width * ratio), Math.round(height * ratio));
    }
    Object.assign(this, { width, height, ratio });
    this.isStale = true;
    this.job = null;
  }

  /** Pixels from the top of the stage to the end of the window, as the page stands when it is not scrolled. */
  room() {
    const scrolled = document.querySelector("[data-testid='stMain']")?.scrollTop ?? 0;
    const top = this.stage.getBoundingClientRect().top + scrolled;
    const isNarrow = this.stage.clientWidth < NARROW_PX && window.innerWidth < NARROW_PX;
    return Math.min(window.innerHeight - top - (isNarrow ? SHEET_PX : BELOW_PX * this.scale), 1.25 * this.stage.clientWidth);
  }

  /**
   * Change the view for good.
   * @param {() => void} act
   */
  change(act) {
    this.arrive();
    act();
    this.redraw();
  }

  /**
   * Change the view a little, as one of many steps of a gesture.
   * @param {() => void} act
   */
  moveView(act) {
    this.change(act);
    this.movedAt = performance.now();
  }

  redraw() {
    this.isStale = true;
    this.job = null;
    this.map.wake();
  }

  redrawFront() {
    this.isFrontStale = true;
    this.map.wake();
  }

  /**
   * The image whose point lies nearest to a pixel, or -1.
   * @param {number} x
   * @param {number} y
   */
  nearest(x, y) {
    if (this.transition) return -1;
    const { header, isHidden } = this.map;
    return this.points.nearest(x, y, PICK_PX, this, (i) => !isHidden[header.labels[i]]);
  }

  /**
   * Where the point of an image lies, in pixels.
   * @param {number} index
   */
  where(index) {
    return this.points.where(index, this);
  }

  /**
   * Draw what has to be drawn.
   * @param {Style} style
   * @param {number} now in milliseconds
   * @param {number} [ratio] pixels of the canvases in one of the page
   * @returns {boolean} whether there is more to draw in the next frame
   */
  frame(style, now, ratio = pixelRatio()) {
    this.scale = style.scale;
    this.size(ratio);
    if (!this.isStale && !this.isFrontStale) return false;
    if (this.isStale) {
      this.isStale = false;
      if (this.transition) this.step(now);
      const isMoving = performance.now() - this.movedAt < REST_MS;
      drawAxes(this, style);
      this.drawInk(isMoving);
      this.mesh.follow();
      this.field.follow();
      this.map.layers.draw(this, style);
      this.drawDots(isMoving);
    }
    this.drawFront(style);
    this.isFrontStale = false;
    this.describeView();
    return this.isStale;
  }

  /** @param {number} now */
  step(now) {
    const state = this.transition?.step(now);
    if (!state) {
      this.arrive();
      this.isStale = false;
      return;
    }
    this.camera.restore(state);
    this.points.move(this.transition?.coordinates ?? null);
    this.isStale = true;
    this.job = null;
  }

  /**
   * The ellipses of all images.
   * @param {boolean} isMoving
   */
  drawInk(isMoving) {
    const { header, hidden, ellipses } = this.map;
    const { posteriors } = this.spec;
    if (!posteriors || ellipses !== "all" || this.isAway) {
      this.all = null;
      return;
    }
    const brush = context(this.back);
    if (isMoving && this.all && this.inkCost > QUICK_MS) this.isStale = true;
    else {
      const start = performance.now();
      this.all = drawAllEllipses(this, posteriors, this.ink.begin(this), header, hidden);
      this.inkCost = performance.now() - start;
    }
    this.ink.place(brush, this);
  }

  /**
   * The points: anew, in several frames where they are very many, or as they were drawn last.
   * @param {boolean} isMoving
   */
  drawDots(isMoving) {
    const { middle } = this;
    if (!middle.width || !middle.height) return;
    const wait = isMoving && this.spec.dims === 2 && this.dotsCost > QUICK_MS && this.dots.seen !== null;
    const turning = isMoving && this.points.thinning > 1;
    if (wait || turning) this.isStale = true;
    if (!wait) this.paint(turning);
    const brush = context(middle);
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, middle.width, middle.height);
    this.dots.place(brush, this);
  }

  /** @param {boolean} turning */
  paint(turning) {
    const { middle } = this;
    const start = performance.now();
    if (!this.job) {
      const { header, palette, isHidden, chosen, layers } = this.map;
      const scale = layers.paint(this);
      const shapes = scale ? 1 : shapesFor(header.classes.length);
      const look = { codes: scale?.codes ?? header.labels, palette: scale?.colours ?? palette, labels: header.labels, shapes };
      const { isStrong, isDark } = styleOf(this.map.root);
      const rim = isStrong ? Array(3).fill(isDark ? 255 : 0) : null;
      const cloud = this.points.seen(this, { ...look, hidden: isHidden, chosen, rim }, turning, this.map.isWhole || Boolean(chosen));
      this.job = this.painter.paint(cloud, middle.width, middle.height);
      this.spent = 0;
    }
    const isShared = this.dotsCost > PATIENT_MS && this.dots.seen !== null && this.spec.dims === 2;
    const until = isShared ? start + SHARE_MS : Infinity;
    let isDone = false;
    while (!isDone && performance.now() < until) isDone = this.job.next().done ?? true;
    this.spent += performance.now() - start;
    if (!isDone) {
      this.isStale = true;
      return;
    }
    this.job = null;
    this.painter.show(this.dots.begin(this));
    this.isThinned = turning;
    this.dotsCost = this.spent;
    this.points.prepare();
  }

  /** @param {Style} style */
  drawFront(style) {
    const { map, front, ratio } = this;
    drawMarks(this, map.selected, map.hovered, style);
    if (!this.transition) map.layers.mark(this, style);
    if (map.prior) drawPriors(this, map.header, map.hidden, style);
    map.morph.drawArrows(this, style);
    if (map.ellipses !== "off" && !this.isAway) {
      drawEllipse(this, map.hovered, style, 1);
      drawEllipse(this, map.selected, style, 2);
    }
    drawAxisNames(this, style);
    if (map.header.classes.length <= NAMED_CLASSES && !this.transition) {
      map.morph.drawNames(this, style);
    }
    drawMarkers(this, style);
    const brush = brushOf(front, ratio);
    const outline = this.pointer.draft?.outline() ?? map.outlineOn(this);
    if (outline) drawOutline(brush, outline, style);
    if (this.pointer.cursor) drawCursor(brush, this.pointer.cursor, style);
    drawRoute(this, brush, style);
    this.probe.draw(brush, style);
    drawTip(this);
  }

  /** Write what the panel shows, where it is not obvious. */
  describeView() {
    const { ellipses, selected } = this.map;
    const notes = [describeEllipses(this, ellipses, selected, this.all)];
    if (this.isThinned) {
      const [drawn, n] = [Math.ceil(this.points.n / this.points.thinning), this.points.n];
      notes.push(tr("{drawn} of {count} points are drawn while the view rotates.", { drawn: number(drawn), count: number(n) }));
    }
    const text = notes.filter(Boolean).join(" ");
    write(this.note, text);
    this.note.hidden = !text;
    this.target.hidden = !this.spec.posteriors || ellipses === "off" || selected < 0;
    this.ellipsesDrawn = this.all ? this.all.drawn : Number(!this.target.hidden);
  }

  close() {
    this.mesh.close();
    this.field.close();
  }
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function differ(a, b) {
  return a !== b && a.some((value, k) => value !== b[k]);
}
