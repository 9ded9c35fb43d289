// The drawing pad: pen, eraser and keys on a canvas.

import { context as contextOf, element } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { watchLooks } from "../kit/theme.js";
import { LiveDrawing } from "./live_drawing.js";
import { Sender } from "./sender.js";
import { Board, SIDE, paint } from "./strokes.js";
import { addHint, buildTools, drawCursor } from "./tools.js";

const LEAST_STEP = 0.7;
const KEY_STEP = 7;
const KEY_LEAP = 28;

/** @typedef {import("./strokes.js").Corner} Corner */

export class Pad {
  /**
   * @param {HTMLElement} root
   * @param {string} name
   * @param {Board} board
   * @param {import("./sender.js").Send} send
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, name, board, send, activity) {
    this.root = root;
    this.activity = activity;
    this.name = name;
    this.board = board;
    this.sender = new Sender(board, send, (isPending) => activity.mark("sender", isPending));
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
        tr("Drawing pad. Arrow keys move the pen, Shift makes larger steps. Space puts the pen down or lifts it. " +
          "E switches the eraser, Control Z undoes, Control Y redoes, Delete clears."),
    }, this.stage);
    this.blank = element("div", { class: "blank", "aria-hidden": "true", text: tr("Draw here") }, this.stage);
    this.tools = buildTools(root, this);
    addHint(root);
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
    this.unwatch = watchLooks(canvas, () => this.redraw());
    this.settled = contextOf(element("canvas"), { alpha: false });
    this.update();
  }

  // actions

  /**
   * @param {() => void} act
   * @param {string} word for screen readers
   */
  change(act, word) {
    this.lift();
    act();
    this.voice.textContent = word;
    this.update();
    this.sender.post(true);
  }

  undo() {
    if (this.board.live || this.board.done.length) this.change(() => this.board.undo(), tr("Undone"));
  }

  redo() {
    if (this.board.undone.length) this.change(() => this.board.redo(), tr("Redone"));
  }

  clear() {
    this.lift();
    if (this.board.strokes().length) this.change(() => this.board.add("clear"), tr("Cleared"));
  }

  turnEraser() {
    this.lift();
    this.board.erase = !this.board.erase;
    this.voice.textContent = this.board.erase ? tr("Eraser") : tr("Pen");
    this.update();
  }

  // strokes

  /**
   * @param {Corner} at
   * @param {boolean} [erase]
   */
  begin(at, erase = this.board.erase) {
    this.board.live = { erase, points: [at] };
    this.sender.last = performance.now(); // the first dot of a longer stroke is not worth a message
    this.update();
  }

  /** @param {Corner} at */
  extend(at) {
    const points = this.board.live?.points;
    const last = points?.at(-1);
    if (!points || !last || Math.hypot(at.x - last.x, at.y - last.y) < LEAST_STEP) return;
    points.push(at);
    this.touched = true;
    if (!this.live?.works) this.sender.post(false); // else the server hears of finished strokes only
  }

  lift() {
    if (!this.board.live) return;
    this.board.add(this.board.live);
    this.board.live = null;
    this.update();
    this.sender.post(true);
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
    this.voice.textContent = this.board.live ? tr("Pen down") : tr("Pen up");
  }

  // looks

  /** Bring tools and attributes up to date after anything but a further point of a stroke. */
  update() {
    const { board, tools } = this;
    const strokes = board.strokes();
    tools.update(board);
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
    this.live = spec ? new LiveDrawing(this.root, spec, (isPending) => this.activity.mark("live", isPending)) : null;
    this.touched = true;
    this.redraw();
  }

  redraw() {
    this.activity.mark("frame", true);
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
      this.activity.mark("frame", false);
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
    drawCursor(context, this);
    if (!this.touched) return;
    this.touched = false;
    const { live } = this.board;
    this.live?.follow(live ? [...this.board.strokes(), live] : this.board.strokes(), !live);
  }

  close() {
    this.lift();
    this.sender.stop();
    this.live?.close();
    this.unwatch();
    cancelAnimationFrame(this.frame);
    this.root.replaceChildren();
  }
}
