// A question beside what plays: the visitor predicts, sees what happens, and then reads what came of it. What Python says
// of it elsewhere on the page is hidden until then (told.js). Beside a lesson, which asks for itself, it does not stand, and
// nothing is hidden.

import { element, write } from "./dom.js";
import { tr } from "./language.js";
import { isLessonBeside, tell } from "./told.js";

/**
 * @typedef {{ name: string, ask: string, choices: string[], correct: number, also: number[], answer: string, why: string }} Question
 * see prediction.py
 */

export class Prediction {
  /** @param {Element} parent @param {() => void} play shows what happens @param {() => void} [onTold] shows the end */
  constructor(parent, play, onTold = () => {}) {
    this.node = element("section", { class: "prediction", "aria-label": tr("Prediction"), hidden: "" }, parent);
    const ask = element("p", {}, this.node);
    this.word = element("b", {}, ask);
    ask.append(" ");
    this.ask = element("span", {}, ask);
    this.choices = element("div", { class: "choices", role: "group", "aria-label": tr("Answers") }, this.node);
    this.answer = element("p", { class: "answer", role: "note", "aria-live": "polite" }, this.node);
    this.verdict = element("b", {}, this.answer);
    this.words = element("span", {}, this.answer);
    this.why = element("p", { class: "why" }, this.node);
    this.play = play;
    this.onTold = onTold;
    /** @type {Question | null} */
    this.question = null;
    this.key = this.offered = "";
    this.chosen = -1;
    this.isTold = this.isSeen = false;
  }

  /**
   * @param {Question | null} question null asks nothing, and keeps nothing back
   * @param {string} key what it is about: of something else it is a new question
   * @param {boolean} [isTold] whether the answer is known from the start
   */
  set(question, key, isTold = false) {
    const isBeside = isLessonBeside();
    if (key !== this.key || isBeside) [this.chosen, this.isTold, this.isSeen] = [-1, isTold || isBeside, false];
    this.key = key;
    this.question = question;
    this.node.hidden = !question || isBeside;
    if (!question) return;
    write(this.ask, question.ask);
    const offered = JSON.stringify(question.choices);
    if (offered !== this.offered) this.offer(question.choices); // else a button keeps its focus
    this.offered = offered;
    this.draw();
  }

  /** @param {string[]} choices */
  offer(choices) {
    this.choices.replaceChildren();
    choices.forEach((text, k) => {
      const button = element("button", { type: "button", text }, this.choices);
      button.onclick = () => this.choose(k);
    });
    const skip = element("button", { type: "button", class: "skip", text: tr("Show the answer") }, this.choices);
    skip.onclick = () => this.tell();
  }

  /** @param {number} k */
  choose(k) {
    if (this.isTold) return;
    this.chosen = k;
    this.draw();
    this.play();
  }

  /** The visitor has seen what happens: who has predicted reads what came of it, and who has not is asked again. */
  end() {
    if (this.chosen >= 0) this.tell();
    else if (!this.isTold) {
      this.isSeen = true;
      this.draw();
    }
  }

  tell() {
    if (this.isTold || !this.question) return;
    this.isTold = true;
    this.draw();
    this.onTold();
  }

  draw() {
    const { question, chosen, isTold } = this;
    if (!question) return;
    tell(question.name, isTold);
    const right = [question.correct, ...question.also];
    const buttons = [...this.choices.querySelectorAll("button")];
    const skip = /** @type {HTMLButtonElement} */ (buttons.pop());
    skip.hidden = isTold;
    buttons.forEach((button, k) => {
      button.setAttribute("aria-pressed", String(k === chosen));
      button.disabled = isTold;
      button.classList.toggle("right", isTold && right.includes(k));
    });
    write(this.word, isTold ? tr("Question:") : tr("Predict:")); // what is known need not be predicted
    this.answer.hidden = !(isTold || chosen >= 0 || this.isSeen) || this.node.hidden;
    this.why.hidden = !isTold || this.node.hidden;
    const isRight = right.includes(chosen);
    write(this.verdict, !isTold || chosen < 0 ? "" : isRight ? `${tr("Right.")} ` : `${tr("Not “{choice}”.", { choice: question.choices[chosen] })} `);
    const again = this.isSeen ? tr("Choose an answer, and you see what came of it.") : "";
    const asked = chosen < 0 ? again : tr("You predict “{choice}”. Watch what happens.", { choice: question.choices[chosen] });
    write(this.words, isTold ? question.answer : asked);
    write(this.why, isTold ? question.why : "");
  }
}
