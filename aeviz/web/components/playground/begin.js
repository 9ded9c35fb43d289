// Where a visitor begins: over the plane of a network that has not learned yet.

import { element, icon } from "../kit/dom.js";
import { tr } from "../kit/language.js";

const TRIANGLE = "M8 5v14l11-7z";

export class Begin {
  /**
   * @param {Element} parent
   * @param {() => void} act what the button does
   */
  constructor(parent, act) {
    this.root = element("div", { class: "begin", hidden: "" }, parent);
    this.button = element("button", { type: "button" }, this.root);
    this.button.append(icon(TRIANGLE), element("span", { text: tr("Train it") }));
    this.button.onclick = act;
    element("span", { text: tr("Random weights: it knows nothing yet") }, this.root);
  }

  /** @param {boolean} isShown */
  show(isShown) {
    if (this.root.hidden === isShown) this.root.hidden = !isShown;
  }
}
