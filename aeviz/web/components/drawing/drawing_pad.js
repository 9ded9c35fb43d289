// The drawing pad: strokes are kept as lines, not as pixels, so that each can be undone and redrawn at any size.
//
// Python says with each run which picture it received last ({ pad, size, received, live }); only then does the next one
// leave, so that pictures never queue up. With `live` a model of the page follows the pen: see live_drawing.js. Strokes
// outlive the element: they belong to the pad's name in this window.

import { whenGone } from "../kit/dom.js";
import { LiveDrawing } from "./live_drawing.js";

const SIDE = 280; // of the picture, and the unit of all coordinates
const GAP_MS = 250;
const PATIENCE_MS = 3000; // without an answer for so long, the message counts as lost
const LEAST_STEP = 0.7;
const KEY_STEP = 7;
const KEY_LEAP = 28;
const INK = 32; // browsers that blur canvases against fingerprinting change black by less
const MAC = /mac/i.test(navigator.platform);
const ICONS = {
  eraser: "M7 21h13 M5.5 13.5 13 6l6 6-8 8H8l-3.5-3.5a1.8 1.8 0 0 1 0-2.5z M9 10l6 6",
  undo: "M9 14 4 9l5-5 M4 9h10.5a5.5 5.5 0 0 1 0 11H11",
  redo: "M15 14l5-5-5-5 M20 9H9.5a5.5 5.5 0 0 0 0 11H13",
  clear: "M4 7h16 M10 11v6 M14 11v6 M6 7l1 13h10l1-13 M9 7V4h6v3",
};

/** @typedef {{ x: number, y: number }} Place on the picture */
/** @typedef {Place & { width: number }} Corner of a stroke, and how wide the stroke is there */
/** @typedef {{ erase: boolean, points: Corner[] }} Stroke */
/** @typedef {(name: "drawing", drawing: { number: number, png: string | null }) => void} Send */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes] `text` sets the text
 * @param {Element | null} [parent]
 * @returns {HTMLElementTagNameMap[T]}
 */
function element(tag, attributes = {}, parent = null) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} settings
 * @returns {CanvasRenderingContext2D}
 */
function contextOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("the browser has no more room for a canvas");
  return context;
}

/**
 * @param {keyof typeof ICONS} name
 * @param {Element} parent
 */
function icon(name, parent) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  parent.append(svg);
}

/**
 * Draw one stroke: curves from middle to middle of its corners, in one go as long as the width stays the same.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 */
