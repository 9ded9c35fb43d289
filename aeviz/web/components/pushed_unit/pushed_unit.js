// A slider that pushes one unit of an image's code. The image decoded then stands beside the original, its reconstruction and
// the change. The page decodes where it can; else the server does when the slider rests.

import { button, element, write } from "../kit/dom.js";
import { network } from "../kit/engine.js";
import { differenceColours, Mosaic } from "../kit/images.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { localise, tr } from "../kit/language.js";
import { Latest } from "../kit/latest.js";
import { define } from "../kit/mount.js";
import { signedFilter, watchLooks } from "../kit/theme.js";

/**
 * @typedef {{
 *   unit: number, name: string, code: Float32Array, low: number, high: number, share: number, shape: number[],
 *   original: Float32Array | null, reconstruction: Float32Array, image: Float32Array, smooth: boolean,
 *   network: import("../kit/engine.js").NetworkSpec | null, why: string
 * }} Payload
 */

/** @param {number} value */
const brief = (value) => localise((Math.abs(value) < 0.0005 ? 0 : value).toPrecision(3).replace("-", "−"));

class PushedUnit {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.activity = activity;
    /** @type {Payload | null} */
    this.data = null;
    /** @type {import("../kit/engine.js").Network | null} */
    this.network = null;
    this.opened = "";
    this.value = 0; // of the unit
    this.isHeld = false;
    this.frames = 0;
    this.kept = new KeptNumbers(channel, activity, () => [Math.round(100 * this.share) / 100]);
    this.latest = new Latest((isPending) => activity.mark("image", isPending), (error) => this.say(String(error)));
    root.setAttribute("aria-label", tr("Push the unit"));
    const bar = element("div", { class: "bar" }, root);
    this.label = element("span", { class: "name" }, bar);
    this.slider = element("input", { type: "range", min: "0", max: "1", step: "0.005" }, bar);
    this.slider.oninput = () => this.push(this.slider.valueAsNumber);
    this.slider.onpointerdown = () => (this.isHeld = true);
    this.slider.onpointerup = this.slider.onpointercancel = () => (this.isHeld = false);
    button(bar, tr("Reset"), tr("The activation that the encoder gives the image"), () => this.reset());
    this.words = element("p", { class: "hint" }, root);
    this.row = element("div", { class: "images" }, root);
    this.made = "";
    this.unwatch = watchLooks(root, () => this.paint());
  }

  paint() {
    if (this.change) this.change.canvas.style.filter = signedFilter(this.root);
  }

  get share() {
    const { low, high } = this.data ?? { low: 0, high: 1 };
    return high > low ? Math.max(0, Math.min(1, (this.value - low) / (high - low))) : 0;
  }

  /** @param {Payload} data */
  receive(data) {
    /** @param {Payload | null} of */
    const identity = (of) => (of ? [of.unit, of.low, of.high, ...of.code].join(" ") : "");
    const isOther = identity(data) !== identity(this.data);
    this.data = data;
    this.build(data);
    this.open(data);
    if (this.kept.isNews([data.share], this.isHeld) || isOther) {
      this.value = data.low + data.share * (data.high - data.low);
      this.slider.value = String(data.share);
    }
    this.show();
  }

  /** @param {Payload} data */
  build({ shape, smooth, original, name }) {
    this.slider.setAttribute("aria-label", tr("Activation of {unit}", { unit: name }));
    const made = JSON.stringify([shape, smooth, !original]);
    if (made === this.made) return;
    this.made = made;
    this.row.replaceChildren();
    /** @param {string} caption @param {string} text @param {number[]} of */
    const figure = (caption, text, of) => {
      const node = element("figure", {}, this.row);
      const mosaic = new Mosaic(of, 1, 1, smooth);
      mosaic.canvas.setAttribute("role", "img");
      mosaic.canvas.setAttribute("aria-label", text);
      node.append(mosaic.canvas);
      element("figcaption", { text: caption }, node);
      return mosaic;
    };
    this.original = original ? figure(tr("original"), tr("Original"), shape) : null;
    this.reconstruction = figure(tr("reconstruction"), tr("Reconstruction"), shape);
    this.pushed = figure(tr("unit pushed"), tr("Decoded with the unit pushed"), shape);
    this.change = figure(tr("change"), tr("Change by the push"), [3, shape[1], shape[2]]);
    this.paint();
  }

  /** Open the network of the payload, unless it is open. @param {Payload} data */
  open({ network: spec }) {
    const name = spec ? `${spec.name} ${spec.digest}` : "none";
    if (name === this.opened) return;
    this.opened = name;
    this.network = null;
    this.trouble = "";
    if (!spec) return;
    const coming = network(spec).then(
      (found) => {
        if (this.opened === name) this.network = found;
      },
      (error) => (this.trouble = error instanceof Error ? error.message : String(error)),
    );
    void this.activity.during("network", coming.then(() => this.show()));
  }

  /** @param {number} share of the unit's range */
  push(share) {
    const { data } = this;
    if (!data) return;
    this.value = data.low + share * (data.high - data.low);
    this.show();
    this.kept.start();
  }

  reset() {
    if (!this.data) return;
    this.value = this.data.code[this.data.unit];
    this.slider.value = String(this.share);
    this.show();
    this.kept.start();
  }

  /** Show the image at the present value; of values that come faster than images, the last. */
  show() {
    const { data } = this;
    if (!data) return;
    const own = data.code[data.unit];
    write(this.label, `${data.name} = ${brief(this.value)}`);
    this.slider.setAttribute("aria-valuetext", brief(this.value));
    const range = { low: brief(data.low), high: brief(data.high), own: brief(own) };
    if (this.network) this.say(tr("Test images have {low} to {high}, this one {own}. Red: brighter, blue: darker. Decoded in your browser by {engine}.", { ...range, engine: this.network.by }));
    else if (data.network && !this.trouble) this.say(tr("Test images have {low} to {high}, this one {own}. Red: brighter, blue: darker. Decoded by the server, when the slider rests.", range));
    else this.say(tr("Test images have {low} to {high}, this one {own}. Red: brighter, blue: darker. Decoded by the server, when the slider rests ({why}).", { ...range, why: this.trouble || data.why }));
    this.latest.want(async () => {
      let { image } = data;
      if (this.network) {
        const code = Float32Array.from(data.code);
        code[data.unit] = this.value;
        image = await this.network.run(code, 1);
      }
      if (this.data !== data) return;
      this.frames += 1;
      if (data.original) this.original?.set(data.original);
      this.reconstruction?.set(data.reconstruction);
      this.pushed?.set(image);
      this.change?.set(differenceColours(image, data.reconstruction, data.shape));
      Object.assign(this.root.dataset, { frames: String(this.frames), engine: this.network?.by ?? "server" });
    });
  }

  /** @param {string} text */
  say(text) {
    write(this.words, text);
  }

  close() {
    this.unwatch();
    this.latest.close();
    this.kept.stop();
  }
}

export default define(
  { class: "pushed", role: "group", "data-testid": "pushed-unit" },
  (root, channel, activity) => new PushedUnit(root, channel, activity),
);
