// Beside the images of an import: where it does not fit, what went wrong? A guess, the fault, and its remedy.

import { button, element, icon, write } from "../kit/dom.js";
import { number } from "../kit/experiment.js";
import { mark, tr } from "../kit/language.js";
import { FAULTS } from "./faults.js";

/** @typedef {import("./faults.js").Fault} Fault */
/**
 * @typedef {{
 *   title: string, fault: Fault, guess: Fault, tried: Fault[], isFound: boolean, isMended: boolean, wasRight: boolean,
 *   errors: { now: number, broken: number }, count: number
 * }} Case
 *   `tried`: all wrong guesses so far; `errors`: mean squared ones of the `count` example images, as shown and as the import that does not fit has them
 */

const CHECK = "M12 2C6.5 2 2 6.5 2 12s4.5 10 10 10 10-4.5 10-10S17.5 2 12 2zm-2 15-5-5 1.4-1.4 3.6 3.6 7.6-7.6L19 8z";
const WARNING = "M1 21h22L12 2zm12-3h-2v-2h2zm0-4h-2v-4h2z";
const ICONS = {
  fits: CHECK,
  open:
    "M15.5 14h-.8l-.3-.3A6.5 6.5 0 1 0 13.7 14.4l.3.3v.8l5 5 1.5-1.5zm-6 0a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9z",
  wrong: "M12 2C6.5 2 2 6.5 2 12s4.5 10 10 10 10-4.5 10-10S17.5 2 12 2zm5 13.6L15.6 17 12 13.4 8.4 17 7 15.6l3.6-3.6L7 8.4 8.4 7l3.6 3.6L15.6 7 17 8.4 13.4 12z",
  right: CHECK,
  told: WARNING,
  mended: CHECK,
};
const NARROW = mark("Some digits come back as others: two latent dimensions hold no more. That is the network, not the import.");
const WHERE = mark("Hint: compare what goes in with what comes out. Which images come out well, and which do not?");

export class Finder {
  /**
   * @param {Element} parent
   * @param {{ guess: (fault: Fault) => void, tell: () => void, mend: (isMended: boolean) => void }} acts
   */
  constructor(parent, { guess, tell, mend }) {
    this.root = element("section", { class: "finder", "aria-label": tr("Find the fault") }, parent);
    const words = element("div", { class: "words", "aria-live": "polite" }, this.root);
    const head = element("p", { class: "head" }, words);
    this.sign = element("span", { class: "sign" }, head);
    this.title = element("b", {}, head);
    this.text = element("p", {}, words);
    this.bar = element("div", { class: "bar" }, this.root);
    this.guesses = FAULTS.map(({ fault, name }) => ({ fault, node: button(this.bar, tr(name), tr("See what the outputs would be then"), () => guess(fault)) }));
    this.tell = button(this.bar, tr("Show the fault"), tr("Without a guess"), tell);
    this.tell.className = "quiet";
    this.mend = button(this.bar, "", "", () => mend(this.root.dataset.state !== "mended"));
  }

  /** @param {Case} now */
  show({ title, fault, guess, tried, isFound, isMended, wasRight, errors, count }) {
    const state = !fault ? "fits" : isMended ? "mended" : isFound ? (wasRight ? "right" : "told") : guess ? "wrong" : "open";
    if (this.root.dataset.state !== state) this.sign.replaceChildren(icon(ICONS[state]));
    this.root.dataset.state = state;
    for (const { fault: each, node } of this.guesses) {
      node.hidden = isFound || !fault;
      node.className = tried.includes(each) ? "tried" : "first";
      node.setAttribute("aria-pressed", String(each === guess));
    }
    this.tell.hidden = isFound || !fault;
    this.mend.hidden = !isFound || !fault;
    this.mend.className = isMended ? "" : "first";
    write(this.mend, isMended ? tr("Break it again") : tr("Mend it"));
    const known = FAULTS.find((each) => each.fault === fault) ?? FAULTS[0];
    const guessed = FAULTS.find((each) => each.fault === guess) ?? FAULTS[0];
    const [now, broken] = [number(errors.now, 3), number(errors.broken, 3)];
    const [head, text] = {
      fits: () => [
        tr("It fits: squared error {error} per pixel, averaged over the {count} images above.", { error: now, count }),
        `${tr(NARROW)} ${tr("In class: before the point moves, guess where the next digit lands. Then drag z to draw one yourself.")}`,
      ],
      open: () => [tr("What is wrong with {title}?", { title }), tr("One of four faults. A hint follows a wrong guess.")],
      wrong: () => [
        tr("{fault}? Then the outputs would be the lowest row.", { fault: tr(guessed.name) }),
        `${tr("They are not.")} ${tried.length < 2 ? tr(WHERE) : tr("Hint: {hint}", { hint: tr(known.hint) })}`,
      ],
      right: () => [tr(known.right), tr(known.why)],
      told: () => [`${tr(known.name)}.`, tr(known.why)],
      mended: () => [
        tr("Mended: error {now} in place of {before}.", { now, before: broken }),
        `${tr("These are squared errors per pixel, averaged over the {count} images above.", { count })} ${tr(known.mended)} ${tr(NARROW)} ` +
          tr("Import {title} (below) still imports them with the fault; its result offers to mend it.", { title }),
      ],
    }[state]();
    write(this.title, head);
    write(this.text, text);
  }
}
