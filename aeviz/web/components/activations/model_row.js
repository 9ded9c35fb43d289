// One model: the image, the layers of the encoder, the bottleneck, the layers of the decoder, and the reconstruction.

import { element, write } from "../kit/dom.js";
import { network } from "../kit/engine.js";
import { Mosaic } from "../kit/images.js";
import { number, tr } from "../kit/language.js";
import { Latest } from "../kit/latest.js";
import { CodeView } from "./code_view.js";
import { drawFunnel } from "./funnel.js";
import { LayerView, counted, heading, sizeText, whole } from "./layer_view.js";
import { layerWords, tellOf } from "./layer_words.js";

/** @typedef {import("../kit/engine.js").NetworkSpec} NetworkSpec */
/** @typedef {import("../kit/engine.js").Network} Network */
/** @typedef {import("../kit/engine.js").Output} Output */
/**
 * @typedef {{
 *   title: string, encoder: NetworkSpec | null, decoder: NetworkSpec | null, why: string, parameters: number,
 *   unseen: string, smooth: boolean
 * }} Spec as payload.py packs it; `unseen` are parameters that the files lack or merge
 */
/** @typedef {{ image: Float32Array, label: number } | { z: Float32Array }} Wanted `label`: the class of the image */
/** @typedef {{ image: Float32Array, label: number, values: Float32Array, note: string, isMoved: boolean }} Answer */
/**
 * @typedef {{
 *   tip: import("./layer_view.js").Tip, palette: () => import("./colours.js").Palette, answered: (answer: Answer) => void
 * }} Host `answered` hears of each image or latent point that has passed, and whether z was moved
 */

const SAMPLE = 32; // images whose activations give the colour scales
const LARGE = 4096; // values of an image from which fewer do
const FEW = 8;

/** @param {ArrayLike<number>} left @param {ArrayLike<number>} right */
function meanSquaredError(left, right) {
  let sum = 0;
  for (let k = 0; k < left.length; k += 1) sum += (left[k] - right[k]) ** 2;
  return sum / left.length;
}

export class ModelRow {
  /**
   * @param {Element} parent
   * @param {Spec} spec
   * @param {Host} host
   * @param {(isPending: boolean) => void} report whether something is under way
   */
  constructor(parent, spec, host, report) {
    this.spec = spec;
    this.host = host;
    this.latest = new Latest(report, (error) => {
      write(this.words, tr("The network failed: {error}", { error: error instanceof Error ? error.message : String(error) }));
    });
    this.box = element("section", { class: "model", "aria-label": spec.title }, parent);
    const title = element("h4", { text: spec.title }, this.box);
    this.size = element("small", { class: "size" }, title);
    element("small", { text: tr("{count} weights and biases", { count: whole(spec.parameters) }) }, title);
    this.words = element("p", { class: "words", "aria-live": "polite" }, this.box);
    this.strip = element("div", { class: "strip" }, this.box);
    /** @type {{ view: LayerView, part: "encoder" | "decoder", index: number }[]} */
    this.layers = [];
    /** @type {Network | null} */
    this.encoder = null;
    /** @type {Network | null} */
    this.decoder = null;
    this.frames = 0;
    /** @type {Float32Array | undefined} */
    this.image = undefined;
    this.label = -1; // of the image
  }

  /**
   * Open the networks.
   * @returns {Promise<boolean>} whether that was possible
   */
  async open() {
    const { encoder, decoder, why } = this.spec;
    if (!encoder || !decoder) return this.refuse(why);
    write(this.words, tr("Loading the network …"));
    try {
      const opened = await Promise.all([network(encoder, true), network(decoder, true)]);
      [this.encoder, this.decoder] = opened;
      this.box.dataset.engine = opened[0].by;
    } catch (error) {
      return this.refuse(error instanceof Error ? error.message : String(error));
    }
    write(this.words, "");
    return true;
  }

  /** @param {string} why */
  refuse(why) {
    write(this.words, tr("Your browser cannot show the activations: {why}. The table below lists the layers.", { why }));
    return false;
  }

