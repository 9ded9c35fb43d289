// The playground in a page of its own, without a server: aeviz/web/takeaway/site/playground.py writes the page, and the
// graphs of a fixed list of networks.

import { allOnDark } from "../kit/class_colours.js";
import { showHeld } from "../kit/held.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import playground from "./playground.js";

/** @typedef {import("./controls.js").Values} Values */
/** @typedef {import("./learner.js").Plan} Plan */
/**
 * @typedef {{
 *   defaults: Values, options: Record<string, [string, string][]>, hidden: Record<string, string>, colours: string[],
 *   data: Record<string, { blob: string, shape: number[], classes: string[] }>, plans: Record<string, Plan>,
 *   blobs: { name: string, content: Uint8Array }[]
 * }} Held `hidden`: usual layers by data; `plans` by `keyOf`
 */

const MISSING = "This network is not in this site, which holds a fixed list of them. The app makes any: aeviz app";

/** What decides about a network's graphs; see site/playground.py. @param {Values} values */
export function keyOf({ data, hidden, latent, bottleneck, loss, activation, noise, penalty }) {
  return [data, hidden, latent, bottleneck, loss, activation, noise, bottleneck === "gaussian" ? "none" : penalty].join(" ");
}

/** The settings of an address; what is not on offer takes its default. @param {Held} held @param {string} search @returns {Values} */
export function valuesOf({ defaults, options, hidden }, search) {
  const given = Object.fromEntries(new URLSearchParams(search));
  /** @type {Values} */
  const values = { ...defaults };
  for (const [name, text] of Object.entries(given)) {
    const known = options[name];
    if (name in values && (known ? known.some(([value]) => value === text) : /^[0-9.]{1,20}$/.test(text))) values[name] = text;
  }
  if (!given.hidden) values.hidden = hidden[values.data];
  return values;
}

/** @param {HTMLElement} place @param {Held} held */
export default function show(place, held) {
  let values = valuesOf(held, window.location.search);
  const offers = (/** @type {Values} */ wanted) => keyOf(wanted) in held.plans;
  if (!offers(values)) values = { ...valuesOf(held, ""), data: values.data, hidden: held.hidden[values.data] };
  const steps = new URLSearchParams(window.location.search).get("train") ?? ""; // before the address changes
  const train = /^[0-9]{1,4}$/.test(steps) ? Number(steps) : null;
  const send = () => {
    const found = held.plans[keyOf(values)];
    const payload = {
      values,
      options: held.options,
      defaults: held.hidden,
      structure: `${keyOf(values)} ${values.init}`,
      plan: found ? { ...found, init: values.init } : null,
      data: held.data[values.data],
      message: found ? "" : MISSING,
      train,
      kept: null,
      colours: held.colours,
      offers,
    };
    playground({
      data: styleOf(place).isDark ? allOnDark(payload) : payload,
      parentElement: place,
      setStateValue: (_, changed) => {
        values = /** @type {Values} */ (changed);
        const differing = Object.entries(values).filter(([name, text]) => text !== held.defaults[name]);
        history.replaceState(null, "", `?${new URLSearchParams(differing)}`);
        send();
      },
      setTriggerValue: () => undefined,
    });
  };
  watchLooks(place, send);
  send();
}

void showHeld(show);
