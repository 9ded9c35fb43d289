// What stands around the drawing pad: tools, the hint on keys, and the ring that shows where the pen is.

import { element, icon } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { SIDE } from "./strokes.js";

const MAC = /mac/i.test(navigator.platform);
const ICONS = {
  eraser: "M7 21h13 M5.5 13.5 13 6l6 6-8 8H8l-3.5-3.5a1.8 1.8 0 0 1 0-2.5z M9 10l6 6",
  undo: "M9 14 4 9l5-5 M4 9h10.5a5.5 5.5 0 0 1 0 11H11",
  redo: "M15 14l5-5-5-5 M20 9H9.5a5.5 5.5 0 0 0 0 11H13",
  clear: "M4 7h16 M10 11v6 M14 11v6 M6 7l1 13h10l1-13 M9 7V4h6v3",
};

/** @typedef {import("./pad.js").Pad} Pad */

/**
 * @param {Element} root
 * @param {Pad} pad
 */
export function buildTools(root, pad) {
  const tools = element("div", { class: "tools", role: "group", "aria-label": tr("Drawing tools") }, root);
  const size = element("label", { class: "size" }, tools);
  element("span", { text: tr("Pen") }, size);
  const slider = element("input", { type: "range", min: "6", max: "50", step: "2", "aria-label": tr("Pen width") }, size);
  const dot = element("span", { class: "dot", "aria-hidden": "true" }, element("span", { class: "nib" }, size));
  slider.oninput = () => {
    pad.board.width = Number(slider.value);
    pad.update();
  };
  const row = element("div", { class: "row" }, tools);
  /**
   * @param {keyof typeof ICONS} name
   * @param {string} label
   * @param {() => void} act
   */
  const tool = (name, label, act) => {
    const button = element("button", { type: "button" }, row);
    button.append(icon(ICONS[name]));
    element("span", { text: label }, button);
    button.onclick = act;
    return button;
  };
  const eraser = tool("eraser", tr("Eraser"), () => pad.turnEraser());
  const undo = tool("undo", tr("Undo"), () => pad.undo());
  const redo = tool("redo", tr("Redo"), () => pad.redo());
  const clear = tool("clear", tr("Clear"), () => pad.clear());
  /** Bring the tools up to date. @param {import("./strokes.js").Board} board */
  const update = (board) => {
    slider.value = String(board.width);
    slider.setAttribute("aria-valuetext", tr("{width} of {side} pixels", { width: board.width, side: SIDE }));
    dot.style.setProperty("--width", String(board.width / 50));
    eraser.setAttribute("aria-pressed", String(board.erase));
    undo.disabled = !board.done.length;
    redo.disabled = !board.undone.length;
    clear.disabled = !board.strokes().length;
  };
  return { update };
}

/** @param {Element} root */
export function addHint(root) {
  const hint = element("div", { class: "hint" }, root);
  element("span", { class: "touch", text: tr("Draw with a finger or a pen.") }, hint);
  const keys = element("span", { class: "keys" }, hint);
  keys.append(`${tr("Draw with the mouse or with keys:")} `);
  const back = MAC ? "⌘Z" : "Ctrl+Z";
  const acts = [
    [tr("Arrows"), tr("move")],
    [tr("Space"), tr("pen down or up")],
    ["E", tr("eraser")],
    [back, tr("undo")],
    [tr("Del"), tr("clear")],
  ];
  acts.forEach(([key, act], index) => {
    if (index) keys.append(" · ");
    const pair = element("span", { class: "pair" }, keys);
    element("kbd", { text: key }, pair);
    pair.append(` ${act}`);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Pad} pad
 */
export function drawCursor(context, { byKeys, board, hover, canvas }) {
  const at = byKeys ? board.cursor : hover;
  if (!at) return;
  /**
   * @param {number} radius
   * @param {number} width
   * @param {string} style
   */
  const ring = (radius, width, style) => {
    context.beginPath();
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    Object.assign(context, { lineWidth: width, strokeStyle: style });
    context.stroke();
  };
  const radius = board.width / 2;
  const colour = byKeys ? getComputedStyle(canvas).getPropertyValue("--accent") : "#999";
  ring(radius, 3, "#000");
  ring(radius, 1.5, colour);
  if (byKeys) ring(board.live ? 3 : 1, board.live ? 4 : 2, colour); // a thick dot says that the pen is down
}
