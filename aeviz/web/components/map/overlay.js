// Brings a map its overlay, which Python sends apart from the map's points (overlay_payload.py).

import { define } from "../kit/mount.js";
import { post, withdraw } from "./overlay_store.js";

/** @typedef {import("./overlay_store.js").Overlay} Overlay */

class Bringer {
  constructor() {
    /** @type {(Overlay & { map: string }) | null} */
    this.overlay = null;
  }

  /** @param {Overlay & { map: string }} overlay */
  receive(overlay) {
    this.overlay = overlay;
    post(overlay.map, overlay);
  }

  close() {
    if (this.overlay) withdraw(this.overlay.map, this.overlay);
    this.overlay = null;
  }
}

export default define({ hidden: "" }, () => new Bringer());
