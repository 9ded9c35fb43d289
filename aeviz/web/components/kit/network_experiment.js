// An experiment that computes the encoder and the decoder of a model in the page.

import { ask } from "./blobs.js";
import { Experiment } from "./experiment.js";
import { unpack } from "./wire.js";

/** @typedef {import("./plain_layers.js").PlainNetwork} PlainNetwork */

/** Extend it with `make` and `paint`; `paint` is called once the networks are there. */
export class NetworkExperiment extends Experiment {
  /** @type {PlainNetwork[]} */
  networks = [];
  names = "";

  /**
   * @param {{ values: number[], colours: import("./experiment.js").Colours, networks: string[] }} data `networks`: names in
   *   the blob store
   */
  receive(data) {
    const names = data.networks.join(" ");
    if (names === this.names) return super.receive(data);
    this.names = names;
    const coming = Promise.all(data.networks.map(async (name) => unpack(await ask(name))));
    return this.activity.during("network", coming).then((networks) => {
      if (names !== this.names) return; // another model was chosen meanwhile
      this.networks = networks;
      this.take(data);
      super.receive(data);
      this.redraw();
    });
  }

  /** Another model has come with this. @param {any} _data */
  take(_data) {}

  draw() {
    if (this.networks.length) super.draw();
    else this.frame = 0;
  }
}
