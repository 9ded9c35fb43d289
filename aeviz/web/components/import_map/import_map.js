// The latent map of a model that was imported: its test images in a plane, with axes and the names of the classes.

import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { SmallMap } from "../kit/small_map.js";
import { styleOf, watchLooks } from "../kit/theme.js";

class ImportMap {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const title = tr("Latent map of the test images");
    this.map = new SmallMap(root, title);
    this.map.plot.title.textContent = title;
    this.unwatch = watchLooks(root, () => this.paint());
  }

  /** @param {import("../kit/small_map.js").Ground} ground */
  receive(ground) {
    this.map.show(ground);
    this.paint();
  }

  paint() {
    this.map.begin(styleOf(this.root));
  }

  close() {
    this.unwatch();
  }
}

export default define({ class: "experiment import-map", "data-testid": "import_map" }, (root) => new ImportMap(root));
