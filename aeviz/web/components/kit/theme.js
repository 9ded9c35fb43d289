// The colours and the font of the page, as canvases need them, and when they change.

/** @typedef {{ text: string, background: string, font: string }} Style */

/**
 * @param {Element} root of a component
 * @returns {Style}
 */
export function styleOf(root) {
  const css = getComputedStyle(root);
  return {
    text: css.getPropertyValue("--st-text-color").trim() || css.color,
    background: css.getPropertyValue("--st-background-color").trim() || "#ffffff",
    font: `13px ${css.fontFamily}`,
  };
}

/**
 * Call back when the visitor changes the theme of the page, or an element its size.
 * @param {Element} root
 * @param {() => void} act
 * @returns {() => void} ends it
 */
export function watchLooks(root, act) {
  const size = new ResizeObserver(act);
  size.observe(root);
  const theme = new MutationObserver(act);
  const app = document.querySelector(".stApp") ?? document.body;
  theme.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
  return () => {
    size.disconnect();
    theme.disconnect();
  };
}