function paint(context, { erase, points }) {
  const ink = erase ? "#000" : "#fff";
  Object.assign(context, { strokeStyle: ink, fillStyle: ink, lineCap: "round", lineJoin: "round" });
  const [first] = points;
  if (points.length === 1) {
    context.beginPath();
    context.arc(first.x, first.y, first.width / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  /** @type {Place} */
  let from = first;
  let width = 0;
  for (let i = 1; i < points.length; i += 1) {
    const corner = points[i];
    const next = points[i + 1];
    if (corner.width !== width) {
      if (width) context.stroke();
      context.lineWidth = width = corner.width;
      context.beginPath();
      context.moveTo(from.x, from.y);
    }
    from = next ? { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 } : corner;
    context.quadraticCurveTo(corner.x, corner.y, from.x, from.y);
  }
  context.stroke();
}

/** What was drawn under one name: strokes and clearings in order, and what was undone. */
class Board {
  constructor() {
    /** @type {(Stroke | "clear")[]} */
    this.done = [];
    /** @type {(Stroke | "clear")[]} */
    this.undone = [];
    /** @type {Stroke | null} */
    this.live = null; // the one that is being drawn
    this.width = 22;
    this.erase = false;
    this.cursor = { x: SIDE / 2, y: SIDE / 2 };
    this.number = 0; // of the picture that left last
    /** @type {string | null | undefined} */
    this.sent = null;
    const canvas = element("canvas", { width: String(SIDE), height: String(SIDE) });
    this.context = contextOf(canvas, { alpha: false, willReadFrequently: true });
  }

  strokes() {
    return this.done.slice(this.done.lastIndexOf("clear") + 1).filter((entry) => entry !== "clear");
  }

  /** @param {Stroke | "clear"} entry */
  add(entry) {
    this.done.push(entry);
    this.undone = [];
  }

  undo() {
    const entry = this.done.pop();
    if (entry) this.undone.push(entry);
  }

  redo() {
    const entry = this.undone.pop();
    if (entry) this.done.push(entry);
  }

  /** The picture as a data URL; null if nothing is to be seen on it. */
  picture() {
    const { context } = this;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    for (const stroke of this.strokes()) paint(context, stroke);
    if (this.live) paint(context, this.live);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    for (let i = 0; i < data.length; i += 4) if (data[i] > INK) return context.canvas.toDataURL("image/png");
    return null;
  }
}

/** Sends a board's picture when it changed, one message at a time. */
class Courier {
  /**
   * @param {Board} board
   * @param {Send} send
   */
  constructor(board, send) {
    this.board = board;
    this.send = send;
    this.last = -Infinity;
    this.stale = false;
    this.timer = 0;
    this.awaiting = 0; // the timer of the answer
  }

  /**
   * Something may have changed; send it now or when the last picture is GAP_MS old.
   * @param {boolean} [now]
   */
  post(now) {
    this.stale = true;
    if (this.awaiting || (this.timer && !now)) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(), now ? 0 : Math.max(0, this.last + GAP_MS - performance.now()));
  }

  flush() {
    this.timer = 0;
    this.stale = false;
    const { board } = this;
    const picture = board.picture();
    if (picture === board.sent) return;
    board.sent = picture;
    board.number += 1;
    this.last = performance.now();
    this.awaiting = window.setTimeout(() => this.free(), PATIENCE_MS);
    this.send("drawing", { number: board.number, png: picture });
  }

  free() {
    clearTimeout(this.awaiting);
    this.awaiting = 0;
    if (this.stale) this.post();
  }

  /**
   * Python has the picture of this number. It forgets a pad that a page did not show, and is then told again.
   * @param {number} number
   */
  receive(number) {
    if (number === this.board.number) return this.free();
    if (this.awaiting) return undefined;
    this.board.sent = undefined;
    return this.post(true);
  }

  stop() {
    clearTimeout(this.awaiting);
    clearTimeout(this.timer);
  }
}

class Pad {
  /**
   * @param {HTMLElement} root
   * @param {string} name
   * @param {Board} board
   * @param {Send} send
   */
  constructor(root, name, board, send) {
    this.root = root;
    this.name = name;
    this.board = board;
    this.courier = new Courier(board, send);
    /** @type {number | null} */
    this.pointer = null; // the one that draws
    /** @type {Corner | null} */
    this.hover = null;
    this.byKeys = false;
    this.changed = true; // since finished strokes were drawn
    this.touched = true; // since the model of the page saw the drawing
    /** @type {LiveDrawing | null} */
    this.live = null;
    this.watched = "null";
    this.frame = 0;
    this.stage = element("div", { class: "stage" }, root);
    this.canvas = element("canvas", {
      tabindex: "0",
      role: "application",
      "aria-label":
        "Drawing pad. Arrow keys move the pen, with Shift further. Space puts it down and lifts it. " +
        "E switches the eraser, Control Z undoes, Control Y redoes, Delete clears.",
    }, this.stage);
    this.blank = element("div", { class: "blank", "aria-hidden": "true", text: "Draw here" }, this.stage);
    this.tools = this.buildTools();
    const hint = element("div", { class: "hint" }, root);
    element("span", { class: "touch", text: "Draw with a finger or a pen." }, hint);
    const keys = element("span", { class: "keys" }, hint);
    keys.append("Draw with the mouse, or by keys: ");
    const back = MAC ? "⌘Z" : "Ctrl+Z";
    const acts = { Arrows: "move", Space: "pen down or up", E: "eraser", [back]: "undo", Del: "clear" };
    Object.entries(acts).forEach(([key, act], index) => {
      if (index) keys.append(" · ");
      const pair = element("span", { class: "pair" }, keys);
      element("kbd", { text: key }, pair);
      pair.append(` ${act}`);
    });
    this.voice = element("div", { class: "voice", role: "status" }, root);
    const { canvas } = this;
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) => this.move(event);
    canvas.onpointerup = canvas.onpointercancel = canvas.onlostpointercapture = (event) => this.release(event);
    canvas.onpointerleave = () => this.point(null);
    canvas.oncontextmenu = (event) => event.preventDefault(); // a long press draws a dot
    canvas.onkeydown = (event) => this.key(event);
    canvas.onblur = () => {
      this.byKeys = false;
      this.lift();
      this.redraw();
    };
    canvas.onfocus = () => {
      this.byKeys = canvas.matches(":focus-visible");
      this.redraw();
    };
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(canvas);
    this.settled = contextOf(element("canvas"), { alpha: false });
    this.update();
  }

  buildTools() {
    const tools = element("div", { class: "tools", role: "group", "aria-label": "Drawing tools" }, this.root);
    const size = element("label", { class: "size" }, tools);
    element("span", { text: "Pen" }, size);
    const slider = element("input", { type: "range", min: "6", max: "50", step: "2", "aria-label": "Pen width" }, size);
    const dot = element("span", { class: "dot", "aria-hidden": "true" }, element("span", { class: "nib" }, size));
    slider.oninput = () => {
      this.board.width = Number(slider.value);
      this.update();
    };
    const row = element("div", { class: "row" }, tools);
    /**
     * @param {keyof typeof ICONS} name
     * @param {string} label
     * @param {() => void} act
     */
    const tool = (name, label, act) => {
      const button = element("button", { type: "button" }, row);
      icon(name, button);
      element("span", { text: label }, button);
      button.onclick = act;
      return button;
    };
    const eraser = tool("eraser", "Eraser", () => this.turnEraser());
    const undo = tool("undo", "Undo", () => this.undo());
    const redo = tool("redo", "Redo", () => this.redo());
    const clear = tool("clear", "Clear", () => this.clear());
    return { slider, dot, eraser, undo, redo, clear };
  }

  // actions

  /**
   * @param {() => void} act
   * @param {string} word said afterwards
   */
  change(act, word) {
    this.lift();
    act();
    this.voice.textContent = word;
    this.update();
    this.courier.post(true);
  }

  undo() {
    if (this.board.live || this.board.done.length) this.change(() => this.board.undo(), "Undone");
  }

  redo() {
    if (this.board.undone.length) this.change(() => this.board.redo(), "Redone");
  }

  clear() {
    this.lift();
    if (this.board.strokes().length) this.change(() => this.board.add("clear"), "Cleared");
  }

  turnEraser() {
    this.lift();
    this.board.erase = !this.board.erase;
    this.voice.textContent = this.board.erase ? "Eraser" : "Pen";
    this.update();
  }

  // strokes

  /**
   * @param {Corner} at
   * @param {boolean} [erase]
   */
  begin(at, erase = this.board.erase) {
    this.board.live = { erase, points: [at] };
    this.courier.last = performance.now(); // the first dot of a longer stroke is not worth a message
    this.update();
  }

  /** @param {Corner} at */
  extend(at) {
    const points = this.board.live?.points;
    const last = points?.at(-1);
    if (!points || !last || Math.hypot(at.x - last.x, at.y - last.y) < LEAST_STEP) return;
    points.push(at);
    this.touched = true;
    if (!this.live?.works) this.courier.post(false); // else the server hears of finished strokes only
  }

  lift() {
    if (!this.board.live) return;
    this.board.add(this.board.live);
    this.board.live = null;
    this.update();
    this.courier.post(true);
  }

  // pointers

  /**
   * @param {PointerEvent} event
   * @returns {Corner}
   */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const pressed = event.pointerType === "pen" && event.pressure > 0;
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
      width: this.board.width * (pressed ? 0.4 + 1.2 * event.pressure : 1),
    };
  }

  /** @param {PointerEvent} event */
  press(event) {
    const turned = event.pointerType === "pen" && event.button === 5; // the other end of the pen
    if (this.pointer !== null || (event.button !== 0 && !turned)) return;
    this.byKeys = false;
    this.lift();
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.begin(this.place(event), this.board.erase || turned);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (event.pointerType !== "touch") this.point(this.place(event));
    if (event.pointerId !== this.pointer) return;
    // events between two frames; they are missing outside secure contexts
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.extend(this.place(each));
    this.redraw();
  }

  /** @param {PointerEvent} event */
  release(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.lift();
  }

  /** @param {Corner | null} at */
  point(at) {
    this.hover = at;
    this.redraw();
  }

  // keys

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = event.shiftKey ? KEY_LEAP : KEY_STEP;
    const command = event.ctrlKey || event.metaKey;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    /** @type {Record<string, () => void>} */
    const acts = command
      ? { z: () => (event.shiftKey ? this.redo() : this.undo()), y: () => this.redo() }
      : {
          ArrowLeft: () => this.walk(-step, 0),
          ArrowRight: () => this.walk(step, 0),
          ArrowUp: () => this.walk(0, -step),
          ArrowDown: () => this.walk(0, step),
          " ": () => this.turnPen(),
          e: () => this.turnEraser(),
          Delete: () => this.clear(),
          Backspace: () => this.clear(),
          Escape: () => this.lift(),
        };
    if (!Object.hasOwn(acts, name) || event.altKey || this.pointer !== null) return;
    event.preventDefault();
    event.stopPropagation(); // single letters are shortcuts of the page, too
    this.byKeys = true;
    if (!event.repeat || name.startsWith("Arrow") || name === "z" || name === "y") acts[name]();
    this.redraw();
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  walk(dx, dy) {
    const { cursor, width } = this.board;
    cursor.x = Math.min(SIDE, Math.max(0, cursor.x + dx));
    cursor.y = Math.min(SIDE, Math.max(0, cursor.y + dy));
    if (this.board.live) this.extend({ ...cursor, width });
  }

  turnPen() {
    if (this.board.live) this.lift();
    else this.begin({ ...this.board.cursor, width: this.board.width });
    this.voice.textContent = this.board.live ? "Pen down" : "Pen up";
  }

  // looks

  /** Bring tools and attributes up to date after anything but a further point of a stroke. */
  update() {
    const { board, tools } = this;
    const strokes = board.strokes();
    tools.slider.value = String(board.width);
    tools.slider.setAttribute("aria-valuetext", `${board.width} of ${SIDE} pixels`);
    tools.dot.style.setProperty("--width", String(board.width / 50));
    tools.eraser.setAttribute("aria-pressed", String(board.erase));
    tools.undo.disabled = !board.done.length;
    tools.redo.disabled = !board.undone.length;
    tools.clear.disabled = !strokes.length;
    this.blank.hidden = Boolean(strokes.length || this.board.live);
    this.root.dataset.strokes = String(strokes.length);
    this.root.dataset.tool = board.erase ? "eraser" : "pen";
    this.changed = this.touched = true;
    this.redraw();
  }

  /**
   * Show what a model makes of the drawing while it is drawn, or no longer.
   * @param {import("./live_drawing.js").LiveSpec | null} [spec]
   */
  watch(spec) {
    const text = JSON.stringify(spec ?? null);
    if (text === this.watched) return;
    this.watched = text;
    this.live?.close();
    this.live = spec ? new LiveDrawing(this.root, spec, paint, SIDE) : null;
    this.touched = true;
    this.redraw();
  }

  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const pixels = Math.round(this.canvas.clientWidth * (window.devicePixelRatio || 1));
    if (!pixels) return;
    const context = contextOf(this.canvas, { alpha: false });
    const scale = pixels / SIDE;
    if (this.canvas.width !== pixels) this.canvas.width = this.canvas.height = pixels;
    if (this.changed || this.settled.canvas.width !== pixels) {
      // finished strokes are drawn once, a frame of a long stroke copies them
      this.settled.canvas.width = this.settled.canvas.height = pixels;
      this.settled.scale(scale, scale);
      for (const stroke of this.board.strokes()) paint(this.settled, stroke);
      this.changed = false;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.settled.canvas, 0, 0);
    context.scale(scale, scale);
    if (this.board.live) paint(context, this.board.live);
    this.drawCursor(context);
    if (!this.touched) return;
    this.touched = false;
    this.live?.follow(this.board.live ? [...this.board.strokes(), this.board.live] : this.board.strokes());
  }

  /** @param {CanvasRenderingContext2D} context */
  drawCursor(context) {
    const at = this.byKeys ? this.board.cursor : this.hover;
    if (!at) return;
    /**
     * @param {number} radius
     * @param {number} width
     * @param {string} style
     */
    const ring = (radius, width, style) => {
      context.beginPath();
      context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
      Object.assign(context, { lineWidth: width, strokeStyle: style });
      context.stroke();
    };
    const radius = this.board.width / 2;
    const colour = this.byKeys ? getComputedStyle(this.canvas).getPropertyValue("--accent") : "#999";
    ring(radius, 3, "#000");
    ring(radius, 1.5, colour);
    if (!this.byKeys) return;
    ring(this.board.live ? 3 : 1, this.board.live ? 4 : 2, colour); // a thick dot says that the pen is down
  }

  close() {
    this.lift();
    this.courier.stop();
    this.live?.close();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    this.root.remove();
  }
}

