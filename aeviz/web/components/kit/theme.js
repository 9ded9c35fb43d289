// The colours and the font of the page, as canvases need them, and when they change.

/**
 * `scale` is 1 for type of usual size; `isStrong` where the visitor needs more contrast.
 * @typedef {{ text: string, background: string, font: string, scale: number, isDark: boolean, isStrong: boolean }} Style
 */

const FONT_PX = 13; // on canvases
const ROOT_PX = 16; // size of the page's type that this belongs to
const STRENGTH = "--aeviz-strength"; // 1 with high contrast; see aeviz/web/kernel/looks.py
const LOOKS = "aeviz:looks"; // sent where something else than the app chooses the theme, as a notebook does
const FORCED = "(forced-colors: active)"; // the system chooses the colours of the page, though not those of canvases

/**
 * @param {Element} root of a component
 * @returns {Style}
 */
export function styleOf(root) {
  const css = getComputedStyle(root);
  const scale = typeScale();
  const isForced = matchMedia(FORCED).matches;
  const read = (/** @type {string} */ name) => (isForced ? "" : css.getPropertyValue(name).trim());
  const background = read("--st-background-color") || groundColour(isForced);
  return {
    text: read("--st-text-color") || css.color,
    background,
    font: `${Math.round(FONT_PX * scale)}px ${css.fontFamily}`,
    scale,
    isDark: isDarkColour(background),
    isStrong: isForced || css.getPropertyValue(STRENGTH).trim() === "1",
  };
}

/** @param {boolean} isForced */
function groundColour(isForced) {
  const app = isForced ? document.querySelector(".stApp") : null;
  return app ? getComputedStyle(app).backgroundColor : "#ffffff";
}

/** @param {string} colour as CSS computes it: #rrggbb or rgb(...) */
function isDarkColour(colour) {
  const parts = colour.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
    : (colour.match(/[\d.]+/g) ?? ["255", "255", "255"]).map(Number);
  return parts[0] + parts[1] + parts[2] < 384;
}

/** How much larger the page's type is than usual, as for a projector. */
export function typeScale() {
  return (parseFloat(getComputedStyle(document.documentElement).fontSize) || ROOT_PX) / ROOT_PX;
}

/**
 * Call back when the visitor changes the theme or the contrast of the page, or an element its size.
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
  window.addEventListener(LOOKS, act);
  const contrast = (/** @type {any} */ event) => {
    if (event.propertyName === STRENGTH) act();
  };
  app.addEventListener("transitionend", contrast);
  const forced = matchMedia(FORCED);
  forced.addEventListener("change", act);
  return () => {
    size.disconnect();
    theme.disconnect();
    window.removeEventListener(LOOKS, act);
    app.removeEventListener("transitionend", contrast);
    forced.removeEventListener("change", act);
  };
}

/** Say that the theme around the components has changed. */
export function tellLooks() {
  window.dispatchEvent(new Event(LOOKS));
}

/**
 * The CSS filter of an image of signed differences: on a dark page no difference is black, and the colours keep their hues.
 * @param {Element} root
 */
export function signedFilter(root) {
  return styleOf(root).isDark ? "invert(1) hue-rotate(180deg)" : "";
}
