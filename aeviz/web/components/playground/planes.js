// The latent planes of one network or two, and the point that the visitor drags through them.

import { readable } from "../kit/axis.js";
import { classColour } from "../kit/class_colours.js";
import { element, write } from "../kit/dom.js";
import { Mosaic } from "../kit/images.js";
import { number, tr, trc } from "../kit/language.js";
import { Legend } from "../kit/legend.js";
import { counterpart } from "./counterpart.js";
import { LatentPlane } from "./latent_plane.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("./panels.js").Look} Look */

export class Planes {
  /**
   * @param {Element} parent
   * @param {import("./session.js").Session} session
   * @param {() => void} changed
   */
  constructor(parent, session, changed) {
    this.session = session;
    this.changed = changed;
    this.root = element("div", { class: "planes" }, parent);
    this.row = element("div", { class: "row" }, this.root);
    this.below = element("div", { class: "decoded" }, this.root);
    this.about = element("div", { class: "about-point" });
    this.legend = new Legend(this.about, () => this.changed());
    const line = element("div", {}, this.about);
    this.words = element("span", { class: "values" }, line);
    const label = element("label", { class: "blend" }, line);
    element("span", { text: tr("Points") }, label);
    const slider = element("input", { type: "range", min: "0", max: "100", value: "45", "aria-label": tr("Strength of the decoded images behind the points") }, label);
    element("span", { text: tr("Images") }, label);
    slider.oninput = () => {
      this.blend = Number(slider.value) / 100;
      this.changed();
    };
    /** @type {LatentPlane[]} */
    this.planes = [];
    /** @type {(Mosaic | null)[]} */
    this.decoded = [];
    this.blend = 0.45;
    /** @type {string[]} */
    this.names = []; // of the classes
    /** @type {Pair} */
    this.dims = [0, 1];
    /** @type {Float32Array} */
    this.point = new Float32Array(2);
    /** @type {Float32Array} */
    this.other = new Float32Array(2); // in the second plane, where that is of another seed
    this.rest = new Float32Array(2);
    this.isAsking = false;
    this.isStale = false;
    this.text = "";
    this.isMoved = false; // by the visitor; until then the point stays in the middle of the images
    /** @type {Float32Array[]} */
    this.meshes = []; // shown by each plane
    /** @type {Float32Array[]} */
    this.images = []; // shown below
  }

  /** @param {import("./learner.js").Plan} plan @param {boolean} keeps whether the plane stays as it is */
  open(plan, keeps) {
    if (this.plan?.latent_dim !== plan.latent_dim) {
      this.point = new Float32Array(plan.latent_dim);
      this.other = new Float32Array(plan.latent_dim);
      this.rest = new Float32Array(plan.latent_dim);
      this.dims = [0, plan.latent_dim > 1 ? 1 : 0];
    }
    this.plan = plan;
    if (!keeps) this.refresh();
    this.makeAxes();
  }

  /** The classes of other images, all shown, or those of the same in other colours. @param {string[]} names @param {boolean} isNew */
  setClasses(names, isNew) {
    const classes = names.map((name, label) => ({ name, colour: classColour(label, this.root) }));
    this.legend.show(classes, isNew ? [] : undefined);
    this.names = names;
    for (const plane of this.planes) plane.names = names;
  }

  /** The stages may have other sizes. */
  resize() {
    for (const plane of this.planes) plane.place += 1;
  }

  refresh() {
    for (const plane of this.planes) plane.isFresh = true;
    this.isMoved = false;
  }

  /** Put the point among those of the images, unless the visitor has moved it. @param {Float32Array} latents */
  place(latents) {
    if (this.isMoved || !latents.length) return;
    const width = this.point.length;
    for (let k = 0; k < width; k += 1) {
      const values = latents.filter((_, at) => at % width === k).sort();
      this.point[k] = values[values.length >> 1];
    }
  }

  /** @param {Look[]} looks */
  set(looks) {
    const text = JSON.stringify(looks);
    if (text === this.text) return;
    this.text = text;
    this.row.replaceChildren();
    this.planes = looks.map(({ title, colour }, index) => new LatentPlane(this.row, {
      title: looks.length > 1 ? title : tr("Latent plane: each point is an image"), colour,
      moved: (to) => this.move(to, index), pointed: (isHeld) => (this.session.isHeld = isHeld),
    })); // prettier-ignore
    for (const plane of this.planes) plane.names = this.names;
    this.root.classList.toggle("both", looks.length > 1);
    this.below.replaceChildren(this.about);
    this.decoded = looks.map(() => null);
    this.meshes = [];
    this.images = [];
    this.makeAxes();
  }

  makeAxes() {
    const { plan } = this;
    this.axes?.remove();
    this.axes = undefined;
    if (!plan || plan.latent_dim < 3) return;
    const axes = element("div", { class: "axes" }, this.root);
    this.axes = axes;
    for (const [k, title] of [tr("Across"), tr("Up")].entries()) {
      const label = element("label", {}, axes);
      element("span", { text: title }, label);
      const select = element("select", { "aria-label": tr("{axis}: latent dimension", { axis: title }) }, label);
      for (let d = 0; d < plan.latent_dim; d += 1) element("option", { value: String(d), text: `z${d + 1}` }, select);
      select.value = String(this.dims[k]);
      select.onchange = () => {
        this.dims[k] = Number(select.value);
        this.refresh();
        void this.session.between(() => this.session.look());
      };
    }
  }

