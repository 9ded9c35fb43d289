// @ts-nocheck
// Drawing of a panel: axes on the back canvas, points on the middle one, marks of single points on the front one.

const GREY = [140, 140, 140];
const OPACITY = 0.72;
const LEVELS = 64; // steps of depth in which points in space are drawn, far ones first

function context(canvas, ratio) {
  const brush = canvas.getContext("2d");
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  return brush;
}

function niceStep(range) {
  const raw = range / 6;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].find((factor) => factor * power >= raw) * power;
}

function number(value, step) {
  return value.toFixed(Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9))));
}

export function drawAxes(panel, style) {
  const brush = context(panel.back, panel.ratio);
  brush.clearRect(0, 0, panel.width, panel.height);
  brush.font = style.font;
  brush.fillStyle = style.text;
  brush.strokeStyle = style.text;
  brush.lineWidth = 1;
  if (panel.spec.dims === 2) drawPlane(brush, panel);
  else drawBox(brush, panel);
  brush.globalAlpha = 1;
}

function drawPlane(brush, panel) {
  const { camera, width, height, spec } = panel;
  const scale = camera.scale(panel);
  const step = niceStep(Math.min(width, height) / scale);
  const line = (value, x, y, horizontal) => {
    brush.globalAlpha = Math.abs(value) < step / 1e6 ? 0.45 : 0.12;
    brush.beginPath();
    if (horizontal) brush.moveTo(0, y), brush.lineTo(width, y);
    else brush.moveTo(x, 0), brush.lineTo(x, height);
    brush.stroke();
    brush.globalAlpha = 0.8;
  };
  const [cx, cy] = camera.centre;
  brush.textAlign = "center";
  for (let k = Math.ceil((cx - width / 2 / scale) / step); k * step <= cx + width / 2 / scale; k += 1) {
    const x = Math.round(width / 2 + (k * step - cx) * scale) + 0.5;
    line(k * step, x, 0, false);
    if (x > 30 && x < width - 40) brush.fillText(number(k * step, step), x, height - 6);
  }
  brush.textAlign = "left";
  for (let k = Math.ceil((cy - height / 2 / scale) / step); k * step <= cy + height / 2 / scale; k += 1) {
    const y = Math.round(height / 2 - (k * step - cy) * scale) + 0.5;
    line(k * step, 0, y, true);
    if (y > 26 && y < height - 24) brush.fillText(number(k * step, step), 5, y - 3);
  }
  brush.globalAlpha = 1;
  brush.textAlign = "right";
  brush.fillText(spec.axes[0], width - 8, height - 6);
  brush.textAlign = "left";
  brush.fillText(spec.axes[1], 5, 16);
}

function drawBox(brush, panel) {
  const { spec, camera } = panel;
  const corners = [];
  for (let c = 0; c < 8; c += 1) {
    for (let k = 0; k < 3; k += 1) corners.push((c >> k) & 1 ? spec.high[k] : spec.low[k]);
  }
  const screen = new Float32Array(24);
  camera.project(Float32Array.from(corners), screen, panel);
  brush.globalAlpha = 0.3;
  brush.beginPath();
  for (let c = 0; c < 8; c += 1) {
    for (let k = 0; k < 3; k += 1) {
      const other = c | (1 << k);
      if (other === c) continue;
      brush.moveTo(screen[3 * c], screen[3 * c + 1]);
      brush.lineTo(screen[3 * other], screen[3 * other + 1]);
    }
  }
  brush.stroke();
  panel.corners = screen;
}

// The name and the range of each axis, on the edge of the box that lies farthest out.
export function drawAxisNames(panel, style) {
  if (panel.spec.dims !== 3) return;
  const { spec, corners, width, height } = panel;
  const brush = context(panel.front, panel.ratio);
  brush.font = style.font;
  brush.textAlign = "center";
  brush.lineJoin = "round";
  brush.lineWidth = 4;
  for (let k = 0; k < 3; k += 1) {
    let [farthest, at] = [-1, [0, 0]];
    for (let from = 0; from < 8; from += 1) {
      if (from & (1 << k)) continue;
      const to = from | (1 << k);
      const middle = [0, 1].map((d) => (corners[3 * from + d] + corners[3 * to + d]) / 2);
      const out = Math.hypot(middle[0] - width / 2, middle[1] - height / 2) + (middle[1] > height / 2 ? 40 : 0);
      if (out > farthest) [farthest, at] = [out, middle];
    }
    const [low, high] = [spec.low[k], spec.high[k]];
    const step = niceStep(high - low || 1);
    const text = `${spec.axes[k]}: ${number(low, step)} … ${number(high, step)}`;
    const half = brush.measureText(text).width / 2 + 6;
    const place = [Math.max(half, Math.min(width - half, at[0])), Math.max(16, Math.min(height - 8, at[1] + 14))];
    brush.strokeStyle = style.background;
    brush.fillStyle = style.text;
    brush.strokeText(text, ...place);
    brush.fillText(text, ...place);
  }
}

// A disc of about two pixels' radius with soft edges, as [dx, dy, coverage].
function disc(radius) {
  const reach = Math.ceil(radius + 0.5);
  const cells = [];
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const cover = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(dx, dy)));
      if (cover > 0.02) cells.push([dx, dy, cover * OPACITY]);
    }
  }
  return cells;
}

