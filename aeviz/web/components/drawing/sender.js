// Sends what is drawn on the pad to Python, one image at a time.
//
// Python says with each run which image it received last; only then does the next one leave, so that images never queue
// up.

const GAP_MS = 250;
const PATIENCE_MS = 3000; // without an acknowledgement for so long, the message counts as lost

/** @typedef {(drawing: { number: number, png: string | null }) => void} Send */

/** Sends a board's image when it changed. */
export class Sender {
  /**
   * @param {import("./strokes.js").Board} board
   * @param {Send} send
   * @param {(isPending: boolean) => void} report whether an image is to be sent or acknowledged
   */
  constructor(board, send, report) {
    this.report = report;
    this.board = board;
    this.send = send;
    this.last = -Infinity;
    this.stale = false;
    this.timer = 0;
    this.awaiting = 0; // the timer of the acknowledgement
  }

  /**
   * Something may have changed; send it now or when the last image is GAP_MS old.
   * @param {boolean} [now]
   */
  post(now) {
    this.stale = true;
    this.notify();
    if (this.awaiting || (this.timer && !now)) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(), now ? 0 : Math.max(0, this.last + GAP_MS - performance.now()));
  }

  flush() {
    this.timer = 0;
    this.stale = false;
    const { board } = this;
    const image = board.image();
    if (image === board.sent) return this.notify();
    board.sent = image;
    board.number += 1;
    this.last = performance.now();
    this.awaiting = window.setTimeout(() => this.free(), PATIENCE_MS);
    this.send({ number: board.number, png: image });
    return this.notify();
  }

  free() {
    clearTimeout(this.awaiting);
    this.awaiting = 0;
    if (this.stale) this.post();
    this.notify();
  }

  /**
   * Python has the image of this number. It forgets a pad that a page did not show, and then is sent the image again.
   * @param {number} number
   */
  receive(number) {
    if (number === this.board.number) return this.free();
    if (this.awaiting) return undefined;
    this.board.sent = undefined;
    return this.post(true);
  }

  notify() {
    this.report(Boolean(this.timer || this.awaiting || this.stale));
  }

  stop() {
    clearTimeout(this.awaiting);
    clearTimeout(this.timer);
  }
}
