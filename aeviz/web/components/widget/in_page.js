// The latent space in somebody else's Streamlit page: aeviz/web/component.py sends it and hears of the point and the selection.

import { define } from "../kit/mount.js";
import { show } from "./shown.js";

/** @typedef {{ content: string, point: number[] | null }} Sent */

class InPage {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.activity = activity;
    this.ears = {
      point: (/** @type {number[]} */ values) => channel.state("point", values),
      selection: (/** @type {number[]} */ indices) => channel.state("selection", indices),
    };
    this.content = "";
    this.at = ""; // where Python has put the point
    /** @type {import("./shown.js").Shown | null} */
    this.shown = null;
  }

  /** @param {Sent} sent */
  async receive({ content, point }) {
    if (content !== this.content) {
      this.content = content;
      const shown = await this.activity.during("content", show(this.root, content, this.ears));
      if (content !== this.content) return shown.close(); // another came meanwhile, or the place is gone
      this.shown?.close();
      this.shown = shown;
    }
    const at = JSON.stringify(point);
    if (point && at !== this.at) this.shown?.move(point);
    this.at = at;
  }

  close() {
    this.content = "";
    this.shown?.close();
    this.shown = null;
  }
}

export default define({ "data-testid": "aeviz-latent-map" }, (root, channel, activity) => new InPage(root, channel, activity));
