// Latent planes of compared runs. Pointing at a run, at its curve or at its dot, or focusing its button, marks all three and
// shows its plane; a click on a seed, or on its dot, keeps it. With many seeds a slider
// stands for their buttons, and a button plays them, which may answer a question. A slider moves the planes over the recorded epochs. No rerun takes place.

import { element, icon, pixelRatio, write } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { Legend } from "../kit/legend.js";
import { define } from "../kit/mount.js";
import { ICONS } from "../kit/player.js";
import { Plane, classCentres, union } from "../kit/plane.js";
import { Prediction } from "../kit/prediction.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { isAddressed } from "../kit/told.js";
import { LinkedCharts } from "./linked_charts.js";

/** @typedef {import("./linked_charts.js").Pointed} Pointed */
/** @typedef {import("../kit/plane.js").PlaneFilm & { group: number, seed: string, place: number, agreement: number | null }} Run `place` among those of its group; `agreement` with the first group's plane */
/**
 * @typedef {{
 *   titles: string[], charts: string[], seed: string, slider: boolean, linked: number, note: string, runs: Run[],
 *   question: import("../kit/prediction.js").Question | null
 * }} Data
 */
/** @typedef {{ node: HTMLElement, plane: Plane | null, buttons: Map<string, HTMLButtonElement>, runs: Run[], head: HTMLButtonElement, agreement: HTMLElement }} Group */

const SEED_MS = 1100; // that a seed stays while they play
const SEEDS_ASKED = 5; // that are played before the question is answered
let isTold = false; // whether the visitor has seen the answer

