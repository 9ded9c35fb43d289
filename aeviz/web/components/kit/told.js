// Answers that a page keeps back until the visitor has seen what happens: Python gives them keys (aeviz.web.kernel.asking)
// and hides them as long as the page is not marked here.

const LESSON = /^(lesson|room)$/; // a lesson taken alone, or with a class

/** @param {string} name @param {boolean} isTold Whether the answer is shown, or else the question */
export function tell(name, isTold) {
  document.documentElement.toggleAttribute(`data-told-${name}`, isTold);
}

/** Whether a lesson stands beside the page. */
export function isLessonBeside() {
  return [...new URLSearchParams(location.search).keys()].some((key) => LESSON.test(key));
}

/** Whether the address asks for settings of its own, as that of a copied link, or is beside a lesson, which asks for itself. @param {RegExp} settings */
export function isAddressed(settings) {
  return isLessonBeside() || [...new URLSearchParams(location.search).keys()].some((key) => settings.test(key));
}
