// Generated images in a grid. The one under the pointer, or else the one clicked last, is shown large, with the test image
// whose code is nearest to its latent point and a link to that point on Explore. Grids of one group show the same place.
// A small map shows where they lie; new samples flow there from where the old ones were. The visitor predicts what the
// temperature does, and plays it: the page decodes the same noise on the way, and Python once the visitor rests.

import { ask } from "../kit/blobs.js";
import { element, icon, write } from "../kit/dom.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { localise, number, tr } from "../kit/language.js";
import { STEPS, drawTile, imageAt, loadImage, neighbourOf } from "../kit/image_grid.js";
import { hear, tell } from "../kit/link.js";
import { define } from "../kit/mount.js";
import { ICONS } from "../kit/player.js";
import { Prediction } from "../kit/prediction.js";
import { SmallMap } from "../kit/small_map.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { isAddressed } from "../kit/told.js";
import { Arrival } from "./arrival.js";
import { Lens } from "./lens.js";
import { Flow, WARMS, atTemperature, between, project, temperatureAt } from "./flow.js";

/**
 * @typedef {{
 *   picture: string, nearest: string | null, count: number, columns: number, gap: number, tile: [number, number],
 *   far: number[] | null, text: string, model: string, nearestTexts: string[], links: string[], first: number, smooth: boolean,
 *   beside: boolean, group: string | null, temperature: number, highest: number, places: import("./flow.js").Places | null,
 *   question: import("../kit/prediction.js").Question | null, meaning: string
 * }} Data `tile`: height and width of an image in pixels; `beside`: whether another grid stands beside this one
 */
/** @typedef {[number, number]} Pair */

const FLOW_MS = 1300; // from the old samples to the new ones
const SWEEP_MS = 8000; // of Play
const COLD = 0.05; // temperature up to which all samples are seen to be alike
const REACH_PX = 14; // on the map, from a sample that is meant
const [CHOSEN, FAR] = ["#4c9dff", "#e68a00"];

