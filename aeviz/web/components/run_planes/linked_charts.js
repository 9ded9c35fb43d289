// Plotly charts of the page whose traces belong to compared runs: a trace says so by its `meta`, { group, seed }, places
// among those compared. Without a seed it is the mean of a group; with `seeds` its points are the seeds. A trace { pair } is
// the line between the runs of one seed; "paired" points stay when another run of their seed is pointed at.

import { tr } from "../kit/language.js";

/** @typedef {{ group: number, seed: number | null }} Pointed `seed` is null for all runs of the group */
/** @typedef {{ group: number, seed?: number | null, seeds?: boolean, paired?: boolean, pair?: number }} Meta */

const LOOK_MS = 150; // between two looks for a chart
const LOOKS = 100;
const DIM = "aeviz-dim";
const LIT = "aeviz-lit";
const RING = "aeviz-ring"; // around the runs of the seed that is shown
const NAME = "aeviz-name"; // beside them
const NAMED =
  `.scatterlayer .${RING} { stroke: light-dark(#111, #fff) !important; stroke-width: 7px !important; stroke-opacity: 1 !important; paint-order: stroke; opacity: 1 !important; }` +
  `.${NAME} { font: 600 14px sans-serif; fill: light-dark(#111, #fff); stroke: light-dark(#fff, #171614); stroke-width: 4px; paint-order: stroke; pointer-events: none; }` +
  `.${LIT}.aeviz-pair path.js-line { stroke: light-dark(#111, #fff) !important; stroke-opacity: 1 !important; }`;
const STYLE = `.${DIM} { opacity: 0.1 !important; } .${LIT} { opacity: 1 !important; } .${LIT} path.js-line { stroke-width: 3.5px !important; }${NAMED}`;

/**
 * Whether what belongs to `group` and `seed` is meant; without a seed it is only by its whole group.
 * @param {Pointed} pointed
 * @param {number} group
 * @param {number | null | undefined} seed
 */
export function isMeant(pointed, group, seed) {
  return group === pointed.group && (pointed.seed === null || seed === pointed.seed);
}

export class LinkedCharts {
  /**
   * @param {import("../kit/mount.js").Activity} activity
   * @param {(pointed: Pointed | null) => void} onPoint
   * @param {(pointed: Pointed) => void} onKeep after a click
   */
  constructor(activity, onPoint, onKeep) {
    this.activity = activity;
    this.onPoint = onPoint;
    /** @type {Pointed | null} */
    this.pointed = null;
    this.chosen = -1; // the seed whose pair is marked while nothing is pointed at
    /** @type {Map<string, any>} */
    this.plots = new Map();
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.looking = undefined;
    this.style = document.createElement("style");
    this.style.textContent = STYLE;
    document.head.append(this.style);
    /** @param {any} event @param {(pointed: Pointed) => void} then */
    const tell = ({ points: [point] }, then) => {
      /** @type {Meta | undefined} */
      const meta = point?.data?.meta;
      if (meta && typeof meta.group === "number") {
        then({ group: meta.group, seed: meta.seeds ? point.pointNumber : (meta.seed ?? null) });
      }
    };
    /** @param {any} event */
    this.hover = (event) => tell(event, onPoint);
    /** @param {any} event */
    this.click = (event) => tell(event, onKeep);
    this.unhover = () => this.onPoint(null);
    this.drawn = () => this.mark();
  }

  /**
   * Join the charts with these keys once they are on the page; one that is drawn anew in another place is joined again.
   * @param {string[]} keys
   */
  join(keys) {
    clearInterval(this.looking);
    let looks = LOOKS;
    this.activity.mark("charts", true);
    const look = () => {
      for (const key of keys) {
        const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
        if (plot && /** @type {any} */ (plot).on && plot !== this.plots.get(key)) this.take(key, plot);
      }
      looks -= 1;
      if (looks > 0 && keys.some((key) => !this.plots.get(key)?.isConnected)) return;
      clearInterval(this.looking);
      this.activity.mark("charts", false);
    };
    this.looking = setInterval(look, LOOK_MS);
    look();
  }

