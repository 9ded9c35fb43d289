// The second map laid over the first: in one panel, an arrow leads from where the first model puts an image to where the
// second does, and a slider or a key moves all points from one to the other.

import { readable } from "../kit/axis.js";
import { brushOf, element } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { drawNames } from "../kit/painter.js";
import { classMeans, laidOver, mix, residuals } from "./residuals.js";

const LASTS_MS = 1800; // the whole way
const ARROWS = 300; // images that have one
const LEAST_PX = 3; // shorter arrows are left out

/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {import("../kit/theme.js").Style} Style */

export class Morph {
  /**
   * @param {import("./map.js").LatentMap} map
   * @param {Element} parent
   */
  constructor(map, parent) {
    this.map = map;
    /** @type {number | null} from 0, the first map, to 1, the second; null where they stand side by side */
    this.share = null;
    /** @type {{ source: Float32Array, target: Float32Array, mixed: Float32Array, means: (number[] | null)[][], note: string } | null} */
    this.pair = null;
    this.begun = -1;
    this.start = this.end = 0;
    this.root = element("div", { class: "choices morph", role: "group", "aria-label": tr("Second map"), hidden: "" }, parent);
    this.button = element("button", { type: "button", text: tr("Lay over") }, this.root);
    this.button.title = tr("Draw the second map into the plane of the first, with an arrow for each class mean (thick) and for some images (thin)");
    this.button.onclick = () => this.choose(this.isOn ? null : 0);
    this.box = element("span", { class: "choices" }, this.root);
    this.left = element("span", {}, this.box);
    this.slider = element("input", { type: "range", min: "0", max: "1", step: "0.01", "aria-label": tr("From the first map to the second") }, this.box);
    this.slider.oninput = () => this.put(this.slider.valueAsNumber);
    this.slider.onchange = () => this.choose(this.slider.valueAsNumber);
    this.right = element("span", {}, this.box);
    const play = element("button", { type: "button", text: tr("Morph (t)"), title: tr("Move the points from one map to the other; key: t") }, this.box);
    play.onclick = () => this.play();
  }

  get isOn() {
    return this.share !== null && this.pair !== null;
  }

  /** Whether the points of a panel lie elsewhere than where its model puts them. @param {Panel} panel */
  moves(panel) {
    return this.isOn && this.share !== 0 && panel === this.map.panels[0];
  }

  /** The panels that are drawn. */
  get panels() {
    return this.isOn ? this.map.panels.slice(0, 1) : this.map.panels;
  }

  /** The map has another header. */
  show() {
    const { header } = this.map;
    const target = laidOver(header);
    this.root.hidden = !target;
    this.begun = -1;
    if (!target) this.pair = null;
    else {
      const [{ coordinates: source, dims, lift: first, title: one }, { lift: second, title: other }] = header.panels;
      const means = [source, target].map((points) => classMeans(points, header.labels, header.classes.length, dims));
      const { explained, distance } = residuals(source, target, dims);
      const names = [first?.model ?? one, second?.model ?? other];
      [this.left.textContent, this.right.textContent] = names;
      const note = tr(
        "{first} → {second}, aligned by Procrustes: {share} % of the variance explained; an image moves by {distance} units on average",
        { first: names[0], second: names[1], share: Math.round(100 * explained), distance: readable(distance, 3) },
      );
      this.pair = { source, target, mixed: source.slice(), means, note };
    }
    this.put(this.share);
  }

  /** @param {number | null} share by the visitor, for good */
  choose(share) {
    this.begun = -1;
    this.put(share);
    this.map.channel.state("morph", share ?? -1);
  }

  /** @param {number | null} share */
  put(share) {
    const { map, pair } = this;
    this.share = share;
    const { isOn } = this;
    this.button.setAttribute("aria-pressed", String(isOn));
    this.box.hidden = !isOn;
    this.slider.value = String(share ?? 0);
    map.root.dataset.morph = isOn ? String(share) : "";
    const [first, second] = map.panels;
    if (second) second.figure.hidden = isOn;
    if (!first) return;
    const away = pair && share ? mix(pair.mixed, pair.source, pair.target, share) : null;
    first.points.rest = isOn ? away : null;
    if (!first.transition) first.points.move(null);
    first.describe();
    map.redraw();
  }

