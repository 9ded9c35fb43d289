// What a pointer or a key does to a panel: move the view, draw an outline, drag the probe, choose an image.

import { fitCamera } from "../kit/camera.js";
import { Draft } from "./draft.js";
import { isOwnAt, waypointAt } from "./route.js";

const CLICK_PX = 4;
const STEP_PX = 24; // of an arrow key
const FINE_PX = 8; // of an arrow key that moves the cross or the probe

/** What a drag does. */
export const TOOLS = /** @type {const} */ (["move", "lasso", "box", "decode"]);

/** @typedef {(typeof TOOLS)[number]} Tool */
/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {number[]} Point */

export class Pointer {
  /** @param {Panel} panel */
  constructor(panel) {
    this.panel = panel;
    /** @type {Map<number, Point>} */
    this.pressed = new Map();
    this.travel = 0;
    /** @type {Draft | null} */
    this.draft = null;
    this.holds = false; // a drag would move the probe
    this.isProbing = false; // the probe follows the pointer
    /** @type {Point | null} */
    this.cursor = null; // the cross that keys move
    const { front } = panel;
    front.onpointerdown = (event) => this.press(event);
    front.onpointermove = (event) => this.move(event);
    front.onpointerup = (event) => this.release(event);
    front.onpointercancel = (event) => this.cancel(event);
    front.onpointerleave = () => panel.map.hover(-1, null);
    front.onkeydown = (event) => this.key(event);
    front.onblur = () => this.dropCursor();
    front.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    front.ondblclick = () => {
      if (panel.map.tool === "move") panel.change(() => fitCamera(panel.camera, panel.spec));
    };
  }

  /** @param {MouseEvent} event */
  local(event) {
    const box = this.panel.front.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    const { panel } = this;
    const { map, probe } = panel;
    panel.arrive();
    this.dropCursor();
    panel.front.focus({ preventScroll: true });
    panel.front.setPointerCapture(event.pointerId);
    const at = this.local(event);
    this.pressed.set(event.pointerId, at);
    if (this.pressed.size > 1) {
      // a second finger zooms, whatever the first one had begun
      this.travel = Infinity;
      this.drop();
      return;
    }
    this.travel = 0;
    const flat = panel.camera.dims === 2;
    const tool = event.shiftKey && flat && (map.tool === "move" || map.tool === "decode") ? "lasso" : map.tool;
    if (tool === "lasso" || tool === "box") {
      if (map.morph.moves(panel)) map.morph.choose(0); // an outline is drawn around the points of this panel's model
      this.draft = new Draft(tool, at);
    } else this.holds = tool === "decode" && probe.isHeld(...asPair(at));
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { panel } = this;
    const at = this.local(event);
    if (event.buttons === 0) this.pressed.delete(event.pointerId); // the release went to somebody else
    const before = this.pressed.get(event.pointerId);
    if (!before) {
      panel.map.hover(panel.nearest(...asPair(at)), panel);
      return;
    }
    const [dx, dy] = [at[0] - before[0], at[1] - before[1]];
    this.travel += Math.hypot(dx, dy);
    if (this.travel <= CLICK_PX) return;
    this.pressed.set(event.pointerId, at);
    panel.map.hover(-1, null);
    this.isProbing ||= this.holds;
    if (this.isProbing) panel.probe.drag(...asPair(at));
    else if (this.draft) {
      this.draft.extend(at);
      panel.redrawFront();
    } else this.moveView(event, at, before);
  }

  /**
   * @param {PointerEvent} event
   * @param {Point} at
   * @param {Point} before
   */
  moveView(event, at, before) {
    const { panel } = this;
    panel.moveView(() => {
      if (this.pressed.size !== 2) {
        panel.camera.drag(at[0] - before[0], at[1] - before[1], panel, event.shiftKey);
        return;
      }
      const other = [...this.pressed].find(([id]) => id !== event.pointerId)?.[1] ?? at;
      const apart = (/** @type {Point} */ p) => Math.max(10, Math.hypot(p[0] - other[0], p[1] - other[1]));
      const middle = [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2];
      panel.camera.zoom(apart(at) / apart(before), middle, panel);
    });
  }