  /** @param {string} key @param {any} plot */
  take(key, plot) {
    this.plots.set(key, plot);
    plot.on("plotly_hover", this.hover);
    plot.on("plotly_unhover", this.unhover);
    plot.addEventListener("pointerleave", this.unhover); // Plotly misses who leaves right after a click
    plot.on("plotly_click", this.click);
    plot.on("plotly_afterplot", this.drawn);
    this.mark();
  }

  /** @param {Pointed | null} pointed */
  show(pointed) {
    this.pointed = pointed;
    this.mark();
  }

  /** @param {number} seed a place among the seeds */
  choose(seed) {
    if (seed === this.chosen) return;
    this.chosen = seed;
    this.mark();
  }

  mark() {
    for (const plot of this.plots.values()) {
      for (const node of plot.querySelectorAll(".scatterlayer > .trace")) {
        /** @type {Meta | undefined} */
        const meta = node.__data__?.[0]?.trace?.meta;
        if (typeof meta?.pair === "number") {
          node.classList.add("aeviz-pair");
          node.classList.toggle(LIT, meta.pair === (this.pointed?.seed ?? this.chosen));
        }
        if (!meta || typeof meta.group !== "number") continue;
        if (!meta.seeds) this.set(node, meta.group, meta.seed);
        else node.querySelectorAll(".points > path").forEach((/** @type {any} */ dot) => this.set(dot, meta.group, dot.__data__?.i, meta.paired));
      }
      this.name(plot);
    }
  }

  /** Ring and name the runs of the seed that is shown, the upper name above its point, the lower below. @param {Element} plot */
  name(plot) {
    const seed = this.pointed?.seed ?? this.chosen;
    plot.querySelectorAll(`.${NAME}`).forEach((text) => text.remove());
    if (this.chosen < 0) {
      plot.querySelectorAll(`.${RING}`).forEach((dot) => dot.classList.remove(RING));
      return;
    }
    /** @type {{ dot: SVGGraphicsElement, title: string, at: DOMMatrix }[]} */
    const found = [];
    plot.querySelectorAll(".scatterlayer > .trace .points > path").forEach((each) => {
      const dot = /** @type {any} */ (each);
      const trace = dot.closest(".trace").__data__?.[0]?.trace;
      const isShown = Boolean(trace?.meta?.paired) && dot.__data__?.i === seed;
      dot.classList.toggle(RING, isShown);
      const at = isShown && dot.transform.baseVal.consolidate()?.matrix;
      if (at) found.push({ dot, title: trace.name, at });
    });
    found.sort((one, other) => one.at.f - other.at.f);
    const { width = 0, height = 0 } = plot.querySelector(".nsewdrag")?.getBoundingClientRect() ?? {};
    found.forEach(({ dot, title, at }, k) => {
      const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
      const isEnd = at.e > width / 2;
      const y = at.f + (k ? 24 : -14);
      const isCut = y < 14 || y > height - 4; // by the edge of the map: then beside the point
      text.setAttribute("class", NAME);
      text.setAttribute("x", `${at.e + (isCut ? (isEnd ? -14 : 14) : 0)}`);
      text.setAttribute("y", `${isCut ? Math.max(14, Math.min(height - 4, at.f + 5)) : y}`);
      text.setAttribute("text-anchor", isEnd ? "end" : "start");
      text.textContent = tr("{title}, seed {seed}", { title, seed });
      dot.closest(".scatterlayer")?.append(text);
    });
  }

  /** @param {Element} node @param {number} group @param {number | null | undefined} seed @param {boolean} [isPaired] */
  set(node, group, seed, isPaired = false) {
    const { pointed } = this;
    const isLit = pointed !== null && (isMeant(pointed, group, seed) || (isPaired && seed === pointed.seed));
    node.classList.toggle(LIT, isLit && typeof seed === "number"); // thin and faint otherwise
    node.classList.toggle(DIM, this.pointed !== null && !isLit);
  }

  close() {
    clearInterval(this.looking);
    this.chosen = -1;
    this.show(null);
    for (const plot of this.plots.values()) {
      plot.removeListener?.("plotly_hover", this.hover);
      plot.removeListener?.("plotly_unhover", this.unhover);
      plot.removeEventListener?.("pointerleave", this.unhover);
      plot.removeListener?.("plotly_click", this.click);
      plot.removeListener?.("plotly_afterplot", this.drawn);
    }
    this.style.remove();
  }
}
