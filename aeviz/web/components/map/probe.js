// A point of the latent space that the visitor drags, to be decoded: anywhere in a plane, and in space within the plane
// through it that faces the viewer.

const GRIP_PX = 22; // how near a pointer must come to take hold of it
const RADIUS_PX = 8;

/** @typedef {import("../kit/camera.js").Camera} Camera */
/** @typedef {{ camera: Camera, width: number, height: number, ratio: number }} View */

export class Probe {
  /**
   * @param {View} view whose camera the probe is seen by
   * @param {(point: number[], done: boolean) => void} report is called for each move, and once more when it is done
   */
  constructor(view, report) {
    this.view = view;
    this.report = report;
    /** @type {number[] | null} */
    this.point = null;
  }

  /**
   * Put the probe down without a report.
   * @param {ArrayLike<number> | null} point
   */
  put(point) {
    this.point = point && Array.from(point);
  }

  /**
   * Whether a pointer at a pixel holds the probe: everywhere in a plane, near it in space.
   * @param {number} x
   * @param {number} y
   */
  isHeld(x, y) {
    if (this.view.camera.dims === 2) return true;
    if (!this.point) return false;
    const [atX, atY] = this.view.camera.locate(this.point, this.view);
    return Math.hypot(atX - x, atY - y) <= GRIP_PX;
  }

  /**
   * Bring the probe to a pixel; its distance from the viewer stays.
   * @param {number} x
   * @param {number} y
   */
  drag(x, y) {
    const { camera } = this.view;
    const depth = this.point ? camera.locate(this.point, this.view)[2] : 0;
    this.point = camera.unproject(x, y, depth, this.view);
    this.report(this.point, false);
  }

  /**
   * Move the probe by some pixels, as keys do.
   * @param {number} dx
   * @param {number} dy
   */
  nudge(dx, dy) {
    const [x, y] = this.view.camera.locate(this.point ?? this.view.camera.centre, this.view);
    this.drag(x + dx, y + dy);
    this.release();
  }

  /** Report that the drag is over. */
  release() {
    if (this.point) this.report(this.point, true);
  }

  /**
   * @param {CanvasRenderingContext2D} brush with CSS pixels as its unit
   * @param {{ text: string, background: string }} style
   */
  draw(brush, style) {
    if (!this.point) return;
    const [x, y] = this.view.camera.locate(this.point, this.view);
    for (const [colour, width] of /** @type {[string, number][]} */ ([
      [style.background, 6],
      [style.text, 2.5],
    ])) {
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.beginPath();
      brush.rect(x - RADIUS_PX, y - RADIUS_PX, 2 * RADIUS_PX, 2 * RADIUS_PX);
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        brush.moveTo(x + dx * 3, y + dy * 3);
        brush.lineTo(x + dx * (RADIUS_PX + 5), y + dy * (RADIUS_PX + 5));
      }
      brush.stroke();
    }
  }
}
