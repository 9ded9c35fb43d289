// The bar of the playground: play, step, restart, pace, and what the network has come to.

import { button, element, icon, write } from "../kit/dom.js";
import { readable } from "../kit/axis.js";
import { mark, number, tr, trc } from "../kit/language.js";

const PLAY = "M8 5v14l11-7z";
const PAUSE = "M7 5h4v14H7zM13 5h4v14h-4z";
const PACES = [
  ["0", mark("full speed")],
  ["30", mark("30 steps/s")],
  ["5", mark("5 steps/s")],
  ["1", mark("1 step/s")],
];

export class Bar {
  /**
   * @param {Element} parent
   * @param {{ play: () => void, step: () => void, restart: () => void, pace: (steps: number) => void, keep: () => void, draw: () => void, mend: () => void }} act
   */
  constructor(parent, act) {
    this.act = act;
    this.root = element("div", { class: "controls-bar", role: "group", "aria-label": tr("Training") }, parent);
    this.play = button(this.root, "", tr("Start training (space)"), act.play);
    this.play.className = "play";
    this.play.removeAttribute("aria-label"); // its text says what it does
    this.label = element("span", { text: trc("training", "Play") });
    this.step = button(this.root, tr("Step"), tr("Make one step (key S)"), act.step);
    this.restart = button(this.root, tr("Restart"), tr("Begin again with the same seed: the same weights, batches and noise (key R)"), act.restart);
    const pace = element("label", { class: "pace" }, this.root);
    this.pace = element("select", { "aria-label": tr("Pace") }, pace);
    for (const [value, text] of PACES) element("option", { value, text: tr(text) }, this.pace);
    this.pace.onchange = () => act.pace(Number(this.pace.value));
    this.draw = button(this.root, trc("to paint", "Draw"), tr("Draw an image and watch its point wander while the network learns"), act.draw);
    this.draw.setAttribute("aria-expanded", "false");
    this.keep = button(this.root, tr("Keep"), tr("Send the weights to the server, where they become a run"), act.keep);
    this.status = element("p", { class: "status", role: "status" }, this.root);
    this.remedy = button(this.root, "", tr("Begin again with this setting"), act.mend);
    this.remedy.removeAttribute("aria-label"); // its text says what it does
    this.remedy.hidden = true;
    const facts = element("div", { class: "facts" }, this.root);
    this.loss = fact(facts, tr("Loss"));
    this.held = fact(facts, tr("Held-out error"));
    this.kl = fact(facts, tr("KL"));
    this.count = fact(facts, tr("Step"));
    this.epoch = fact(facts, tr("Epoch"));
    this.rate = fact(facts, tr("Steps/s"));
    this.setPlaying(false);
  }

  /** Space, S and R anywhere on the page but in its controls. @param {KeyboardEvent} event */
  press(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const isTaken = ["INPUT", "SELECT", "BUTTON", "CANVAS", "SUMMARY"].includes(target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken || this.play.disabled) return;
    const { play, step, restart } = this.act;
    const found = /** @type {Record<string, () => void>} */ ({ " ": play, s: step, r: restart })[event.key];
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    found();
  }

  /** @param {boolean} isPlaying */
  setPlaying(isPlaying) {
    if (this.play.dataset.playing === String(isPlaying)) return;
    this.play.dataset.playing = String(isPlaying);
    this.play.replaceChildren(icon(isPlaying ? PAUSE : PLAY), this.label);
    write(this.label, isPlaying ? tr("Pause") : trc("training", "Play"));
    this.play.title = isPlaying ? tr("Pause (space)") : tr("Start training (space)");
    this.play.setAttribute("aria-pressed", String(isPlaying));
  }

  /** Offer to begin again with another setting. @param {import("./diagnosis.js").Remedy | undefined} remedy */
  offer(remedy) {
    this.remedy.hidden = !remedy;
    if (!remedy) return;
    const { rate, kl = 0 } = remedy;
    write(this.remedy, rate === undefined ? tr("Restart with KL weight {weight}", { weight: readable(kl, 2) }) : tr("Restart with rate {rate}", { rate: readable(rate, 2) }));
  }

  /** @param {boolean} isReady */
  setReady(isReady) {
    for (const node of [this.play, this.step, this.restart, this.keep, this.draw]) node.disabled = !isReady;
  }

  /**
   * @param {import("./member.js").Member[]} members
   * @param {{ rate: number, isOnGpu: boolean, epochSteps: number, isVariational: boolean }} about
   */
  show(members, { rate, isOnGpu, epochSteps, isVariational }) {
    const { step } = members[0];
    const each = (/** @type {(member: import("./member.js").Member) => number} */ read) =>
      members.map((member) => (Number.isFinite(read(member)) ? readable(read(member), 3) : "–")).join(" | ");
    this.loss(each(({ losses }) => losses.recent(0, 10)));
    this.held(each(({ held }) => held.last[0]));
    this.kl(isVariational ? tr("{value} nats", { value: each(({ held }) => held.last[1]) }) : null);
    this.count(number(step));
    this.epoch(number(step / epochSteps, step < 10 * epochSteps ? 1 : 0));
    this.rate(rate ? `${Math.round(rate)}${isOnGpu ? ", WebGPU" : ""}` : "–");
    Object.assign(this.root.dataset, { step: String(step) });
  }
}

/**
 * @param {Element} parent
 * @param {string} title
 * @returns {(text: string | null) => void} null hides it
 */
function fact(parent, title) {
  const node = element("span", { class: "fact" }, parent);
  element("i", { text: title }, node);
  const value = element("b", { text: "–" }, node);
  return (text) => {
    node.hidden = text === null;
    if (text !== null) write(value, text);
  };
}
