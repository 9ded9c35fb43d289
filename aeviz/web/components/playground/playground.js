// The playground: a network that the visitor builds, trains and watches, all of it in the page. Python sends the graphs of
// a network and the images, and keeps the settings in the address.

import { addToAddress, until } from "../kit/address.js";
import { ask } from "../kit/blobs.js";
import { element, write } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { unpack } from "../kit/wire.js";
import { Bar } from "./bar.js";
import { stepsInEpoch, unit } from "./batches.js";
import { Begin } from "./begin.js";
import { Controls } from "./controls.js";
import { Demand } from "./demand.js";
import { diagnose } from "./diagnosis.js";
import { NetworkDrawing } from "./network_drawing.js";
import { OWN, OwnData } from "./own_data.js";
import { OwnImage } from "./own_image.js";
import { Filters, firstImages, LayerTable, LossPanel, Reconstructions, SHOWN } from "./panels.js";
import { Planes } from "./planes.js";
import { ProcessorChoice } from "./processor_choice.js";
import { Session } from "./session.js";
import { Sharing } from "./sharing.js";
import { afterChange, plain, SEED, settingsOf, STRUCTURE, titlesOf, widthsOf } from "./values.js";

/** @typedef {import("./controls.js").Values} Values */
/**
 * @typedef {{
 *   values: Values, options: Record<string, [string, string][]>, defaults: Record<string, string>, structure: string,
 *   plan: import("./learner.js").Plan | null, data: { blob: string, shape: number[], classes: string[] },
 *   message: string, train: number | null, kept: import("./sharing.js").Kept | null, colours: string[], offers?: (values: Values) => boolean
 * }} Payload `structure` stands for plan and data; `message` says why there is no plan; `defaults`: hidden
 * layers by data; `offers` tells which networks there are where no server makes them
 */

const REPORT_MS = 400;
const [WIDE, MEDIUM, SMALL] = [1000, 800, 640]; // pixels of the page, for type of usual size

/**
 * What a visit to the page leaves: the next one goes on with it.
 * @type {{ session: Session, opened: Payload | null, data: import("./member.js").Data | null, own: import("./own_data.js").Own[] } | null}
 */
let left = null;