  /** @param {PointerEvent} event */
  release(event) {
    const { panel, draft } = this;
    if (!this.pressed.delete(event.pointerId)) return;
    const { holds } = this;
    this.holds = false;
    if (this.isProbing) {
      this.isProbing = false;
      panel.probe.release();
      return;
    }
    this.draft = null;
    if (this.travel > CLICK_PX) {
      if (draft) this.finish(draft);
      return;
    }
    const kept = waypointAt(panel, ...asPair(this.local(event)));
    const index = panel.nearest(...asPair(this.local(event)));
    if (kept >= 0) panel.map.link.goTo(kept);
    else if (isOwnAt(panel, ...asPair(this.local(event)))) panel.map.link.goToOwn();
    else if (index >= 0) panel.map.select(index);
    else if (holds && panel.camera.dims === 2) {
      panel.probe.drag(...asPair(this.local(event)));
      panel.probe.release();
    }
    panel.redrawFront();
  }

  /** @param {PointerEvent} event */
  cancel(event) {
    this.pressed.delete(event.pointerId);
    this.drop();
  }

  /** @param {Draft} draft */
  finish(draft) {
    const outline = draft.finish();
    if (outline) this.panel.map.selectWithin(this.panel, outline);
    this.panel.redrawFront();
  }

  /** Leave an outline unfinished and the probe where it is. */
  drop() {
    this.draft = null;
    if (this.isProbing) this.panel.probe.release();
    this.isProbing = this.holds = false;
    this.panel.redrawFront();
  }

  dropCursor() {
    if (!this.cursor) return;
    this.cursor = null;
    this.draft = null;
    this.panel.redrawFront();
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const { panel } = this;
    const root = /** @type {Document | ShadowRoot} */ (panel.front.getRootNode());
    if (root.activeElement !== panel.front && !event.ctrlKey) return; // an unfocused map lets the page scroll
    event.preventDefault();
    panel.moveView(() => panel.camera.zoom(Math.exp(-event.deltaY * 0.0015), this.local(event), panel));
    panel.map.hover(panel.nearest(...asPair(this.local(event))), panel); // another point may lie under the pointer now
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { panel } = this;
    const { map, camera } = panel;
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const arrow = arrows[/** @type {keyof typeof arrows} */ (event.key)];
    /** @type {Record<string, () => void>} */
    const acts = {
      "+": () => panel.moveView(() => camera.zoom(1.25)),
      "=": () => panel.moveView(() => camera.zoom(1.25)),
      "-": () => panel.moveView(() => camera.zoom(1 / 1.25)),
      0: () => panel.change(() => fitCamera(camera, panel.spec)),
      n: () => map.step(1),
      p: () => map.step(-1),
      m: () => map.pickTool("move"),
      l: () => map.pickTool("lasso"),
      b: () => map.pickTool("box"),
      d: () => map.pickTool("decode"),
      t: () => map.morph.play(),
    };
    if (map.tool === "lasso" || map.tool === "box") {
      acts.Enter = () => this.corner(true);
      acts[" "] = () => this.corner(false);
    }
    if (event.key === "Escape") {
      if (!this.draft && !this.cursor && !map.selection) return; // somebody else's Escape
      if (this.draft || this.cursor) {
        this.dropCursor();
        this.drop();
      } else map.clearSelection();
    } else if (arrow) this.arrow(arrow, event.shiftKey);
    else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
  }

  /**
   * @param {number[]} arrow
   * @param {boolean} shift
   */
  arrow([dx, dy], shift) {
    const { panel } = this;
    const { tool } = panel.map;
    // shift turns and moves the view whatever the tool is, and pans in space as it does for a pointer
    if (tool === "move" || shift) {
      const pan = shift && tool === "move";
      panel.moveView(() => panel.camera.drag(-dx * STEP_PX, -dy * STEP_PX, panel, pan));
    } else if (tool === "decode") panel.probe.nudge(dx * FINE_PX, dy * FINE_PX);
    else {
      const { width, height } = panel;
      const [x, y] = this.cursor ?? [width / 2, height / 2];
      this.cursor = [
        Math.max(0, Math.min(width, x + dx * FINE_PX)),
        Math.max(0, Math.min(height, y + dy * FINE_PX)),
      ];
      this.draft?.extend(this.cursor);
      panel.redrawFront();
    }
  }

  /**
   * Set a corner of an outline where the cross is: the second one of a box ends it, and so does `last` for a lasso.
   * @param {boolean} last
   */
  corner(last) {
    const { panel, draft } = this;
    this.cursor ??= [panel.width / 2, panel.height / 2];
    if (!draft) {
      if (panel.map.morph.moves(panel)) panel.map.morph.choose(0);
      this.draft = new Draft(panel.map.tool === "box" ? "box" : "lasso", this.cursor);
      panel.redrawFront();
    } else if (last || draft.kind === "box") {
      this.draft = null;
      this.finish(draft);
    }
  }
}

/**
 * @param {Point} at
 * @returns {[number, number]}
 */
function asPair(at) {
  return [at[0], at[1]];
}