class Samples {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.wanted = 1; // the temperature that the visitor has set
    this.kept = new KeptNumbers(channel, activity, () => [this.wanted]);
    this.activity = activity;
    /** @type {Data | null} */
    this.data = null;
    /** @type {{ picture: HTMLImageElement, nearest: HTMLImageElement | null } | null} as tiled by Python */
    this.sheets = null;
    this.chosen = this.asked = 0;
    /** @type {string | null} */
    this.group = null;
    this.leave = () => {};
    const body = element("div", { class: "body" }, root);
    this.bar = element("div", { class: "experiment" }, body);
    this.prediction = new Prediction(this.bar, () => this.sweep());
    this.play = element("button", { type: "button", class: "play" }, this.bar);
    this.play.onclick = () => (this.flow.isMoving ? this.flow.stop() : this.sweep());
    const label = element("label", { class: "temperature" }, this.bar);
    element("span", { text: tr("Temperature") }, label);
    this.slider = element("input", { type: "range", min: "0", step: "0.05", "aria-label": tr("Temperature") }, label);
    this.slider.oninput = () => this.heat(this.slider.valueAsNumber);
    this.output = element("b", {}, label);
    const left = element("div", { class: "left" }, body);
    this.grid = element("div", { class: "grid", tabindex: "0", role: "application", "aria-roledescription": tr("grid of images") }, left);
    this.picture = element("img", { class: "picture" }, this.grid);
    this.marks = element("div", { class: "marks", "aria-hidden": "true" }, this.grid);
    this.frame = element("div", { class: "frame", "aria-hidden": "true" }, this.grid);
    this.lens = new Lens(this.grid);
    this.caption = element("p", { class: "caption" }, left);
    left.append(this.prediction.why); // it moves nothing when it is told
    const card = element("section", { class: "card", "aria-label": tr("Chosen image") }, body);
    this.lead = element("p", { class: "lead" }, card);
    this.meaning = element("p", { class: "hint" }, card);
    this.title = element("h4", { role: "status" }, card);
    this.both = element("div", { class: "both" }, card);
    const pair = element("div", { class: "pair" }, this.both);
    /** @param {string} name */
    const figure = (name) => {
      const node = element("figure", {}, pair);
      const canvas = element("canvas", { role: "img", "aria-label": name }, node);
      return { node, canvas, words: element("figcaption", {}, node) };
    };
    this.own = figure(tr("Generated image, large"));
    this.other = figure(tr("Nearest test image"));
    write(this.own.words, tr("generated"));
    const space = element("div", { class: "space" }, this.both);
    this.map = new SmallMap(space, "");
    this.ground = "";
    this.temperature = -1; // while Play sweeps it
    /** @type {number[] | null} */
    this.crossed = null;
    this.flow = new Flow(this.grid, activity, (_, share) => this.moved(share));
    this.arrival = new Arrival(this.picture, activity, () => {
      root.classList.toggle("arrives", this.arrival.shown < Infinity);
      this.drawMap();
    });
    this.namePlay();
    const { stage } = this.map.plot;
    stage.onpointermove = (event) => event.pointerType === "mouse" && this.show(this.onMap(event, this.chosen));
    stage.onpointerdown = (event) => this.choose(this.onMap(event, this.chosen));
    stage.onpointerleave = () => this.show(this.chosen);
    this.unwatch = watchLooks(root, () => this.drawMap());
    this.link = element("a", { class: "link", text: tr("Open this point on Explore") }, card);
    this.grid.onpointermove = (event) => this.point(event, false);
    this.grid.onpointerdown = (event) => this.point(event, true);
    this.grid.onpointerleave = () => this.show(this.chosen);
    this.grid.onkeydown = (event) => {
      const step = STEPS[event.key];
      if (!step || !this.data) return;
      event.preventDefault();
      this.choose(neighbourOf(this.data, this.chosen, step));
    };
  }

  /** @param {Data} data */
  receive(data) {
    this.asked += 1;
    return this.activity.during("images", this.open(data, this.asked));
  }

  /** @param {Data} data @param {number} revision */
  async open(data, revision) {
    const { places } = data;
    const [picture, nearest, ground] = await Promise.all([
      loadImage(data.picture),
      data.nearest ? loadImage(data.nearest) : null,
      places && places.ground !== this.ground ? ask(places.ground) : null,
    ]);
    if (revision !== this.asked) return;
    const isNew = data.picture !== this.data?.picture;
    const before = this.data?.places?.points;
    const isSame = isNew && places && before && JSON.stringify(places.points) === JSON.stringify(before); // at another temperature
    if (isNew && !isSame) this.chosen = data.first;
    const isFirst = !this.data;
    if (isNew) this.arrival.stop();
    this.flow.stop();
    this.flow.release();
    this.temperature = -1;
    if (this.kept.isNews([data.temperature], false)) this.wanted = data.temperature;
    const from = this.flow.points;
    const flows = isNew && !isSame && places && places.ground === this.ground && from.length === places.points.length;
    [this.data, this.sheets] = [data, { picture, nearest }];
    if (ground) this.map.take(ground);
    if (places && places.ground !== this.ground) this.flow.prepare(places);
    this.ground = places?.ground ?? "";
    this.flow.points = places ? atTemperature(places, data.temperature) : [];
    this.bar.hidden = data.beside;
    this.slider.max = String(data.highest);
    this.play.hidden = !places;
    this.namePlay();
    this.both.classList.toggle("mapped", Boolean(places));
    this.map.plot.canvas.setAttribute("aria-label", tr("The samples on the map of {model}", { model: data.model }));
    this.root.classList.toggle("smooth", data.smooth);
    this.root.classList.toggle("beside", data.beside);
    this.root.classList.toggle("asks", Boolean(data.question));
    write(this.meaning, data.meaning);
    this.prediction.set(data.question, JSON.stringify([data.model, data.question?.ask, data.question?.choices]), isFirst && isAddressed(/^temperature$/));
    this.picture.src = data.picture;
    this.picture.alt = data.text;
    const rows = Math.ceil(data.count / data.columns);
    this.grid.style.setProperty("--columns", String(data.columns));
    this.grid.style.setProperty("--rows", String(rows));
    this.grid.style.setProperty("--shape", String(picture.width / picture.height));
    this.crossed = null;
    this.cross(data.far ?? []);
    this.other.node.hidden = !nearest;
    this.show(this.chosen);
    this.join(data.group);
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isStill) return;
    if (isFirst && !data.beside) this.arrival.start(data.count, data.columns);
    if (flows) this.move((t) => between(from, atTemperature(places, data.temperature), t * t * (3 - 2 * t)), FLOW_MS);
  }

  /** Cross samples out, and say how many. @param {number[]} far */
  cross(far) {
    if (!this.data) return;
    if (far !== this.crossed) {
      this.marks.replaceChildren();
      for (const index of far) this.place(element("i", { text: "×" }, this.marks), index);
    }
    this.crossed = far;
    const { count, temperature } = this.data;
    const values = { count, far: far.length, temperature: number(this.temperature < 0 ? temperature : this.temperature, 2) };
    const known = tr("{far} of {count} points lie outside the data (×) at temperature {temperature}.", values);
    write(this.lead, this.data.far ? known : tr("{count} images, each decoded from a random latent point.", { count }));
  }

  /** The samples out of distribution now: while Play sweeps the temperature, those of the nearest one that is known. */
  get far() {
    const { data, temperature } = this;
    const known = data?.places?.far;
    if (!data?.far || temperature < 0 || !known) return data?.far ?? [];
    return known[Math.round((temperature / data.highest) * (known.length - 1))];
  }

  /** @param {import("./flow.js").Way} way @param {number} lasts */
  move(way, lasts) {
    const sheet = this.sheet();
    if (!sheet) return;
    this.flow.start(way, lasts, sheet);
    this.namePlay();
  }

  /** How images on the way are laid out. */
  sheet() {
    const { data, sheets } = this;
    if (!data || !sheets) return null;
    const { columns, gap, tile } = data;
    return { picture: sheets.picture, shape: data.places?.network?.image_shape ?? [1, ...tile], columns, gap };
  }

  /** Show the same noise at another temperature, and tell Python once the visitor rests. @param {number} temperature */
  heat(temperature) {
    const [{ data }, sheet] = [this, this.sheet()];
    if (!data || !sheet) return;
    this.flow.stop();
    this.arrival.stop();
    if (temperature < COLD) this.prediction.tell();
    this.wanted = temperature;
    this.temperature = temperature === data.temperature ? -1 : temperature;
    if (this.temperature < 0) this.flow.release();
    if (data.places && this.temperature >= 0) this.flow.hold(atTemperature(data.places, temperature), sheet);
    else if (data.places) this.flow.points = atTemperature(data.places, temperature);
    this.cross(this.far);
    this.draw(Number(this.root.dataset.shown ?? 0));
    this.kept.start();
  }

  /** Go through the temperatures, with the same noise. */
  sweep() {
    const { data } = this;
    const places = data?.places;
    if (!places) return;
    const { temperature, highest } = data;
    this.arrival.stop();
    this.wanted = temperature;
    this.move((share) => {
      const now = temperatureAt(share, temperature, highest);
      this.temperature = share < 1 ? now : -1;
      if (share >= WARMS) this.prediction.tell(); // temperature 0 has been seen for a second
      return atTemperature(places, now);
    }, SWEEP_MS);
  }

  namePlay() {
    const isMoving = this.flow.isMoving;
    const name = isMoving ? tr("Stop") : tr("Play");
    this.play.replaceChildren(icon(ICONS[isMoving ? "pause" : "play"]), element("span", { text: name }));
    this.root.dataset.moving = String(isMoving);
  }

  /** @param {number} share of a movement that has passed, 1 at its end, -1 where new images are there */
  moved(share) {
    if (!this.data) return;
    if (share === 1) {
      this.temperature = -1;
      this.namePlay();
    }
    const sweeps = this.temperature >= 0;
    this.root.classList.toggle("moves", share !== 1 && !sweeps);
    this.root.classList.toggle("sweeps", share !== 1 && sweeps);
    if (share === 1 || sweeps) this.cross(this.far);
    this.draw(Number(this.root.dataset.shown ?? 0));
  }

  /** Where a sample is now on the map. @param {number} index @returns {Pair} */
  placeOf(index) {
    return project(/** @type {import("./flow.js").Places} */ (this.data?.places), this.flow.points[index]);
  }

  /** The sample under the pointer on the map. @param {PointerEvent} event @param {number} otherwise */
  onMap(event, otherwise) {
    let [found, least] = [otherwise, REACH_PX];
    this.flow.points.forEach((_, index) => {
      const distance = this.map.distance(event, this.placeOf(index));
      if (distance < least) [found, least] = [index, distance];
    });
    return found;
  }

  nameTemperature() {
    const now = this.temperature < 0 ? this.wanted : this.temperature;
    this.slider.value = String(now);
    this.slider.setAttribute("aria-valuetext", number(now, 2));
    write(this.output, number(now, 2));
    if (!this.data) return;
    const isTouched = matchMedia("(hover: none)").matches;
    const said = this.data.text.replace(/[\d.,]+$/, localise(String(Number(now.toFixed(2))))); // the temperature, at its end
    write(this.caption, `${said}.${this.data.beside ? "" : ` ${isTouched ? tr("Tap an image.") : tr("Point at an image or click it.")}`}`);
  }

  drawMap() {
    const { data, map } = this;
    this.nameTemperature();
    const shown = Number(this.root.dataset.shown ?? -1);
    const style = styleOf(this.root);
    if (!data?.places || shown < 0 || !map.begin(style)) return;
    const isMoving = this.flow.isMoving;
    const crossed = isMoving && this.temperature < 0 ? [] : this.far;
    map.plot.brush.font = `bold ${16 * style.scale}px sans-serif`; // of the crosses
    let beyond = 0;
    this.flow.points.forEach((_, index) => {
      if (index >= this.arrival.shown) return;
      const at = this.placeOf(index);
      const edge = map.within(at);
      if (edge[0] !== at[0] || edge[1] !== at[1]) beyond += 1;
      if (crossed.includes(index)) map.name("×", edge, FAR, style);
      else map.plot.dot(edge, { colour: style.text, width: 2.4 });
    });
    map.plot.brush.font = style.font;
    if (beyond) map.name(tr("{count} more outside this map", { count: beyond }), [map.plot.x[1], map.plot.y[1]], style.text, style, [0, -13], "right");
    if (this.arrival.shown < Infinity) return;
    const at = map.within(this.placeOf(shown));
    const near = data.places.nearest?.[shown];
    if (near && !isMoving && !this.flow.isHeld) {
      map.plot.curve([at, near], { colour: style.text, width: 1.5 });
      map.mark(near, style.background, style, 3);
    }
    map.mark(at, CHOSEN, style, 6);
  }

  /** @param {string | null} group of grids that show the same place */
  join(group) {
    if (group === this.group) return;
    this.leave();
    this.group = group;
    this.leave =
      group === null
        ? () => {}
        : hear("sample", group, ({ index }) => this.data && index < this.data.count && this.draw(index), this);
  }

  /** @param {HTMLElement} node @param {number} index */
  place(node, index) {
    const columns = this.data?.columns ?? 1;
    node.style.setProperty("--x", String(index % columns));
    node.style.setProperty("--y", String(Math.floor(index / columns)));
  }

  /** @param {PointerEvent} event @param {boolean} isClick */
  point(event, isClick) {
    if (!this.data) return;
    const box = this.grid.getBoundingClientRect();
    const index = imageAt(this.data, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    if (index < 0) return;
    if (isClick) {
      this.lens.toggle(event.pointerType !== "mouse" && (index !== this.chosen || !this.lens.isShown));
      this.choose(index);
    } else if (event.pointerType === "mouse") this.show(index);
  }

  /** @param {number} index */
  choose(index) {
    this.chosen = index;
    this.show(index);
  }

  /** @param {number} index shown here and in the other grids of the group */
  show(index) {
    this.draw(index);
    if (this.group !== null) tell("sample", this.group, { index }, this);
  }

  /** @param {number} index */
  draw(index) {
    const { data, sheets } = this;
    if (!data || !sheets) return;
    this.root.dataset.shown = String(index);
    this.place(this.frame, index);
    const isFar = this.far.includes(index);
    const which = { place: index + 1, count: data.count };
    write(this.title, isFar ? tr("Image {place} of {count}: its point lies outside the data (×)", which) : tr("Image {place} of {count}", which));
    const moving = this.flow.canvas;
    drawTile(this.own.canvas, moving.hidden ? sheets.picture : moving, data, index);
    this.lens.draw(data, moving.hidden ? sheets.picture : moving, this.flow.isMoving || this.flow.isHeld ? null : sheets.nearest, index);
    this.drawMap();
    if (this.flow.isMoving) {
      const back = tr("The same random points, scaled; back to temperature {temperature} at the end", { temperature: number(data.temperature, 2) });
      write(this.title, this.temperature < 0 ? tr("On the way to the new samples") : back);
      return;
    }
    if (sheets.nearest) {
      drawTile(this.other.canvas, sheets.nearest, data, index);
      write(this.other.words, data.nearestTexts[index]);
    }
    this.link.hidden = !data.links.length;
    if (data.links.length) this.link.href = data.links[index];
  }

  close() {
    this.asked += 1;
    this.unwatch();
    this.kept.stop();
    this.arrival.stop();
    this.flow.close();
    this.leave();
  }
}

export default define(
  { class: "samples", "data-testid": "samples" },
  (root, channel, activity) => new Samples(root, channel, activity),
);