class Playground {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    this.channel = channel;
    this.activity = activity;
    /** @type {Payload | null} */
    this.payload = null;
    /** @type {Payload | null} */
    this.opened = null; // that of the networks which train
    this.asked = ""; // structure of the payload that was opened last, or is being opened
    /** @type {Values} */
    this.values = {};
    /** @type {string[]} */
    this.awaited = []; // values that were reported and not yet sent back
    /** @type {import("./member.js").Data | null} */
    this.data = null;
    this.probe = 0;
    this.frame = this.timer = this.before = this.lately = 0;
    this.sight = ""; // what the panels show
    this.failure = "";
    /** @type {(import("./diagnosis.js").Remedy & { isSecond: boolean }) | undefined} */
    this.remedy = undefined;
    const former = left;
    left = null;
    if (former) [this.opened, this.data] = [former.opened, former.data];
    /** @type {import("./session.js").Page} */
    const page = {
      changed: () => this.redraw(),
      spared: () => root.setAttribute("data-spare", ""),
      failed: (message) => this.fail(message),
      judged: () => this.processor.show(this.session.choice, this.session.verdict),
      wanted: (index) => this.wanted(index),
    };
    this.session = former?.session ?? new Session(page);
    this.session.page = page;
    activity.during("runtime", this.session.prepare().catch((error) => this.fail(error.message)));
    this.bar = new Bar(root, {
      play: () => this.toggle(),
      step: () => void this.busy("step", this.session.advance(1)),
      restart: () => this.restart(),
      pace: (steps) => (this.session.pace = steps),
      keep: () => void this.sharing.keep(this.session, this.values, channel),
      draw: () => this.own.toggle(),
      mend: () => this.mend(),
    });
    this.status = this.bar.status;
    this.sharing = new Sharing(root);
    this.leave = addToAddress(this);
    this.ownData = new OwnData(root, { changed: () => this.reopen(), draw: () => this.own.isShown || this.own.toggle() }, former?.own ?? []);
    this.controls = new Controls(root, (name, value) => this.choose({ [name]: value }));
    this.processor = new ProcessorChoice(this.controls.more, (choice) => void this.busy("processor", this.session.choose(choice)));
    this.network = new NetworkDrawing(root, {
      offers: (changed) => this.offers(changed),
      hidden: (widths) => this.choose({ hidden: widths.join(".") }),
      latent: (size) => this.choose({ latent: String(size) }),
    });
    this.planes = new Planes(root, this.session, () => this.redraw());
    this.begin = new Begin(this.planes.root, () => this.toggle());
    this.demand = new Demand(() => this.restart());
    const side = element("div", { class: "side" }, root);
    this.loss = new LossPanel(side);
    this.own = new OwnImage(side, activity, () => this.ownChanged(), (image) => this.ownData.add(image));
    this.reconstructions = new Reconstructions(side, (index) => this.follow(index));
    this.filters = new Filters(side);
    this.table = new LayerTable(side);
    this.bar.setReady(false);
    root.addEventListener("keydown", (event) => this.bar.press(event));
    this.looked = 0; // times that the looks of the page were read
    /** @type {import("../kit/theme.js").Style | null} */
    this.style = null;
    this.unwatch = watchLooks(root, () => {
      this.style = null;
      this.redraw();
    });
  }

  /** @param {Payload} payload */
  async receive(payload) {
    this.payload = payload;
    const text = JSON.stringify(payload.values);
    const place = this.awaited.lastIndexOf(text);
    if (place >= 0) this.awaited.splice(0, place + 1);
    const isNews = place < 0 && !this.awaited.length && text !== JSON.stringify(this.values);
    if (isNews) this.values = { ...payload.values };
    if (payload.offers) this.leaveServer();
    this.controls.set(this.values, payload.options, (changed) => this.offers(changed));
    this.showMessage();
    if (!payload.plan || this.awaited.length) return this.redraw();
    if (this.asked === payload.structure) {
      if (isNews) this.change();
      return this.redraw();
    }
    this.asked = payload.structure;
    return this.busy("network", this.open());
  }

  /** Hide what needs the server, or a runtime that is not there. */
  leaveServer() {
    this.bar.keep.hidden = true;
    this.session.choice = this.processor.hide();
  }

  /** Whether there is a network after a change. @param {Values} changed */
  offers(changed) {
    return this.payload?.offers?.(afterChange(this.values, changed, this.payload.defaults)) ?? true;
  }

  async open() {
    const { payload, opened: former } = this;
    if (!payload?.plan) return;
    const isOwn = this.values.data === OWN;
    const isSameData = Boolean(this.data) && former?.data.blob === payload.data.blob;
    this.ownData.root.hidden = !isOwn;
    this.own.offerToAdd(isOwn);
    if (isOwn && !this.ownData.isEnough) {
      this.session.pause();
      this.bar.setReady(false);
      this.bar.draw.disabled = false;
      this.own.set(payload.data.shape);
      return;
    }
    let images = this.data;
    if (isOwn && !isSameData) images = this.ownData.data();
    else if (!isSameData) {
      const found = unpack(await ask(payload.data.blob));
      if (payload !== this.payload) return; // the visitor went on meanwhile
      images = { ...found, shape: payload.data.shape };
    }
    if (!images) return;
    const weights = (/** @type {Payload | null} */ each) => JSON.stringify([each?.plan?.slots, each?.plan?.init]);
    const keeps = isSameData && this.session.isOpen && weights(former) === weights(payload);
    const { plan, data } = payload;
    const settings = settingsOf(this.values);
    await this.session.open({ plan, data: images, settings }, keeps, () => {
      // not before: the former networks cannot read these images
      this.failure = "";
      this.opened = payload;
      this.data = images;
      this.probes = unit(firstImages(images, SHOWN, plan.pixels));
      if (!isSameData) this.probe = 0;
      this.network.set(widthsOf(this.values.hidden), plan.latent_dim, data.shape, plan.is_variational, payload.offers ? payload.structure : "");
      this.own.set(data.shape);
      this.bar.draw.hidden = data.shape[0] !== 1;
      this.name(settings);
      this.planes.open(plan, keeps);
      this.planes.setClasses(this.classes, !isSameData);
    });
    this.showMessage();
    this.bar.setReady(this.session.isOpen);
    this.root.dataset.structure = payload.structure;
    this.redraw();
  }

  /** Open a network on other images of the visitor's own. */
  reopen() {
    this.opened = null;
    void this.busy("network", this.open());
  }

  /** @param {import("./learner.js").Settings[]} settings */
  name(settings) {
    const titles = titlesOf(settings);
    const colours = this.payload?.colours ?? [];
    this.looks = titles.map((title, k) => ({ title, colour: colours[k], dash: [] }));
    this.planes.set(this.looks);
    if (this.data) this.reconstructions.set(this.data.shape, titles);
  }

  /** @param {Values} changed */
  choose(changed) {
    this.values = afterChange(this.values, changed, this.payload?.defaults ?? {});
    if (this.payload) this.controls.set(this.values, this.payload.options, (next) => this.offers(next));
    const isStructural = STRUCTURE.some((name) => name in changed);
    clearTimeout(this.timer);
    this.activity.mark("report", true);
    this.timer = window.setTimeout(() => this.report(), isStructural ? 0 : REPORT_MS);
    if (!isStructural) this.change("seed" in changed);
  }

  /** Let the networks go on with the settings. @param {boolean} [anew] whether they begin again */
  change(anew = false) {
    const settings = settingsOf(this.values);
    const { payload, data, session } = this;
    this.name(settings);
    if (settings.length !== session.members.length && payload?.plan && data) {
      void this.busy("second", session.open({ plan: payload.plan, data, settings }, true));
    } else session.change(settings);
    if (anew) this.restart();
    this.redraw();
  }

  report() {
    this.timer = 0;
    const text = JSON.stringify(this.values);
    this.activity.mark("report", false);
    if (this.awaited.at(-1) === text) return;
    this.awaited.push(text);
    this.channel.state("changed", { ...this.values });
  }

  /** @template T @param {string} what @param {Promise<T>} promise */
  busy(what, promise) {
    return this.activity.during(what, promise);
  }

  toggle() {
    if (this.session.isPlaying) this.session.pause();
    else this.session.play();
    this.redraw();
  }

  restart() {
    void this.busy("restart", this.session.restart(() => this.planes.refresh()));
  }

  /** Begin again with the setting that was advised, and go on training. */
  mend() {
    const { rate, kl, isSecond } = this.remedy ?? {};
    if (rate !== undefined) this.choose({ [isSecond && this.values.second !== SEED ? "rate2" : "rate"]: plain(rate) });
    if (kl !== undefined) this.choose({ kl: plain(kl) });
    this.restart();
    this.session.play();
  }

  /** @param {number} index of the network */
  wanted(index) {
    const { probes, own } = this;
    let images = probes ?? null;
    if (probes && own.isShown && own.image) {
      images = new Float32Array(probes.length + own.image.length);
      images.set(probes);
      images.set(own.image, probes.length);
    }
    return { ...this.planes.wanted(index), images };
  }

  ownChanged() {
    this.bar?.draw.setAttribute("aria-expanded", String(this.own?.isShown ?? false));
    if (this.session.isOpen && !this.session.isPlaying) void this.session.between(() => this.session.look());
  }

  /** @param {number} index */
  follow(index) {
    this.probe = index;
    this.redraw();
  }

  /** Wait until the address holds all settings. */
  async settle() {
    clearTimeout(this.timer);
    if (this.timer) this.report();
    await until(() => !this.awaited.length);
  }

  /** @param {string} message */
  fail(message) {
    this.asked = "";
    this.failure = tr("The network cannot be trained in this page: {problem}. Reload the page, or use Train, where the server computes.", { problem: tr(message) });
    this.showMessage();
  }

  showMessage() {
    const { payload } = this;
    write(this.status, this.failure || payload?.message || "");
    if (payload?.kept) this.sharing.show(payload.kept);
  }

  redraw() {
    this.activity.mark("frame", true);
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      this.draw(now);
    });
  }

  /** @param {number} now */
  draw(now) {
    const { session, payload, data, looks } = this;
    const passed = Math.min(100, this.before ? now - this.before : 16);
    this.before = now;
    this.bar.setPlaying(session.isPlaying);
    this.activity.mark("frame", false);
    if (!session.isOpen || !payload?.plan || !data || !looks || !this.root.isConnected) return;
    this.demand.meet(payload.train, this.values.second, session);
    const style = this.look();
    const { members } = session, { plan } = payload;
    let isGliding = members.map((member) => member.glide(passed)).some(Boolean);
    this.planes.draw(members, style, passed, this.own.isShown && this.own.image ? SHOWN : -1);
    isGliding ||= this.planes.isMoving;
    this.activity.mark("playing", session.isPlaying);
    this.begin.show(!session.isPlaying && members.every(({ step }) => step === 0));
    if (!isGliding && !session.isPlaying && this.planes.isStaleMesh) void this.busy("mesh", session.lookAgain());
    if (isGliding || session.isPlaying) this.redraw();
    const seen = members.map((member) => `${member.step} ${member.seen.step} ${member.held.steps.length} ${looks.length}`).join();
    const sight = `${seen} ${this.probe} ${this.looked} ${session.isPlaying} ${this.planes.point.join()}`;
    if (sight === this.sight || (session.isPlaying && now - this.lately < 90)) return;
    [this.sight, this.lately] = [sight, now];
    const epochSteps = stepsInEpoch(data.images.length / plan.pixels, Number(this.values.batch));
    this.bar.show(members, { rate: session.isPlaying ? session.rate : 0, isOnGpu: session.isOnGpu, epochSteps, isVariational: plan.is_variational });
    this.planes.describe(members);
    this.loss.draw(members, looks, style);
    if (this.probes) this.reconstructions.show(this.probes, members.map((member) => member.seen.reconstructions));
    this.filters.show(members[0], data.shape);
    this.table.show(members[0]);
    this.network.show(this.probes ? members[0].activations(this.probes, this.probe) : [], data.shape[0], style);
    const found = members.map((member, k) => diagnose(member, session.settings[k], plan));
    const worst = found.findIndex(Boolean);
    this.root.dataset.finding = found[worst]?.kind ?? "";
    this.remedy = found[worst]?.remedy && { ...found[worst].remedy, isSecond: worst > 0 };
    this.bar.offer(this.remedy);
    if (!this.failure && !payload.message) {
      write(this.status, worst < 0 ? "" : `${looks.length > 1 ? `${looks[worst].title}: ` : ""}${found[worst]?.text}`);
    }
    if (found.some((finding) => finding?.kind === "diverged") && members.some(({ losses }) => !Number.isFinite(losses.last[0]))) session.pause();
  }

  /** Names of the classes of the images. */
  get classes() {
    return /** @type {any} */ (this.data)?.classes ?? this.opened?.data.classes ?? [];
  }

  /** The looks of the page, read when they have changed: to read them costs a layout. */
  look() {
    if (!this.style) {
      this.style = styleOf(this.root);
      this.looked += 1;
      this.planes.resize();
      this.planes.setClasses(this.classes, false);
      const room = this.root.clientWidth / this.style.scale;
      this.root.dataset.room = room > WIDE ? "wide" : room > MEDIUM ? "medium" : room > SMALL ? "small" : "narrow";
    }
    return this.style;
  }

  close() {
    this.leave();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.unwatch();
    this.own.close();
    this.session.pause();
    left?.session.close();
    left = { session: this.session, opened: this.opened, data: this.data, own: this.ownData.images };
  }
}

export default define(
  { class: "experiment playground", "data-testid": "playground", tabindex: "-1" },
  (root, channel, activity) => new Playground(root, channel, activity),
);
