// The drawing component: a pad by its name, with what is drawn on it.
//
// Python sends { pad, size, received, live, beside }: the pad's name, its width on the page, the number of the image that
// it received last, with `live` a model of the page that follows the pen (live_drawing.js), and whether tools stand beside it. Strokes outlive the
// element: they belong to the pad's name in this window.

import { define } from "../kit/mount.js";
import { DRAWING, strokesFromText } from "./link_text.js";
import { Pad } from "./pad.js";
import { Board } from "./strokes.js";

/** @typedef {{ pad: string, size: number, received: number, beside: boolean, live?: import("./live_drawing.js").LiveSpec | null }} Data */

/** @type {Map<string, Board>} */
const boards = new Map();

class Drawing {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.channel = channel;
    this.activity = activity;
    /** @type {Pad | null} */
    this.pad = null;
  }

  /** @param {Data} data */
  receive({ pad: name, size, received, live, beside }) {
    if (this.pad?.name !== name) {
      this.pad?.close();
      const board = boards.get(name) ?? linkedBoard();
      boards.set(name, board);
      this.pad = new Pad(this.root, name, board, (drawing) => this.send(drawing), this.activity);
      this.pad.sender.post(true); // a stroke that the last visit to the page cut off
    }
    this.root.style.setProperty("--size", `${size}px`);
    this.root.toggleAttribute("data-beside", beside);
    this.root.dataset.received = String(received);
    this.pad.watch(live);
    this.pad.sender.receive(received);
  }

  /** @param {{ number: number, png: string | null }} drawing */
  send(drawing) {
    this.channel.state("drawing", { ...drawing, placed: Boolean(this.pad?.live?.works) });
  }

  close() {
    this.pad?.close();
  }
}

/** A board with the strokes of the link that the visitor has followed. */
function linkedBoard() {
  const board = new Board();
  board.done = strokesFromText(new URLSearchParams(window.location.search).get(DRAWING) ?? "");
  return board;
}

export default define(
  { class: "pad", "data-testid": "drawing-pad" },
  (root, channel, activity) => new Drawing(root, channel, activity),
);