  /** Let the points go to the map from which they are farther. */
  play() {
    if (!this.pair) return;
    const share = this.share ?? 0;
    this.start = share;
    this.end = share < 0.5 ? 1 : 0;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.choose(this.end);
    else {
      this.begun = 0;
      this.put(share);
    }
  }

  /**
   * The next frame of the way.
   * @param {number} now in milliseconds
   */
  step(now) {
    if (this.begun < 0) return;
    this.begun ||= now;
    const passed = Math.min(1, (now - this.begun) / LASTS_MS);
    if (passed >= 1) this.choose(this.end);
    else this.put(this.start + (this.end - this.start) * passed * passed * (3 - 2 * passed));
  }

  /**
   * The names of the classes, which move along.
   * @param {Panel} panel
   * @param {Style} style
   */
  drawNames(panel, style) {
    const { header, hidden } = this.map;
    const { share, pair } = this;
    if (!this.isOn || !pair || panel !== this.map.panels[0]) return drawNames(panel, header.classes, hidden, style);
    const names = pair.means[0].map((mean, k) => mean && mix(mean.slice(), mean, pair.means[1][k] ?? mean, share ?? 0));
    const seen = Object.create(panel, { spec: { value: { ...panel.spec, names } } });
    return drawNames(seen, header.classes, hidden, style);
  }

  /**
   * @param {Panel} panel
   * @param {Style} style
   */
  drawArrows(panel, style) {
    const { pair, map } = this;
    delete panel.stage.dataset.arrows;
    if (!this.isOn || !pair || panel !== map.panels[0] || panel.transition) return;
    const { labels, classes, n } = map.header;
    const { dims } = panel.spec;
    const brush = brushOf(panel.front, panel.ratio);
    brush.save();
    brush.lineCap = brush.lineJoin = "round";
    const rim = (/** @type {number[][]} */ arrow, /** @type {string} */ colour, /** @type {number} */ width) => {
      stroke(brush, arrow, style.background, width + 2, 3 * width + 3);
      stroke(brush, arrow, colour, width, 3 * width + 3);
    };
    let drawn = 0;
    const step = Math.max(1, n / ARROWS);
    for (let k = 0; k * step < n; k += 1) {
      const i = Math.floor(k * step);
      if (map.isHidden[labels[i]]) continue;
      const ends = [pair.source, pair.target].map((points) => panel.camera.locate(points.subarray(i * dims, (i + 1) * dims), panel));
      stroke(brush, ends, classes[labels[i]]?.colour ?? style.text, 1, 5);
      drawn += 1;
    }
    pair.means[0].forEach((mean, label) => {
      const to = pair.means[1][label];
      if (!mean || !to || map.hidden.has(label)) return;
      rim([mean, to].map((point) => panel.camera.locate(point, panel)), style.text, 3);
    });
    brush.restore();
    panel.stage.dataset.arrows = String(drawn);
  }

  /** What the panel shows, in words. @param {Panel} panel */
  note(panel) {
    return this.isOn && panel === this.map.panels[0] ? (this.pair?.note ?? "") : "";
  }
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {number[][]} ends in pixels
 * @param {string} colour
 * @param {number} width
 * @param {number} head length of its sides
 */
function stroke(brush, [[x, y], [u, v]], colour, width, head) {
  const length = Math.hypot(u - x, v - y);
  if (length < LEAST_PX) return;
  const angle = Math.atan2(v - y, u - x);
  const side = Math.min(head, length);
  brush.strokeStyle = colour;
  brush.lineWidth = width;
  brush.beginPath();
  brush.moveTo(x, y);
  brush.lineTo(u, v);
  for (const turn of [2.6, -2.6]) {
    brush.moveTo(u, v);
    brush.lineTo(u + side * Math.cos(angle + turn), v + side * Math.sin(angle + turn));
  }
  brush.stroke();
}
