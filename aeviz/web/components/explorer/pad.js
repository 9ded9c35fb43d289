// The latent pad: a plane of two axes of a latent space, covered by the images that the decoder gives there, or with the
// encoded images as points. Dragging moves the point; wheel and pinch zoom; the images follow the zoom.

import { onDark } from "../kit/class_colours.js";
import { likenessOf } from "../kit/class_shapes.js";
import { brief, brushOf, button, element, Later, pixelRatio, resize, write } from "../kit/dom.js";
import { Mosaic, drawGaps } from "../kit/images.js";
import { mark, tr } from "../kit/language.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { Gestures } from "./gestures.js";

/**
 * @typedef {{
 *   space: import("./space.js").Space, pair: [number, number], point: Float64Array, shape: number[], smooth: boolean,
 *   side: number, backdrop: string,
 *   move: (point: Float64Array, done: boolean) => void, send: () => void,
 *   decode: (points: Float32Array, rows: number) => Promise<ArrayLike<number>>, failed: (error: unknown) => void,
 *   far: (points: Float32Array, rows: number) => boolean[],
 *   choose: (backdrop: string) => void, during: import("./explorer.js").During,
 *   report: (what: string, isPending: boolean) => void, hovers?: boolean
 * }} PadHost What the pad shows and whom it informs.
 */

const BACKDROPS = [mark("images"), mark("points"), mark("both")];
const CHUNK = 10; // images decoded without a pause
const REST_MS = 90; // after a gesture
const MOST_ZOOM = 200;
const GREY = "#8c8c8c";

export class Pad {
  /**
   * @param {Element} parent
   * @param {PadHost} host
   */
  constructor(parent, host) {
    this.host = host;
    this.root = element("div", { class: "pad", "data-testid": "latent-pad" }, parent);
    const head = element("div", { class: "top" }, this.root);
    this.up = element("div", { class: "axis" }, head);
    this.stage = element("div", { class: "stage" }, this.root);
    this.back = element("canvas", { "aria-hidden": "true" }, this.stage);
    this.ring = element("i", { class: "ring", "aria-hidden": "true" }, this.stage); // moves without painting the plane
    this.front = element("div", { class: "front", tabindex: "0", role: "application" }, this.stage);
    this.across = element("div", { class: "axis across" }, this.root);
    const tools = element("div", { class: "tools" }, head);
    button(tools, "+", tr("Zoom in"), () => this.zoom(1.4));
    button(tools, "−", tr("Zoom out"), () => this.zoom(1 / 1.4));
    button(tools, "⟲", tr("Reset the view"), () => this.reset());
    const row = element("div", { class: "choices", role: "group", "aria-label": tr("Show behind the point") }, this.root);
    this.buttons = BACKDROPS.map((name) => {
      const node = element("button", { type: "button", text: tr(name) }, row);
      node.onclick = () => {
        this.host.backdrop = name;
        this.host.choose(name);
        this.refresh();
      };
      return node;
    });
    this.key = element("div", { class: "key", role: "img" }, row);
    this.keyed = "";
    this.note = element("div", { class: "hint", hidden: "", text: tr("Crossed out: out of distribution.") }, this.root);
    /** @type {[number, number][]} the window, for each of the two axes */
    this.window = [[0, 1], [0, 1]];
    /** @type {[number, number][]} */
    this.meshWindow = [[0, 1], [0, 1]];
    /** @type {Mosaic | null} */
    this.mesh = null;
    /** @type {boolean[]} */
    this.farTiles = [];
    this.isCrossed = false; // as last known: what is below the plane stays where it is while new tiles are judged
    this.around = ""; // the other coordinates that the mesh was decoded at
    this.token = 0;
    this.gestures = new Gestures(this, this.front);
    this.later = new Later(() => this.decodeMesh(), REST_MS, (isPending) => host.report("pad", isPending));
    /** @type {[number, number] | null} */
    this.measured = null;
    this.unwatch = watchLooks(this.stage, () => {
      this.measured = null;
      this.redraw();
    });
    this.reset();
  }

  /** Show the plane of other axes, or of another space. */
  reset() {
    const { space, pair } = this.host;
    this.window = /** @type {[number, number][]} */ (pair.map((axis) => [space.axes[axis].low, space.axes[axis].high]));
    const names = pair.map((axis) => space.axes[axis].name);
    this.front.setAttribute(
      "aria-label",
      tr(
        "Latent plane of {across} (horizontal) and {up} (vertical): drag or use the arrow keys to move the point; " +
          "use the wheel, a pinch or + and - to zoom; hold Shift and drag to pan",
        { across: names[0], up: names[1] },
      ),
    );
    this.showKey();
    this.refresh();
  }

  /** Name the colours of the points, which are those of a dark ground. */
  showKey() {
    const { classes, count } = this.host.space;
    const shown = count ? classes : [];
    if (this.keyed === JSON.stringify(shown)) return;
    this.keyed = JSON.stringify(shown);
    this.key.replaceChildren();
    this.key.setAttribute("aria-label", tr("Colours of the points: {classes}", { classes: shown.map(({ name }) => name).join(", ") }));
    for (const { name, colour } of shown) {
      const part = element("span", {}, this.key);
      element("span", { class: "dot", style: `background:${onDark(colour)}` }, part);
      element("span", { text: name }, part);
    }
    element("span", { text: likenessOf(shown.length, false) }, this.key);
  }

