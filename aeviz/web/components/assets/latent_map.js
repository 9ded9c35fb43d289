// @ts-nocheck
// The latent map: one or two panels of the same points, in two or three dimensions, on plain canvases.
//
// Python sends one blob: a 32-bit length, a JSON header of that many bytes, zero bytes up to a multiple of four, then
// for each panel the coordinates (n * dims float32), the errors of each panel (n float32), for each panel whose
// posteriors lie apart from its points their means (n * 2 float32), the labels (n uint16), and for each panel with
// posteriors their half axes, in steps, and angles (n * 3 uint16).
// Zoom and viewpoint of a panel live here and survive reruns as long as the panel's spec.view stays the same.

import { Camera, fitCamera } from "./camera.js";
import { followPoints } from "./follow.js";
import { Layers } from "./map_layers.js";
import { drawAxes, drawAxisNames, drawGuests, drawMarks, drawNames, drawPoints } from "./painter.js";
import {
  describeEllipses,
  drawAllEllipses,
  drawEllipse,
  drawPriors,
  readMeans,
  readShapes,
  revealPriors,
  zoomToPosterior,
} from "./posteriors.js";

const PICK_PX = 12;
const CLICK_PX = 4;
const NAMED_CLASSES = 20; // more names than that would cover the points
const NO_LABEL = 65535;
const ELLIPSES = { off: "off", chosen: "of the chosen image", all: "of all images" };

function headerText(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  return new TextDecoder().decode(bytes.subarray(4, 4 + length));
}

function parse(bytes, text) {
  const header = JSON.parse(text);
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const start = (4 + length + 3) & ~3;
  // a copy, since the blob may begin at an address that float32 views cannot take
  const body = bytes.slice(start).buffer;
  let offset = 0;
  const floats = (count) => {
    const array = new Float32Array(body, offset, count);
    offset += 4 * count;
    return array;
  };
  for (const panel of header.panels) panel.coordinates = floats(header.n * panel.dims);
  for (const panel of header.panels) panel.errors = floats(header.n);
  readMeans(header, floats);
  header.labels = new Uint16Array(body, offset, header.n);
  readShapes(header, body, offset + 2 * header.n);
  return header;
}

function element(tag, attributes = {}, parent = null) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}

class Panel {
  constructor(map, spec, parent) {
    this.map = map;
    this.spec = spec;
    this.camera = new Camera(spec.dims);
    fitCamera(this.camera, spec);
    if (map.prior) revealPriors(this);
    this.screen = new Float32Array(3 * map.header.n);
    const figure = element("figure", { class: "panel" }, parent);
    element("figcaption", { text: spec.title }, figure);
    this.stage = element("div", { class: "stage" }, figure);
    this.back = element("canvas", { "aria-hidden": "true" }, this.stage);
    this.middle = element("canvas", { "aria-hidden": "true" }, this.stage);
    this.front = element(
      "canvas",
      { class: "front", tabindex: "0", role: "application", "aria-label": spec.description },
      this.stage,
    );
    this.tip = element("div", { class: "tip", hidden: "" }, this.stage);
    const tools = element("div", { class: "tools" }, this.stage);
    const tool = (text, label, act) => {
      const button = element("button", { type: "button", text, "aria-label": label, title: label }, tools);
      button.onclick = () => this.change(act);
      return button;
    };
    this.target = tool("σ", `Zoom to the posterior of the chosen image: ${spec.title}`, () =>
      zoomToPosterior(this, this.map.selected),
    );
    tool("+", `Zoom in: ${spec.title}`, () => this.camera.zoom(1.4));
    tool("−", `Zoom out: ${spec.title}`, () => this.camera.zoom(1 / 1.4));
    tool("⟲", `Reset the view: ${spec.title}`, () => fitCamera(this.camera, this.spec));
    this.note = element("div", { class: "hint" }, figure);
    this.pointers = new Map();
    this.front.onpointerdown = (event) => this.press(event);
    this.front.onpointermove = (event) => this.move(event);
    this.front.onpointerup = (event) => this.release(event);
    this.front.onpointercancel = (event) => this.pointers.delete(event.pointerId);
    this.front.onpointerleave = () => this.map.hover(-1, null);
    this.front.onkeydown = (event) => this.key(event);
    this.front.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.front.ondblclick = () => this.change(() => fitCamera(this.camera, this.spec));
  }

