// A field over the plane of a panel, between decoded images and points: distance from the data, class regions, or
// stretching (field_kinds.js). It moves along with the view and is computed anew, in the page, once that rests.

import { readable } from "../kit/axis.js";
import { brushOf, context, element, Later, resize } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { styleOf } from "../kit/theme.js";
import { offerCounterfactual } from "./counterfactual.js";
import { compute, obstacle } from "./field_kinds.js";
import { geodesic } from "./geodesic.js";
import { waypointsOn } from "./route.js";

/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {import("./field_kinds.js").Shown} Shown */

const REST_MS = 120;
const STRIP_PX = 80;
let made = 0; // fields, so that each reports under a name of its own

export class Field {
  /** @param {Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.canvas = element("canvas", { class: "field", "aria-hidden": "true", hidden: "" });
    panel.mesh.canvas.after(this.canvas);
    this.legend = element("div", { class: "field-legend", hidden: "" });
    panel.stage.after(this.legend);
    this.image = document.createElement("canvas"); // a pixel for each cell
    /** @type {Shown | null} */
    this.shown = null;
    this.wanted = "";
    /** @type {Float32Array | null} the points that it is about */
    this.source = null;
    this.token = 0;
    this.hasFailed = false;
    /** @type {import("./geodesic.js").Geodesic[]} shortest paths between the visitor's waypoints, one after the other */
    this.geodesics = [];
    this.routed = ""; // what they belong to
    const name = `field ${(made += 1)}`;
    this.later = new Later(() => this.renew(), REST_MS, (isPending) => panel.map.activity.mark(name, isPending));
  }

  /** Whether the visitor wants a field that this panel can have. */
  get isOn() {
    const { map, spec, isAway } = this.panel;
    return map.field !== "none" && !obstacle(map.field, spec, map.header.classes) && !isAway;
  }

  /** The view has changed: move the field along, and compute it anew at rest. */
  follow() {
    this.check();
    this.draw();
    this.route();
  }

  /** Compute the field at rest where anything that it depends on has changed. */
  check() {
    if (!this.isOn) {
      this.wanted = "";
      this.stop();
      return;
    }
    const { camera, width, height, spec, map } = this.panel;
    const own = map.field === "classes" ? [...map.hidden].sort() : map.field === "stretching" ? this.plane() : [];
    const wanted = [map.field, ...camera.centre, camera.half, width, height, spec.view, ...own].join(" ");
    if (wanted === this.wanted && spec.coordinates === this.source) return;
    this.wanted = wanted;
    this.hasFailed = false;
    this.source = spec.coordinates;
    this.stop();
    this.later.start();
  }

  /** What the decoded plane goes through. */
  plane() {
    const { spec, map } = this.panel;
    const at = Array.from(map.link.raise(this.panel, [0, 0]) ?? [], (value) => Math.round(1e4 * value));
    return [spec.lift?.network?.digest, ...at];
  }

  /** Drop what is being computed. */
  stop() {
    this.token += 1;
    this.later.stop();
  }

  renew() {
    const { panel } = this;
    const { map } = panel;
    const token = (this.token += 1);
    const isWanted = () => token === this.token;
    const { field } = map;
    const work = async () => {
      try {
        for await (const shown of compute(field, panel, isWanted)) {
          if (!isWanted()) return;
          this.show(shown);
        }
      } catch (error) {
        if (!isWanted()) return;
        this.shown = null;
        this.hasFailed = true;
        this.draw();
        this.describe({ title: tr("The decoder could not run in this page"), notes: [String(error).slice(0, 160)] });
      }
    };
    map.activity.during("field", work());
  }

  /** @param {Shown} shown */
  show(shown) {
    this.shown = shown;
    const { columns, rows } = shown.lattice;
    resize(this.image, columns, rows);
    const brush = context(this.image);
    const pixels = brush.createImageData(columns, rows);
    for (let place = 0; place < columns * rows; place += 1) pixels.data.set(shown.shade(shown.values[place]), 4 * place);
    brush.putImageData(pixels, 0, 0);
    this.describe(shown.legend);
    this.draw();
    this.routed = "";
    this.route();
  }

  /** Find the shortest paths between the waypoints, where the field knows how far images change: in a latent plane. */
  route() {
    const { shown, panel } = this;
    const isPlane = panel.spec.lift?.origin.length === 2;
    const isKnown = shown?.metric && isPlane && this.isOn && shown.name === panel.map.field;
    const points = isKnown ? waypointsOn(panel) : [];
    const wanted = JSON.stringify(points);
    if (wanted === this.routed) return;
    this.routed = wanted;
    this.geodesics = [];
    const work = async () => {
      for (let k = 0; shown?.metric && k + 1 < points.length; k += 1) {
        await new Promise((go) => setTimeout(go)); // lets a drag proceed
        if (this.routed !== wanted || this.shown !== shown) return;
        const found = geodesic({ lattice: shown.lattice, metric: shown.metric }, points[k], points[k + 1]);
        if (found) this.geodesics.push(found);
      }
      if (shown && this.shown === shown) this.describe(this.withLengths(shown.legend, points.length - 1));
      panel.redrawFront();
    };
    panel.map.activity.during("geodesics", work());
  }

  /**
   * The legend with the lengths of the paths.
   * @param {Shown["legend"]} legend
   * @param {number} wanted how many paths were looked for
   */
  withLengths(legend, wanted) {
    const { geodesics } = this;
    if (wanted < 1) return legend;
    const [short, straight] = ["length", "straight"].map((which) =>
      readable(geodesics.reduce((sum, each) => sum + each[/** @type {"length" | "straight"} */ (which)], 0), 3),
    );
    const lengths = tr("Dashed: path along which images change least, {short} long in pixel space; straight lines: {straight}", {
      short,
      straight,
    });
    const missing = geodesics.length < wanted ? [tr("A waypoint lies outside of the view: zoom out for all paths")] : [];
    return { ...legend, notes: [...legend.notes, ...(geodesics.length ? [lengths] : []), ...missing] };
  }

  draw() {
    const { panel, canvas, shown } = this;
    const isCurrent = this.isOn && shown?.name === panel.map.field && shown.source === panel.spec.coordinates;
    canvas.hidden = !isCurrent;
    if (!isCurrent || !shown) {
      this.legend.hidden = !this.hasFailed || !this.isOn;
      delete panel.stage.dataset.field;
      return;
    }
    this.legend.hidden = false;
    panel.stage.dataset.field = shown.name;
    resize(canvas, panel.front.width, panel.front.height);
    const brush = brushOf(canvas, panel.ratio);
    brush.clearRect(0, 0, panel.width, panel.height);
    const { from, to, columns, rows } = shown.lattice;
    const [left, top] = panel.camera.locate(from, panel);
    const [right, bottom] = panel.camera.locate(to, panel);
    brush.imageSmoothingEnabled = true;
    brush.drawImage(this.image, left, top, right - left, bottom - top);
    if (!shown.line?.length) return;
    const [wide, high] = [(right - left) / columns, (bottom - top) / rows];
    brush.beginPath();
    for (const [x, y, u, v] of shown.line) {
      brush.moveTo(left + (x + 0.5) * wide, top + (y + 0.5) * high);
      brush.lineTo(left + (u + 0.5) * wide, top + (v + 0.5) * high);
    }
    brush.strokeStyle = styleOf(panel.map.root).text;
    brush.lineWidth = 1.5;
    brush.stroke();
  }

  /** @param {Shown["legend"]} legend */
  describe({ title, scale, notes, pair }) {
    this.legend.replaceChildren(element("strong", { text: title }));
    if (scale) {
      const row = element("div", {}, this.legend);
      element("span", { text: scale.low }, row);
      drawStrip(element("canvas", { class: "strip", width: String(STRIP_PX), height: "1", "aria-hidden": "true" }, row), scale.colours);
      element("span", { text: scale.high }, row);
    }
    for (const text of notes) element("div", { text }, this.legend);
    if (pair) this.offerPair(pair);
    if (this.shown) offerCounterfactual(this.panel, this.shown, this.legend);
  }

  /** Offer to show two classes alone, or all again. @param {number[]} pair */
  offerPair(pair) {
    const { map } = this.panel;
    const others = map.header.classes.map((_, label) => label).filter((label) => !pair.includes(label));
    const isAlone = others.length > 0 && others.every((label) => map.hidden.has(label));
    if (!others.length) return;
    const button = element("button", { type: "button", text: isAlone ? tr("Show all classes") : tr("Show these two alone") }, this.legend);
    button.onclick = () => map.legend.change(new Set(isAlone ? [] : others));
  }

  close() {
    this.stop();
  }
}

/**
 * Paint a scale from the first colour to the last: on a canvas, so that a saved image has it, too.
 * @param {HTMLCanvasElement} canvas
 * @param {string[]} colours
 */
function drawStrip(canvas, colours) {
  const brush = context(canvas);
  const gradient = brush.createLinearGradient(0, 0, canvas.width, 0);
  colours.forEach((colour, k) => gradient.addColorStop(k / (colours.length - 1), colour));
  brush.fillStyle = gradient;
  brush.fillRect(0, 0, canvas.width, canvas.height);
}