  /** Whether the points are shown: also in place of images that are still to come. */
  get hasPoints() {
    return this.host.backdrop !== "images" || !this.mesh;
  }

  // between pixels and coordinates

  /** @param {number} x @param {number} y @returns {[number, number]} */
  toCoordinates(x, y) {
    const [[left, right], [bottom, top]] = this.window;
    return [left + ((right - left) * x) / this.width, top - ((top - bottom) * y) / this.height];
  }

  /** @param {number} across @param {number} up @returns {[number, number]} */
  toPixels(across, up) {
    const [[left, right], [bottom, top]] = this.window;
    return [((across - left) / (right - left)) * this.width, ((top - up) / (top - bottom)) * this.height];
  }

  /** Width and height in pixels; asking the browser between two changes of the page makes it lay out all anew. */
  get size() {
    return (this.measured ??= [this.stage.clientWidth || 1, this.stage.clientHeight || 1]);
  }

  get width() {
    return this.size[0];
  }

  get height() {
    return this.size[1];
  }

  // moves

  /** @param {number} across @param {number} up shares of the window */
  step(across, up) {
    const { space, pair, point } = this.host;
    const [x, y] = pair.map((axis) => space.coordinate(point, axis));
    const [[left, right], [bottom, top]] = this.window;
    const next = space.moved(point, [[pair[0], x + across * (right - left)], [pair[1], y + up * (top - bottom)]]);
    this.host.move(next, true);
  }

  /** @param {[number, number]} at pixels @param {boolean} done */
  moveTo(at, done) {
    const { space, pair, point } = this.host;
    const inside = /** @type {const} */ ([
      Math.min(this.width, Math.max(0, at[0])),
      Math.min(this.height, Math.max(0, at[1])),
    ]);
    const [x, y] = this.toCoordinates(...inside);
    this.host.move(space.moved(point, [[pair[0], x], [pair[1], y]]), done);
  }

  /** @param {number} dx @param {number} dy pixels */
  pan(dx, dy) {
    const [[left, right], [bottom, top]] = this.window;
    const [x, y] = [(-dx * (right - left)) / this.width, (dy * (top - bottom)) / this.height];
    this.window = [[left + x, right + x], [bottom + y, top + y]];
    this.refresh();
  }

  /** @param {number} factor @param {[number, number]} [at] pixels that stay where they are */
  zoom(factor, at = [this.width / 2, this.height / 2]) {
    const { space, pair } = this.host;
    const { low, high } = space.axes[pair[0]];
    const next = (this.window[0][1] - this.window[0][0]) / factor;
    if (next < (high - low) / MOST_ZOOM || next > (high - low) * 20) return;
    const fixed = this.toCoordinates(...at);
    this.window = /** @type {[number, number][]} */ (
      this.window.map(([from, to], k) => [fixed[k] - (fixed[k] - from) / factor, fixed[k] + (to - fixed[k]) / factor])
    );
    this.refresh();
  }

  // drawing

  /** Draw, and decode the mesh anew when things have come to rest. */
  refresh() {
    this.buttons.forEach((node, k) => node.setAttribute("aria-pressed", String(BACKDROPS[k] === this.host.backdrop)));
    this.redraw();
    if (this.host.backdrop !== "points") this.later.start();
  }

  /** The point has moved: if beside the plane, the mesh is another. */
  follow() {
    if (!this.pending) this.placeRing();
    if (this.otherCoordinates() !== this.around && this.host.backdrop !== "points") this.later.start();
  }

  /** What the mesh depends on besides its window. */
  otherCoordinates() {
    const { space, pair, point } = this.host;
    if (space.dimensions === 2) return "none";
    const rest = space.moved(point, [[pair[0], 0], [pair[1], 0]]);
    return Array.from(rest, (value) => value.toFixed(5)).join(" ");
  }

