// Copies a text for other programs.

import { element } from "./dom.js";

/**
 * Copy a text. A page that came by plain http from another machine has no clipboard of its own; there an older way is
 * tried, which some browsers refuse.
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** @param {string} text */
function copySelected(text) {
  const before = document.activeElement;
  const field = element("textarea", { "aria-hidden": "true", style: "position: fixed; top: 0; opacity: 0" }, document.body);
  field.value = text;
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
