// What pointers, wheel and keys do to the latent pad.

const KEY_STEP = 0.01; // of the window

export class Gestures {
  /**
   * @param {import("./pad.js").Pad} pad
   * @param {HTMLElement} canvas on which they happen
   */
  constructor(pad, canvas) {
    this.pad = pad;
    this.canvas = canvas;
    /** @type {Map<number, [number, number]>} */
    this.pointers = new Map();
    this.pinched = this.pans = false;
    /** @type {Float64Array | null} */
    this.began = null; // the point before the gesture
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) => this.drag(event);
    canvas.onpointerup = (event) => this.release(event);
    canvas.onpointercancel = (event) => this.release(event);
    canvas.onkeydown = (event) => this.key(event);
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** Whether a gesture is under way. */
  get isActive() {
    return this.pointers.size > 0;
  }

  /** @param {PointerEvent | WheelEvent} event @returns {[number, number]} */
  local(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.local(event));
    if (this.pointers.size > 1) {
      this.pinched = true;
      if (this.began) this.pad.host.move(this.began, false); // the first finger of a pinch was not meant to move it
      return;
    }
    this.pans = event.shiftKey;
    this.began = this.pad.host.point;
    if (!this.pans) this.pad.moveTo(this.local(event), false);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (this.pad.host.hovers && event.pointerType === "mouse" && !this.pointers.size) this.pad.moveTo(this.local(event), false);
      return;
    }
    const at = this.local(event);
    const [dx, dy] = [at[0] - before[0], at[1] - before[1]];
    if (this.pointers.size >= 2) {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1] ?? before;
      /** @param {[number, number]} place */
      const apart = (place) => Math.max(10, Math.hypot(place[0] - other[0], place[1] - other[1]));
      this.pad.zoom(apart(at) / apart(before), [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2]);
      this.pad.pan(dx / 2, dy / 2);
    } else if (this.pans) this.pad.pan(dx, dy);
    else if (!this.pinched) this.pad.moveTo(at, false);
    this.pointers.set(event.pointerId, at);
  }

  /** @param {PointerEvent} event */
  release(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.pointers.size) return;
    if (!this.pans && !this.pinched) {
      this.pad.host.move(this.pad.host.point, true);
      this.pad.host.send(); // unlike a key, a hand that lets go is done
    }
    this.pinched = this.pans = false;
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const root = /** @type {Document | ShadowRoot} */ (this.canvas.getRootNode());
    if (root.activeElement !== this.canvas && !event.ctrlKey) return; // the page may scroll past an untouched pad
    event.preventDefault();
    this.pad.zoom(Math.exp(-event.deltaY * 0.0015), this.local(event));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = KEY_STEP * (event.shiftKey ? 5 : 1);
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => this.pad.step(-step, 0),
      ArrowRight: () => this.pad.step(step, 0),
      ArrowUp: () => this.pad.step(0, step),
      ArrowDown: () => this.pad.step(0, -step),
      "+": () => this.pad.zoom(1.25),
      "=": () => this.pad.zoom(1.25),
      "-": () => this.pad.zoom(1 / 1.25),
      0: () => this.pad.reset(),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation(); // single letters are shortcuts of the page, too
    acts[event.key]();
  }
}
