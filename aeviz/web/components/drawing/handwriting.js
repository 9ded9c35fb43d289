// From strokes on the pad to an image that a model of handwriting takes, quickly: what aeviz/data/prepare.py does with
// the finished image, for strokes whose widths are known. See aeviz/data/strokes.py for the numbers and their source.

/** @typedef {{ erase: boolean, points: { x: number, y: number, width: number }[] }} Stroke */
/** @typedef {(context: CanvasRenderingContext2D, stroke: Stroke) => void} Paint */

const SMALL_SIDE = 12; // images up to this side are filled from edge to edge
const BOX_SHARE = 20 / 28;
const FINE_BOX = 160; // pixels along a digit's longer side before they are averaged
const PEN = { usual: 2.4 / 28, low: 1.6 / 28, high: 4 / 28 }; // width of strokes, in shares of the image's side
const SMALL_PEN = { usual: 1.3 / 8, low: 0.75 / 8, high: 2.2 / 8 };
const HALF = 128;

/** The mean width of what was drawn, weighted by length. @param {Stroke[]} strokes */
function meanWidth(strokes) {
  let [sum, length] = [0, 0];
  for (const { erase, points } of strokes) {
    if (erase) continue;
    points.forEach((point, k) => {
      const before = points[k - 1] ?? point;
      const step = Math.hypot(point.x - before.x, point.y - before.y) + 1e-3;
      sum += step * point.width;
      length += step;
    });
  }
  return length ? sum / length : 0;
}

/** @param {Stroke} stroke @param {number} factor @returns {Stroke} */
function widened({ erase, points }, factor) {
  return { erase, points: erase ? points : points.map(({ x, y, width }) => ({ x, y, width: width * factor })) };
}

/** @param {CanvasRenderingContext2D} context */
function levels({ canvas }, context = canvas.getContext("2d")) {
  const { data } = /** @type {CanvasRenderingContext2D} */ (context).getImageData(0, 0, canvas.width, canvas.height);
  return data;
}

/** Where ink is: left, top, right and bottom edge, or null. @param {Uint8ClampedArray} data @param {number} side */
function inkBox(data, side) {
  let [left, top, right, bottom] = [side, side, 0, 0];
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      if (data[4 * (y * side + x)] < HALF) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  return right > left ? { left, top, right, bottom } : null;
}

export class Handwriting {
  /**
   * @param {Paint} paint draws a stroke, white on black
   * @param {number} side of the pad
   * @param {number[]} shape of the image: channels, height, width
   */
  constructor(paint, side, [, height, width]) {
    this.paint = paint;
    this.side = side;
    this.height = height;
    this.width = width;
    const least = Math.min(height, width);
    this.isSmall = least <= SMALL_SIDE;
    this.box = this.isSmall ? least : Math.round(BOX_SHARE * least);
    this.step = Math.max(1, Math.ceil(FINE_BOX / this.box));
    this.pen = this.isSmall ? SMALL_PEN : PEN;
    this.least = least;
    this.board = this.canvas(side, side);
    this.fine = this.canvas(width * this.step, height * this.step);
  }

  /** @param {number} width @param {number} height */
  canvas(width, height) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false, willReadFrequently: true }));
  }

  /** @param {CanvasRenderingContext2D} context @param {Stroke[]} strokes @param {number} factor */
  draw(context, strokes, factor) {
    const { a, d, e, f } = context.getTransform();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    context.setTransform(a, 0, 0, d, e, f);
    for (const stroke of strokes) this.paint(context, widened(stroke, factor));
  }

  /**
   * The image of some strokes, in [0, 1], row by row; null where nothing is to be seen.
   * @param {Stroke[]} strokes
   */
  prepare(strokes) {
    const drawn = meanWidth(strokes);
    const { usual, low, high } = this.pen;
    let factor = 1;
    let box = null;
    let share = 1;
    for (let round = 0; round < 3; round += 1) {
      this.draw(this.board, strokes, factor);
      box = inkBox(levels(this.board), this.side);
      if (!box) return null;
      share = (this.box * this.step) / Math.max(box.right - box.left, box.bottom - box.top);
      const found = (drawn * share) / this.step / this.least; // in shares of the image's side
      if (factor === 1 && found >= low && found <= high) break;
      factor = usual / found; // another width changes the size, which changes the width
    }
    if (!box) return null;
    const { fine } = this;
    fine.setTransform(share, 0, 0, share, -box.left * share, -box.top * share);
    this.draw(fine, strokes, factor);
    return this.average(Math.round((box.right - box.left) * share), Math.round((box.bottom - box.top) * share));
  }

  /**
   * Average fine pixels over those of the image, the digit's centre of mass, or else its box, in the middle.
   * @param {number} wide @param {number} tall the digit's size in fine pixels
   */
  average(wide, tall) {
    const { step, width, height, fine } = this;
    const data = levels(fine);
    const across = fine.canvas.width;
    let [mass, sumX, sumY] = [1e-9, 0, 0];
    for (let y = 0; y < tall; y += 1) {
      for (let x = 0; x < wide; x += 1) {
        const value = data[4 * (y * across + x)];
        mass += value;
        sumX += value * x;
        sumY += value * y;
      }
    }
    /** @param {number} size @param {number} centre @param {number} extent */
    const place = (size, centre, extent) => {
      const at = this.isSmall
        ? Math.floor((size * step - extent) / 2)
        : step * Math.round((size + 1) / 2 - (centre + 0.5) / step);
      return Math.min(Math.max(at, 0), size * step - extent);
    };
    const [left, top] = [place(width, sumX / mass, wide), place(height, sumY / mass, tall)];
    const image = new Float32Array(width * height);
    for (let y = 0; y < tall; y += 1) {
      for (let x = 0; x < wide; x += 1) {
        const [column, row] = [Math.floor((left + x) / step), Math.floor((top + y) / step)];
        image[row * width + column] += data[4 * (y * across + x)];
      }
    }
    return image.map((sum) => Math.min(1, sum / (255 * step * step)));
  }
}
