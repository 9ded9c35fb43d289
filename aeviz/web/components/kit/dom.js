// Making elements, and doing things once a gesture has come to rest.

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes] `text` sets the text
 * @param {Element | null} [parent]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, parent = null) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}

/**
 * @param {Element} parent
 * @param {string} text
 * @param {string} label what it does; also its name, unless the text has words, which then are what people call it
 * @param {() => void} act
 */
export function button(parent, text, label, act) {
  const node = element("button", { type: "button", text, title: label }, parent);
  if (!/\p{L}{3}/u.test(text)) node.setAttribute("aria-label", label);
  node.onclick = act;
  return node;
}

/** Runs an action when nobody has asked for it again for a while. */
export class Later {
  /**
   * @param {() => void} act
   * @param {number} wait in milliseconds
   */
  constructor(act, wait) {
    this.act = act;
    this.wait = wait;
    this.timer = 0;
  }

  start() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.act();
    }, this.wait);
  }

  /** Run at once what is due. */
  flush() {
    if (!this.timer) return;
    this.stop();
    this.act();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
  }
}

/**
 * A number for the eye: three significant digits, no more than two after the point.
 * @param {number} value
 */
export function brief(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

const GONE_MS = 1000; // by then an element that leaves the page has left it

/**
 * What a component gives Streamlit to clean up with. Streamlit also calls it, while the element stays, for a run that a
 * quicker one overtook, and the quicker one's own call may come after that: nothing must be torn out of the visitor's
 * hand, so the component ends only once its element has left the page.
 * @param {HTMLElement | ShadowRoot} parentElement
 * @param {() => void} act ends the component; must bear being called twice
 * @returns {() => void}
 */
export function whenGone(parentElement, act) {
  const end = () => {
    if (!parentElement.isConnected) act();
  };
  return () => (parentElement.isConnected ? void setTimeout(end, GONE_MS) : end());
}
