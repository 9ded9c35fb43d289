// Elements in one line.

/**
 * Make an element; the attribute `text` is its text.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {Element | null} parent
 * @returns {HTMLElement}
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
