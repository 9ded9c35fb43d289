// The decoded plane below the points of a panel: an image in each cell of a grid, decoded in the page once a gesture rests.

import { brushOf, element, Later, resize } from "../kit/dom.js";
import { network } from "../kit/engine.js";
import { Mosaic, drawGaps } from "../kit/images.js";
import { styleOf } from "../kit/theme.js";

const CELL_PX = 46;
const LARGE_VALUES = 4096; // an image of more values is drawn larger, since it takes longer
const LARGE_CELL_PX = 110;
const CHUNK = 10; // images decoded without a pause
const REST_MS = 120;

/** @typedef {import("./panel.js").Panel} Panel */

export class Mesh {
  /** @param {Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.canvas = element("canvas", { class: "mesh", "aria-hidden": "true" });
    panel.stage.prepend(this.canvas);
    /** @type {{ mosaic: Mosaic, from: number[], to: number[] } | null} corners of the panel, when it was decoded */
    this.shown = null;
    this.wanted = "";
    this.token = 0;
    this.later = new Later(() => this.decode(), REST_MS, (isPending) => this.report("wait", isPending));
  }

  /** @param {string} what @param {boolean} isPending */
  report(what, isPending) {
    const { map } = this.panel;
    map.activity.mark(`mesh ${what} ${map.panels.indexOf(this.panel)}`, isPending);
  }

  /** Whether there is a plane to decode, and the visitor wants to see it. */
  get isOn() {
    const { map, spec, transition } = this.panel;
    return map.blend > 0 && spec.dims === 2 && Boolean(spec.lift?.network) && !transition;
  }

  /** The view, or what the plane goes through, has changed: move the images along and decode others at rest. */
  follow() {
    if (!this.isOn) {
      this.canvas.hidden = true;
      return;
    }
    const { camera, width, height, spec, map } = this.panel;
    const z = spec.carry ? null : map.link.z;
    const through = z && spec.lift && z.length > 2 ? this.beside(z) : "";
    const wanted = [...camera.centre, camera.half, width, height, spec.view, through].join(" ");
    if (wanted !== this.wanted) {
      this.wanted = wanted;
      this.later.start();
    }
    this.draw();
  }

  /** What the plane does not show of the latent point. @param {Float64Array} z */
  beside(z) {
    const at = this.panel.map.link.raise(this.panel, [0, 0]);
    return at ? Array.from(at, (value) => value.toFixed(4)).join(" ") : String(z.length);
  }

  draw() {
    const { panel, canvas } = this;
    canvas.hidden = !this.isOn || !this.shown;
    if (canvas.hidden || !this.shown) return;
    resize(canvas, panel.front.width, panel.front.height);
    const brush = brushOf(canvas, panel.ratio);
    brush.clearRect(0, 0, panel.width, panel.height);
    const { mosaic, from, to } = this.shown;
    const [left, top] = panel.camera.locate(from, panel);
    const [right, bottom] = panel.camera.locate(to, panel);
    brush.imageSmoothingEnabled = Boolean(panel.spec.lift?.smooth) || (right - left) / mosaic.canvas.width < 1;
    brush.drawImage(mosaic.canvas, left, top, right - left, bottom - top);
    drawGaps(brush, mosaic.grid, { left, top, right, bottom }, styleOf(panel.stage));
  }

  decode() {
    this.report("decode", true);
    const end = () => this.report("decode", false);
    this.renew().then(end, end); // the inspector says what is wrong with the decoder
  }

  async renew() {
    const token = (this.token += 1);
    const { panel } = this;
    const { spec, width, height, camera, map } = panel;
    const { lift } = spec;
    if (!lift?.network || !width || !height) return;
    const cell = lift.shape.reduce((product, side) => product * side, 1) > LARGE_VALUES ? LARGE_CELL_PX : CELL_PX;
    const [columns, rows] = [Math.max(2, Math.round(width / cell)), Math.max(2, Math.round(height / cell))];
    const [from, to] = [camera.unproject(0, 0, 0, panel), camera.unproject(width, height, 0, panel)];
    const d = lift.origin.length;
    const points = new Float32Array(columns * rows * d);
    for (let place = 0; place < columns * rows; place += 1) {
      const x = ((place % columns) + 0.5) / columns;
      const y = (Math.floor(place / columns) + 0.5) / rows;
      const z = map.link.raise(panel, [from[0] + x * (to[0] - from[0]), from[1] + y * (to[1] - from[1])]);
      if (z) points.set(z, place * d);
    }
    const decoder = await network(lift.network);
    const mosaic = new Mosaic(lift.shape, columns, rows);
    for (let first = 0; first < columns * rows; first += CHUNK) {
      if (token !== this.token) return;
      const count = Math.min(CHUNK, columns * rows - first);
      mosaic.set(await decoder.run(points.slice(first * d, (first + count) * d), count), first);
      await new Promise((go) => setTimeout(go)); // lets a drag proceed
    }
    if (token !== this.token) return;
    this.shown = { mosaic, from, to };
    panel.stage.dataset.mesh = String((Number(panel.stage.dataset.mesh) || 0) + 1);
    this.draw();
  }

  close() {
    this.token += 1;
    this.later.stop();
  }
}
