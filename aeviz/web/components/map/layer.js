// A drawn layer of a panel that is kept, so that it can be moved and scaled while a gesture lasts.

import { context, resize } from "../kit/dom.js";

/** @typedef {import("../kit/camera.js").Camera} Camera */
/** @typedef {import("./map_data.js").CameraState} CameraState */
/** @typedef {{ camera: Camera, width: number, height: number, ratio: number }} View */

export class Layer {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.brush = context(this.canvas);
    /** @type {{ camera: CameraState, scale: number, width: number, height: number } | null} */
    this.seen = null;
  }

  /**
   * Empty the layer and remember the view that is going to be drawn.
   * @param {View} view
   * @returns {CanvasRenderingContext2D} with CSS pixels as its unit
   */
  begin({ camera, width, height, ratio }) {
    resize(this.canvas, Math.round(width * ratio), Math.round(height * ratio));
    this.brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.brush.clearRect(0, 0, width, height);
    this.seen = { camera: camera.state(), scale: camera.scale({ width, height }), width, height };
    return this.brush;
  }

  /**
   * Draw the layer as the camera sees it now. Exact where it has not moved; in a plane moved and scaled.
   * @param {CanvasRenderingContext2D} brush
   * @param {View} view
   */
  place(brush, { camera, width, height, ratio }) {
    if (!this.seen || !this.canvas.width || !this.canvas.height) return;
    const factor = camera.dims === 2 ? camera.scale({ width, height }) / this.seen.scale : 1;
    const [dx, dy] = [0, 1].map((k) => {
      if (camera.dims === 3) return 0;
      return (this.seen?.camera.centre[k] ?? 0) - camera.centre[k];
    });
    const scale = camera.scale({ width, height });
    const [midX, midY] = [this.seen.width / 2, this.seen.height / 2];
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    const left = width / 2 + dx * scale - midX * factor;
    const top = height / 2 - dy * scale - midY * factor;
    brush.drawImage(this.canvas, left, top, this.seen.width * factor, this.seen.height * factor);
  }
}