  /**
   * Build the row from the activations of some images.
   * @param {import("./picker.js").Choice} choice the images
   * @param {import("./reader.js").Read} read
   */
  async build({ image, places, labels, classes }, read) {
    const count = places.length;
    const { encoder, decoder, spec, host } = this;
    if (!encoder || !decoder || !spec.encoder) return;
    const shape = spec.encoder.image_shape;
    const pixels = shape.reduce((product, length) => product * length, 1);
    const rows = Math.min(count, pixels < LARGE ? SAMPLE : FEW);
    const inputs = new Float32Array(rows * pixels);
    for (let k = 0; k < rows; k += 1) inputs.set(image(k), k * pixels);
    const encoded = await encoder.trace(inputs, rows);
    let codes = encoded[encoded.length - 1].values;
    const decoded = await decoder.trace(codes, rows);
    this.input = this.picture(tr("Image"), shape, null);
    this.addLayers("encoder", encoder, encoded, shape);
    const dimensions = codes.length / rows;
    let isClear = (/** @type {number} */ _) => true;
    if (dimensions === 2 && pixels < LARGE) {
      // their plane shows all images
      const all = new Float32Array(count * pixels);
      for (let k = 0; k < count; k += 1) all.set(image(k), k * pixels);
      codes = Float32Array.from(await encoder.run(all, count));
      const made = Float32Array.from(await decoder.run(codes, count)); // the runtime reuses its memory
      const clear = Array.from(labels, (label, k) => read(made.subarray(k * pixels, (k + 1) * pixels))?.label === label);
      isClear = (k) => clear[k];
    }
    const known = labels && { labels, classes, isClear };
    this.code = new CodeView(this.strip, encoder.layers[encoded.length - 1], codes, dimensions, known, {
      tip: host.tip,
      moved: (z) => this.want({ z }),
      reset: () => this.image && this.want({ image: this.image, label: this.label }),
    });
    this.addLayers("decoder", decoder, decoded, [dimensions]);
    const last = this.layers.findLast(({ part }) => part === "encoder");
    if (this.code.cells && last) {
      const before = encoded[last.index].shape.slice(1);
      this.connect(this.code.cells, encoder.layers[last.index + 1], before, last.view);
    }
    this.output = this.picture(tr("Reconstruction"), shape, decoder.layers[decoded.length - 1]);
    const values = (/** @type {Output[]} */ outputs) => outputs.slice(0, -1).map((output) => output.values.length / rows);
    drawFunnel(this.strip, [pixels, ...values(encoded), dimensions, ...values(decoded), pixels]);
    write(this.size, `${counted(pixels, "value")} → ${counted(dimensions, "number")} → ${counted(pixels, "value")}`);
    const shown = [...encoder.layers, ...decoder.layers].reduce((sum, layer) => sum + layer.parameters, 0);
    if (pixels < LARGE && read(image(0))) this.findSpots = () => this.code?.pad?.findSpots((z, tried) => decoder.run(z, tried), read);
    if (shown === spec.parameters || !spec.unseen) return;
    const text = tr("The layers shown hold {part} of the {all} parameters. Not counted: {unseen}.", { part: whole(shown), all: whole(spec.parameters), unseen: spec.unseen });
    element("p", { class: "unseen", text }, this.box);
  }

  /**
   * @param {"encoder" | "decoder"} part
   * @param {Network} opened
   * @param {Output[]} outputs of all its layers; the last one has a view of its own
   * @param {number[]} shape of what goes in
   */
  addLayers(part, opened, outputs, shape) {
    const first = this.layers.length;
    outputs.slice(0, -1).forEach(({ values, shape: [, ...sides] }, index) => {
      const name = part === "encoder" ? tr("encoder, layer {index}", { index: index + 1 }) : tr("decoder, layer {index}", { index: index + 1 });
      const box = element("section", { class: `layer ${part}`, "aria-label": name }, this.strip);
      const head = heading(box, sizeText(sides), opened.layers[index]);
      tellOf(head, layerWords(opened.layers[index], index ? outputs[index - 1].shape.slice(1) : shape, sides), this.host.tip);
      const view = new LayerView(box, name, sides, this.host.tip);
      view.isDecoder = part === "decoder";
      view.calibrate(values);
      this.layers.push({ view, part, index });
    });
    outputs.slice(0, -1).forEach((_, index) => {
      const before = index ? outputs[index - 1].shape.slice(1) : shape;
      const view = this.layers[first + index].view;
      this.connect(view, opened.layers[index], before, index ? this.layers[first + index - 1].view : null);
    });
  }

