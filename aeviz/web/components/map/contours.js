// Lines of equal density under the points of a plane.

/** @typedef {import("./overlay_store.js").Contour} Contour */

/**
 * Draw the contours of a panel, without those of hidden classes.
 * @param {CanvasRenderingContext2D} brush
 * @param {{ width: number, height: number, camera: any }} panel
 * @param {Contour[]} contours
 * @param {Set<number>} hidden labels
 * @param {string} ink colour of those that have none
 * @returns {number} lines drawn
 */
export function drawContours(brush, panel, contours, hidden, ink) {
  const scale = panel.camera.scale(panel);
  const [cx, cy] = panel.camera.centre;
  let drawn = 0;
  brush.lineJoin = "round";
  for (const { colour, label, weight, lines } of contours) {
    if (hidden.has(label)) continue;
    brush.beginPath();
    for (const line of lines) {
      for (let at = 0; at < line.length; at += 2) {
        const x = panel.width / 2 + (line[at] - cx) * scale;
        const y = panel.height / 2 - (line[at + 1] - cy) * scale;
        if (at) brush.lineTo(x, y);
        else brush.moveTo(x, y);
      }
      drawn += 1;
    }
    brush.strokeStyle = colour ?? ink;
    brush.globalAlpha = 0.45 + 0.55 * weight;
    brush.lineWidth = 1 + weight;
    brush.stroke();
  }
  brush.globalAlpha = 1;
  return drawn;
}
