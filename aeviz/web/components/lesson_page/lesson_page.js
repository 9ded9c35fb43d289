// A lesson as a page to read: a question hides what it is about until it is answered. aeviz/web/takeaway/site writes the page.

import { element } from "../kit/dom.js";

/** @typedef {{ value: number, words: Node }} Given */

/** @param {HTMLFormElement} form @returns {Given | null} what the reader chose */
function chosen(form) {
  const number = /** @type {HTMLInputElement | null} */ (form.querySelector('input[type="number"]'));
  if (number) return Number.isFinite(number.valueAsNumber) ? { value: number.valueAsNumber, words: new Text(number.value) } : null;
  const choice = /** @type {HTMLInputElement | null} */ (form.querySelector("input:checked"));
  const words = choice?.parentElement?.querySelector("span");
  return choice && words ? { value: Number(choice.value), words: words.cloneNode(true) } : null;
}

/** As aeviz/lessons/lesson.py judges. @param {DOMStringMap} data @param {number} value */
export function isRight({ correct, answer, tolerance }, value) {
  if (correct !== undefined) return value === Number(correct);
  return Math.abs(value - Number(answer)) <= Number(tolerance) + 1e-9 * Math.abs(Number(answer));
}

/** @param {HTMLElement} root @returns {() => void} what tells how many predictions were right */
function counter(root) {
  const result = root.querySelector(".result");
  return () => {
    const made = [...root.querySelectorAll("[data-right]")];
    const right = made.filter((each) => each instanceof HTMLElement && each.dataset.right === "true").length;
    if (result && made.length) result.textContent = `${right} of ${made.length} predictions were right.`;
  };
}

/** @param {HTMLElement} root of the page */
export default function begin(root) {
  const count = counter(root);
  for (const step of root.querySelectorAll(".step")) {
    const form = step.querySelector("form");
    const answer = step.querySelector(".answer");
    if (!form || !(answer instanceof HTMLElement)) continue;
    /** @param {Given | null} given */
    const show = (given) => {
      const solution = form.querySelector("template")?.content.cloneNode(true) ?? "";
      const verdict = element("p", { class: "verdict", role: "status" });
      const right = given !== null && isRight(form.dataset, given.value);
      if (given) verdict.dataset.right = String(right);
      if (!given) verdict.append("The answer: ", solution);
      else if (right) verdict.append("As you predicted: ", solution);
      else {
        const stop = /[.!?]$/.test(given.words.textContent ?? "") ? " " : ". ";
        verdict.append("Not as you predicted. You said: ", given.words, `${stop}The answer: `, solution);
      }
      const question = element("p", { class: "asked" });
      form.querySelector("legend span")?.remove();
      question.append(...(form.querySelector("legend")?.childNodes ?? []));
      form.replaceWith(question, verdict);
      answer.hidden = false;
      count();
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const given = chosen(form);
      const hint = form.querySelector(".hint");
      if (given) show(given);
      else if (hint) hint.textContent = "Choose an answer first, or skip the question.";
    };
    const skip = form.querySelector(".skip");
    if (skip instanceof HTMLElement) skip.onclick = () => show(null);
  }
}

const page = globalThis.document?.querySelector(".reading");
if (page instanceof HTMLElement) begin(page);
