// The camera of a panel: pan and zoom over a plane, or an orbit around a point in space.

const PITCH_LIMIT = Math.PI / 2;
const DISTANCE = 4; // from the eye to the middle, in units of the half side that is shown
const NEAREST = 0.2; // to the eye that a point comes, in the same units
const SPACE_SCALE = 0.8; // of a plane's scale, so that the corners of a box find room

/** @typedef {import("../map/map_data.js").CameraState} CameraState */
/** @typedef {{ width: number, height: number }} Frame size of a panel in pixels */
/** @typedef {ArrayLike<number>} Numbers */

export class Camera {
  /** @param {2 | 3} dims */
  constructor(dims) {
    this.dims = dims;
    /** @type {number[]} */
    this.centre = new Array(dims).fill(0);
    this.half = 1;
    this.yaw = 0;
    this.pitch = 0;
  }

  /** @returns {CameraState} */
  state() {
    return { centre: [...this.centre], half: this.half, yaw: this.yaw, pitch: this.pitch };
  }

  /** @param {CameraState} state */
  restore({ centre, half, yaw, pitch }) {
    Object.assign(this, { centre: [...centre], half, yaw, pitch });
  }

  /** @param {CameraState} state */
  shows({ centre, half, yaw, pitch }) {
    const same = half === this.half && yaw === this.yaw && pitch === this.pitch;
    return same && centre.every((value, k) => value === this.centre[k]);
  }

  /**
   * Pixels for one unit of the latent space, where perspective does not change it.
   * @param {Frame} frame
   */
  scale({ width, height }) {
    return ((this.dims === 3 ? SPACE_SCALE : 1) * Math.min(width, height)) / (2 * this.half);
  }

  /**
   * Zooms by a factor; in a plane the point under `at` (pixels) stays where it is.
   * @param {number} factor
   * @param {number[] | null} at
   * @param {Frame | null} frame
   */
  zoom(factor, at = null, frame = null) {
    const next = this.half / factor;
    if (!(next > 1e-6 && next < 1e9)) return;
    if (at && frame && this.dims === 2) {
      const under = this.unproject(at[0], at[1], 0, frame);
      this.centre = this.centre.map((value, k) => value + (under[k] - value) * (1 - 1 / factor));
    }
    this.half = next;
  }

  /**
   * Moves with a pointer that went dx, dy pixels: a plane is panned, space is turned (panned with shift).
   * @param {number} dx
   * @param {number} dy
   * @param {Frame} frame
   */
  drag(dx, dy, frame, pan = false) {
    const scale = this.scale(frame);
    if (this.dims === 2) {
      this.centre = [this.centre[0] - dx / scale, this.centre[1] + dy / scale];
    } else if (pan) {
      const [right, up] = this.axes();
      this.centre = this.centre.map((value, k) => value - (right[k] * dx - up[k] * dy) / scale);
    } else {
      this.yaw -= dx * 0.008;
      this.pitch = Math.max(-PITCH_LIMIT, Math.min(PITCH_LIMIT, this.pitch + dy * 0.008));
    }
  }

  // Unit vectors to the right, upwards and towards the eye; the third latent axis points up.
  axes() {
    const [cy, sy, cp, sp] = [Math.cos(this.yaw), Math.sin(this.yaw), Math.cos(this.pitch), Math.sin(this.pitch)];
    return [
      [-sy, cy, 0],
      [-sp * cy, -sp * sy, cp],
      [cp * cy, cp * sy, sp],
    ];
  }

  /**
   * Fills `screen` with x and y in pixels and the depth (larger is nearer), three floats a point.
   * @param {Numbers} coordinates
   * @param {Float32Array} screen
   * @param {Frame} frame
   */
  project(coordinates, screen, frame) {
    const scale = this.scale(frame);
    const [midX, midY] = [frame.width / 2, frame.height / 2];
    const count = coordinates.length / this.dims;
    if (this.dims === 2) {
      const [cx, cy] = this.centre;
      for (let i = 0; i < count; i += 1) {
        screen[3 * i] = midX + (coordinates[2 * i] - cx) * scale;
        screen[3 * i + 1] = midY - (coordinates[2 * i + 1] - cy) * scale;
        screen[3 * i + 2] = 0;
      }
      return;
    }
    const [[rx, ry], [ux, uy, uz], [ex, ey, ez]] = this.axes(); // the right is level: its third number is 0
    const [cx, cy, cz] = this.centre;
    for (let i = 0; i < count; i += 1) {
      const x = coordinates[3 * i] - cx;
      const y = coordinates[3 * i + 1] - cy;
      const z = coordinates[3 * i + 2] - cz;
      const depth = (x * ex + y * ey + z * ez) / this.half;
      const near = (scale * DISTANCE) / Math.max(NEAREST, DISTANCE - depth);
      screen[3 * i] = midX + (x * rx + y * ry) * near;
      screen[3 * i + 1] = midY - (x * ux + y * uy + z * uz) * near;
      screen[3 * i + 2] = depth;
    }
  }

  /**
   * Where one point lies on the screen, in pixels, and its depth.
   * @param {Numbers} point
   * @param {Frame} frame
   * @returns {[number, number, number]}
   */
  locate(point, frame) {
    const scale = (this.scale(frame) * this.half) / (this.dims === 3 ? SPACE_SCALE : 1);
    const [x, y, depth] = this.lay(point);
    return [frame.width / 2 + x * scale, frame.height / 2 - y * scale, depth];
  }

  /**
   * Where one point lies on the screen, whatever the size of that: from the middle to the right and upwards, in halves
   * of its shorter side, and its depth. In a plane the same up to the camera's centre and scale.
   * @param {Numbers} point
   * @param {number[][]} axes of the camera, for those who ask for many points
   * @returns {[number, number, number]}
   */
  lay(point, axes = this.axes()) {
    const [x, y] = [point[0] - this.centre[0], point[1] - this.centre[1]];
    if (this.dims === 2) return [x / this.half, y / this.half, 0];
    const z = point[2] - this.centre[2];
    const [right, up, eye] = axes;
    const along = (/** @type {number[]} */ axis) => x * axis[0] + y * axis[1] + z * axis[2];
    const depth = along(eye) / this.half;
    const near = (SPACE_SCALE * DISTANCE) / (this.half * Math.max(NEAREST, DISTANCE - depth));
    return [along(right) * near, along(up) * near, depth];
  }

  /**
   * The point that is seen at a pixel; in space, that of a given depth.
   * @param {number} x
   * @param {number} y
   * @param {number} depth
   * @param {Frame} frame
   * @returns {number[]}
   */
  unproject(x, y, depth, frame) {
    const scale = this.scale(frame);
    const [dx, dy] = [x - frame.width / 2, frame.height / 2 - y];
    if (this.dims === 2) return [this.centre[0] + dx / scale, this.centre[1] + dy / scale];
    const near = (scale * DISTANCE) / Math.max(NEAREST, DISTANCE - depth);
    const [right, up, eye] = this.axes();
    return this.centre.map((value, k) => value + (right[k] * dx + up[k] * dy) / near + eye[k] * depth * this.half);
  }
}

/**
 * Puts the camera where the panel's specification wants it at first.
 * @param {Camera} camera
 * @param {{ centre: number[], half: number, yaw?: number, pitch?: number }} spec
 */
export function fitCamera(camera, spec) {
  camera.centre = [...spec.centre];
  camera.half = spec.half;
  camera.yaw = (spec.yaw ?? 0) * (Math.PI / 180);
  camera.pitch = (spec.pitch ?? 0) * (Math.PI / 180);
}
