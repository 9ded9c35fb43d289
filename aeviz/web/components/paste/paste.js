// The paste box: images from the clipboard, by a button or by Ctrl+V anywhere on the page, and images dropped anywhere on it.
//
// They go to Python as a trigger value: once, and not again with each later run.

import { element } from "../kit/dom.js";
import { localise, mark, tr, trn } from "../kit/language.js";
import { define } from "../kit/mount.js";

const TYPING = "textarea, select, [contenteditable=''], [contenteditable=true], input:not([type=range], " +
  "[type=checkbox], [type=radio], [type=button], [type=submit], [type=color])"; // an uploader takes files itself
const UPLOADER = '[data-testid="stFileUploaderDropzone"]'; // takes what is dropped on it
const TOUCH = matchMedia("(pointer: coarse)").matches;
const MAC = /mac|iphone|ipad/i.test(navigator.platform);
const SHORTCUT = MAC ? "⌘V" : "Ctrl+V";
const MESSAGES = {
  none: mark("The clipboard holds no image."),
  forbidden: TOUCH
    ? mark("The browser does not let this button read the clipboard.")
    : mark("The browser does not let this button read the clipboard. Press {keys} instead."),
};

/** @param {string} type */
const isImage = (type) => type.startsWith("image/") && type !== "image/svg+xml"; // a vector drawing has no pixels

/** @param {number} bytes */
function weight(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${localise(String(Math.ceil(bytes / 1e5) / 10))} MB`;
}

/**
 * The bytes of a blob as base64; FileReader has been able to since before promises.
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const text = String(reader.result);
      resolve(text.slice(text.indexOf(",") + 1));
    };
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

class PasteBox {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.channel = channel;
    this.activity = activity;
    this.limit = 0; // bytes that may be pasted at once
    root.dataset.state = "ready";
    this.button = element("button", { type: "button", text: tr("Paste from the clipboard") }, root);
    this.button.onclick = () => this.activity.during("paste", this.read());
    this.status = element("span", { class: "status", role: "status" }, root);
    element("span", { class: "keys", text: tr("or press {keys} anywhere on this page", { keys: SHORTCUT }) }, this.status);
    /** @param {ClipboardEvent} event */
    this.listener = (event) => this.paste(event);
    document.addEventListener("paste", this.listener);
    /** @param {DragEvent} event */
    this.over = (event) => {
      if (this.takes(event)) event.preventDefault(); // else the browser would open the file in place of the page
    };
    /** @param {DragEvent} event */
    this.dropped = (event) => this.drop(event);
    document.addEventListener("dragover", this.over);
    document.addEventListener("drop", this.dropped);
  }

  /** @param {{ limit: number, quiet: boolean }} data `quiet`: it listens, and shows nothing */
  receive({ limit, quiet }) {
    this.limit = limit;
    this.root.hidden = quiet;
  }

  /** Whether files that are dragged here are for this box. @param {DragEvent} event */
  takes(event) {
    if (!this.root.isConnected || event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return false;
    return !event.composedPath().some((node) => node instanceof Element && node.matches(UPLOADER));
  }

  /** @param {DragEvent} event */
  drop(event) {
    if (!this.takes(event)) return;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])].filter(({ type }) => isImage(type));
    this.activity.during("paste", this.take(files, mark("What was dropped is no image.")));
  }

  /**
   * @param {string} text translated
   * @param {string} state
   */
  show(text, state) {
    this.status.textContent = text;
    this.root.dataset.state = state;
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    // the page behind may stay a moment longer than its elements
    if (!this.root.isConnected || event.defaultPrevented) return;
    if (event.composedPath().some((node) => node instanceof Element && node.matches(TYPING))) return;
    const files = [...(event.clipboardData?.items ?? [])]
      .filter(({ kind, type }) => kind === "file" && isImage(type))
      .map((item) => item.getAsFile())
      .filter((file) => file !== null);
    if (files.length) event.preventDefault();
    this.activity.during("paste", this.take(files));
  }

  async read() {
    if (!navigator.clipboard?.read) {
      this.show(tr(MESSAGES.forbidden, { keys: SHORTCUT }), "forbidden"); // as on a plain http address
      return;
    }
    try {
      const blobs = [];
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find(isImage);
        if (type) blobs.push(await item.getType(type));
      }
      await this.take(blobs);
    } catch (error) {
      // DataError: the browser could not turn the content into an image
      const name = error instanceof DOMException ? error.name : "";
      if (name === "DataError" || name === "NotFoundError") this.show(tr(MESSAGES.none), "none");
      else this.show(tr(MESSAGES.forbidden, { keys: SHORTCUT }), "forbidden");
    }
  }

  /** @param {Blob[]} blobs @param {string} [none] what is said if there are none, in English */
  async take(blobs, none = MESSAGES.none) {
    if (!blobs.length) return this.show(tr(none), "none");
    const total = blobs.reduce((sum, { size }) => sum + size, 0);
    const [size, limit] = [weight(total), weight(this.limit)];
    if (total > this.limit) {
      const text = trn("The image has {size}. The limit is {limit}.", "The {count} images have {size}. The limit is {limit}.", blobs.length, { size, limit }); // prettier-ignore
      return this.show(text, "large");
    }
    try {
      const texts = await Promise.all(blobs.map(base64));
      this.channel.trigger("pasted", texts);
    } catch {
      return this.show(tr("The image could not be read."), "failed");
    }
    this.root.dataset.pasted = String(Number(this.root.dataset.pasted ?? 0) + 1);
    return this.show(trn("Image taken ({size}).", "The {count} images taken ({size}).", blobs.length, { size }), "pasted");
  }

  close() {
    document.removeEventListener("paste", this.listener);
    document.removeEventListener("dragover", this.over);
    document.removeEventListener("drop", this.dropped);
  }
}

export default define(
  { class: "box", "data-testid": "paste-box" },
  (root, channel, activity) => new PasteBox(root, channel, activity),
);