// With `paint`, a point has the colour of its own step of a scale, not that of its class.
export function drawPoints(panel, header, hidden, colours, paint = null) {
  const { codes, colours: shades } = paint ?? { codes: header.labels, colours };
  const { middle, screen, ratio } = panel;
  const brush = middle.getContext("2d");
  const [width, height] = [middle.width, middle.height];
  if (!width || !height) return;
  const image = brush.createImageData(width, height);
  const pixels = image.data;
  const cells = disc((header.n > 4000 ? 1.6 : 2.4) * ratio);
  for (const i of order(panel, header.n)) {
    if (hidden.has(header.labels[i])) continue;
    const px = Math.round(screen[3 * i] * ratio);
    const py = Math.round(screen[3 * i + 1] * ratio);
    if (!(px >= -9 && py >= -9 && px < width + 9 && py < height + 9)) continue;
    const [r, g, b] = shades[codes[i]] ?? GREY;
    for (const [dx, dy, alpha] of cells) {
      const [x, y] = [px + dx, py + dy];
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const at = 4 * (y * width + x);
      const below = (pixels[at + 3] / 255) * (1 - alpha);
      const total = alpha + below;
      pixels[at] = (r * alpha + pixels[at] * below) / total;
      pixels[at + 1] = (g * alpha + pixels[at + 1] * below) / total;
      pixels[at + 2] = (b * alpha + pixels[at + 2] * below) / total;
      pixels[at + 3] = 255 * total;
    }
  }
  brush.putImageData(image, 0, 0);
}

// The order of drawing: as they come in a plane, far before near in space (a counting sort over depth).
function order(panel, n) {
  if (!panel.sequence || panel.sequence.length !== n) panel.sequence = Uint32Array.from({ length: n }, (_, i) => i);
  if (panel.spec.dims === 2) return panel.sequence;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < n; i += 1) {
    const depth = panel.screen[3 * i + 2];
    if (depth < low) low = depth;
    if (depth > high) high = depth;
  }
  const level = (i) => Math.min(LEVELS - 1, Math.floor(((panel.screen[3 * i + 2] - low) / (high - low || 1)) * LEVELS));
  const starts = new Uint32Array(LEVELS + 1);
  for (let i = 0; i < n; i += 1) starts[level(i) + 1] += 1;
  for (let l = 0; l < LEVELS; l += 1) starts[l + 1] += starts[l];
  for (let i = 0; i < n; i += 1) panel.sequence[starts[level(i)]++] = i;
  return panel.sequence;
}

export function drawMarks(panel, selected, hovered, style) {
  const brush = context(panel.front, panel.ratio);
  brush.clearRect(0, 0, panel.width, panel.height);
  const ring = (index, radius, line) => {
    if (index < 0) return;
    const [x, y] = [panel.screen[3 * index], panel.screen[3 * index + 1]];
    for (const [colour, width] of [
      [style.background, line + 3],
      [style.text, line],
    ]) {
      brush.beginPath();
      brush.arc(x, y, radius, 0, 2 * Math.PI);
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.stroke();
    }
  };
  ring(hovered, 6, 1.5);
  ring(selected, 9, 2.5);
}

// A visitor's own pictures: a target with a name. One that lies outside the view is drawn at its edge, with an arrow's
// worth of words.
export function drawGuests(panel, style) {
  const brush = context(panel.front, panel.ratio);
  const at = new Float32Array(3);
  brush.font = `600 ${style.font}`;
  brush.textBaseline = "middle";
  brush.lineJoin = "round";
  for (const { name, point } of panel.spec.guests ?? []) {
    panel.camera.project(Float32Array.from(point), at, panel);
    const x = Math.max(14, Math.min(panel.width - 14, at[0]));
    const y = Math.max(14, Math.min(panel.height - 14, at[1]));
    const text = x === at[0] && y === at[1] ? name : `${name} (outside)`;
    for (const [colour, width] of [
      [style.background, 6],
      [style.guest, 3],
    ]) {
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.beginPath();
      brush.arc(x, y, 8, 0, 2 * Math.PI);
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        brush.moveTo(x + 4 * dx, y + 4 * dy);
        brush.lineTo(x + 13 * dx, y + 13 * dy);
      }
      brush.stroke();
    }
    const right = x < panel.width / 2;
    brush.textAlign = right ? "left" : "right";
    brush.lineWidth = 4;
    brush.strokeStyle = style.background;
    brush.fillStyle = style.text;
    brush.strokeText(text, x + (right ? 17 : -17), y);
    brush.fillText(text, x + (right ? 17 : -17), y);
  }
  brush.textBaseline = "alphabetic";
}

// The name of each class in the middle of its points, so that the map can be read without telling colours apart.
export function drawNames(panel, classes, hidden, style) {
  const brush = context(panel.front, panel.ratio);
  const at = new Float32Array(3);
  brush.font = `600 ${style.font.replace("12px", "14px")}`;
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  brush.lineJoin = "round";
  brush.lineWidth = 4;
  classes.forEach(({ name }, label) => {
    const centre = panel.spec.names[label];
    if (!centre || hidden.has(label)) return;
    panel.camera.project(Float32Array.from(centre), at, panel);
    brush.strokeStyle = style.background;
    brush.fillStyle = style.text;
    brush.strokeText(name, at[0], at[1]);
    brush.fillText(name, at[0], at[1]);
  });
  brush.textBaseline = "alphabetic";
}
