// What a visitor takes along: the model as a run on the server.

import { element } from "../kit/dom.js";
import { tr } from "../kit/language.js";

/** @typedef {{ text: string, links: { title: string, href: string }[] }} Kept what became of a model that was sent */

export class Sharing {
  /** @param {Element} parent */
  constructor(parent) {
    this.root = element("p", { class: "kept", role: "status", hidden: "" }, parent);
    this.shown = "";
  }

  /** Say something that the visitor waits for. @param {string} text */
  tell(text) {
    this.root.hidden = false;
    this.root.replaceChildren(text);
    this.root.scrollIntoView({ block: "nearest" });
  }

  /** @param {Kept} kept */
  show({ text, links }) {
    if (this.shown === text) return;
    this.shown = text;
    this.tell(`${text} `);
    for (const { title, href } of links) {
      element("a", { href, text: title, target: "_self" }, this.root);
      this.root.append(" ");
    }
  }

  /**
   * Send the weights of the first network to the server.
   * @param {import("./session.js").Session} session
   * @param {import("./controls.js").Values} values
   * @param {import("../kit/mount.js").Channel} channel
   */
  async keep(session, values, channel) {
    session.pause();
    this.tell(tr("Sending the weights; the server checks them and makes a run, which takes some seconds."));
    const [member] = session.members;
    await session.between(() => member.weigh());
    const { weights, held } = member;
    if (!weights) return;
    const losses = held.steps.map((step, k) => [step, held.values[0][k]]);
    channel.trigger("kept", { step: weights.step, weights: textOf(weights.parameters), values, held: losses });
  }
}

/** Numbers as text, by base64. @param {Float32Array} values */
function textOf(values) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}
