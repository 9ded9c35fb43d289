// Leads the eye to what a lesson's step speaks of: scrolls the page to it and marks it; and tells when what the step asks
// for was done, as the address of the page shows. The server is not asked.

import { write } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";

const LOOK_MS = 300;
const PATIENCE_MS = 20_000; // a page that has not shown the words by then does not show them
const SETTLING_MS = 4000; // pictures that load meanwhile move what was found
const START_MS = 3000; // in which formulas and the page beside a question may still move it
const MARK_MS = 4000;
const MARGIN_PX = 48; // kept free below
const HEAD_PX = 64; // Streamlit's head covers so much
const PICTURE_PX = 100;
const REACH_PX = 240; // from a picture to words that belong to it
const TITLE_PX = 56; // so close above a picture stands its title
const HIDDEN_PX = 12; // of the text, at least, for a sign that it goes on
const PHONE_PX = 768; // as wide, at most, as where the column is a sheet (web/lesson/column.py)
const BUTTONS_PX = 68; // below the answers, at the lower end of the sheet

/** @typedef {{ find: string, done: [string, string] | null, view: number }} Guide */

/**
 * The innermost visible element that contains words, inside the shadow trees of components too.
 * @param {ParentNode} root
 * @param {string} words
 * @returns {Element | null}
 */
export function findWords(root, words) {
  for (const child of root.children) {
    const inside = child.shadowRoot && findWords(child.shadowRoot, words);
    const found = inside || findWords(child, words);
    if (found) return found;
    if ((child.textContent ?? "").replace(/\s+/g, " ").includes(words) && isSeen(child)) return child;
  }
  return null;
}

/**
 * The pictures that are large enough to be what a page is about, from the top on.
 * @param {ParentNode} root
 * @returns {Generator<Element, void>}
 */
function* findPictures(root) {
  for (const child of root.children) {
    if (["CANVAS", "IMG", "svg"].includes(child.tagName)) {
      const { width, height } = child.getBoundingClientRect();
      if (width >= PICTURE_PX && height >= PICTURE_PX && isSeen(child)) yield child;
    } else {
      if (child.shadowRoot) yield* findPictures(child.shadowRoot);
      yield* findPictures(child);
    }
  }
}

/**
 * The picture that words belong to: the nearest above or below them; the first one where there are no words.
 * @param {ParentNode} root
 * @param {Element | null} words
 * @returns {Element | null}
 */
function findPicture(root, words) {
  const pictures = findPictures(root);
  if (!words) return pictures.next().value ?? null;
  const { top, bottom } = words.getBoundingClientRect();
  /** @type {Element | null} */
  let found = null;
  let least = REACH_PX;
  for (const picture of pictures) {
    const box = picture.getBoundingClientRect();
    const gap = Math.max(0, box.top - bottom, top - box.bottom);
    if (gap < least) [found, least] = [picture, gap];
  }
  return found;
}

/**
 * Where a picture begins with what stands above it, such as its title and its buttons, as far as there is room for that; with
 * its title in any case.
 * @param {Element} picture
 * @param {number} room
 */
function topOf(picture, room) {
  const { top: start, bottom } = picture.getBoundingClientRect();
  let top = start;
  const root = picture.getRootNode();
  if (!(root instanceof ShadowRoot)) return top;
  for (let node = picture.parentElement; node; node = node.parentElement) {
    const above = node.getBoundingClientRect().top;
    if (bottom - above > room && start - above > TITLE_PX) break;
    top = Math.min(top, above);
  }
  return top;
}

/** Where the sheet begins that the column is on a phone; null elsewhere. */
function topOfSheet() {
  const sheet = document.querySelector("[data-testid=stSidebar]")?.getBoundingClientRect();
  return sheet && sheet.width >= innerWidth && sheet.top > 0 ? sheet.top : null;
}

/** @param {Element} element */
function isSeen(element) {
  const { width, height } = element.getBoundingClientRect();
  return width > 1 && height > 1 && !["STYLE", "SCRIPT", "OPTION"].includes(element.tagName) && element.checkVisibility({ visibilityProperty: true });
}

