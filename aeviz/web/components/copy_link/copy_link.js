// The button that copies the address of the page.

import { fullAddress } from "../kit/address.js";
import { copyText } from "../kit/clipboard.js";
import { element, icon } from "../kit/dom.js";
import { mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";

const TOLD_MS = 2000; // for so long the button says that it has copied
const WORDS = mark("Copy link");
const CHAIN = "M10 13a5 5 0 0 0 7 .5l3-3a5 5 0 0 0-7-7l-1.7 1.7M14 11a5 5 0 0 0-7-.5l-3 3a5 5 0 0 0 7 7l1.7-1.7";
const TITLE = mark(
  "Copy the address of this page: whoever opens it sees the same models, settings, points and drawing. " +
    "Pictures from your files stay on this device.",
);

class CopyLink {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, activity) {
    this.root = root;
    this.activity = activity;
    this.button = element("button", { type: "button", title: tr(TITLE) }, root);
    this.button.append(icon(CHAIN));
    this.words = element("span", { class: "words", text: tr(WORDS) }, this.button);
    this.button.onclick = () => void this.copy();
    this.message = element("span", { class: "unseen", role: "status" }, root);
    this.timer = 0;
    /** @type {HTMLElement | null} */
    this.field = null;
  }

  receive() {}

  async copy() {
    this.field?.remove();
    const address = await this.activity.during("address", fullAddress());
    if (await copyText(address)) this.tell(tr("Link copied"));
    else this.offer(address);
  }

  /** Say for a while on the button what came of it. @param {string} text */
  tell(text) {
    this.words.textContent = text;
    this.message.textContent = text;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.words.textContent = tr(WORDS);
      this.message.textContent = "";
    }, TOLD_MS);
  }

  /** Show the address, selected, to be copied by hand; it goes when it has lost the focus. @param {string} address */
  offer(address) {
    const text = tr("Copy this address with Ctrl+C or ⌘C");
    const field = element("input", { readonly: "", title: text, "aria-label": text }, this.root);
    field.value = address;
    field.onblur = () => field.remove();
    this.field = field;
    field.focus();
    field.select();
  }

  close() {
    clearTimeout(this.timer);
  }
}

export default define({ class: "copy-link", "data-testid": "copy-link" }, (root, _channel, activity) => new CopyLink(root, activity));
