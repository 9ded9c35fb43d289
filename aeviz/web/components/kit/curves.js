// Lines through many values on a canvas.

/** @typedef {CanvasRenderingContext2D} Brush */
/** @typedef {(value: number) => number} Scale from a value to pixels */

/**
 * One line through all values; where epochs share a pixel column it covers their range, so no spike is lost.
 * @param {Brush} brush
 * @param {Int32Array} epochs
 * @param {Float32Array} values
 * @param {Scale} toX
 * @param {Scale} toY
 * @returns {[number, number][]} places of the values that stand alone
 */
function trace(brush, epochs, values, toX, toY) {
  /** @type {[number, number][]} */
  const lonely = [];
  let [column, open, points] = [NaN, false, 0];
  let [low, high, last, lastX] = [0, 0, 0, 0];
  const flush = () => {
    if (high > low) for (const y of [low, high, last]) brush.lineTo(lastX, y);
  };
  const close = () => {
    if (open) flush();
    if (open && points === 1) lonely.push([lastX, last]);
    [open, points, column] = [false, 0, NaN];
  };
  brush.beginPath();
  for (let i = 0; i < values.length; i += 1) {
    const y = toY(values[i]);
    if (!Number.isFinite(y)) {
      close();
      continue;
    }
    const x = toX(epochs[i]);
    const at = Math.round(2 * x);
    if (open && at === column) {
      if (y < low) low = y;
      if (y > high) high = y;
      last = y;
      points += 1;
      continue;
    }
    if (open) flush();
    if (open) brush.lineTo(x, y);
    else brush.moveTo(x, y);
    [column, open, points] = [at, true, points + 1];
    [low, high, last, lastX] = [y, y, y, x];
  }
  close();
  brush.stroke();
  return lonely;
}

/**
 * A curve; values that stand alone are dots.
 * @param {Brush} brush
 * @param {Int32Array} epochs
 * @param {Float32Array} values
 * @param {[Scale, Scale]} scales across and up
 * @param {{ colour: string, width: number, alpha: number }} look
 */
export function drawCurve(brush, epochs, values, [toX, toY], { colour, width, alpha }) {
  brush.strokeStyle = brush.fillStyle = colour;
  brush.lineWidth = width;
  brush.globalAlpha = alpha;
  for (const [x, y] of trace(brush, epochs, values, toX, toY)) {
    brush.beginPath();
    brush.arc(x, y, width + 0.6, 0, 2 * Math.PI);
    brush.fill();
  }
  brush.globalAlpha = 1;
}

/**
 * A curve in the background: its line and what lies below it.
 * @param {Brush} brush
 * @param {Int32Array} epochs
 * @param {{ colour: string, raw: Float32Array }} series
 * @param {[Scale, Scale]} scales across and up
 * @param {number} bottom
 */
export function drawArea(brush, epochs, { colour, raw }, [toX, toY], bottom) {
  brush.strokeStyle = brush.fillStyle = colour;
  brush.lineWidth = 1.5;
  brush.globalAlpha = 0.8;
  brush.setLineDash([5, 4]);
  trace(brush, epochs, raw, toX, toY);
  brush.setLineDash([]);
  brush.globalAlpha = 0.1;
  brush.beginPath();
  let first = NaN;
  let last = NaN;
  raw.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    last = toX(epochs[i]);
    if (Number.isNaN(first)) brush.moveTo((first = last), bottom);
    brush.lineTo(last, toY(value));
  });
  brush.lineTo(last, bottom);
  brush.fill();
  brush.globalAlpha = 1;
}

/**
 * @param {Brush} brush
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
export function line(brush, x1, y1, x2, y2) {
  brush.beginPath();
  brush.moveTo(x1, y1);
  brush.lineTo(x2, y2);
  brush.stroke();
}
