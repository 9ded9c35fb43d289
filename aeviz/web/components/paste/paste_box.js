// The paste box: pictures from the clipboard, by a button or by Ctrl+V anywhere on the page.
//
// They go to Python as a trigger value: once, and not again with each later run.

import { whenGone } from "../kit/dom.js";

const TYPING = "textarea, select, [contenteditable=''], [contenteditable=true], input:not([type=range], " +
  "[type=checkbox], [type=radio], [type=button], [type=submit], [type=color])"; // an uploader takes files itself
const TOUCH = matchMedia("(pointer: coarse)").matches;
const MAC = /mac|iphone|ipad/i.test(navigator.platform);
const SHORTCUT = MAC ? "⌘V" : "Ctrl+V";
const SAID = {
  none: "The clipboard holds no picture.",
  forbidden:
    "The browser does not let this button read the clipboard" + (TOUCH ? "." : `; ${SHORTCUT} works without asking.`),
};

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes] `text` sets the text
 * @param {Element | null} [parent]
 * @returns {HTMLElementTagNameMap[T]}
 */
function element(tag, attributes = {}, parent = null) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}

/** @param {string} type */
const isPicture = (type) => type.startsWith("image/") && type !== "image/svg+xml"; // a drawing by numbers has no pixels

/** @param {number} bytes */
function weight(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.ceil(bytes / 1e5) / 10} MB`;
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

/** @typedef {(name: "pasted", texts: string[]) => void} Send */

class PasteBox {
  /**
   * @param {HTMLElement} root
   * @param {number} limit bytes that may be pasted at once
   * @param {Send} send
   */
  constructor(root, limit, send) {
    this.root = root;
    this.limit = limit;
    this.send = send;
    this.button = element("button", { type: "button", text: "Paste from the clipboard" }, root);
    this.button.onclick = () => this.read();
    this.status = element("span", { class: "status", role: "status" }, root);
    element("span", { class: "keys", text: `or press ${SHORTCUT} anywhere on this page` }, this.status);
    /** @param {ClipboardEvent} event */
    this.listener = (event) => this.paste(event);
    document.addEventListener("paste", this.listener);
  }

  /**
   * @param {string} text
   * @param {string} state
   */
  say(text, state) {
    this.status.textContent = text;
    this.root.dataset.state = state;
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    // the page behind may stay a moment longer than its elements
    if (!this.root.isConnected || event.defaultPrevented) return;
    if (event.composedPath().some((node) => node instanceof Element && node.matches(TYPING))) return;
    const files = [...(event.clipboardData?.items ?? [])]
      .filter(({ kind, type }) => kind === "file" && isPicture(type))
      .map((item) => item.getAsFile())
      .filter((file) => file !== null);
    if (files.length) event.preventDefault();
    this.take(files);
  }

  async read() {
    if (!navigator.clipboard?.read) {
      this.say(SAID.forbidden, "forbidden"); // as on a plain http address
      return;
    }
    try {
      const blobs = [];
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find(isPicture);
        if (type) blobs.push(await item.getType(type));
      }
      this.take(blobs);
    } catch (error) {
      // DataError: the browser could not turn the content into a picture
      const name = error instanceof DOMException ? error.name : "";
      if (name === "DataError" || name === "NotFoundError") this.say(SAID.none, "none");
      else this.say(SAID.forbidden, "forbidden");
    }
  }

  /** @param {Blob[]} blobs */
  async take(blobs) {
    if (!blobs.length) return this.say(SAID.none, "none");
    const total = blobs.reduce((sum, { size }) => sum + size, 0);
    const what = blobs.length === 1 ? "The picture" : `The ${blobs.length} pictures`;
    if (total > this.limit) {
      const verb = blobs.length === 1 ? "takes" : "take";
      return this.say(`${what} ${verb} ${weight(total)}; at most ${weight(this.limit)} can be pasted.`, "large");
    }
    try {
      const texts = await Promise.all(blobs.map(base64));
      this.send("pasted", texts);
    } catch {
      return this.say("The clipboard could not be read.", "failed");
    }
    this.root.dataset.pasted = String(Number(this.root.dataset.pasted ?? 0) + 1);
    return this.say(`${blobs.length === 1 ? "Picture" : what} pasted (${weight(total)}).`, "pasted");
  }

  close() {
    document.removeEventListener("paste", this.listener);
    this.root.remove();
  }
}

/** @type {WeakMap<HTMLElement, PasteBox>} */
const boxes = new WeakMap();

/**
 * @param {HTMLElement} parent
 * @param {number} limit
 * @param {Send} send
 */
function build(parent, limit, send) {
  const root = element("div", { class: "box", "data-testid": "paste-box", "data-state": "ready" });
  parent.append(root);
  const box = new PasteBox(root, limit, send);
  boxes.set(parent, box);
  return box;
}

/** @param {{ data: { limit: number }, parentElement: HTMLElement, setTriggerValue: Send }} component */
export default function mount({ data, parentElement, setTriggerValue }) {
  const box = boxes.get(parentElement) ?? build(parentElement, data.limit, setTriggerValue);
  box.limit = data.limit;
  box.send = setTriggerValue;
  return whenGone(parentElement, () => {
    if (boxes.delete(parentElement)) box.close();
  });
}
