// Numbers that the visitor changes in the page and that the address keeps. Python gets them once a gesture rests, writes
// them into the address and sends them back. What it sends is news where it is not such an echo: another address.

import { Later } from "./dom.js";

const REST_MS = 300;

export class KeptNumbers {
  /**
   * @param {import("./mount.js").Channel} channel
   * @param {import("./mount.js").Activity} activity
   * @param {() => number[]} read the numbers as they are; none before the first
   */
  constructor(channel, activity, read) {
    this.channel = channel;
    this.read = read;
    /** @type {string[]} */
    this.awaited = []; // reported, and not yet sent back
    this.last = "";
    this.later = new Later(() => this.report(), REST_MS, (isPending) => activity.mark("report", isPending));
  }

  /** Report the numbers soon. */
  start() {
    this.later.start();
  }

  /**
   * Whether numbers that Python sent are to be shown.
   * @param {number[]} values
   * @param {boolean} isHeld whether a gesture is under way
   */
  isNews(values, isHeld) {
    const text = JSON.stringify(values);
    const place = this.awaited.lastIndexOf(text);
    if (place >= 0) this.awaited.splice(0, place + 1);
    if (this.awaited.length || isHeld || this.later.timer) return false;
    this.last = text;
    return text !== JSON.stringify(this.read());
  }

  /** Take numbers that Python sent whatever is on its way to it. @param {number[]} values */
  take(values) {
    this.later.stop();
    this.awaited = [];
    this.last = JSON.stringify(values);
  }

  report() {
    const values = this.read();
    const text = JSON.stringify(values);
    if (text === this.last) return;
    this.last = text;
    this.awaited.push(text);
    this.channel.state("changed", values);
  }

  stop() {
    this.later.stop();
  }
}