  /** @param {number} index of the network */
  wanted(index) {
    const { plan } = this;
    const plane = this.planes[index];
    if (!plan || !plane) return { mesh: null, point: null };
    this.place(this.session.members[0].target);
    this.follow();
    return { mesh: plane.meshPoints(plan.latent_dim, this.dims, this.rest), point: this.pointOf(index) };
  }

  /** Whether a view follows its points. */
  get isMoving() {
    return this.planes.some((plane) => plane.isMoving);
  }

  /** Whether a mesh was decoded for another view than the one that has come to rest. */
  get isStaleMesh() {
    return this.planes.some((plane) => !plane.isMoving && !plane.isMeshOfView);
  }

  /** Whether the second network began with other weights, so that a point of one plane means nothing in the other. */
  get areUnrelated() {
    const [first, second] = this.session.settings;
    return Boolean(second) && first.seed !== second.seed;
  }

  /** The point that a network decodes. @param {number} index */
  pointOf(index) {
    return index > 0 && this.areUnrelated ? this.other : this.point;
  }

  /** Put the point of the second plane at the image that is nearest to the first one's. */
  follow() {
    const [first, second] = this.session.members;
    if (this.areUnrelated && second) this.other = counterpart(this.point, first.target, second.target);
  }

  /** @param {Pair} to @param {number} index of the plane */
  move(to, index) {
    this.isMoved = true;
    const isOther = index > 0 && this.areUnrelated;
    const point = isOther ? this.other.slice() : this.point;
    point[this.dims[0]] = to[0];
    if (point.length > 1) point[this.dims[1]] = to[1];
    if (isOther) {
      const [first, second] = this.session.members;
      this.point = counterpart(point, second.target, first.target);
      this.other = point;
    } else {
      this.follow();
    }
    this.changed();
    if (this.isAsking) this.isStale = true;
    else void this.ask();
  }

  /** Decode the point by each network, as often as they can. */
  async ask() {
    this.isAsking = true;
    do {
      this.isStale = false;
      const { members } = this.session;
      await Promise.all(members.map((member, k) => member.look({ mesh: null, images: null, point: this.pointOf(k) }))).catch(() => undefined);
      this.changed();
    } while (this.isStale);
    this.isAsking = false;
  }

  /**
   * @param {import("./member.js").Member[]} members
   * @param {import("../kit/theme.js").Style} style
   * @param {number} passed milliseconds
   * @param {number} own row of the visitor's drawing among the images that were looked at; -1 for none
   */
  draw(members, style, passed, own) {
    const { plan } = this;
    if (!plan) return;
    members.forEach((member, k) => {
      const plane = this.planes[k];
      if (!plane || !member.data) return;
      const { seen } = member;
      if (seen.mesh && seen.mesh !== this.meshes[k]) {
        plane.setMesh(seen.mesh, member.data.shape);
        this.meshes[k] = seen.mesh;
      }
      const z = own < 0 || !seen.z ? null : seen.z.subarray(own * plan.latent_dim, (own + 1) * plan.latent_dim);
      plane.draw(member, { dims: this.dims, style, passed, opacity: this.blend, own: z?.length ? z : null, hidden: this.legend.hidden });
      const point = this.pointOf(k);
      const at = /** @type {Pair} */ ([point[this.dims[0]], plan.latent_dim > 1 ? point[this.dims[1]] : 0]);
      plane.put(plane.inside(at));
      this.show(k, member);
    });
  }

  /** Say in words where the point is. @param {import("./member.js").Member[]} members */
  describe(members) {
    members.forEach((member, k) => this.planes[k]?.describe(member.shown.length / (this.plan?.latent_dim ?? 1)));
    const values = [...this.point].slice(0, 4).map(inWords);
    const point = [...values, ...(this.point.length > 4 ? ["…"] : [])].join(trc("between numbers", ", "));
    const text = tr("Decoded at z = ({point}). Drag over the plane.", { point });
    write(this.words, this.areUnrelated ? `${text} ${tr("In the other plane: the code of the image nearest to it.")}` : text);
  }

  /** @param {number} index @param {import("./member.js").Member} member */
  show(index, member) {
    const { image } = member.seen;
    if (!image || !member.data || this.images[index] === image) return;
    this.images[index] = image;
    let mosaic = this.decoded[index];
    if (!mosaic || mosaic.shape !== member.data.shape) {
      mosaic?.canvas.remove();
      mosaic = this.decoded[index] = new Mosaic(member.data.shape, 1, 1, false);
      mosaic.canvas.setAttribute("role", "img");
      mosaic.canvas.setAttribute("aria-label", tr("The image that the network decodes at the point"));
      this.below.insertBefore(mosaic.canvas, this.about);
    }
    mosaic.set(image);
  }
}

/** @param {number} value */
const inWords = (value) => (Math.abs(value) < 1000 ? number(value, 2) : readable(value, 3)).replace("-", "−");