  /**
   * Let the units of a dense layer show their weights.
   * @param {LayerView} view
   * @param {import("../kit/engine.js").Layer} layer
   * @param {number[]} shape of the values that go in
   * @param {LayerView | null} before null for the image and the bottleneck
   */
  connect(view, { weights }, shape, before) {
    if (!weights) return;
    const isImage = shape === this.spec.encoder?.image_shape;
    const shown = before ?? (isImage ? null : (this.code?.cells ?? null));
    const values = () => (before ? before.values : isImage ? (this.image ?? null) : (this.code?.z ?? null));
    view.connect({ weights, shape, view: shown, values });
  }

  /**
   * @param {string} title
   * @param {number[]} shape
   * @param {import("../kit/engine.js").Layer | null} layer that gives it
   */
  picture(title, shape, layer) {
    const box = element("section", { class: "layer picture", "aria-label": title }, this.strip);
    const head = heading(box, title, layer);
    if (!layer) {
      const [channels, height, width] = shape;
      element("span", { text: channels > 1 ? tr("{size} × {count} colours", { size: `${height}×${width}`, count: channels }) : tr("{size} pixels", { size: `${height}×${width}` }) }, head);
    }
    const room = element("div", { class: "room" }, box);
    const mosaic = new Mosaic(shape, 1, 1, this.spec.smooth);
    mosaic.canvas.setAttribute("role", "img");
    mosaic.canvas.setAttribute("aria-label", title);
    room.append(mosaic.canvas);
    return { mosaic, note: element("div", { class: "note" }, box) };
  }

  /**
   * Send an image through the network, or a latent point through the decoder; of those that come too fast, the last.
   * @param {Wanted} wanted
   */
  want(wanted) {
    this.latest.want(async () => {
      await this.pass(wanted);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    });
  }

  /** @param {Wanted} wanted */
  async pass(wanted) {
    const { encoder, decoder, code, input, output } = this;
    if (!encoder || !decoder || !code || !input || !output) return;
    /** @type {Output[]} */
    let encoded = [];
    if ("image" in wanted) {
      encoded = await encoder.trace(wanted.image, 1);
      [this.image, this.label] = [wanted.image, wanted.label];
    }
    const z = "z" in wanted ? wanted.z : Float32Array.from(encoded[encoded.length - 1].values);
    const decoded = await decoder.trace(z, 1);
    if (this.latest.closed) return;
    const palette = this.host.palette();
    for (const { view, part, index } of this.layers) {
      const outputs = part === "encoder" ? encoded : decoded;
      if (outputs.length) view.draw(outputs[index].values, palette);
    }
    if ("image" in wanted) input.mosaic.set(wanted.image);
    code.draw(z, palette, "z" in wanted);
    const { values } = decoded[decoded.length - 1];
    output.mosaic.set(values);
    const error = this.image ? meanSquaredError(values, this.image) : NaN;
    const mse = `MSE ${number(error, 4)}`;
    const note = "z" in wanted ? tr("z changed, {mse}", { mse }) : mse;
    write(output.note, note);
    if (this.image) this.host.answered({ image: this.image, label: this.label, values, note, isMoved: "z" in wanted });
    this.frames += 1;
    this.box.dataset.frames = String(this.frames);
  }

  /** Whether some units are 0 for many images. */
  get isRelu() {
    return [this.encoder, this.decoder].some((part) => part?.layers.some(({ activation }) => activation === "ReLU"));
  }

  /** Let the image be seen to pass the layers, one after the other. */
  flow() {
    this.strip.classList.remove("flows");
    void this.strip.offsetWidth; // so that the animation begins anew
    this.strip.classList.add("flows");
  }

  /** Scroll until the decoder stands on the screen, with z above it where there is room. */
  showDecoder() {
    const first = this.layers.find(({ part }) => part === "decoder")?.view.canvas ?? this.output?.mosaic.canvas;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    first?.closest(".layer")?.scrollIntoView({ block: "end", behavior });
  }

  /** Draw again, at another size or in other colours. */
  paint() {
    const palette = this.host.palette();
    for (const { view } of this.layers) view.paint(palette);
    this.code?.paint(palette);
  }

  close() {
    this.latest.close();
  }
}
