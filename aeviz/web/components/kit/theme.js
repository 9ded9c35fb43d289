// The colours and the font of the page, as canvases need them, and when they change.

/** @typedef {{ text: string, background: string, font: string, scale: number }} Style `scale` is 1 for type of usual size */

const FONT_PX = 13; // on canvases
const ROOT_PX = 16; // size of the page's type that this belongs to

/**
 * @param {Element} root of a component
 * @returns {Style}
 */
export function styleOf(root) {
  const css = getComputedStyle(root);
  const scale = typeScale();
  return {
    text: css.getPropertyValue("--st-text-color").trim() || css.color,
    background: css.getPropertyValue("--st-background-color").trim() || "#ffffff",
    font: `${Math.round(FONT_PX * scale)}px ${css.fontFamily}`,
    scale,
  };
}

/** How much larger the page's type is than usual, as for a projector. */
export function typeScale() {
  return (parseFloat(getComputedStyle(document.documentElement).fontSize) || ROOT_PX) / ROOT_PX;
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
