// A convolution and what follows it, on numbers: an editable input and kernel, the feature map, and a pooling or the way
// back. The cell pointed at shows its window and its sum written out. Python gets the numbers once a gesture rests.

import { TITLES, activate } from "../kit/activations.js";
import { button, element, write } from "../kit/dom.js";
import { joined } from "../kit/experiment.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { mark, number, tr, trc } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { NumberGrid, plain, written } from "../kit/number_grid.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { CONVOLUTION, POOLINGS, TRANSPOSED, convolve, outputSide, pool, receptiveField, termsOf } from "./operators.js";

/** @typedef {import("./operators.js").Grid} Grid */
/** @typedef {import("./operators.js").Layer} Layer */
/** @typedef {import("../kit/number_grid.js").Place} Place */
/** @typedef {import("../kit/number_grid.js").Mark} Mark */
/**
 * @typedef {object} Data
 * @property {number[]} values size, kind, stride, padding and divisor of the kernel, kind, window and stride of what
 *   follows, bias and activation function of the layer, the kernel, then the input
 * @property {string[]} colours of positive and negative numbers
 * @property {string} accent of what is pointed at
 * @property {Record<string, number[]>} kernels divisor and weights
 * @property {Record<string, number[]>} inputs
 * @property {number[]} figure values of S2's Figure 2.6
 */

const HEAD = 10; // numbers before the kernel
const [SIZE, KIND, STRIDE, PADDING, DIVISOR, NEXT, WINDOW, NEXT_STRIDE, BIAS, ACTIVATION] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
/** @type {import("../kit/activations.js").Activation[]} */
const ACTIVATIONS = ["identity", "relu", "sigmoid", "tanh"];
const WHITE = 16;
const BACK = POOLINGS.length; // the other of convolution and transposed convolution, with the same kernel
const FIGURE = mark("S2, Figure 2.6");
const OWN = mark("your own");

