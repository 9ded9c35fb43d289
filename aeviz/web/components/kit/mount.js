// Puts a component on the page: the one place that knows how Streamlit calls a component's script.
//
// Streamlit calls the default export of a script with each run that sent the component something, and calls what that
// returns when the component is gone. `define` makes such a function of a part, which
// - is made once for its place on the page, with a root element of its own,
// - receives what Python sends, when it has changed,
// - reports to Python by its channel, and
// - is closed when it has left the page.
// In another language than English it is made when the texts are here (language.js), and anew when the language changes.
//
// While a part has something pending, such as a drawing, a decoding network, a timer or a request to the server, its
// root lacks the attribute `data-idle`. A test waits for `[data-idle]` instead of for some time.

import { allOnDark } from "./class_colours.js";
import { element } from "./dom.js";
import { language, tr, watchLanguage } from "./language.js";
import { styleOf, watchLooks } from "./theme.js";
import { textOf, unpack } from "./wire.js";

const GONE_MS = 1000; // by then an element that leaves the page has left it
const SWITCHED_MS = 5000; // after a change of language: by then Python has sent its own texts

/**
 * What Streamlit gives a component.
 * @typedef {{
 *   data: any, parentElement: HTMLElement | ShadowRoot,
 *   setStateValue: (name: string, value: unknown) => void, setTriggerValue: (name: string, value: unknown) => void
 * }} Call
 */
/** @typedef {{ receive: (value: any) => void | Promise<void>, close: () => void }} Part */
/**
 * `renew` makes the part anew; `until` is the time at which Python's texts no longer belong to a former language.
 * @typedef {{
 *   root: HTMLElement, part: Part, channel: Channel, text: string, isDark: boolean, until: number,
 *   renew?: () => void, unwatch?: () => void
 * }} Mounted
 */

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
  /** @type {WeakMap<object, Call>} */
  const waiting = new WeakMap();
  /** @param {Call} call */
  const show = (call) => {
    const { data, parentElement } = call;
    let held = mounted.get(parentElement);
    if (!held) {
      const channel = new Channel(call);
      held = { ...place(parentElement, channel), channel, text: "", isDark: false, until: 0 };
      mounted.set(parentElement, held);
      watch(held, () => place(parentElement, channel));
    } else if (performance.now() < held.until && held.text && isNew(held, data)) {
      held.until = 0; // a part need not look for texts that differ in their language alone
      held.renew?.();
    }
    held.channel.call = call;
    deliver(held, data);
  };
  /** @param {Call["parentElement"]} parent @param {Channel} channel */
  const place = (parent, channel) => {
    const root = element("div", attributes);
    parent.append(root);
    return { root, part: make(root, channel, new Activity(root)) };
  };
  return (call) => {
    const { parentElement } = call;
    const texts = mounted.has(parentElement) ? null : language();
    if (texts) {
      const isFirst = !waiting.has(parentElement);
      waiting.set(parentElement, call);
      if (isFirst) void texts.then(() => showLast(parentElement));
    } else show(call);
    return whenGone(parentElement, () => {
      waiting.delete(parentElement);
      const held = mounted.get(parentElement);
      if (!held || !mounted.delete(parentElement)) return;
      held.unwatch?.();
      held.part.close();
      held.root.remove();
    });
  };
  /** @param {Call["parentElement"]} parent */
  function showLast(parent) {
    const call = waiting.get(parent);
    waiting.delete(parent);
    if (call) show(call);
  }
}

/**
 * Hand over what Python sent, and say so where that fails.
 * @param {Mounted} held
 * @param {any} data a payload of wire.py, or a small JSON value
 */
function deliver(held, data) {
  receive(held, data).catch((error) => {
    held.root.textContent = tr("This part of the page failed: {reason}. Reload the page; if that does not help, report it.", { reason: error.message });
  });
}

/**
 * Whether Python sent another payload than the one that is shown.
 * @param {Mounted} held
 * @param {any} data
 */
function isNew(held, data) {
  return data instanceof Uint8Array && textOf(data) !== held.text;
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
 * Hand over the newest payload again with the class colours of the other theme, when the visitor changes the theme; and
 * to a new part when the visitor changes the language.
 * @param {Mounted} held
 * @param {() => { root: HTMLElement, part: Part }} make
 */
function watch(held, make) {
  const watchTheme = () =>
    watchLooks(held.root, () => {
      if (held.text && styleOf(held.root).isDark !== held.isDark) deliver(held, held.channel.call.data);
    });
  let endTheme = watchTheme();
  held.renew = () => {
    endTheme();
    held.part.close();
    held.root.remove();
    Object.assign(held, make(), { text: "" });
    endTheme = watchTheme();
  };
  const endLanguage = watchLanguage(() => {
    held.renew?.();
    held.until = performance.now() + SWITCHED_MS;
    deliver(held, held.channel.call.data);
  });
  held.unwatch = () => {
    endTheme();
    endLanguage();
  };
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