  size() {
    const width = this.stage.clientWidth;
    const height = Math.round(Math.max(260, Math.min(width, this.map.header.height)));
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.stage.style.height = `${height}px`;
    for (const canvas of [this.back, this.middle, this.front]) {
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    }
    Object.assign(this, { width, height, ratio });
  }

  change(act) {
    act();
    this.map.redraw();
  }

  local(event) {
    const box = this.front.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  press(event) {
    if (event.button !== 0) return;
    this.front.focus({ preventScroll: true });
    this.front.setPointerCapture(event.pointerId);
    const at = this.local(event);
    this.pointers.set(event.pointerId, at);
    this.travel = this.pointers.size === 1 ? 0 : Infinity;
  }

  move(event) {
    const at = this.local(event);
    if (event.buttons === 0) this.pointers.delete(event.pointerId); // the release went to somebody else
    const before = this.pointers.get(event.pointerId);
    if (!before) return this.map.hover(this.nearest(...at), this);
    const [dx, dy] = [at[0] - before[0], at[1] - before[1]];
    this.travel += Math.hypot(dx, dy);
    if (this.travel <= CLICK_PX) return undefined;
    if (this.pointers.size === 2) {
      const other = [...this.pointers.entries()].find(([id]) => id !== event.pointerId)[1];
      const apart = (p) => Math.max(10, Math.hypot(p[0] - other[0], p[1] - other[1]));
      this.camera.zoom(apart(at) / apart(before), [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2], this);
    } else {
      this.camera.drag(dx, dy, this, event.shiftKey);
    }
    this.pointers.set(event.pointerId, at);
    this.map.hover(-1, null);
    return this.map.redraw();
  }

  release(event) {
    const pressed = this.pointers.delete(event.pointerId);
    if (!pressed || this.travel > CLICK_PX) return;
    const index = this.nearest(...this.local(event));
    if (index >= 0) this.map.select(index);
  }

  wheel(event) {
    const active = this.front.getRootNode().activeElement === this.front;
    if (!active && !event.ctrlKey) return; // an unfocused map lets the page scroll
    event.preventDefault();
    this.change(() => this.camera.zoom(Math.exp(-event.deltaY * 0.0015), this.local(event), this));
  }

  key(event) {
    const step = 24;
    const moves = {
      ArrowLeft: () => this.camera.drag(step, 0, this),
      ArrowRight: () => this.camera.drag(-step, 0, this),
      ArrowUp: () => this.camera.drag(0, step, this),
      ArrowDown: () => this.camera.drag(0, -step, this),
      "+": () => this.camera.zoom(1.25),
      "=": () => this.camera.zoom(1.25),
      "-": () => this.camera.zoom(1 / 1.25),
      0: () => fitCamera(this.camera, this.spec),
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) {
      event.preventDefault();
      this.change(moves[event.key]);
    } else if (event.key === "n" || event.key === "p") {
      event.preventDefault();
      this.map.step(event.key === "n" ? 1 : -1);
    }
  }

  nearest(x, y) {
    let best = -1;
    let least = PICK_PX * PICK_PX;
    const { labels, n } = this.map.header;
    for (let i = 0; i < n; i += 1) {
      if (this.map.hidden.has(labels[i])) continue;
      const dx = this.screen[3 * i] - x;
      const dy = this.screen[3 * i + 1] - y;
      const distance = dx * dx + dy * dy;
      if (distance < least) [least, best] = [distance, i];
    }
    return best;
  }

  draw(style) {
    this.camera.project(this.spec.coordinates, this.screen, this);
    drawAxes(this, style);
    const { header, hidden, ellipses, selected } = this.map;
    const all = this.spec.posteriors && ellipses === "all" ? drawAllEllipses(this, header, hidden) : null;
    drawPoints(this, header, hidden, this.map.colours, this.map.layers.paint(this));
    this.map.layers.draw(this, style);
    this.drawFront(style);
    this.note.textContent = describeEllipses(this, ellipses, selected, all);
    this.note.hidden = !this.note.textContent;
    this.target.hidden = !this.spec.posteriors || ellipses === "off" || selected < 0;
    return all ? all.drawn : Number(!this.target.hidden);
  }

  drawFront(style) {
    drawMarks(this, this.map.selected, this.map.hovered, style);
    this.map.layers.mark(this, style);
    if (this.map.prior) drawPriors(this, this.map.header, this.map.hidden, style);
    if (this.map.ellipses !== "off") {
      drawEllipse(this, this.map.hovered, style, 1);
      drawEllipse(this, this.map.selected, style, 2);
    }
    drawAxisNames(this, style);
    if (this.map.header.classes.length <= NAMED_CLASSES) {
      drawNames(this, this.map.header.classes, this.map.hidden, style);
    }
    drawGuests(this, style);
    const index = this.map.hovered;
    this.tip.hidden = index < 0;
    if (index < 0) return;
    const { dims, coordinates, errors, axes } = this.spec;
    const label = this.map.header.labels[index];
    const name = label === NO_LABEL ? "" : ` · ${this.map.header.classes[label].name}`;
    const values = axes.map((axis, k) => `${axis} ${coordinates[index * dims + k].toFixed(2)}`).join("  ");
    this.tip.textContent = `image ${index}${name}\n${values}\nerror ${errors[index].toFixed(2)}`;
    this.map.layers.tip(this, index);
    const [x, y] = [this.screen[3 * index], this.screen[3 * index + 1]];
    this.tip.style.left = `${Math.max(4, Math.min(x + 12, this.width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${y > this.height / 2 ? Math.max(4, y - this.tip.offsetHeight - 12) : y + 12}px`;
  }
}

class LatentMap {
  constructor(root) {
    this.root = root;
    this.hidden = new Set();
    this.selected = -1;
    this.hovered = -1;
    this.unfollow = followPoints(this);
    this.layers = new Layers(this);
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(root);
    this.theme = new MutationObserver(() => this.redraw());
    const app = document.querySelector(".stApp") ?? document.body;
    this.theme.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
    root.screenOf = (panel, index) => [...this.panels[panel].screen.slice(3 * index, 3 * index + 2)];
    root.cameraOf = (panel) => this.panels[panel].camera.state();
  }

