// The latent map: one or two panels of the same points, in two or three dimensions, on plain canvases.
//
// Python sends its points and what is chosen (map_data.js). Zoom and viewpoint of a panel live here and survive reruns as
// long as the panel's spec.view stays the same.

import { Camera } from "../kit/camera.js";
import { element } from "../kit/dom.js";
import { number, tr } from "../kit/language.js";
import { Legend } from "../kit/legend.js";
import { define } from "../kit/mount.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { Actions } from "./actions.js";
import { followAddress } from "./camera_url.js";
import { followPoints } from "./follow.js";
import { choose, toSelection } from "./lasso.js";
import { Layers } from "./layers.js";
import { Link } from "./link.js";
import { EMPTY, keepArrays } from "./map_data.js";
import { Morph } from "./morph.js";
import { Panel } from "./panel.js";
import { MANY } from "./points.js";
import { revealPriors } from "./posteriors.js";
import { routeOn } from "./route.js";
import { Toolbar } from "./toolbar.js";

/** @typedef {import("./map_data.js").Header} Header */
/** @typedef {import("./map_data.js").Selection} Selection */
/** @typedef {import("./pointer.js").Tool} Tool */

export class LatentMap {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.channel = channel;
    this.activity = activity;
    /** @type {Set<number>} */
    this.hidden = new Set();
    this.isHidden = new Uint8Array(65536); // the same, by label
    this.selected = -1;
    this.hovered = -1;
    /** @type {Tool} */
    this.tool = "move";
    this.blend = 0; // from points alone to decoded images alone
    /** @type {import("./field_kinds.js").FieldName} */
    this.field = "none";
    /** @type {Selection | null} */
    this.selection = null;
    /** @type {Uint8Array | null} */
    this.chosen = null; // the points of the selection, by index
    this.given = this.chosen; // the same, where a program selects points, without an outline
    /** @type {Panel[]} */
    this.panels = [];
    this.pending = 0;
    /** @type {Header} */
    this.header = EMPTY;
    /** @type {number[][]} */
    this.palette = [];
    /** @type {Header["ellipses"]} */
    this.ellipses = "off";
    this.prior = false;
    this.isWhole = true; // whether all points are drawn, not a part of very many
    this.legend = new Legend(root, (hidden) => this.setHidden([...hidden]), true);
    this.toolbar = new Toolbar(this);
    this.row = element("div", { class: "panels" }, root);
    const chosen = element("div", { class: "choices below" }, root);
    this.hint = element("div", { class: "hint usage" }, root);
    this.meaning = element("div", { class: "hint" }, root);
    this.count = element("span", { role: "status" }, chosen);
    this.clear = element("button", { type: "button", text: tr("Clear selection") }, chosen);
    this.clear.onclick = () => this.clearSelection();
    this.whole = element("button", { type: "button" }, chosen);
    this.whole.title = tr("Draw all points, not a regular part of very many; the part grows as you zoom in");
    this.whole.onclick = () => {
      this.isWhole = !this.isWhole;
      this.offerWhole();
      this.channel.state("whole", this.isWhole);
      this.redraw();
    };
    this.morph = new Morph(this, chosen);
    this.actions = new Actions(this, chosen);
    this.layers = new Layers(this);
    this.link = new Link(this);
    this.unfollow = followPoints(this);
    this.unwatch = watchLooks(root, () => this.redraw());
    this.root.dataset.tool = this.tool;
    this.offer();
  }

  // What tests and other parts of the page use of the map.
  offer() {
    Object.assign(this.root, {
      // where a point lies at the end of a transition; placeOf: where it lies now
      screenOf: (/** @type {number} */ panel, /** @type {number} */ index) => {
        this.panels[panel].arrive();
        return this.panels[panel].where(index).slice(0, 2);
      },
      cameraOf: (/** @type {number} */ panel) => this.panels[panel].transition?.to.camera ?? this.panels[panel].camera.state(),
      placeOf: (/** @type {number} */ panel, /** @type {number} */ index) => this.panels[panel].where(index).slice(0, 2),
      locateOn: (/** @type {number} */ panel, /** @type {number[]} */ point) =>
        this.panels[panel].camera.locate(point, this.panels[panel]),
      chosenOf: () => (this.chosen ? [...this.chosen.keys()].filter((i) => this.chosen?.[i]) : []),
      selectionOf: () => this.selection,
      selectGiven: (/** @type {number[]} */ indices) => this.selectGiven(indices),
      isBusy: (/** @type {number} */ panel) => this.panels[panel].isStale,
      costOf: (/** @type {number} */ panel) => this.panels[panel].dotsCost, // milliseconds that its points took
      fieldOf: (/** @type {number} */ panel) => this.panels[panel].field.shown,
      geodesicsOf: (/** @type {number} */ panel) => this.panels[panel].field.geodesics,
      waypointsOf: (/** @type {number} */ panel) => routeOn(this.panels[panel]),
      probeOf: (/** @type {number} */ panel) => this.panels[panel].probe.point,
    });
  }

  /** @param {Header} header */
  receive(header) {
    const before = this.header;
    keepArrays(before, header);
    this.header = header;
    this.palette = header.classes.map(({ colour }) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
    this.markHidden(header.hidden);
    this.selected = header.selected;
    this.ellipses = header.ellipses;
    this.prior = header.prior;
    this.hovered = -1;
    if (!this.canDecode) this.tool = this.tool === "decode" ? "move" : this.tool;
    else if (!before.panels.length) this.tool = "decode"; // what a visitor of a linked map comes for
    this.root.dataset.tool = this.tool;
    if (header.whole !== before.whole) this.isWhole = header.whole ?? true;
    if (header.blend !== before.blend) this.blend = header.blend;
    if (header.field !== before.field) this.field = header.field ?? "none";
    this.legend.show(header.classes, header.hidden);
    this.toolbar.show(header);
    this.offerWhole();
    const views = this.panels.map((panel) => panel.spec.view);
    this.showPanels(header, before);
    if (header.morph !== before.morph) this.morph.share = header.morph;
    this.morph.show();
    if (header.linkable) followAddress(this, !views.length);
    this.fade();
    this.hint.textContent = header.hint;
    this.meaning.textContent = header.meaning;
    if (JSON.stringify(header.selection) !== JSON.stringify(before.selection)) this.selection = header.selection;
    this.forget(views);
    this.link.show();
    this.applySelection();
    this.layers.show();
    this.redraw();
  }

  /** Offer to draw all points, where a part is drawn at first. */
  offerWhole() {
    const { whole, n, panels } = this.header;
    this.whole.hidden = whole === null || n <= MANY || panels.every(({ dims }) => dims !== 2);
    this.whole.textContent = tr("All {count} points", { count: number(n) });
    this.whole.setAttribute("aria-pressed", String(this.isWhole));
  }

  /**
   * @param {Header} header
   * @param {Header} before
   */
  showPanels(header, before) {
    const specs = header.panels;
    const fits = this.panels.length === specs.length && specs.every(({ dims }, k) => dims === this.panels[k].spec.dims);
    const same = before.n === header.n;
    if (fits) {
      this.panels.forEach((panel, k) => panel.become(specs[k], same));
      return;
    }
    const old = this.panels;
    old.forEach((panel) => panel.close());
    this.row.replaceChildren();
    this.panels = specs.map((spec, k) => {
      const panel = new Panel(this, old[k]?.spec.dims === spec.dims ? old[k].spec : spec, this.row);
      if (panel.spec !== spec) {
        // beside another number of panels it is still the one that was there
        panel.camera.restore(old[k].transition?.to.camera ?? old[k].camera.state());
        panel.become(spec, false);
      } else if (this.prior) revealPriors(panel);
      return panel;
    });
  }

  /** @param {number[]} labels */
  markHidden(labels) {
    this.hidden = new Set(labels);
    this.isHidden.fill(0);
    for (const label of labels) this.isHidden[label] = 1;
    this.link?.tellHidden();
  }

  /** @param {number[]} labels */
  setHidden(labels) {
    this.markHidden(labels);
    this.applySelection();
    this.redraw();
    this.channel.state("hidden", labels.sort((a, b) => a - b));
  }

  /** Whether a point can be dragged over the map, to be decoded beside it. */
  get canDecode() {
    return Boolean(this.header.model && this.header.panels[0]?.lift);
  }

  /** @param {Tool} tool */
  pickTool(tool) {
    if (tool === "decode" && !this.canDecode) return;
    this.tool = tool;
    for (const panel of this.panels) {
      panel.pointer.dropCursor();
      panel.front.style.cursor = "";
    }
    this.root.dataset.tool = tool;
    this.toolbar.showChoices();
    this.redraw();
  }

  /** @param {number} index */
  select(index) {
    this.actions.leaveImage();
    this.selected = index;
    this.link.choose(true);
    this.redraw();
    this.channel.state("selected", index);
  }

  /** @param {number} blend */
  setBlend(blend) {
    this.blend = blend;
    this.fade();
    this.panels.forEach((panel) => panel.mesh.follow());
  }

  /** Points and decoded images share the panels: up to the middle the images come, from there the points go. */
  fade() {
    const share = this.panels.some(({ spec }) => spec.dims === 2 && spec.lift?.network) ? this.blend : 0;
    this.row.style.setProperty("--points", String(Math.min(1, 2 - 2 * share)));
    this.row.style.setProperty("--mesh", String(Math.min(1, 2 * share)));
  }

  /** @param {1 | -1} direction */
  step(direction) {
    const { n, labels } = this.header;
    let index = this.selected < 0 && direction < 0 ? 0 : this.selected;
    for (let tries = 0; tries < n; tries += 1) {
      index = (index + direction + n) % n;
      if (this.hidden.has(labels[index])) continue;
      this.select(index);
      return;
    }
  }

  /**
   * Select the points within an outline.
   * @param {Panel} panel
   * @param {number[][]} outline in pixels
   */
  selectWithin(panel, outline) {
    this.selection = toSelection(outline, this.panels.indexOf(panel), panel.camera, panel);
    this.given = null;
    this.applySelection();
    this.redraw();
    this.channel.state("selection", this.selection);
  }

  clearSelection() {
    this.selection = this.given = null;
    this.applySelection();
    this.redraw();
    // not null, which Python could not distinguish from a map that nobody has touched
    this.channel.state("selection", { panel: 0, polygon: [], camera: null });
  }

  /** Select points by their numbers, without an outline; none clears the selection. @param {number[]} indices */
  selectGiven(indices) {
    this.selection = null;
    this.given = indices.length ? new Uint8Array(this.header.n) : null;
    for (const index of indices) if (this.given) this.given[index] = 1;
    this.applySelection();
    this.redraw();
  }

  /**
   * Drop what was drawn on a map that is another one now: its coordinates mean nothing there.
   * @param {string[]} views of the panels that there were
   */
  forget(views) {
    views.forEach((view, k) => {
      if (this.panels[k]?.spec.view === view) return;
      if (this.selection?.panel === k && this.selection !== this.header.selection) this.dropSelection();
    });
  }

  dropSelection() {
    this.selection = null;
    this.channel.state("selection", { panel: 0, polygon: [], camera: null });
  }

  // Find the points of the selection; it is dropped where its panel is gone or has another number of dimensions.
  applySelection() {
    const { selection } = this;
    const { labels, n, panels } = this.header;
    const spec = selection ? panels[selection.panel] : null;
    if (!selection || !spec || (spec.dims === 2) !== (selection.camera === null)) {
      if (selection) this.dropSelection();
      this.chosen = this.given;
    } else this.chosen = choose(selection, spec, new Camera(spec.dims), labels, this.isHidden);
    const count = this.chosen?.reduce((sum, one) => sum + one, 0) ?? 0;
    this.clear.hidden = !this.chosen;
    this.count.textContent = this.chosen && tr("{count} of {all} selected", { count: number(count), all: number(n) });
    this.root.dataset.chosen = this.chosen ? String(count) : "";
    this.link.tellSelection();
  }

  /**
   * The outline of the selection in pixels of its panel; null on other panels and where the camera has turned since.
   * @param {Panel} panel
   * @returns {number[][] | null}
   */
  outlineOn(panel) {
    const { selection } = this;
    if (!selection || this.panels[selection.panel] !== panel || panel.isAway) return null;
    const { polygon, camera } = selection;
    if (!camera) return polygon.map((vertex) => panel.camera.locate(vertex, panel));
    if (!panel.camera.shows(camera)) return null;
    const side = Math.min(panel.width, panel.height) / 2;
    return polygon.map(([x, y]) => [panel.width / 2 + x * side, panel.height / 2 - y * side]);
  }

  /**
   * @param {number} index
   * @param {Panel | null} panel
   */
  hover(index, panel) {
    if (index === this.hovered) return;
    this.hovered = index;
    if (panel) panel.front.style.cursor = index >= 0 ? "pointer" : "";
    this.panels.forEach((each) => each.redrawFront());
  }

  redraw() {
    this.panels.forEach((panel) => panel.redraw());
  }

  /** Draw in the next frame what is stale then. */
  wake() {
    if (this.pending || !this.panels.length) return;
    this.activity.mark("frame", true);
    this.pending = requestAnimationFrame((now) => {
      this.pending = 0;
      const style = styleOf(this.root);
      this.morph.step(now);
      const more = this.morph.panels.map((panel) => panel.frame(style, now)).some(Boolean);
      this.root.dataset.moving = String(Number(this.panels.some((panel) => panel.transition)));
      if (more || this.morph.begun >= 0) this.wake();
      else this.report();
      if (!this.pending) this.activity.mark("frame", false);
    });
  }

  // What is drawn, once all is.
  report() {
    const { header, root } = this;
    const priors = header.panels.map((spec) => (this.prior ? spec.priors.length : 0));
    this.meaning.hidden = !priors.some(Boolean);
    root.dataset.ellipses = this.panels.map((panel) => panel.ellipsesDrawn).join(" "); // whose posterior is drawn
    root.dataset.priors = priors.join(" ");
    root.dataset.drawn = String(header.n);
    root.dataset.selected = String(this.selected);
    root.dataset.markers = String(header.panels[0].markers.length);
  }

  close() {
    this.unfollow();
    this.link.close();
    this.panels.forEach((panel) => panel.close());
    this.layers.close();
    this.actions.close();
    this.unwatch();
    cancelAnimationFrame(this.pending);
  }
}

export default define(
  { class: "map", "data-testid": "latent-map" },
  (root, channel, activity) => new LatentMap(root, channel, activity),
);
