// A small map of a latent space: the encoded images in a plane (small_map.py), and over them what a section draws.

import { allOnDark } from "./class_colours.js";
import { brushOf, element, pixelRatio, resize } from "./dom.js";
import { Plot } from "./plot.js";
import { unpack } from "./wire.js";

/** @typedef {import("./plot.js").Pair} Pair */
/** @typedef {import("./theme.js").Style} Style */
/** @typedef {{ name: string, colour: string, centre: Pair | null }} Named */
/**
 * @typedef {{
 *   places: Float32Array, labels: Uint16Array, classes: Named[], view: [Pair, Pair], axes: [string, string], words: string,
 *   ellipse: number[] | null
 * }} Ground
 */

const GREY = "#8c8c8c";
const EDGE = 9; // pixels beyond the axes that marks at the edge may take
const ABOVE = 22; // and above them, where a note may stand
const FOCUS = 0.7; // share of the width that may be left out around what is shown
const MOST_NAMED = 20; // more names would cover the points

/** @param {number[]} ellipse centre and root of the covariance @param {number} times @returns {Pair[]} */
function around([x, y, a, b, c, d], times) {
  return Array.from({ length: 61 }, (_, k) => {
    const [cosine, sine] = [times * Math.cos((k * Math.PI) / 30), times * Math.sin((k * Math.PI) / 30)];
    return [x + a * cosine + b * sine, y + c * cosine + d * sine];
  });
}

export class SmallMap {
  /** @param {Element} parent @param {string} label */
  constructor(parent, label) {
    this.plot = new Plot(parent, { title: "", label, x: [0, 1], y: [0, 1], isSquare: true, kind: "small-map", isNamed: true });
    this.front = element("canvas", { class: "front", "aria-hidden": "true" }, this.plot.stage);
    this.words = element("p", { class: "hint" }, this.plot.section);
    /** @type {Ground | null} */
    this.ground = null;
    this.drawn = ""; // what the back canvas shows
  }

  /** @param {Uint8Array} bytes */
  take(bytes) {
    this.show(/** @type {Ground} */ (unpack(bytes)));
  }

  /** @param {Ground} ground */
  show(ground) {
    this.ground = ground;
    [this.plot.x, this.plot.y] = ground.view;
    this.words.textContent = ground.words;
    this.drawn = "";
  }

  /** Show the part of the plane around some places, or all of it where they spread so far. @param {Pair[]} places */
  focus(places) {
    const { ground, plot } = this;
    if (!ground) return;
    const ends = (/** @type {number} */ k) => [Math.min(...places.map((at) => at[k])), Math.max(...places.map((at) => at[k]))];
    const halves = ground.view.map(([low, high], k) => Math.max((1 - FOCUS) * (high - low) / 2, ends(k)[1] - ends(k)[0]));
    const half = Math.max(...halves); // both axes have one scale
    const [x, y] = ground.view.map(([low, high], k) => {
      if (2 * half >= high - low) return /** @type {Pair} */ ([low, high]);
      const middle = Math.max(low + half, Math.min(high - half, (ends(k)[0] + ends(k)[1]) / 2));
      return /** @type {Pair} */ ([middle - half, middle + half]);
    });
    if ([...x, ...y].join() === [...plot.x, ...plot.y].join()) return;
    [plot.x, plot.y] = [x, y];
    this.drawn = "";
  }

  /**
   * Draw the ground where it changed, and empty the front: `plot` draws on that until the next call. False where there is no room.
   * @param {Style} style
   */
  begin(style) {
    const { plot, ground } = this;
    if (!ground) return false;
    const { clientWidth, clientHeight } = plot.stage;
    const drawn = [clientWidth, clientHeight, pixelRatio(), style.text, style.font, style.isStrong].join();
    if (drawn !== this.drawn) {
      if (!plot.begin(style)) return false;
      this.drawGround(style, style.isDark ? allOnDark(ground) : ground);
      plot.end();
      this.nameAxes(style);
      this.drawn = drawn;
    }
    const { width, height } = plot.canvas;
    resize(this.front, width, height);
    const brush = (plot.brush = brushOf(this.front, width / plot.width));
    brush.restore(); // what the last call kept
    brush.setTransform(width / plot.width, 0, 0, width / plot.width, 0, 0);
    brush.clearRect(0, 0, plot.width, plot.height);
    brush.save();
    const [left, top] = plot.place([plot.x[0], plot.y[1]]);
    brush.beginPath();
    brush.rect(left - EDGE, top - ABOVE, plot.inner[0] + 2 * EDGE, plot.inner[1] + ABOVE + EDGE);
    brush.clip();
    brush.globalAlpha = 1;
    brush.font = style.font;
    brush.lineJoin = brush.lineCap = "round";
    return true;
  }

