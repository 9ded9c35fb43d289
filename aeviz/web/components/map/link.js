// Ties the map to the inspector beside it: both have one latent point, that of the first panel's model, and one chosen image.

import { hear, tell } from "../kit/link.js";
import { carryBack, carryOver, project, raise } from "./lift.js";

/** @typedef {import("./panel.js").Panel} Panel */

export class Link {
  /** @param {import("./map.js").LatentMap} map */
  constructor(map) {
    this.map = map;
    this.model = "";
    /** @type {Float64Array | null} */
    this.z = null;
    /** @type {Float64Array | null} where the second model itself encodes the visitor's image */
    this.beside = null;
    /** @type {Float64Array[]} latent points that the visitor keeps */
    this.waypoints = [];
    /** @type {Float64Array | null} of the visitor's own image */
    this.own = null;
    /** @type {Float64Array | null} the same, as the second model encodes it */
    this.ownBeside = null;
    this.drawing = ""; // the visitor's, as text for a link
    /** @type {() => void} */
    this.end = () => undefined;
  }

  /** The map has another header. */
  show() {
    const { model } = this.map.header;
    if (model !== this.model) {
      this.end();
      this.model = model;
      this.z = null;
      this.waypoints = [];
      this.listen(model);
    } else this.place(null);
    this.choose(false);
    this.tellSelection();
    this.tellHidden();
  }

  tellHidden() {
    if (this.model) tell("hidden", this.model, [...this.map.hidden], this);
  }

  tellSelection() {
    if (this.model) tell("selection", this.model, this.map.chosen, this);
  }

  /** @param {string} model empty for none */
  listen(model) {
    this.own = this.ownBeside = null;
    this.drawing = "";
    if (!model) return;
    const ends = [
      hear("point", model, ({ z }) => this.take(z), this),
      hear("beside", model, (z) => this.takeBeside(z), this),
      hear("own", model, (own) => this.keepOwn(own?.z ?? null), this),
      hear("drawing", model, (text) => (this.drawing = text), this),
      hear("path", model, (waypoints) => this.keep(waypoints), this),
      hear("image", model, ({ index, byHand }) => byHand && index !== this.map.selected && this.map.select(index), this),
    ];
    this.end = () => ends.splice(0).forEach((end) => end());
  }

  /** @param {Float64Array} z a latent point that another part of the page has come to */
  take(z) {
    this.z = z;
    this.beside = null;
    this.place(null);
  }

  /** @param {Float64Array} z where the second model itself encodes the visitor's image */
  takeBeside(z) {
    this.beside = this.ownBeside = z;
    this.place(null);
  }

  /** @param {Float64Array | null} z */
  keepOwn(z) {
    this.own = z;
    this.map.panels?.forEach((panel) => panel.redrawFront());
  }

  /** Bring the latent point back to the visitor's own image. */
  goToOwn() {
    if (!this.own) return;
    this.take(this.own);
    tell("point", this.model, { z: this.own, done: true }, this);
  }

  /** @param {Float64Array[]} waypoints */
  keep(waypoints) {
    this.waypoints = waypoints;
    this.map.panels?.forEach((panel) => {
      panel.field.route();
      panel.redrawFront();
    });
  }

  /**
   * Bring the latent point to a waypoint.
   * @param {number} index
   */
  goTo(index) {
    this.take(Float64Array.from(this.waypoints[index]));
    tell("point", this.model, { z: this.waypoints[index], done: true }, this);
  }

  /**
   * Put the probe of each panel where the latent point lies.
   * @param {Panel | null} but the panel on which it is dragged
   */
  place(but) {
    const { panels } = this.map;
    const lift = panels[0]?.spec.lift;
    if (!this.z || !lift || lift.origin.length !== this.z.length) return;
    const first = project(lift, this.z);
    panels.forEach((panel) => {
      if (panel !== but) panel.probe.put(panel.spec.lift ? this.placeOn(panel, first) : null);
      panel.mesh.follow();
      panel.field.check();
      panel.redrawFront();
    });
  }

  /**
   * @param {Panel} panel
   * @param {number[]} first point of the first panel
   * @param {Float64Array | null} [beside] the code that the second model itself has for it
   */
  placeOn(panel, first, beside = this.beside) {
    const { lift } = panel.spec;
    const isSecond = panel === this.map.panels[1] && lift && panel.spec.lift?.model !== this.map.panels[0].spec.lift?.model;
    return isSecond && beside?.length === lift.origin.length ? project(lift, beside) : this.onto(panel, first);
  }

  /** @param {Panel} panel @param {number[]} first point of the first panel */
  onto(panel, first) {
    return panel.spec.carry ? carryBack(panel.spec.carry, first) : first;
  }

  /**
   * The visitor drags the probe of a panel.
   * @param {Panel} panel
   * @param {number[]} point
   * @param {boolean} done
   */
  moved(panel, point, done) {
    const lift = this.map.panels[0].spec.lift;
    if (!lift || !this.model) return;
    const first = panel.spec.carry ? carryOver(panel.spec.carry, point) : point;
    this.z = raise(lift, first, this.z);
    this.beside = null;
    this.place(panel);
    tell("point", this.model, { z: this.z, done }, this);
  }

  /** @param {boolean} byHand whether the visitor has just chosen the map's image */
  choose(byHand) {
    if (this.model) tell("image", this.model, { index: this.map.selected, byHand }, this);
  }

  /**
   * The latent point of a point of a panel, for its own model: what the panel does not show is that of the shared point
   * where this is of the same model, else in the middle.
   * @param {Panel} panel
   * @param {ArrayLike<number>} point
   */
  raise(panel, point) {
    const { lift, carry } = panel.spec;
    return lift ? raise(lift, point, carry || lift.model !== this.model ? null : this.z) : null;
  }

  close() {
    this.end();
  }
}