  /** The latent points in the middle of the mesh's tiles. */
  meshPoints() {
    const { space, pair, point, side } = this.host;
    const d = space.dimensions;
    const points = new Float32Array(side * side * d);
    const [[left, right], [bottom, top]] = this.window;
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        const x = left + ((right - left) * (column + 0.5)) / side;
        const y = top - ((top - bottom) * (row + 0.5)) / side;
        points.set(space.moved(point, [[pair[0], x], [pair[1], y]]), (row * side + column) * d);
      }
    }
    return points;
  }

  decodeMesh() {
    this.host.during("pad", this.renewMesh()).catch(this.host.failed);
  }

  async renewMesh() {
    const token = (this.token += 1);
    const { side, shape, space } = this.host;
    const points = this.meshPoints();
    const around = this.otherCoordinates();
    const shown = this.window;
    const mesh = new Mosaic(shape, side, side);
    const d = space.dimensions;
    for (let first = 0; first < side * side; first += CHUNK) {
      const rows = Math.min(CHUNK, side * side - first);
      const values = await this.host.decode(points.slice(first * d, (first + rows) * d), rows);
      if (token !== this.token) return;
      mesh.set(values, first);
      // lets the page proceed between two rows, so that a drag stays smooth
      await new Promise((go) => setTimeout(go));
      if (token !== this.token) return;
    }
    this.mesh = mesh;
    this.meshWindow = shown;
    this.around = around;
    this.farTiles = this.host.far(points, side * side);
    this.isCrossed = this.farTiles.includes(true);
    this.root.dataset.mesh = String((Number(this.root.dataset.mesh) || 0) + 1);
    this.root.dataset.far = String(this.farTiles.filter(Boolean).length);
    this.redraw();
  }

  redraw() {
    this.pending ||= requestAnimationFrame(() => {
      this.pending = 0;
      this.nameAxes();
      this.drawBack();
      this.placeRing();
      this.key.hidden = !this.hasPoints || !this.key.childElementCount;
      this.note.hidden = this.host.backdrop === "points" || !this.isCrossed;
    });
  }

  /** Write the axes beside the images, not on them. */
  nameAxes() {
    const { space, pair } = this.host;
    const [across, up] = pair.map((axis, k) => {
      const [low, high] = this.window[k];
      return `${space.axes[axis].name}: ${brief(low)} … ${brief(high)}`;
    });
    write(this.across, `${across} →`);
    write(this.up, `↑ ${up}`);
  }

  /** @param {HTMLCanvasElement} canvas */
  brush(canvas) {
    const ratio = pixelRatio();
    resize(canvas, Math.round(this.width * ratio), Math.round(this.height * ratio));
    const brush = brushOf(canvas, ratio);
    brush.clearRect(0, 0, this.width, this.height);
    return brush;
  }

  drawBack() {
    const brush = this.brush(this.back);
    const { backdrop, smooth, side } = this.host;
    if (backdrop !== "points" && this.mesh) {
      const [[left, right], [bottom, top]] = this.meshWindow;
      const [x, y] = this.toPixels(left, top);
      const [endX, endY] = this.toPixels(right, bottom);
      brush.imageSmoothingEnabled = smooth || (endX - x) / this.mesh.canvas.width < 1;
      brush.drawImage(this.mesh.canvas, x, y, endX - x, endY - y);
      this.drawFar(brush, x, y, (endX - x) / side, (endY - y) / side);
      const box = { left: x, top: y, right: endX, bottom: endY };
      drawGaps(brush, this.mesh.grid, box, styleOf(this.root));
    }
    if (this.hasPoints) this.drawPoints(brush);
  }

  /**
   * @param {CanvasRenderingContext2D} brush
   * @param {number} x @param {number} y @param {number} width @param {number} height of a tile
   */
  drawFar(brush, x, y, width, height) {
    const { side } = this.host;
    brush.lineWidth = 1;
    this.farTiles.forEach((far, tile) => {
      if (!far) return;
      const [left, top] = [x + (tile % side) * width, y + Math.floor(tile / side) * height];
      brush.fillStyle = "#0008";
      brush.fillRect(left, top, width, height);
      brush.strokeStyle = "#fff9";
      brush.beginPath();
      brush.moveTo(left + 0.35 * width, top + 0.35 * height);
      brush.lineTo(left + 0.65 * width, top + 0.65 * height);
      brush.moveTo(left + 0.65 * width, top + 0.35 * height);
      brush.lineTo(left + 0.35 * width, top + 0.65 * height);
      brush.stroke();
    });
  }

  /** @param {CanvasRenderingContext2D} brush */
  drawPoints(brush) {
    const { space, pair } = this.host;
    if (pair.some((axis) => axis >= space.spans.length)) return;
    const size = space.count > 20000 ? 1 : space.count > 3000 ? 2 : 3;
    for (let index = 0; index < space.count; index += 1) {
      const [x, y] = this.toPixels(space.encoded(pair[0], index), space.encoded(pair[1], index));
      if (x < 0 || y < 0 || x > this.width || y > this.height) continue;
      brush.fillStyle = onDark(space.colour(index) ?? GREY); // the decoded plane is dark on every page
      brush.fillRect(x - size / 2, y - size / 2, size, size);
    }
  }

  /** Put the ring around the point; at the edge, dashed, where the point is outside. */
  placeRing() {
    const { space, pair, point } = this.host;
    const at = this.toPixels(space.coordinate(point, pair[0]), space.coordinate(point, pair[1]));
    const x = Math.max(9, Math.min(this.width - 9, at[0]));
    const y = Math.max(9, Math.min(this.height - 9, at[1]));
    this.ring.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    this.ring.classList.toggle("outside", Math.abs(x - at[0]) > 9 || Math.abs(y - at[1]) > 9);
  }

  close() {
    this.token += 1;
    this.later.stop();
    this.unwatch();
    cancelAnimationFrame(this.pending ?? 0);
    this.root.remove();
  }
}
