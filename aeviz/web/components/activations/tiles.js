// Where the values of a layer stand on its canvas: units as cells, channels as small maps, in rows.

/** @typedef {{ count: number, height: number, width: number }} Maps `count` maps of height x width values each */
/** @typedef {{ columns: number, rows: number, cell: number, gap: number }} Tiling sizes in pixels of the canvas */

/**
 * The maps of an output.
 * @param {number[]} shape of one input's output: (units) or (channels, height, width)
 * @returns {Maps}
 */
export function mapsOf(shape) {
  const [count, height = 1, width = 1] = shape;
  return { count, height, width };
}

/**
 * Fill a room with maps, each value a square as large as possible.
 * @param {Maps} maps
 * @param {number} width of the room in pixels
 * @param {number} height
 * @param {number} most side of a square, in pixels
 * @returns {Tiling}
 */
export function tile(maps, width, height, most) {
  let best = { columns: 1, rows: maps.count, cell: 0, gap: 0 };
  for (let columns = 1; columns <= maps.count; columns += 1) {
    const rows = Math.ceil(maps.count / columns);
    const gap = maps.height * maps.width > 1 ? Math.max(1, Math.min(4, Math.floor(width / columns / 12))) : 0;
    const cell = Math.min(
      most,
      (width - gap * (columns - 1)) / (columns * maps.width),
      (height - gap * (rows - 1)) / (rows * maps.height),
    );
    if (cell > best.cell) best = { columns, rows, cell, gap };
  }
  return best;
}

/**
 * The place of a map on the canvas.
 * @param {Maps} maps
 * @param {Tiling} tiling
 * @param {number} index
 */
export function placeOf(maps, { columns, cell, gap }, index) {
  return {
    x: (index % columns) * (maps.width * cell + gap),
    y: Math.floor(index / columns) * (maps.height * cell + gap),
  };
}

/**
 * The value under a place on the canvas.
 * @param {Maps} maps
 * @param {Tiling} tiling
 * @param {number} x
 * @param {number} y
 * @returns {{ map: number, row: number, column: number, index: number } | null}
 */
export function valueAt(maps, tiling, x, y) {
  const [wide, high] = [maps.width * tiling.cell + tiling.gap, maps.height * tiling.cell + tiling.gap];
  const [left, top] = [Math.floor(x / wide), Math.floor(y / high)];
  const map = top * tiling.columns + left;
  const [column, row] = [Math.floor((x - left * wide) / tiling.cell), Math.floor((y - top * high) / tiling.cell)];
  const isInside = left >= 0 && left < tiling.columns && top >= 0 && map < maps.count;
  if (!isInside || column < 0 || row < 0 || column >= maps.width || row >= maps.height) return null;
  return { map, row, column, index: (map * maps.height + row) * maps.width + column };
}