class Convolution {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    /** @type {number[]} */
    this.head = [];
    /** @type {number[]} */
    this.kernel = [];
    /** @type {Grid} */
    this.input = { values: [], side: 0 };
    /** @type {{ part: "input" | "map" | "next", place: Place }} */
    this.pointed = { part: "map", place: { row: 0, column: 0 } };
    this.kept = new KeptNumbers(channel, activity, () => [...this.head, ...this.kernel, ...this.input.values]);
    this.frame = 0;
    const input = this.part(tr("Input"));
    this.inputHeading = input.heading;
    this.inputBar = input.bar;
    this.inputGrid = new NumberGrid(input.part, {
      label: tr("Input"), limits: [-99, 99], pointed: (place) => this.point("input", place),
      edited: (index, value, isResting) => this.edit(this.input.values, index, value, isResting),
    }); // prettier-ignore
    const kernel = this.part(tr("Kernel"));
    this.kernelBar = kernel.bar;
    this.kernelGrid = new NumberGrid(kernel.part, {
      label: tr("Kernel"), limits: [-9, 9], edited: (index, value, isResting) => this.edit(this.kernel, index, value, isResting),
    }); // prettier-ignore
    const row = element("div", { class: "bar" }, kernel.part);
    this.numbers = [
      this.number(row, tr("Size"), SIZE, [1, 5]), this.number(row, tr("Divided by"), DIVISOR, [1, 25]),
      this.number(row, tr("Stride"), STRIDE, [1, 4]), this.number(row, tr("Padding"), PADDING, [0, 4]),
    ]; // prettier-ignore
    this.numbers[0].select.onchange = () => this.resizeKernel(Number(this.numbers[0].select.value) + 1);
    const map = this.part(tr("Feature map"));
    this.mapHeading = map.heading;
    this.kind = this.pick(map.bar, tr("Layer"), [tr("convolution"), tr("transposed convolution")], (k) => this.change(() => (this.head[KIND] = k)));
    const bias = element("label", {}, map.bar);
    element("span", { text: "b" }, bias);
    this.bias = element("input", { type: "number", "aria-label": tr("Bias b"), min: "-99", max: "99", step: "1" }, bias);
    this.bias.onchange = () => this.change(() => (this.head[BIAS] = Math.max(-99, Math.min(99, Math.round(Number(this.bias.value) || 0)))));
    this.activation = this.pick(map.bar, "φ", ACTIVATIONS.map((name) => (name === "identity" ? trc("activation", "none") : TITLES[name])), (k) => this.change(() => (this.head[ACTIVATION] = k)));
    this.mapGrid = new NumberGrid(map.part, { label: tr("Feature map"), pointed: (place) => this.point("map", place) });
    const next = this.part(tr("Then"));
    this.nextHeading = next.heading;
    const names = [tr("nothing"), tr("max pooling"), tr("min pooling"), tr("average pooling"), tr("the way back")];
    this.next = this.pick(next.bar, tr("Then"), names, (k) => this.change(() => (this.head[NEXT] = k)));
    this.numbers.push(this.number(next.bar, tr("Window"), WINDOW, [1, 5]), this.number(next.bar, tr("Stride"), NEXT_STRIDE, [1, 4]));
    this.numbers[5].select.setAttribute("aria-label", tr("Stride of the pooling"));
    this.nextGrid = new NumberGrid(next.part, { label: tr("After the second step"), pointed: (place) => this.point("next", place) });
    const words = element("section", { class: "part wide", "aria-label": tr("The sum and the sizes") }, root);
    this.sum = element("p", { class: "values lead", role: "status" }, words);
    this.sizes = element("p", { class: "values" }, words);
    this.parameters = element("p", { class: "values" }, words);
    this.unwatch = watchLooks(root, () => this.redraw());
  }

  /** @param {string} title */
  part(title) {
    const part = element("section", { class: "part", "aria-label": title }, this.root);
    const heading = element("h4", { text: title }, part);
    return { part, heading, bar: element("div", { class: "bar" }, part) };
  }

  /** @param {Element} parent @param {string} title @param {string[]} options @param {(index: number) => void} act */
  pick(parent, title, options, act) {
    const label = element("label", {}, parent);
    element("span", { text: title }, label);
    const select = element("select", { "aria-label": title }, label);
    options.forEach((text, k) => element("option", { value: String(k), text }, select));
    select.onchange = () => act(Number(select.value));
    return select;
  }

  /** @param {Element} parent @param {string} title @param {number} at @param {[number, number]} range */
  number(parent, title, at, [low, high]) {
    const options = Array.from({ length: high - low + 1 }, (_, k) => String(low + k));
    const select = this.pick(parent, title, options, (k) => this.change(() => (this.head[at] = low + k)));
    return { show: () => (select.value = String(this.head[at] - low)), select };
  }

  /** @param {string[]} names */
  fillInputs(names) {
    this.inputNames = [...names, FIGURE, OWN];
    this.inputPick = this.pick(this.inputBar, tr("Image"), this.inputNames.map((name) => tr(name)), (k) => this.choose(k));
    const draw = button(this.inputBar, trc("to paint", "Draw"), tr("Paint on the grid instead of dragging its numbers"), () => {
      this.inputGrid.pen = this.inputGrid.pen ? 0 : WHITE;
      draw.setAttribute("aria-pressed", String(this.inputGrid.pen > 0));
    });
    draw.setAttribute("aria-pressed", "false");
    button(this.inputBar, tr("Clear"), tr("All numbers 0"), () => this.change(() => this.input.values.fill(0)));
  }

  /** @param {Data} data */
  receive(data) {
    if (!this.data) {
      this.data = data;
      this.fillInputs(Object.keys(data.inputs));
      this.kernelNames = [...Object.keys(data.kernels), OWN];
      this.kernelPick = this.pick(this.kernelBar, tr("Weights"), this.kernelNames.map((name) => tr(name)), (k) => this.chooseKernel(k));
      this.kernelPick.parentElement?.firstElementChild?.remove();
    }
    if (this.kept.isNews(data.values, Boolean(this.inputGrid.held || this.kernelGrid.held))) this.take(data.values);
  }

  /** @param {number[]} values */
  take(values) {
    const end = HEAD + values[SIZE] ** 2;
    this.head = values.slice(0, HEAD);
    this.kernel = values.slice(HEAD, end);
    this.input = { values: values.slice(end), side: Math.round(Math.sqrt(values.length - end)) };
    this.redraw();
  }

  /** @param {() => void} act */
  change(act) {
    act();
    this.redraw();
    this.kept.start();
  }

  /** @param {number[]} values @param {number} index @param {number} value @param {boolean} isResting */
  edit(values, index, value, isResting) {
    values[index] = value;
    this.redraw();
    if (isResting) this.kept.start();
  }

  /** @param {number} k */
  choose(k) {
    const name = this.inputNames?.[k] ?? OWN;
    const values = this.data?.inputs[name];
    this.change(() => {
      if (name === FIGURE) this.take(this.data?.figure ?? []);
      else if (values) this.input = { values: [...values], side: Math.sqrt(values.length) };
    });
  }

  /** @param {number} k */
  chooseKernel(k) {
    const found = this.data?.kernels[this.kernelNames?.[k] ?? OWN];
    if (!found) return this.redraw();
    return this.change(() => {
      [this.head[SIZE], this.head[DIVISOR]] = [3, found[0]];
      this.kernel = found.slice(1);
    });
  }

  /** Keep the middle of the kernel. @param {number} size */
  resizeKernel(size) {
    const [old, kernel] = [this.head[SIZE], this.kernel];
    const shift = Math.floor(old / 2) - Math.floor(size / 2);
    this.change(() => {
      this.head[SIZE] = size;
      this.kernel = Array.from({ length: size * size }, (_, k) => {
        const [row, column] = [Math.floor(k / size) + shift, (k % size) + shift];
        return row >= 0 && row < old && column >= 0 && column < old ? kernel[row * old + column] : 0;
      });
    });
  }

  /** @param {"input" | "map" | "next"} part @param {Place} place */
  point(part, place) {
    this.pointed = { part, place };
    this.redraw();
  }

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  /** Bias and activation function, after the sum. @param {number} value */
  after(value) {
    return activate(ACTIVATIONS[this.head[ACTIVATION]], value + this.head[BIAS]);
  }

  /** @returns {{ layer: Layer, weights: number[], sums: Grid, map: Grid, second: Layer, after: Grid }} */
  compute() {
    const { head } = this;
    const layer = { kind: head[KIND], size: head[SIZE], stride: head[STRIDE], padding: head[PADDING] };
    const weights = this.kernel.map((weight) => weight / head[DIVISOR]);
    const sums = convolve(this.input, weights, layer); // T of the input
    const map = { ...sums, values: sums.values.map((value) => this.after(value)) };
    const second = head[NEXT] === BACK ? { ...layer, kind: 1 - layer.kind } : { kind: CONVOLUTION, size: head[WINDOW], stride: head[NEXT_STRIDE], padding: 0 }; // prettier-ignore
    const empty = { values: [], side: 0 };
    if (!head[NEXT] || map.side < 1) return { layer, weights, sums, map, second, after: empty };
    const after = head[NEXT] === BACK ? convolve(map, weights, second) : pool(map, POOLINGS[head[NEXT]], second.size, second.stride); // prettier-ignore
    return { layer, weights, sums, map, second, after };
  }

  draw() {
    this.frame = 0;
    if (!this.head.length || !this.data || !this.root.isConnected) return;
    const { head, input, data } = this;
    const found = this.compute();
    const { layer, map, after } = found;
    const marks = this.marksOf(found);
    const style = styleOf(this.root);
    const pad = layer.kind === CONVOLUTION ? layer.padding : 0;
    const shade = (/** @type {Grid} */ { values, side }, /** @type {Mark[]} */ marked) => {
      const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
      const range = /** @type {[number, number]} */ ([low, high || 1]);
      return { values, rows: side, columns: side, range, colours: data.colours, marks: marked };
    };
    const isGrey = Math.min(...input.values) >= 0 && Math.max(...input.values) > 1;
    const grey = { range: /** @type {[number, number]} */ ([0, WHITE]), colours: isGrey ? undefined : data.colours };
    this.inputGrid.draw({ ...shade(input, marks.input), ...(isGrey ? grey : {}), pad }, style);
    this.kernelGrid.draw(shade({ values: this.kernel, side: layer.size }, []), style);
    this.mapGrid.draw(shade(map, marks.map), style);
    this.nextGrid.draw(shade(after, marks.next), style);
    this.mapGrid.stage.hidden = !map.values.length;
    this.nextGrid.stage.hidden = !after.values.length;
    const titled = (/** @type {string} */ title, /** @type {Grid} */ { side }) => (side ? `${title}, ${side} × ${side}` : tr("{title}: the window does not fit", { title }));
    write(this.inputHeading, titled(tr("Input"), input));
    write(this.mapHeading, titled(tr("Feature map"), map));
    write(this.nextHeading, head[NEXT] ? titled(head[NEXT] === BACK ? tr("The way back, same kernel") : tr("After pooling"), after) : tr("Second step")); // prettier-ignore
    this.kind.value = String(head[KIND]);
    this.next.value = String(head[NEXT]);
    this.activation.value = String(head[ACTIVATION]);
    if (Number(this.bias.value) !== head[BIAS] || !this.bias.value) this.bias.value = String(head[BIAS]);
    for (const number of this.numbers) number.show();
    for (const k of [4, 5]) this.numbers[k].select.disabled = !head[NEXT] || head[NEXT] === BACK;
    this.showNames();
    write(this.sum, this.written(found));
    this.showSizes(found);
    this.root.dataset.map = map.values.slice(0, 4).map(plain).join(" ");
    this.root.dataset.next = after.values.slice(0, 4).map(plain).join(" ");
  }

  showNames() {
    const { data, inputNames = [], kernelNames = [] } = this;
    if (!data || !this.inputPick || !this.kernelPick) return;
    const same = (/** @type {number[]} */ one, /** @type {number[]} */ other) => one.join() === other.join();
    const image = inputNames.findIndex((name) => same(data.inputs[name] ?? [], this.input.values));
    const isFigure = same(data.figure.slice(HEAD + 9), this.input.values);
    this.inputPick.value = String(isFigure ? inputNames.length - 2 : image < 0 ? inputNames.length - 1 : image);
    const kernel = kernelNames.findIndex((name) => same(data.kernels[name] ?? [], [this.head[DIVISOR], ...this.kernel]));
    this.kernelPick.value = String(kernel < 0 ? kernelNames.length - 1 : kernel);
  }

  /** Frames around what belongs to the cell pointed at. @param {ReturnType<Convolution["compute"]>} found */
  marksOf({ layer, map, second, after }) {
    const colour = this.data?.accent ?? "";
    const { part, place } = this.pointed;
    /** @type {{ input: Mark[], map: Mark[], next: Mark[] }} */
    const marks = { input: [], map: [], next: [] };
    const cell = (/** @type {Place} */ at) => ({ ...at, height: 1, width: 1, colour });
    /** @param {Place} at @param {number} side @param {Layer} by */
    const windowOf = ({ row, column }, side, by) => {
      const { size, stride, padding } = by;
      if (by.kind === TRANSPOSED) return boxOf(termsOf(side, by, row, column), colour);
      return [{ row: row * stride - padding, column: column * stride - padding, height: size, width: size, colour }];
    };
    if (part === "input") {
      const reached = places(map.side).filter(({ row, column }) =>
        termsOf(this.input.side, layer, row, column).some((term) => term.row === place.row && term.column === place.column),
      );
      marks.map = boxOf(reached, colour);
    } else if (part === "map" && inside(place, map.side)) {
      marks.map = [cell(place)];
      marks.input = windowOf(place, this.input.side, layer);
    } else if (part === "next" && inside(place, after.side)) {
      marks.next = [cell(place)];
      marks.map = windowOf(place, map.side, second);
      const cells = termsOf(map.side, second, place.row, place.column);
      marks.input = boxOf(cells.flatMap(({ row, column }) => termsOf(this.input.side, layer, row, column)), colour);
    }
    return marks;
  }

  /** The sum behind the cell pointed at. @param {ReturnType<Convolution["compute"]>} found */
  written({ layer, sums, map, second, after }) {
    const { part, place } = this.pointed;
    const { row, column } = place;
    const where = tr("row {row}, column {column}", { row: row + 1, column: column + 1 });
    const divisor = this.head[DIVISOR];
    /** @param {Grid} from @param {Layer} by @param {Grid} to @param {string} name */
    const sum = (from, by, to, name) => {
      const terms = termsOf(from.side, by, row, column).map((term) => {
        const weight = this.kernel[term.weight];
        return `${written(from.values[term.row * from.side + term.column])}·${weight < 0 ? `(${written(weight)})` : written(weight)}`;
      });
      const text = terms.join(" + ") || "0";
      return `${name}, ${where}: ${divisor > 1 ? `(${text}) / ${divisor}` : text} = ${written(to.values[row * to.side + column])}`;
    };
    if (part === "input" && inside(place, this.input.side)) {
      return tr("Input, {where}: {value}. The frame holds the outputs that it changes.", { where, value: written(this.input.values[row * this.input.side + column]) });
    }
    if (part === "map" && inside(place, map.side)) {
      const [name, bias] = [ACTIVATIONS[this.head[ACTIVATION]], this.head[BIAS]];
      const z = sums.values[row * map.side + column] + bias;
      const added = bias ? `. z = ${written(z - bias)} ${bias < 0 ? "−" : "+"} ${Math.abs(bias)} = ${written(z)}` : "";
      const last = name === "identity" ? "" : `. φ(z) = ${TITLES[name]}(${written(z)}) = ${written(map.values[row * map.side + column])}`;
      return `${sum(this.input, layer, sums, tr("Feature map"))}${added}${last}`;
    }
    if (part !== "next" || !inside(place, after.side)) return tr("Point at a number of the feature map.");
    if (this.head[NEXT] === BACK) return sum(map, second, after, tr("The way back"));
    const cells = termsOf(map.side, second, row, column).map((term) => written(map.values[term.row * map.side + term.column]));
    const values = { where, pooling: tr(POOLINGS[this.head[NEXT]]), cells: joined(cells), value: written(after.values[row * after.side + column]) };
    return tr("After pooling, {where}: {pooling}", values) + `{${values.cells}} = ${values.value}`;
  }

  /** @param {ReturnType<Convolution["compute"]>} found */
  showSizes({ layer, map, second, after }) {
    const { side } = this.input;
    const { size, stride, padding } = layer;
    const isPooled = this.head[NEXT] && this.head[NEXT] !== BACK;
    const own = layer.kind === TRANSPOSED
      ? `(n − 1)s − 2p + k = (${side} − 1)·${stride} − 2·${padding} + ${size} = ${outputSide(side, layer)}`
      : `⌊(n + 2p − k) / s⌋ + 1 = ⌊(${side} + 2·${padding} − ${size}) / ${stride}⌋ + 1 = ${outputSide(side, layer)}`; // prettier-ignore
    const pooled = isPooled ? tr("; pooling {sum}", { sum: `⌊(${map.side} − ${second.size}) / ${second.stride}⌋ + 1 = ${outputSide(map.side, second)}` }) : "";
    const layers = isPooled ? [layer, second] : [layer];
    const field = receptiveField(layers);
    const sees = layer.kind === TRANSPOSED || this.head[NEXT] === BACK ? "" : tr(". Receptive field: {sum}{field} × {field} pixels", { sum: isPooled ? `${size} + (${second.size} − 1)·${stride} = ` : "", field }); // prettier-ignore
    write(this.sizes, `${tr("Side of the output: {sum}", { sum: own })}${pooled}${sees}.`);
    const [from, to] = [side ** 2, map.side ** 2];
    write(this.parameters, tr("Parameters: this layer {size}·{size} + 1 = {own}; a dense layer between the same grids {from}·{to} + {to} = {dense}. " +
      "S2, Example 2.3.2 (32 × 32 RGB, 64 filters): ({size}·{size}·3 + 1)·64 = {filters}; dense 3,072·64 + 64 = 196,672 (S2 prints 196,736).",
    { size, from, to, own: size * size + 1, dense: number(from * to + to), filters: number((3 * size * size + 1) * 64) })); // prettier-ignore
    this.root.dataset.sides = [map.side, after.side, field].join(" ");
  }

  close() {
    this.unwatch();
    this.kept.stop();
    cancelAnimationFrame(this.frame);
  }
}

/** @param {Place} place @param {number} side */
const inside = ({ row, column }, side) => row < side && column < side;

/** @param {number} side @returns {Place[]} */
const places = (side) => Array.from({ length: side * side }, (_, k) => ({ row: Math.floor(k / side), column: k % side }));

/** The smallest frame around some cells. @param {Place[]} cells @param {string} colour @returns {Mark[]} */
function boxOf(cells, colour) {
  if (!cells.length) return [];
  const [rows, columns] = [cells.map(({ row }) => row), cells.map(({ column }) => column)];
  const [row, column] = [Math.min(...rows), Math.min(...columns)];
  return [{ row, column, height: Math.max(...rows) - row + 1, width: Math.max(...columns) - column + 1, colour }];
}

export default define(
  { class: "experiment convolution", "data-testid": "convolution" },
  (root, channel, activity) => new Convolution(root, channel, activity),
);