/**
 * How far to scroll so that what lies from `top` to `bottom` is seen between `from` and `to`; no further than needed.
 * @param {{ top: number, bottom: number }} box
 * @param {number} from
 * @param {number} to
 */
export function distance({ top, bottom }, from, to) {
  if (top < from || bottom - top > to - from) return top - from;
  return Math.max(0, bottom - to);
}

/**
 * Whether the address has what tells that an action was done.
 * @param {[string, string]} done parameter and value: empty for any other than `first`, ">=" with a number for that or more
 * @param {string} search of the address
 * @param {string | null} first
 */
export function isDone([name, value], search, first) {
  const now = new URLSearchParams(search).get(name);
  if (value.startsWith(">=")) return now !== null && Number(now) >= Number(value.slice(2));
  return value ? now === value : now !== first;
}

/** Tell the page whether text of the lesson goes on behind the buttons at the column's lower end. */
function markMore() {
  const buttons = document.querySelector(".st-key-lesson-go");
  const last = buttons?.parentElement?.previousElementSibling;
  const isMore = Boolean(buttons && last && last.getBoundingClientRect().bottom > buttons.getBoundingClientRect().top + HIDDEN_PX);
  document.documentElement.toggleAttribute("data-lesson-more", isMore);
}

const isReady = () => document.querySelector("[data-testid=stApp]")?.getAttribute("data-test-script-state") === "notRunning";

/** After the lesson: begin the page at its top, and close the navigation that is left of a sheet, which would cover it. */
function leave() {
  if (document.querySelector("[class*=st-key-lesson-guide-]")) return; // a next step has come
  document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
  const column = document.querySelector("[data-testid=stSidebar]:not([data-collapsed=true])");
  const close = column?.querySelector("[data-testid=stSidebarCollapseButton] button");
  if (innerWidth <= PHONE_PX && topOfSheet() === null && close instanceof HTMLElement) close.click();
}

