// Puts a component on the page: the one place that knows how Streamlit calls a component's script.
//
// Streamlit calls the default export of a script with each run that sent the component something, and calls what that
// returns when the component is gone. `define` makes such a function of a part, which
// - is made once for its place on the page, with a root element of its own,
// - receives what Python sends, when it has changed,
// - reports to Python by its channel, and
// - is closed when it has left the page.
//
// While a part has something pending, such as a drawing, a decoding network, a timer or a request to the server, its
// root lacks the attribute `data-idle`. A test waits for `[data-idle]` instead of for some time.

import { allOnDark } from "./class_colours.js";
import { element } from "./dom.js";
import { styleOf, watchLooks } from "./theme.js";
import { textOf, unpack } from "./wire.js";

const GONE_MS = 1000; // by then an element that leaves the page has left it

/**
 * What Streamlit gives a component.
 * @typedef {{
 *   data: any, parentElement: HTMLElement | ShadowRoot,
 *   setStateValue: (name: string, value: unknown) => void, setTriggerValue: (name: string, value: unknown) => void
 * }} Call
 */
/** @typedef {{ receive: (value: any) => void | Promise<void>, close: () => void }} Part */
/** @typedef {{ root: HTMLElement, part: Part, channel: Channel, text: string, isDark: boolean, unwatch?: () => void }} Mounted */

/** Reports of a part to Python. Streamlit hands new functions over with each run. */
export class Channel {
  /** @param {Call} call */
  constructor(call) {
    this.call = call;
  }

  /**
   * Set a value that stays until the next one.
   * @param {string} name
   * @param {unknown} value
   */
  state(name, value) {
    this.call.setStateValue(name, value);
  }

  /**
   * Send a value once.
   * @param {string} name
   * @param {unknown} value
   */
  trigger(name, value) {
    this.call.setTriggerValue(name, value);
  }
}

/** Keeps `data-idle` on an element while nothing is pending. */
export class Activity {
  /** @param {Element} root */
  constructor(root) {
    this.root = root;
    /** @type {Set<string>} */
    this.pending = new Set();
    root.setAttribute("data-idle", "");
  }

  /**
   * Say whether something is pending.
   * @param {string} what
   * @param {boolean} isPending
   */
  mark(what, isPending) {
    if (isPending) this.pending.add(what);
    else this.pending.delete(what);
    this.root.toggleAttribute("data-idle", !this.pending.size);
  }

  /**
   * Count a promise as pending until it is settled.
   * @template T
   * @param {string} what
   * @param {Promise<T>} promise
   * @returns {Promise<T>} the same
   */
  during(what, promise) {
    const mine = `${what} ${(this.count = (this.count ?? 0) + 1)}`;
    this.mark(mine, true);
    const end = () => this.mark(mine, false);
    promise.then(end, end);
    return promise;
  }
}

/**
 * Make the default export of a component's script.
 * @param {Record<string, string>} attributes of the root element
 * @param {(root: HTMLElement, channel: Channel, activity: Activity) => Part} make
 * @returns {(call: Call) => () => void}
 */
export function define(attributes, make) {
  /** @type {WeakMap<object, Mounted>} */
  const mounted = new WeakMap();
  return (call) => {
    const { data, parentElement } = call;
    let held = mounted.get(parentElement);
    if (!held) {
      const root = element("div", attributes);
      parentElement.append(root);
      const channel = new Channel(call);
      held = { root, channel, part: make(root, channel, new Activity(root)), text: "", isDark: false };
      mounted.set(parentElement, held);
      held.unwatch = watchTheme(held);
    }
    const { root, part, unwatch } = held;
    held.channel.call = call;
    deliver(held, data);
    return whenGone(parentElement, () => {
      if (!mounted.delete(parentElement)) return;
      unwatch?.();
      part.close();
      root.remove();
    });
  };
}

/**
 * Hand over what Python sent, and say so where that fails.
 * @param {Mounted} held
 * @param {any} data a payload of wire.py, or a small JSON value
 */
function deliver(held, data) {
  receive(held, data).catch((error) => {
    held.root.textContent = `This part of the page failed: ${error.message}. Reload the page; if that does not help, report it.`;
  });
}

/**
 * @param {Mounted} held
 * @param {any} data
 */
async function receive(held, data) {
  if (!(data instanceof Uint8Array)) return held.part.receive(data);
  const text = textOf(data);
  const { isDark } = styleOf(held.root);
  if (text === held.text && isDark === held.isDark) return undefined; // Streamlit may send again what is here
  const value = unpack(data, text);
  Object.assign(held, { text, isDark });
  return held.part.receive(isDark ? allOnDark(value) : value);
}

/**
 * Hand over the newest payload again with the class colours of the other theme, when the visitor changes the theme.
 * @param {Mounted} held
 */
function watchTheme(held) {
  return watchLooks(held.root, () => {
    if (held.text && styleOf(held.root).isDark !== held.isDark) deliver(held, held.channel.call.data);
  });
}

/**
 * Streamlit also calls what a component cleans up with, while its element stays, for a run that a quicker one overtook,
 * and the quicker one's own call may come after that: nothing must be torn out of the visitor's hand, so a part ends
 * only once its element has left the page.
 * @param {HTMLElement | ShadowRoot} parentElement
 * @param {() => void} act ends the part; must bear being called twice
 * @returns {() => void}
 */
function whenGone(parentElement, act) {
  const end = () => {
    if (!parentElement.isConnected) act();
  };
  return () => (parentElement.isConnected ? void setTimeout(end, GONE_MS) : end());
}
