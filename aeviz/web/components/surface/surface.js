// The start of the methods on the plot of a surface: a handle that a click, a drag or the arrow keys move. Trajectories
// follow it; Python computes them, and what is said of them, once the handle is let go. And a button that plays the plot's
// film: it presses Plotly's own, which no key reaches and the page hides. A question comes first: the start stands alone
// until the film has played; while it plays, trajectories grow with it.

import { element, icon, write } from "../kit/dom.js";
import { number, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { ICONS } from "../kit/player.js";
import { Prediction } from "../kit/prediction.js";
import { isAddressed, tell } from "../kit/told.js";
import { descend } from "./descents.js";

/** @typedef {[number, number]} Point */
/**
 * @typedef {{
 *   plot: string, low: Point, high: Point, start: Point, surface: string, steps: number, limit: number,
 *   methods: import("./descents.js").Method[], question: import("../kit/prediction.js").Question | null
 * }} Data `plot`: key of the Plotly chart
 */

const LOOK_MS = 100; // between two looks for the plot
const LOOKS = 150;
const REST_MS = 300; // after the last key
const KEY_STEPS = 50; // of an arrow key, from one side of the window to the other
/** @type {Record<string, Point>} */
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const HANDLE =
  "position: absolute; width: 26px; height: 26px; margin: -13px 0 0 -13px; box-sizing: border-box; border-radius: 50%;" +
  "border: 3px solid #000; box-shadow: 0 0 0 2px #fff, inset 0 0 0 2px #fff; cursor: grab; z-index: 2;";

const LAYER = "position: absolute; pointer-events: none; z-index: 1; overflow: hidden;";
const SVG = "http://www.w3.org/2000/svg";
/** @type {Record<string, string>} */
const GAPS = { solid: "", dash: "9 9", dot: "3 3", dashdot: "9 3 3 3", longdash: "15 6", longdashdot: "15 6 3 6" }; // Plotly's names
const GROUND = "stroke: light-dark(#fff, #171614)"; // the edge of a trajectory, as in Python
const FADED = "0.15"; // of the trajectories that belong to the former start
const SETTINGS = /^(steps|rate|methods|momentum|beta1|beta2|corrected|plain|[xy]\.)/; // an address with one shows the end
/** @type {Set<string>} */
const told = new Set(); // surfaces whose end the visitor has seen

/**
 * The point of the window at a place of the area that shows it.
 * @param {Data} data
 * @param {{ left: number, top: number, width: number, height: number }} area
 * @param {number} x
 * @param {number} y
 * @returns {Point}
 */
export function pointAt({ low, high }, area, x, y) {
  /** @param {number} share */
  const clip = (share) => Math.min(1, Math.max(0, share));
  return [
    low[0] + clip((x - area.left) / area.width) * (high[0] - low[0]),
    high[1] - clip((y - area.top) / area.height) * (high[1] - low[1]),
  ];
}

class Surface {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.channel = channel;
    this.activity = activity;
    /** @type {Data | null} */
    this.data = null;
    /** @type {Point} */
    this.at = [0, 0];
    this.isHeld = false;
    this.isPlaying = this.isWanted = false; // the latter before there is a plot
    this.isNew = true;
    /** @type {number | null} */
    this.shown = null; // of the film, before its end
    /** @type {Point[][]} */
    this.paths = [];
    this.isAhead = false; // of the trajectories that Python drew
    this.prediction = new Prediction(root, () => this.isPlaying || this.play(true), () => this.reveal());
    const row = element("div", { class: "row" }, root);
    this.button = element("button", { type: "button" }, row);
    this.icon = element("span", {}, this.button);
    this.label = element("span", {}, this.button);
    this.button.onclick = () => this.play(!this.isPlaying);
    this.showPlaying(false);
    row.append(this.prediction.answer); // beside Play: the plot below does not move when it comes
    this.handle = element("div", { tabindex: "0", role: "application", style: HANDLE });
    this.handle.setAttribute("data-testid", "surface-start");
    this.handle.onkeydown = (event) => this.step(event);
    this.layer = document.createElementNS(SVG, "svg");
    this.layer.setAttribute("style", LAYER);
    this.layer.setAttribute("data-testid", "surface-paths");
    this.listening = new AbortController();
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.looking = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
    /** @type {Element | null} */
    this.plot = null;
    const { signal } = this.listening;
    document.addEventListener("pointerdown", (event) => this.take(event), { capture: true, signal });
    document.addEventListener("pointermove", (event) => this.isHeld && this.move(event), { signal });
    document.addEventListener("pointerup", (event) => this.drop(event), { signal });
    document.addEventListener("pointercancel", () => this.leave(), { signal });
    this.resized = new ResizeObserver(() => this.place());
    this.hiding = element("style", {}, document.head);
  }

  /** @param {Data} data */
  receive(data) {
    this.data = data;
    if (!this.isHeld) this.at = data.start;
    this.isAhead = false;
    this.shown = null;
    if (this.isNew && isAddressed(SETTINGS)) told.add(data.surface);
    this.isNew = false;
    const key = `${data.surface} ${JSON.stringify(data.question)}`;
    this.prediction.set(data.question, key, told.has(data.surface));
    this.travel();
    this.keepBack();
    this.look(LOOKS);
  }

  /** Computes the trajectories from where the handle is. */
  travel() {
    const { data } = this;
    this.paths = data ? data.methods.map((method) => descend(data.surface, method, this.at, data.steps, data.limit)) : [];
  }

  /** The visitor has seen the end. */
  reveal() {
    if (!this.data) return;
    told.add(this.data.surface);
    this.prediction.tell();
    this.keepBack();
  }

  /** Hides Plotly's trajectories until the film ends, while they are drawn here, and its slider until it begins. */
  keepBack() {
    if (!this.data) return;
    const { plot, surface } = this.data;
    const isTold = told.has(surface);
    tell("surface", isTold);
    const film = `.st-key-${plot}`;
    const lines = `${film} .scatterlayer > .trace:nth-child(n + 2)`; // the first are the minima
    const slider = isTold || this.shown !== null ? "" : `, ${film} .slider-container`;
    write(this.hiding, isTold && this.shown === null ? "" : `${lines}${slider} { visibility: hidden; }`);
  }

  /** @param {number} step that the film shows */
  reach(step) {
    if (!this.data || !Number.isFinite(step)) return;
    const last = Math.max(...this.paths.map(({ length }) => length)) - 1;
    this.shown = step < last ? step : null;
    if (this.shown === null) this.reveal();
    this.keepBack();
    this.place();
  }

  /** @param {number} looks left until the plot is given up */
  look(looks) {
    clearInterval(this.looking);
    this.activity.mark("plot", true);
    const end = () => {
      clearInterval(this.looking);
      this.activity.mark("plot", false);
    };
    this.looking = setInterval(() => {
      looks -= 1;
      const plot = document.querySelector(`.st-key-${this.data?.plot} .js-plotly-plot`);
      if (plot && this.area(plot)) {
        end();
        this.join(plot);
      } else if (looks < 0) end();
    }, LOOK_MS);
  }

  /** @param {Element} plot */
  join(plot) {
    if (plot !== this.plot) {
      this.plot = plot;
      /** @type {any} */ (plot).on("plotly_animated", () => this.showPlaying(false));
      /** @type {any} */ (plot).on("plotly_animatingframe", (/** @type {any} */ { name }) => this.reach(Number(name)));
    }
    this.showPlaying(false); // Plotly stops a film whose traces change
    this.root.dataset.surface = this.data?.surface;
    plot.querySelector(".svg-container")?.append(this.layer, this.handle);
    this.resized.disconnect();
    this.resized.observe(plot);
    this.place();
    if (this.isWanted) this.play(true);
  }

  /** @param {boolean} isWanted Whether the film is to play, or else to stop where it is */
  play(isWanted) {
    const plotly = this.plot?.querySelectorAll(".updatemenu-button")[isWanted ? 0 : 1];
    this.isWanted = isWanted && !plotly;
    if (!plotly) {
      this.showPlaying(false);
      return;
    }
    plotly.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    this.showPlaying(isWanted);
  }

  /** @param {boolean} isPlaying */
  showPlaying(isPlaying) {
    this.isPlaying = isPlaying;
    this.icon.replaceChildren(icon(ICONS[isPlaying ? "pause" : "play"]));
    write(this.label, isPlaying ? tr("Pause") : tr("Play"));
  }

  /** @param {Element | null} plot */
  area(plot) {
    return plot?.querySelector(".nsewdrag")?.getBoundingClientRect() ?? null;
  }

  /** Puts the handle where the start is. */
  place() {
    const [area, around] = [this.area(this.plot), this.handle.parentElement?.getBoundingClientRect()];
    if (!area || !around || !this.data) return;
    const { low, high } = this.data;
    const [x, y] = this.at;
    this.handle.style.left = `${area.left - around.left + ((x - low[0]) / (high[0] - low[0])) * area.width}px`;
    this.handle.style.top = `${area.top - around.top + ((high[1] - y) / (high[1] - low[1])) * area.height}px`;
    this.draw(area, around);
    this.handle.setAttribute("aria-label", tr("Start at ({x}, {y}); arrow keys move it", { x: number(x, 2), y: number(y, 2) }));
  }

  /**
   * Draws the trajectories from where the handle is, as long as those of the plot begin elsewhere or are ahead of the film.
   * @param {DOMRect} area
   * @param {DOMRect} around
   */
  draw(area, around) {
    const { data } = this;
    /** @type {NodeListOf<SVGElement> | undefined} */ (this.plot?.querySelectorAll(".scatterlayer"))?.forEach((layer) => {
      layer.style.opacity = this.isAhead ? FADED : "";
    });
    if (!data || (!this.isAhead && this.shown === null)) {
      this.layer.replaceChildren();
      return;
    }
    const { low, high, methods } = data;
    const last = this.isAhead || this.shown === null ? data.steps : this.shown;
    this.layer.style.left = `${area.left - around.left}px`;
    this.layer.style.top = `${area.top - around.top}px`;
    this.layer.setAttribute("width", `${area.width}`);
    this.layer.setAttribute("height", `${area.height}`);
    const [right, up] = [area.width / (high[0] - low[0]), area.height / (high[1] - low[1])];
    const lines = methods.map((method, index) => {
      const line = document.createElementNS(SVG, "polyline");
      const points = this.paths[index].slice(0, last + 1);
      line.setAttribute("points", points.map(([x, y]) => `${(x - low[0]) * right},${(high[1] - y) * up}`).join(" "));
      line.setAttribute("fill", "none");
      line.setAttribute("stroke", method.colour);
      line.setAttribute("stroke-dasharray", GAPS[method.dash] ?? method.dash);
      line.setAttribute("stroke-width", `${2.5 + 1.5 * (methods.length - 1 - index)}`);
      return line;
    });
    const edges = lines.map((line) => {
      const edge = /** @type {SVGElement} */ (line.cloneNode());
      edge.setAttribute("style", GROUND);
      edge.removeAttribute("stroke-dasharray");
      edge.setAttribute("stroke-width", `${Number(line.getAttribute("stroke-width")) + 3}`);
      return edge;
    });
    const heads = this.isAhead ? [] : this.paths.map((path, index) => {
      const head = document.createElementNS(SVG, "circle");
      const [x, y] = path[Math.min(last, path.length - 1)];
      head.setAttribute("cx", `${(x - low[0]) * right}`);
      head.setAttribute("cy", `${(high[1] - y) * up}`);
      head.setAttribute("r", "6.5");
      head.setAttribute("fill", methods[index].colour);
      head.setAttribute("style", GROUND);
      return head;
    });
    this.layer.replaceChildren(...edges, ...lines, ...heads);
  }

  /** @param {PointerEvent} event */
  take(event) {
    const area = this.area(this.plot);
    if (!area || event.button || !(event.target instanceof Node) || !this.plot?.contains(event.target)) return;
    if (event.clientX < area.left || event.clientX > area.right || event.clientY < area.top || event.clientY > area.bottom) return;
    this.isHeld = true;
    if (event.pointerType === "mouse") this.move(event); // a finger may be about to scroll
  }

  /** @param {PointerEvent} event */
  move(event) {
    const area = this.area(this.plot);
    if (!area || !this.data) return;
    this.at = pointAt(this.data, area, event.clientX, event.clientY);
    this.lead();
  }

  /** Draws the trajectories of the start that the visitor moves, to their ends. */
  lead() {
    if (!this.data) return;
    this.isAhead = true;
    this.shown = null;
    this.travel();
    this.reveal();
    this.place();
  }

  /** @param {PointerEvent} event */
  drop(event) {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.move(event);
    this.send();
  }

  leave() {
    if (!this.isHeld || !this.data) return;
    this.isHeld = false;
    this.at = this.data.start;
    this.isAhead = false;
    this.travel();
    this.place();
  }

  /** @param {KeyboardEvent} event */
  step(event) {
    const step = KEYS[event.key];
    if (!step || !this.data) return;
    event.preventDefault();
    const { low, high } = this.data;
    this.at = /** @type {Point} */ (
      this.at.map((value, axis) =>
        Math.min(high[axis], Math.max(low[axis], value + (step[axis] * (high[axis] - low[axis])) / KEY_STEPS)),
      )
    );
    this.lead();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.send(), REST_MS);
  }

  send() {
    this.channel.trigger("start", this.at);
  }

  close() {
    clearInterval(this.looking);
    clearTimeout(this.resting);
    this.listening.abort();
    this.resized.disconnect();
    this.hiding.remove();
    this.handle.remove();
    this.layer.remove();
  }
}

export default define({ class: "surface" }, (root, channel, activity) => new Surface(root, channel, activity));
