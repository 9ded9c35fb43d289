// How far the networks shall have learned by themselves: the address of a lesson's step asks for it.

/** @typedef {{ step: number, play: (until?: number) => void, pause: () => void }} Trained */

export class Demand {
  /** @param {() => void} restart begins again with the initial weights */
  constructor(restart) {
    this.restart = restart;
    this.met = "";
  }

  /**
   * Train once for each demand, and again beside another second network.
   * @param {number | null} steps 0 shows the initial weights; null asks for nothing
   * @param {string} second the second network
   * @param {Trained} session
   */
  meet(steps, second, session) {
    const asked = steps === null ? "" : `${steps} ${second}`;
    if (asked === this.met) return;
    this.met = asked;
    if (!asked) return;
    if (session.step > 0) {
      session.pause();
      this.restart();
    }
    if (steps) session.play(steps);
  }
}
