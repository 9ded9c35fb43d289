// Beside the images of an import: where it does not fit, what went wrong? A guess, the fault, and its remedy.

import { button, element, write } from "../kit/dom.js";
import { number } from "../kit/experiment.js";
import { FAULTS } from "./faults.js";

/** @typedef {import("./faults.js").Fault} Fault */
/**
 * @typedef {{
 *   title: string, fault: Fault, guess: Fault, isFound: boolean, isMended: boolean, wasRight: boolean,
 *   errors: { now: number, broken: number }, count: number
 * }} Case
 *   `errors`: mean squared ones of the `count` example images, as shown and as the import that does not fit has them
 */

export class Finder {
  /**
   * @param {Element} parent
   * @param {{ guess: (fault: Fault) => void, tell: () => void, mend: (isMended: boolean) => void }} acts
   */
  constructor(parent, { guess, tell, mend }) {
    this.root = element("section", { class: "finder", "aria-label": "Find the fault" }, parent);
    this.words = element("p", { "aria-live": "polite" }, this.root);
    this.title = element("b", {}, this.words);
    this.text = element("span", {}, this.words);
    this.bar = element("div", { class: "bar" }, this.root);
    this.guesses = FAULTS.map(({ fault, name }) => ({ fault, node: button(this.bar, name, "See what the outputs would be then", () => guess(fault)) }));
    this.tell = button(this.bar, "Show the fault", "Without a guess", tell);
    this.tell.className = "quiet";
    this.mend = button(this.bar, "", "", () => mend(this.root.dataset.state !== "mended"));
  }

  /** @param {Case} now */
  show({ title, fault, guess, isFound, isMended, wasRight, errors, count }) {
    const state = !fault ? "fits" : isMended ? "mended" : isFound ? "found" : guess ? "wrong" : "open";
    this.root.dataset.state = state;
    for (const { fault: each, node } of this.guesses) {
      node.hidden = isFound || !fault;
      node.setAttribute("aria-pressed", String(each === guess));
    }
    this.tell.hidden = isFound || !fault;
    this.mend.hidden = !isFound || !fault;
    this.mend.className = isMended ? "" : "first";
    write(this.mend, isMended ? "Break it again" : "Mend it");
    const known = FAULTS.find((each) => each.fault === fault);
    const guessed = FAULTS.find((each) => each.fault === guess);
    const [now, broken] = [number(errors.now, 3), number(errors.broken, 3)];
    const [head, text] = {
      fits: [`It fits: squared error ${now} per pixel, averaged over the ${count} images above.`, "In class: before the point moves, guess where the next digit lands. Then drag z to draw one yourself."],
      open: [`${title} does not fit. What went wrong?`, `The images wait for your guess. ${known?.hint} Then choose:`],
      wrong: [`${guessed?.name}? Then the outputs would be the lowest row.`, `They are not. ${known?.hint}`],
      found: [wasRight ? `Right: ${known?.name.toLowerCase()}.` : `${known?.name}.`, known?.why ?? ""],
      mended: [
        `Mended: error ${now} in place of ${broken}.`,
        `These are squared errors per pixel, averaged over the ${count} images above. The same files, imported ${known?.mended}. ` +
          `Import ${title} (below) still imports them with the fault; its result offers to mend it.`,
      ],
    }[state];
    write(this.title, head);
    write(this.text, ` ${text}`);
  }
}