class RunPlanes {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.channel = channel;
    /** @type {Data | null} */
    this.data = null;
    this.seed = "";
    /** @type {number[]} */
    this.epochs = [];
    /** @type {Pointed | null} */
    this.pointed = null;
    /** @type {Group[]} */
    this.groups = [];
    this.made = "";
    this.prediction = new Prediction(root, () => this.play(true), () => {
      isTold = true;
      this.play(false);
      this.draw();
    });
    this.bar = element("label", { class: "epoch", hidden: "" }, root);
    element("span", { text: tr("Epoch of the planes") }, this.bar);
    this.slider = element("input", { type: "range", min: "0", step: "1" }, this.bar);
    this.shownEpoch = element("output", {}, this.bar);
    this.slider.oninput = () => this.draw();
    /** @type {string[]} */
    this.seeds = [];
    this.seedBar = element("div", { class: "epoch", hidden: "" }, root);
    this.playButton = element("button", { type: "button", class: "play" }, this.seedBar);
    this.playIcon = element("span", {}, this.playButton);
    this.playLabel = element("span", {}, this.playButton);
    this.playButton.onclick = () => this.play(!this.timer);
    const next = element("button", { type: "button", text: tr("Next seed") }, this.seedBar);
    next.onclick = () => this.play(false, () => this.next());
    const seed = element("label", { class: "seed" }, this.seedBar);
    element("span", { text: tr("Seed of the planes") }, seed);
    this.seedSlider = element("input", { type: "range", min: "0", step: "1" }, seed);
    this.shownSeed = element("output", {}, seed);
    this.seedSlider.oninput = () => this.play(false, () => this.keep(this.seeds[Number(this.seedSlider.value)]));
    this.timer = this.played = 0;
    this.play(false);
    this.row = element("div", { class: "groups" }, root);
    this.legend = new Legend(root, () => this.draw());
    this.note = element("p", { class: "note" }, root);
    root.append(this.prediction.answer); // the planes do not move when it comes
    this.charts = new LinkedCharts(activity, (pointed) => this.point(pointed), ({ group, seed }) => {
      const run = seed === null ? undefined : this.groups[group]?.runs[seed];
      if (run?.seed) this.play(false, () => this.keep(run.seed));
    });
    this.unwatch = watchLooks(root, () => this.draw());
  }

  /** @param {Data} data */
  receive(data) {
    const isNew = data.seed !== this.data?.seed;
    this.data = data;
    if (isNew) this.seed = data.seed;
    const counts = data.titles.map(() => 0);
    for (const run of data.runs) {
      run.place = counts[run.group]++;
      for (const frame of run.frames) frame.centres = classCentres(frame.points, run.labels, run.classes.length);
      if (run.frames.length) run.bounds = union(run.frames);
    }
    const epochs = data.runs.flatMap(({ frames }) => frames.map((frame) => /** @type {any} */ (frame).epoch));
    this.epochs = [...new Set(epochs)].sort((a, b) => a - b);
    this.slider.max = String(Math.max(0, this.epochs.length - 1));
    const made = JSON.stringify([data.titles, data.runs.map(({ group, seed, n }) => [group, seed, n > 0]), this.epochs]);
    if (made !== this.made) {
      this.build(data);
      this.slider.value = this.slider.max;
    }
    this.made = made;
    this.groups.forEach((group, k) => (group.runs = data.runs.filter((run) => run.group === k)));
    this.bar.hidden = this.epochs.length < 2;
    this.root.classList.toggle("few", data.slider);
    this.seeds = data.slider ? [...new Set(data.runs.map(({ seed }) => seed))] : [];
    this.seedBar.hidden = this.seeds.length < 2;
    this.seedSlider.max = String(Math.max(0, this.seeds.length - 1));
    const drawn = data.runs.filter(({ n }) => n > 0);
    const isOne = new Set(drawn.map(({ classes }) => JSON.stringify(classes))).size === 1;
    this.legend.show(isOne ? drawn[0].classes : []);
    write(this.note, data.note);
    this.note.hidden = !data.note;
    isTold ||= isAddressed(/^$/);
    this.prediction.set(data.question, JSON.stringify(data.question), isTold);
    if (!data.question) this.prediction.answer.hidden = true;
    this.charts.join(data.charts);
    this.draw();
  }

  /** @param {Data} data */
  build(data) {
    this.row.replaceChildren();
    this.groups = data.titles.map((title, group) => {
      const runs = data.runs.filter((run) => run.group === group);
      const node = element("section", {}, this.row);
      const bar = element("div", { class: "runs", role: "group", "aria-label": title }, node);
      const head = element("button", { type: "button", class: "group", text: title, title: tr("Point at it to mark its runs") }, bar);
      this.listen(head, { group, seed: null });
      /** @type {Map<string, HTMLButtonElement>} */
      const buttons = new Map();
      for (const { seed, place } of runs.filter((run) => !data.slider && run.seed !== "")) {
        const button = element("button", { type: "button", text: seed, "aria-label": tr("{title}, seed {seed}", { title, seed }), title: tr("Seed {seed}", { seed }) }, bar);
        this.listen(button, { group, seed: place });
        button.onclick = () => this.keep(seed);
        buttons.set(seed, button);
      }
      const plane = runs.some(({ n }) => n > 0) ? new Plane(node, () => {}) : null;
      if (plane) {
        plane.front.onpointermove = plane.front.onpointerdown = () => this.point({ group, seed: this.shownIn(group)?.place ?? null });
        plane.front.onpointerleave = (event) => event.pointerType === "mouse" && this.point(null);
      }
      const agreement = element("p", { class: "note agreement", hidden: "" }, node);
      return { node, plane, buttons, runs, head, agreement };
    });
  }

  /** @param {HTMLElement} button @param {Pointed} pointed */
  listen(button, pointed) {
    button.onpointerenter = button.onfocus = () => this.point(pointed);
    button.onpointerleave = (event) => event.pointerType === "mouse" && this.point(null);
    button.onblur = () => this.point(null);
  }

  /** @param {string} seed */
  keep(seed) {
    if (seed === this.seed) return;
    this.seed = seed;
    this.draw();
    if (!this.data?.slider) this.channel.trigger("seed", seed);
  }

  /**
   * Shows one seed after the other, or stops; while a question is open, some seeds, and then its answer.
   * @param {boolean} isOn
   * @param {() => void} [then] what the visitor does instead
   */
  play(isOn, then) {
    clearInterval(this.timer);
    this.played = 0;
    this.timer = isOn ? window.setInterval(() => this.advance(), SEED_MS) : 0;
    this.playIcon.replaceChildren(icon(ICONS[isOn ? "pause" : "play"]));
    write(this.playLabel, isOn ? tr("Pause") : tr("Play"));
    if (isOn) this.next();
    then?.();
  }

  advance() {
    this.played += 1;
    if (this.played >= SEEDS_ASKED && this.prediction.question && !this.prediction.isTold) this.prediction.tell();
    else this.next();
  }

  next() {
    if (!this.root.isConnected) return this.play(false);
    return this.keep(this.seeds[(this.seeds.indexOf(this.seed) + 1) % this.seeds.length]);
  }

  /** @param {Pointed | null} pointed */
  point(pointed) {
    if (pointed && this.data && pointed.group >= this.data.linked) return;
    if (JSON.stringify(pointed) === JSON.stringify(this.pointed)) return;
    this.pointed = pointed;
    this.charts.show(pointed);
    this.draw();
  }

  /** @param {number} group @returns {Run | undefined} the run whose plane is shown: that which is pointed at, or of the chosen seed */
  shownIn(group) {
    const { runs } = this.groups[group];
    const place = this.pointed?.seed;
    const seed = typeof place === "number" ? this.groups[this.pointed?.group ?? 0]?.runs[place]?.seed : this.seed;
    return runs.find((run) => run.seed === seed) ?? runs[0];
  }

  draw() {
    const style = styleOf(this.root);
    const epoch = this.epochs[Number(this.slider.value)] ?? 0;
    write(this.shownEpoch, String(epoch));
    this.slider.setAttribute("aria-valuetext", tr("epoch {epoch}", { epoch }));
    if (this.seeds.length) {
      const seed = this.shownIn(0)?.seed ?? "";
      this.seedSlider.value = String(this.seeds.indexOf(seed));
      this.seedSlider.setAttribute("aria-valuetext", tr("seed {seed}", { seed }));
      write(this.shownSeed, seed);
      this.charts.choose(this.seeds.indexOf(seed));
    }
    const shown = this.seeds.length ? this.groups.flatMap((_, group) => this.shownIn(group)?.bounds ?? []) : [];
    const shared = shown.length ? union(shown) : null; // one scale for the planes that are compared
    this.groups.forEach(({ node, plane, buttons, head, agreement }, group) => {
      const isDim = this.pointed !== null && this.pointed.group !== group;
      node.classList.toggle("dim", isDim);
      node.classList.toggle("lit", this.pointed?.group === group);
      const run = this.shownIn(group);
      for (const [seed, button] of buttons) button.setAttribute("aria-pressed", String(seed === run?.seed));
      head.classList.toggle("on", this.pointed?.group === group);
      const share = run?.agreement ?? null;
      agreement.hidden = !this.groups[group].runs.some((each) => each.agreement !== null);
      agreement.style.visibility = this.prediction.question && !this.prediction.isTold ? "hidden" : ""; // it is the answer
      if (share !== null) write(agreement, tr("agrees with {title}: {share}%", { title: this.data?.titles[0] ?? "", share: Math.round(100 * share) }));
      if (!plane || !run?.frames.length) return plane?.clear();
      plane.size(pixelRatio());
      const position = Math.max(0, run.frames.findLastIndex((frame) => /** @type {any} */ (frame).epoch <= epoch));
      plane.back.setAttribute("aria-label", run.seed ? tr("Latent plane with seed {seed}", { seed: run.seed }) : tr("Latent plane"));
      return plane.draw(shared ? { ...run, bounds: shared } : run, { position, hidden: this.legend.hidden, fixed: shared !== null, pointed: null }, style);
    });
    const { pointed } = this;
    const seed = pointed && pointed.seed !== null ? this.groups[pointed.group]?.runs[pointed.seed]?.seed : "";
    this.root.dataset.pointed = pointed ? [this.data?.titles[pointed.group], seed].filter(Boolean).join(", seed ") : "";
  }

  close() {
    clearInterval(this.timer);
    this.unwatch();
    this.charts.close();
  }
}

export default define(
  { class: "run-planes", "data-testid": "run-planes" },
  (root, channel, activity) => new RunPlanes(root, channel, activity),
);