class LessonGuide {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, activity) {
    this.root = root;
    this.activity = activity;
    /** @type {Guide} */
    this.guide = { find: "", done: null, view: -1 };
    /** @type {string | null | undefined} value at first of the parameter that is watched */
    this.first = undefined;
    this.since = 0;
    this.foundAt = 0;
    this.startsUntil = 0; // no step is to be begun; negative: one is, once the page stands
    this.timer = window.setInterval(() => this.look(), LOOK_MS);
    this.listening = new AbortController();
    for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) { // the visitor scrolls, or acts
      addEventListener(kind, ({ target }) => this.act(target), { capture: true, passive: true, signal: this.listening.signal });
    }
    for (const kind of ["pointerdown", "keydown"]) { // somebody may act before the first look
      addEventListener(kind, ({ target }) => this.remember(target), { capture: true, passive: true, signal: this.listening.signal });
    }
  }

  /** @param {Guide} guide */
  receive(guide) {
    if (guide.view === this.guide.view) return;
    this.guide = guide;
    this.first = undefined;
    write(this.root, "");
    this.since = performance.now();
    this.foundAt = 0;
    this.activity.mark("find", true);
    document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 }); // the former step may have led down the page
    this.startsUntil = -1;
    this.showStart();
  }

  /** Begin a step's column at its top; on a phone at the verdict, or so far down that the answers are seen. */
  showStart() {
    const column = document.querySelector("[data-testid=stSidebarContent]");
    const verdict = topOfSheet() === null ? null : column?.querySelector("[data-testid=stAlert]");
    column?.scrollTo({ top: 0 });
    const answers = topOfSheet() === null || verdict ? null : column?.querySelector(".st-key-lesson-asks");
    if (column && answers) {
      const [box, sheet] = [answers.getBoundingClientRect(), column.getBoundingClientRect()];
      column.scrollTo({ top: Math.max(0, Math.min(box.bottom - sheet.bottom + BUTTONS_PX, box.top - sheet.top - 16)) });
    }
    if (column && verdict) column.scrollTo({ top: verdict.getBoundingClientRect().top - column.getBoundingClientRect().top - 16 });
  }

  /**
   * Keep the value of the watched parameter as it is before something on the page is used.
   * @param {EventTarget | null} [target] what is used; none while nobody acts
   */
  remember(target = null) {
    const { done } = this.guide;
    const isColumn = target instanceof Element && target.closest("[data-testid=stSidebar]");
    if (done && !isColumn && isReady() && this.first === undefined) this.first = new URLSearchParams(location.search).get(done[0]);
  }

  look() {
    markMore();
    if (!isReady()) {
      if (this.since) this.since = performance.now();
      return;
    }
    if (this.startsUntil < 0) { // the column stands only now
      this.startsUntil = performance.now() + START_MS;
      this.showStart();
    }
    if (performance.now() < this.startsUntil && topOfSheet() !== null) this.showStart();
    const { find, done } = this.guide;
    this.remember();
    if (done && isDone(done, location.search, this.first ?? null)) write(this.root, tr("✓ Done"));
    const top = topOfSheet();
    if (!find && top === null) this.rest();
    const page = document.querySelector("[data-testid=stMain]");
    if (!page || !this.since) return;
    const now = performance.now();
    const found = find ? findWords(page, find) : null;
    const words = found?.closest("tr") ?? found; // with the numbers of a table that they name
    const picture = top === null || (find && !words) ? null : findPicture(page, words);
    if (words || picture) this.lead(page, words, picture, now, top);
    if (now - this.since > PATIENCE_MS || (this.foundAt && now - this.foundAt > SETTLING_MS)) this.rest();
  }

  /**
   * Where a sheet leaves no room for both, words below the picture give way to it: the sheet has them too, unless
   * they are a row of a table. Words above a picture, such as its title, are shown with it.
   * @param {Element} page that scrolls
   * @param {Element | null} words
   * @param {Element | null} picture that belongs to the words; looked for beside a sheet alone
   * @param {number} now
   * @param {number | null} sheet where it begins
   */
  lead(page, words, picture, now, sheet) {
    const end = (sheet ?? innerHeight) - MARGIN_PX;
    let [box, seen] = [words, picture].map((each) => each?.getBoundingClientRect());
    const table = words?.closest("table")?.getBoundingClientRect(); // whose head says what the numbers are of
    if (table && table.height < end - HEAD_PX) box = table;
    const isFar = box && seen && words?.tagName !== "TR" && box.top > seen.top && box.bottom - seen.top > end - HEAD_PX;
    const shown = box && seen && box.top < seen.top ? { top: box.top, bottom: Math.max(box.bottom, seen.bottom) } : box;
    const by = shown && !isFar ? distance(shown, HEAD_PX + 8, end) : (picture ? topOf(picture, end - HEAD_PX) : HEAD_PX) - HEAD_PX;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (Math.abs(by) > 2) page.scrollBy({ top: by, behavior: isStill ? "auto" : "smooth" });
    if (this.foundAt) return;
    this.foundAt = now;
    const mark = { outline: "2px solid #e69f00", outlineOffset: "4px", borderRadius: "2px" };
    words?.animate([mark, mark, { ...mark, outlineColor: "transparent" }], { duration: MARK_MS });
  }

  /**
   * The visitor has taken over: the column, or the page.
   * @param {EventTarget | null} target
   */
  act(target) {
    if (this.startsUntil > 0) this.startsUntil = 0;
    if (!(target instanceof Element && target.closest("[data-testid=stSidebar]"))) this.rest();
  }

  /** Leave the page where it is. */
  rest() {
    this.since = 0;
    this.activity.mark("find", false);
  }

  close() {
    clearInterval(this.timer);
    document.documentElement.removeAttribute("data-lesson-more");
    this.listening.abort();
    leave();
  }
}

export default define({ class: "lesson-guide", role: "status" }, (root, _channel, activity) => new LessonGuide(root, activity));
