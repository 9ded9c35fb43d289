// The language of the texts that scripts write: messages stand in the code in English, as in aeviz/language.py.
//
// Python tells the page its language (aeviz/web/kernel/language.py): the root element's `data-catalogue` is the address of
// the messages' translations, asked for once a page load, and empty or absent in English. `mount.js` waits for them before
// it makes a part, and makes it anew when the visitor chooses another language. What a module does when it is loaded comes
// too early: texts in constants are marked there and translated where they are shown.
//
// Streamlit serves this file once for each component, so the translations hang on the window.

/**
 * @typedef {object} Catalogue as `Catalogue.for_scripts` packs it
 * @property {Record<string, string>} texts
 * @property {Record<string, string[]>} plurals
 * @property {number[]} forms which form belongs to a count; from 100 on the last two digits decide
 * @property {string} decimal
 * @property {string} group
 */
/** @typedef {{ address: string, loading: Promise<void> | null, catalogue: Catalogue | null }} Held */

const NAME = Symbol.for("aeviz.language");
const ATTRIBUTE = "data-catalogue";

/** @returns {Held} */
function held() {
  const holder = /** @type {Record<symbol, Held>} */ (/** @type {unknown} */ (globalThis));
  return (holder[NAME] ??= { address: "", loading: null, catalogue: null });
}

/**
 * The message in the page's language.
 * @param {string} message in English: a literal, or a variable with what `mark` was given
 * @param {Record<string, string | number>} [values] what stands for {name} in it; without values braces mean themselves
 */
export function tr(message, values) {
  return fill(held().catalogue?.texts[message] ?? message, values);
}

/**
 * As `tr`, where one English text has several translations.
 * @param {string} context says which is meant
 * @param {string} message
 * @param {Record<string, string | number>} [values]
 */
export function trc(context, message, values) {
  return fill(held().catalogue?.texts[`${context}\u0004${message}`] ?? message, values);
}

/**
 * The message for a count, which is {count} in it.
 * @param {string} one such as "{count} image"
 * @param {string} many such as "{count} images"
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 */
export function trn(one, many, count, values = {}) {
  const catalogue = held().catalogue;
  const forms = catalogue?.plurals[one];
  const form = catalogue?.forms[count < catalogue.forms.length ? count : 100 + (count % 100)] ?? 0;
  const text = forms?.[Math.min(form, forms.length - 1)] ?? (count === 1 ? one : many);
  return fill(text, { count, ...values });
}

/**
 * The message as it is, in English, for `tr` to translate where it is shown.
 * @param {string} message
 */
export function mark(message) {
  return message;
}

/**
 * A number with so many digits after the point, as the page's language writes it; without digits with groups of three.
 * @param {number} value
 * @param {number} [digits]
 */
export function number(value, digits) {
  return localise(digits === undefined ? value.toLocaleString("en") : value.toFixed(digits));
}

/**
 * A number that is written as in English as the page's language writes it.
 * @param {string} text
 */
export function localise(text) {
  const catalogue = held().catalogue;
  return catalogue ? text.replace(/[.,]/g, (sign) => (sign === "." ? catalogue.decimal : catalogue.group)) : text;
}

/**
 * What to wait for before texts are written; null where they are here, as always in English.
 * @returns {Promise<void> | null}
 */
export function language() {
  const address = typeof document === "undefined" ? "" : (document.documentElement.getAttribute(ATTRIBUTE) ?? "");
  const here = held();
  if (address !== here.address) {
    here.address = address;
    here.catalogue = address ? here.catalogue : null;
    here.loading = address ? load(address) : null;
  }
  return here.loading;
}

/**
 * Call back when the visitor has chosen another language and its texts are here.
 * @param {() => void} act
 * @returns {() => void} ends it
 */
export function watchLanguage(act) {
  let before = document.documentElement.getAttribute(ATTRIBUTE) ?? "";
  const observer = new MutationObserver(async () => {
    const now = document.documentElement.getAttribute(ATTRIBUTE) ?? "";
    if (now === before) return;
    before = now;
    await language();
    act();
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: [ATTRIBUTE] });
  return () => observer.disconnect();
}

/** @param {string} address */
async function load(address) {
  /** @type {Catalogue | null} */
  let found = null;
  try {
    const response = await fetch(address);
    if (response.ok) found = await response.json();
    else console.warn(`aeviz: no translations at ${address} (${response.status}); texts stay English`);
  } catch (error) {
    console.warn(`aeviz: no translations at ${address}; texts stay English`, error);
  }
  const here = held();
  if (here.address !== address) return; // another language was chosen meanwhile
  here.catalogue = found;
  here.loading = null;
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 */
function fill(text, values) {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? localise(String(value)) : value;
  });
}