  show(header) {
    const before = this.panels ?? [];
    this.header = header;
    this.colours = header.classes.map(({ colour }) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
    this.hidden = new Set(header.hidden);
    this.selected = header.selected;
    this.ellipses = header.ellipses;
    this.prior = header.prior;
    this.hovered = -1;
    this.root.replaceChildren();
    this.buildLegend();
    this.buildChoices();
    const row = element("div", { class: "panels" }, this.root);
    this.panels = header.panels.map((spec) => new Panel(this, spec, row));
    before.forEach(({ spec, camera }, index) => {
      // a panel that shows what it showed before keeps its zoom and its viewpoint
      if (this.panels[index]?.spec.view === spec.view) this.panels[index].camera = camera;
    });
    element("div", { class: "hint", text: header.hint }, this.root);
    this.meaning = element("div", { class: "hint", text: header.meaning }, this.root);
    this.layers.show();
    this.redraw();
  }

  buildLegend() {
    const { classes } = this.header;
    this.chips = [];
    if (!classes.length) return;
    const legend = element("div", { class: "legend", role: "group", "aria-label": "Classes shown" }, this.root);
    this.chips = classes.map(({ name, colour }, label) => {
      const chip = element("button", { type: "button", title: "Show or hide; double-click shows it alone" }, legend);
      element("span", { class: "swatch", style: `background:${colour}` }, chip);
      element("span", { text: name }, chip);
      chip.onclick = () => this.toggle(label);
      chip.ondblclick = () => this.setHidden(classes.map((_, other) => other).filter((other) => other !== label));
      return chip;
    });
    element("button", { type: "button", text: "All" }, legend).onclick = () => this.setHidden([]);
    this.markChips();
  }

  // Whose posteriors are drawn, and the priors: only where some panel has them.
  buildChoices() {
    const { panels } = this.header;
    const posteriors = panels.some((spec) => spec.posteriors);
    const priors = panels.some((spec) => spec.priors.length);
    this.choices = [];
    if (!posteriors && !priors) return;
    const row = element("div", { class: "legend overlays" }, this.root);
    const group = (label) => {
      const box = element("div", { class: "choices", role: "group", "aria-label": label }, row);
      element("span", { text: label }, box);
      return box;
    };
    const choice = (box, text, isOn, act) => {
      const button = element("button", { type: "button", text }, box);
      button.onclick = () => {
        act();
        this.markChoices();
        this.redraw();
      };
      this.choices.push([button, isOn]);
    };
    const ellipses = posteriors ? group("Posterior ellipses") : null;
    for (const [mode, text] of posteriors ? Object.entries(ELLIPSES) : []) {
      choice(ellipses, text, () => this.ellipses === mode, () => {
        this.ellipses = mode;
        this.send("ellipses", mode);
      });
    }
    if (priors) {
      choice(group("Prior"), "1, 2, 3 σ", () => this.prior, () => {
        this.prior = !this.prior;
        if (this.prior) this.panels.forEach(revealPriors);
        this.send("prior", this.prior);
      });
    }
    this.markChoices();
  }

  markChoices() {
    for (const [button, isOn] of this.choices) button.setAttribute("aria-pressed", String(isOn()));
  }

  markChips() {
    this.chips.forEach((chip, label) => chip.setAttribute("aria-pressed", String(!this.hidden.has(label))));
  }

  toggle(label) {
    const next = new Set(this.hidden);
    if (!next.delete(label)) next.add(label);
    this.setHidden([...next]);
  }

  setHidden(labels) {
    this.hidden = new Set(labels);
    this.markChips();
    this.redraw();
    this.send("hidden", labels.sort((a, b) => a - b));
  }

  select(index) {
    this.selected = index;
    this.redraw();
    this.send("selected", index);
  }

  step(direction) {
    const { n, labels } = this.header;
    let index = this.selected < 0 && direction < 0 ? 0 : this.selected;
    for (let tries = 0; tries < n; tries += 1) {
      index = (index + direction + n) % n;
      if (!this.hidden.has(labels[index])) return this.select(index);
    }
    return undefined;
  }

  hover(index, panel) {
    if (index === this.hovered) return;
    this.hovered = index;
    if (panel) panel.front.style.cursor = index >= 0 ? "pointer" : "crosshair";
    requestAnimationFrame(() => this.panels.forEach((each) => each.drawFront(this.style())));
  }

  style() {
    const css = getComputedStyle(this.root);
    return {
      text: css.getPropertyValue("--st-text-color").trim() || css.color,
      background: css.getPropertyValue("--st-background-color").trim() || "#ffffff",
      guest: "#e6007e", // no class has it
      font: `12px ${css.fontFamily}`,
    };
  }

  redraw() {
    if (this.pending || !this.panels) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.panels.forEach((panel) => panel.size());
      const style = this.style();
      const drawn = this.panels.map((panel) => panel.draw(style));
      const priors = this.header.panels.map((spec) => (this.prior ? spec.priors.length : 0));
      this.meaning.hidden = !priors.some(Boolean);
      this.root.dataset.ellipses = drawn.join(" "); // images whose posterior is drawn, by panel
      this.root.dataset.priors = priors.join(" ");
      this.root.dataset.drawn = String(this.header.n);
      this.root.dataset.selected = String(this.selected);
      this.root.dataset.guests = String(this.header.panels[0].guests.length);
    });
  }

  close() {
    this.unfollow();
    this.layers.close();
    this.observer.disconnect();
    this.theme.disconnect();
    cancelAnimationFrame(this.pending);
  }
}

const maps = new WeakMap();

export default function mount({ data, parentElement, setStateValue }) {
  let map = maps.get(parentElement);
  if (!map) {
    const root = element("div", { class: "map", "data-testid": "latent-map" });
    parentElement.append(root);
    map = new LatentMap(root);
    maps.set(parentElement, map);
  }
  map.send = setStateValue;
  const text = headerText(data); // holds a digest of the arrays, so equal headers mean equal data
  if (map.text !== text) {
    map.text = text;
    map.show(parse(data, text));
  }
  const call = (map.calls = (map.calls ?? 0) + 1);
  return () => {
    // Streamlit also calls this, while the map stays, for a run that a quicker one overtook
    if (map.calls !== call) return;
    map.close();
    map.root.remove();
    maps.delete(parentElement);
  };
}
