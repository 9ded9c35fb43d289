// Lines of equal height of a field on a grid.

/**
 * The line on which a field has a level, as segments between the middles of its cells (marching squares).
 * @param {ArrayLike<number>} values of the cells, row by row
 * @param {number} columns
 * @param {number} level
 * @returns {number[][]} x and y of both ends, in columns and rows: 0 is the middle of the first cell
 */
export function isoline(values, columns, level) {
  const rows = values.length / columns;
  const segments = [];
  for (let row = 0; row + 1 < rows; row += 1) {
    for (let column = 0; column + 1 < columns; column += 1) {
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]]; // prettier-ignore
      const heights = corners.map(([x, y]) => values[(row + y) * columns + column + x] - level);
      const ends = [];
      for (let k = 0; k < 4; k += 1) {
        const [here, next] = [heights[k], heights[(k + 1) % 4]];
        if (here > 0 === next > 0) continue;
        const share = here / (here - next);
        const [[x, y], [u, v]] = [corners[k], corners[(k + 1) % 4]];
        ends.push(column + x + share * (u - x), row + y + share * (v - y));
      }
      for (let k = 0; k + 3 < ends.length; k += 4) segments.push(ends.slice(k, k + 4));
    }
  }
  return segments;
}
