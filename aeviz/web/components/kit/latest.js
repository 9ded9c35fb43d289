// Does one thing after the other; of those that are asked for while one is under way, only the last.

export class Latest {
  /**
   * @param {(isPending: boolean) => void} report whether something is under way
   * @param {(error: unknown) => void} fail hears why one failed; the next one is done nevertheless
   */
  constructor(report, fail) {
    this.report = report;
    this.fail = fail;
    /** @type {(() => Promise<void>) | null} */
    this.wanted = null;
    this.busy = this.closed = false;
  }

  /**
   * Do this now, or once what is under way is done.
   * @param {() => Promise<void>} act
   */
  want(act) {
    this.wanted = act;
    if (!this.busy) this.run();
  }

  async run() {
    this.busy = true;
    this.report(true);
    while (this.wanted && !this.closed) {
      const act = this.wanted;
      this.wanted = null;
      try {
        await act();
      } catch (error) {
        this.fail(error);
      }
    }
    this.busy = false;
    this.report(false);
  }

  /** Begin nothing more. */
  close() {
    this.closed = true;
  }
}
