// One entry of the browser's history for each page visited, and each experiment of a page, with its last address, so that
// Back leads to the page before as it was left. Streamlit 1.67 stands in the way twice:
// - it adds an entry with each address that the server writes, and one without parameters as a page is left;
// - on the way back to another page its server drops each parameter that both pages have, such as the model.

const EXPERIMENT = "experiment"; // parameter that is written once a visitor has chosen one
const LEAVING_MS = 1500; // by then the next page has its own address
const ARRIVING_MS = 3000; // by then the page is running, or it has run so shortly that nothing was seen of it

/**
 * Make a function that stands in for `history.pushState`.
 * @param {{ pushState: History["pushState"], replaceState: History["replaceState"] }} history the browser's own
 * @param {{ href: string }} location
 */
export function onePerPage(history, location) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  let isLeaving = false;
  /** @param {any} state @param {string} unused @param {string | URL | null} [address] */
  return (state, unused, address) => {
    const [from, to] = [new URL(location.href), new URL(address ?? location.href, location.href)];
    clearTimeout(later);
    const isOther = to.searchParams.has(EXPERIMENT) && to.searchParams.get(EXPERIMENT) !== from.searchParams.get(EXPERIMENT);
    if (to.pathname !== from.pathname || (isOther && !isLeaving)) {
      isLeaving = false;
      history.pushState(state, unused, address);
    } else if (isLeaving || (from.search && !to.search)) {
      // parameters are taken away: for good, or because the page is left, whose entry must keep them
      isLeaving = true;
      later = setTimeout(() => {
        isLeaving = false;
        if (location.href === from.href) history.replaceState(state, unused, address);
      }, LEAVING_MS);
    } else history.replaceState(state, unused, address);
  };
}

/**
 * Let Streamlit read the address again once it has come back to another page.
 * @param {{ replaceState: History["replaceState"] }} history the browser's own
 */
export function readAgain(history) {
  let shown = location.pathname;
  /** @type {() => void} */
  let stop = () => undefined;
  /** @param {string} address */
  const wait = (address) => {
    const app = document.querySelector("[data-testid=stApp]");
    let hasRun = false;
    const look = () => {
      const isIdle = app?.getAttribute("data-test-script-state") === "notRunning";
      if (hasRun && isIdle) act();
      hasRun ||= !isIdle;
    };
    const act = () => {
      stop();
      if (location.pathname !== new URL(address).pathname) return; // the visitor has gone on
      history.replaceState({}, "", address);
      dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    };
    const observer = new MutationObserver(look);
    if (app) observer.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
    const timer = setTimeout(() => {
      hasRun = true;
      look();
    }, ARRIVING_MS);
    const listening = new AbortController();
    for (const kind of ["pointerdown", "keydown"]) { // what the visitor does now counts more than the old address
      addEventListener(kind, () => stop(), { capture: true, signal: listening.signal });
    }
    stop = () => {
      listening.abort();
      observer.disconnect();
      clearTimeout(timer);
    };
  };
  addEventListener("popstate", () => {
    stop();
    if (location.pathname !== shown && location.search) wait(location.href);
    shown = location.pathname;
  });
  return () => {
    stop();
    shown = location.pathname;
  };
}

const MARK = Symbol.for("aeviz.history");

export default () => {
  const history = /** @type {any} */ (globalThis.history);
  if (history[MARK]) return;
  history[MARK] = true;
  const own = { pushState: history.pushState.bind(history), replaceState: history.replaceState.bind(history) };
  const push = onePerPage(own, globalThis.location);
  const note = readAgain(own);
  history.pushState = (/** @type {any} */ state, /** @type {string} */ unused, /** @type {string} */ address) => {
    push(state, unused, address);
    note();
  };
};