  /** @param {Style} style @param {Ground} ground */
  drawGround(style, { places, labels, classes, ellipse }) {
    const { plot } = this;
    if (ellipse) for (const times of [1, 2]) plot.curve(around(ellipse, times), { colour: style.text, width: 1.2, alpha: 0.5 });
    const n = labels.length;
    const look = (/** @type {number} */ i) => ({ colour: classes[labels[i]]?.colour ?? GREY, width: n > 1200 ? 1.3 : 1.8, alpha: style.isStrong ? 0.8 : 0.45 });
    for (let i = 0; i < n; i += 1) plot.dot([places[2 * i], places[2 * i + 1]], look(i));
    if (this.isNamed) plot.names(classes, style);
  }

  /** Whether the classes are named, in frames. */
  get isNamed() {
    const classes = this.ground?.classes ?? [];
    return classes.length <= MOST_NAMED && classes.some(({ centre }) => centre);
  }

  /** The names of the classes once more, over what lies on the ground. @param {Style} style */
  nameClasses(style) {
    const { ground } = this;
    if (ground && this.isNamed) this.plot.names((style.isDark ? allOnDark(ground) : ground).classes, style);
  }

  /** The names of the axes, beside them, where no mark lies. @param {Style} style */
  nameAxes(style) {
    const { x, y } = this.plot;
    const [across, up] = this.ground?.axes ?? ["", ""];
    this.name(`${across} →`, [x[1], y[0]], style.text, style, [0, 30], "right");
    this.name(`${up} ↑`, [x[0], y[1]], style.text, style, [-4, -13], "left");
  }

  /**
   * A word over the points, with a rim of the page's colour.
   * @param {string} text @param {Pair} at @param {string} colour @param {Style} style @param {Pair} [off] pixels
   * @param {CanvasTextAlign} [align]
   */
  name(text, at, colour, style, off = [0, 0], align = "center") {
    const { brush } = this.plot;
    const [x, y] = this.plot.place(at);
    brush.globalAlpha = 1;
    brush.textAlign = align;
    brush.textBaseline = "middle";
    brush.lineWidth = 4;
    brush.strokeStyle = style.background;
    brush.fillStyle = colour;
    brush.strokeText(text, x + off[0], y + off[1]);
    brush.fillText(text, x + off[0], y + off[1]);
  }

  /**
   * A word beside a place, above or below it and to the left or right, whichever is farthest from the names of the classes.
   * @param {string} text @param {Pair} at @param {Style} style @param {CanvasTextAlign[]} [aligns] on which side it ends or begins
   */
  nameBeside(text, at, style, aligns = ["left", "right"]) {
    const { plot } = this;
    const [x, y] = plot.place(at);
    const half = plot.brush.measureText(text).width / 2;
    const names = (this.isNamed ? (this.ground?.classes ?? []) : []).flatMap(({ centre }) => (centre ? [plot.place(centre)] : []));
    /** @param {Pair} off @param {CanvasTextAlign} align */
    const room = ([across, up], align) => {
      const [left, top] = [x + across + (align === "left" ? half : -half), y + up];
      return Math.min(99, ...names.map(([a, b]) => Math.max(Math.abs(a - left) - half, Math.abs(b - top))));
    };
    const places = aligns.flatMap((align) => [-13, 15].map((up) => ({ align, off: /** @type {Pair} */ ([align === "left" ? 7 : -7, up]) })));
    const best = places.reduce((one, other) => (room(other.off, other.align) > room(one.off, one.align) ? other : one));
    this.name(text, at, style.text, style, best.off, best.align);
  }

  /**
   * A dot with a rim, as marks are that stand out from the points.
   * @param {Pair} at @param {string} colour @param {Style} style @param {number} [radius]
   */
  mark(at, colour, style, radius = 5) {
    this.plot.dot(at, { colour: style.background, width: radius + 2 });
    this.plot.dot(at, { colour: style.text, width: radius + 1 });
    this.plot.dot(at, { colour, width: radius });
  }

  /** The nearest place on the map. @param {Pair} at @returns {Pair} */
  within([x, y]) {
    const { plot } = this;
    return [Math.max(plot.x[0], Math.min(plot.x[1], x)), Math.max(plot.y[0], Math.min(plot.y[1], y))];
  }

  /** How much of the way from a place of the map to another one lies on it, from 0 to 1. @param {Pair} start @param {Pair} end */
  shareWithin(start, end) {
    const { x, y } = this.plot;
    return [x, y].reduce((share, [low, high], k) => {
      const edge = Math.max(low, Math.min(high, end[k]));
      return end[k] === edge || start[k] === end[k] ? share : Math.max(0, Math.min(share, (edge - start[k]) / (end[k] - start[k])));
    }, 1);
  }

  /** Where the pointer is, in pixels from a place. @param {PointerEvent} event @param {Pair} at */
  distance(event, at) {
    const box = this.plot.stage.getBoundingClientRect();
    const [x, y] = this.plot.place(at);
    return Math.hypot(event.clientX - box.left - x, event.clientY - box.top - y);
  }
}
