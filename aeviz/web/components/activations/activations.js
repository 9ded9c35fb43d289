// An image on its way through a network: the activations of every layer, of one model or of two with the same image.
// Networks run in the page. Once the visitor rests on a chosen image, Python hears of it and writes it into the address.

import { ask } from "../kit/blobs.js";
import { element } from "../kit/dom.js";
import { mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { about, unpack } from "../kit/wire.js";
import { css, paletteOn } from "./colours.js";
import { ModelRow } from "./model_row.js";
import { NoteBox } from "./note_box.js";
import { Picker } from "./picker.js";
import { Question, namesFor } from "./question.js";
import { readerOf } from "./reader.js";
import { SideBySide } from "./side_by_side.js";

/** @typedef {{ rows: import("./model_row.js").Spec[], images: string, origin: string, image: number | null }} Payload */

const REST_MS = 500; // on an image before Python hears of it

class Activations {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.channel = channel;
    this.activity = activity;
    this.built = "";
    /** @type {number | null} the image that the address names */
    this.noted = null;
    /** @type {number[]} images that Python was told of and has not sent back */
    this.told = [];
    /** @type {Picker | null} */
    this.picker = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.later = undefined;
    this.content = element("div", {}, root);
    this.note = new NoteBox(root);
    this.palette = paletteOn(styleOf(root));
    /** @type {ModelRow[]} */
    this.rows = [];
    this.revision = 0;
    this.unwatch = watchLooks(root, () => this.paint());
  }

  /** @param {Payload} payload */
  receive(payload) {
    const { image, ...rest } = payload;
    const text = JSON.stringify(rest);
    if (text === this.built) { // only the image differs, which the address names
      const echo = image === null ? -1 : this.told.indexOf(image);
      if (echo >= 0) this.told.splice(0, echo + 1); // the visitor may be at the next image already
      else if (image !== null) this.picker?.goTo(image);
      return undefined;
    }
    this.built = text;
    return this.activity.during("network", this.build(payload));
  }

  /** @param {Payload} payload */
  async build({ rows: specs, images, origin, image }) {
    this.revision += 1;
    this.picker = null;
    clearTimeout(this.later);
    const mine = this.revision;
    for (const row of this.rows) row.close();
    this.note.hide();
    this.content.textContent = "";
    const bar = element("div", { class: "top" }, this.content);
    this.root.classList.toggle("two", specs.length > 1);
    const above = element("div", {}, this.content);
    /** @type {Question | null} */
    let question = null;
    /** @type {SideBySide | null} */
    let sides = null;
    /** @type {import("./layer_view.js").LayerView | null} */
    let pinned = null;
    const tip = {
      /** @param {import("./layer_view.js").Note} note @param {import("./layer_view.js").Spot} spot */
      show: (note, spot) => this.note.show(note, spot),
      /** @param {import("./layer_view.js").LayerView} [view] */
      hide: (view) => this.note.hide(view),
      /** @param {import("./layer_view.js").LayerView} view @param {number} unit */
      shows: (view, unit) => this.note.note?.view === view && this.note.note.index === unit,
      /** @param {import("./layer_view.js").LayerView} view @param {number} unit */
      pin: (view, unit) => {
        if (pinned !== view) pinned?.pin(-1);
        pinned = view;
        view.pin(unit);
        question?.pin({ view, unit });
      },
    };
    /** @type {string[]} */
    let classes = [];
    /** @type {ArrayLike<number>} */
    let labels = [];
    /** @type {number[]} pixels around the code of each class, of the model with the fewest */
    let rooms = [];
    /** @type {import("./reader.js").Read} */
    let read = () => null;
    const rows = (this.rows = specs.map((spec, k) => {
      const host = {
        tip,
        palette: () => this.palette,
        /** @param {import("./model_row.js").Answer} answer */
        answered: (answer) => {
          sides?.show(k, answer);
          this.note.update();
          const names = namesFor(classes, answer.label, labels, rooms);
          const seen = answer.isMoved && names.aims.length ? read(answer.values) : null;
          const hasMap = Boolean(rows[k].code?.pad);
          question?.update(names, answer.isMoved, seen && { ...seen, name: classes[seen.label], goal: classes[names.aims[1]], hasMap });
        },
      };
      return new ModelRow(this.content, spec, host, (isPending) => this.activity.mark(`row ${k}`, isPending));
    }));
    const isOpen = await Promise.all(rows.map((row) => row.open()));
    const shown = rows.filter((_, k) => isOpen[k]);
    if (mine !== this.revision || !shown.length) return;
    const choice = await this.readImages(images, specs[0], shown[0]);
    ({ classes, labels } = choice);
    read = readerOf(choice);
    for (const row of shown) await row.build(choice, read);
    if (mine !== this.revision) return;
    if (rows.length > 1) sides = new SideBySide(above, specs.map(({ title }) => title), choice.shape, choice.smooth);
    const picker = new Picker(bar, choice, (index) => {
      this.root.dataset.image = String(choice.places[index]);
      const { aims } = namesFor(classes, choice.labels[index], labels, rooms);
      for (const row of shown) {
        row.code?.pad?.aimAt(aims);
        row.want({ image: choice.image(index), label: choice.labels[index] });
        row.flow();
      }
      this.tell(index === choice.first ? null : choice.places[index]);
    });
    question = new Question(bar, shown.some((row) => row.isRelu), (label) => picker.show(label), () => shown[0].showDecoder());
    this.legend(bar);
    element("p", { class: "origin", text: `${tr("Under a layer, “8 of 12 > 0” says that 8 of its 12 values are above 0.")} ${origin}` }, this.content);
    this.noted = image;
    if (image === null || !picker.goTo(image)) picker.go(choice.first);
    this.picker = picker;
    for (const row of shown) await this.activity.during("spots", Promise.resolve(row.findSpots?.()));
    if (mine !== this.revision) return;
    const planes = shown.flatMap((row) => (row.code?.pad?.spots.length ? [row.code.pad.spots] : []));
    if (!planes.length) return;
    rooms = classes.map((_, label) => Math.min(...planes.map((spots) => spots[label]?.room ?? 0)));
    for (const row of shown) {
      row.code?.pad?.aimAt(namesFor(classes, choice.labels[picker.index], labels, rooms).aims);
      if (question.isMoved) row.paint();
      else row.want({ image: choice.image(picker.index), label: choice.labels[picker.index] }); // the question may have another goal
    }
  }

  /**
   * Tell Python which image is shown, once the visitor rests on it.
   * @param {number | null} place in the test set; null for the image shown at first
   */
  tell(place) {
    clearTimeout(this.later);
    this.activity.mark("address", place !== this.noted);
    if (place === this.noted) return;
    this.later = setTimeout(() => {
      this.noted = place;
      if (place !== null) this.told.push(place);
      this.activity.mark("address", false);
      this.channel.state("image", { place });
    }, REST_MS);
  }

  /**
   * The images to choose from.
   * @param {string} name in the blob store
   * @param {import("./model_row.js").Spec} spec
   * @param {ModelRow} row that decodes codes where there are no images
   * @returns {Promise<import("./picker.js").Choice>}
   */
  async readImages(name, spec, row) {
    const { images, codes, places, labels, classes, first } = unpack(await ask(name));
    const shape = row.spec.decoder?.image_shape ?? [];
    const size = shape.reduce((product, length) => product * length, 1);
    let values = codes ? await row.decoder?.run(codes, places.length) : Float32Array.from(images, (value) => value / 255);
    values = Float32Array.from(values ?? []); // the runtime reuses its memory
    if (values.length !== size * places.length) throw new Error(`the images have shape ${about(images).shape}, not ${shape}`);
    const noun = codes ? mark("Decoded code") : mark("Test image");
    const image = (/** @type {number} */ k) => values.subarray(k * size, (k + 1) * size);
    return { shape, smooth: spec.smooth, image, first, places, labels, classes, noun };
  }

  /** @param {Element} bar */
  legend(bar) {
    const box = element("span", { class: "scale" }, bar);
    const key = element("span", { class: "key" }, box);
    element("span", { text: "−max" }, key);
    this.ramp = element("i", {}, key);
    element("span", { text: tr("+max of each layer") }, key);
    box.title = tr("Grey is 0. Each layer has its own scale: full colour begins where 99.5 % of its activations, over some images, are smaller.");
    this.paintLegend();
  }

  paintLegend() {
    const { below, zero, above } = this.palette;
    if (this.ramp) this.ramp.style.background = `linear-gradient(to right, ${[below, zero, above].map(css).join(", ")})`;
  }

  paint() {
    this.palette = paletteOn(styleOf(this.root));
    this.paintLegend();
    for (const row of this.rows) row.paint();
  }

  close() {
    this.unwatch();
    clearTimeout(this.later);
    for (const row of this.rows) row.close();
  }
}

export default define(
  { class: "activations", role: "region", "aria-label": "Activations", "data-testid": "activations" },
  (root, channel, activity) => new Activations(root, channel, activity),
);