/** @type {Map<string, Board>} */
const boards = new Map();
/** @type {WeakMap<HTMLElement, Pad>} */
const pads = new WeakMap();

/**
 * @param {HTMLElement} parent
 * @param {string} name
 * @param {Send} send
 */
function build(parent, name, send) {
  const board = boards.get(name) ?? new Board();
  boards.set(name, board);
  const root = element("div", { class: "pad", "data-testid": "drawing-pad" });
  parent.append(root);
  const pad = new Pad(root, name, board, send);
  pad.courier.post(true); // a stroke that the last visit to the page cut off
  pads.set(parent, pad);
  return pad;
}

/**
 * @param {{
 *   data: { pad: string, size: number, received: number, live?: import("./live_drawing.js").LiveSpec | null },
 *   parentElement: HTMLElement, setStateValue: Send
 * }} component
 */
export default function mount({ data, parentElement, setStateValue }) {
  let found = pads.get(parentElement);
  if (found && found.name !== data.pad) {
    found.close();
    found = undefined;
  }
  const pad = found ?? build(parentElement, data.pad, setStateValue);
  pad.root.style.setProperty("--size", `${data.size}px`);
  pad.root.dataset.received = String(data.received);
  pad.watch(data.live);
  pad.courier.send = setStateValue;
  pad.courier.receive(data.received);
  return whenGone(parentElement, () => {
    if (pads.get(parentElement) !== pad) return; // closed, or another took its place
    pads.delete(parentElement);
    pad.close();
  });
}
