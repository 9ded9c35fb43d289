// @ts-nocheck
// The camera of a panel: pan and zoom over a plane, or an orbit around a point in space.

const PITCH_LIMIT = Math.PI / 2;
const DISTANCE = 4; // from the eye to the middle, in units of the half side that is shown

export class Camera {
  constructor(dims) {
    this.dims = dims;
    this.centre = new Array(dims).fill(0);
    this.half = 1;
    this.yaw = 0;
    this.pitch = 0;
  }

  state() {
    return { centre: [...this.centre], half: this.half, yaw: this.yaw, pitch: this.pitch };
  }

  // Pixels for one unit of the latent space, where perspective does not change it.
  scale({ width, height }) {
    return ((this.dims === 3 ? 0.8 : 1) * Math.min(width, height)) / (2 * this.half);
  }

  // Zooms by a factor; in a plane the point under `at` (pixels) stays where it is.
  zoom(factor, at = null, panel = null) {
    const next = this.half / factor;
    if (!(next > 1e-6 && next < 1e9)) return;
    if (at && this.dims === 2) {
      const scale = this.scale(panel);
      const offset = [(at[0] - panel.width / 2) / scale, (panel.height / 2 - at[1]) / scale];
      this.centre = this.centre.map((value, k) => value + offset[k] * (1 - 1 / factor));
    }
    this.half = next;
  }

  // Moves with a pointer that went dx, dy pixels: a plane is panned, space is turned (panned with shift).
  drag(dx, dy, panel, pan = false) {
    const scale = this.scale(panel);
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

  // Fills `screen` with x and y in pixels and the depth (larger is nearer), three floats a point.
  project(coordinates, screen, panel) {
    const scale = this.scale(panel);
    const [midX, midY] = [panel.width / 2, panel.height / 2];
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
    const [right, up, eye] = this.axes();
    const [cx, cy, cz] = this.centre;
    for (let i = 0; i < count; i += 1) {
      const x = coordinates[3 * i] - cx;
      const y = coordinates[3 * i + 1] - cy;
      const z = coordinates[3 * i + 2] - cz;
      const depth = (x * eye[0] + y * eye[1] + z * eye[2]) / this.half;
      const near = (scale * DISTANCE) / Math.max(0.2, DISTANCE - depth);
      screen[3 * i] = midX + (x * right[0] + y * right[1] + z * right[2]) * near;
      screen[3 * i + 1] = midY - (x * up[0] + y * up[1] + z * up[2]) * near;
      screen[3 * i + 2] = depth;
    }
  }
}

// Puts the camera where the panel's specification wants it at first.
export function fitCamera(camera, spec) {
  camera.centre = [...spec.centre];
  camera.half = spec.half;
  camera.yaw = (spec.yaw ?? 0) * (Math.PI / 180);
  camera.pitch = (spec.pitch ?? 0) * (Math.PI / 180);
}
