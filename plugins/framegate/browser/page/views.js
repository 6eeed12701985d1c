// Views: what is done with a model's outputs, and with the frame, before the renderer. Each has
// `show(outputs, raw)`: the outputs that it shows, the main one first, and the frame's pixels. It returns the picture, which
// is the main output itself or (H, W, C) of float32. `sees` says whether it needs the frame in colour.
"use strict";

class View {
  sees = true;
  constants = [];
  constructor(settings) {
    Object.assign(this, settings);
  }
  // Numbers as a tensor, as long as the view is there.
  constant(values, shape) {
    const tensor = tf.tensor(values, shape, "float32");
    this.constants.push(tensor);
    return tensor;
  }
  async show(outputs, raw) {
    return tf.tidy(() => this.picture(outputs, raw));
  }
  close() {
    tf.dispose(this.constants);
  }
}

// What is shown of an output as channels of a map, (H, W, C) of float32; of a batch, the first.
function planes(output, channels_first) {
  const floats = tf.cast(output, "float32");
  const { shape } = floats;
  if (shape.length === 2 || (shape.length === 3 && shape[0] === 1)) return tf.reshape(floats, [...shape.slice(-2), 1]);
  const channels = shape.length === 4 ? tf.squeeze(tf.slice(floats, [0], [1]), [0]) : floats;
  return channels_first ? tf.transpose(channels, [1, 2, 0]) : channels;
}

const channelOf = (channels, channel) => tf.slice(channels, [0, 0, channel], [-1, -1, 1]);

const shareOf = (values, low, high) => tf.clipByValue(tf.div(tf.sub(values, low), high - low), 0, 1);

// A map at each pixel of the frame, whose centres lie in it as OpenCV has them.
function sized(map, resize, [height, width]) {
  return map.shape[0] === height && map.shape[1] === width ? map : resize(map, [height, width], false, true);
}

const frameOf = (raw) => tf.cast(firstChannels(raw, 3), "float32");

// `share` of one picture, and the rest of the other.
const mixed = (one, other, share) => tf.add(other, tf.mul(tf.sub(one, other), share));

// Whether an output is a picture as it is, (H, W, C) or a batch of one.
const isPicture = ([first, ...rest]) => (rest.length === 2 ? first !== 1 : rest.length === 3 && first === 1);

// A picture with red as the first of its channels.
const redFirst = (picture, is_bgr) =>
  is_bgr && picture.shape[2] >= 3 ? tf.gather(picture, [2, 1, 0, 3].slice(0, picture.shape[2]), 2) : picture;

class ImageView extends View {
  sees = false;
  ended = "the output is the picture";
  async show([output]) {
    const isWhole = !this.channels_first && !this.is_bgr && isPicture(output.shape);
    return isWhole ? output : tf.tidy(() => redFirst(planes(output, this.channels_first), this.is_bgr));
  }
}

class MaskView extends View {
  constructor(settings) {
    super(settings);
    this.plain = this.constant(this.colour);
    if (this.background !== "blur") return;
    // The pixels that lie in each direction from the first to the last, those at the edges as often as they are needed.
    const reach = (length) => {
      const places = Array.from({ length: length + 2 * this.blur }, (_, place) => place - this.blur);
      return places.map((place) => Math.min(Math.max(place, 0), length - 1));
    };
    this.reached = this.shown.map((length) => tf.tensor1d(reach(length), "int32"));
    this.constants.push(...this.reached);
  }
  picture([output], raw) {
    const channels = planes(output, this.channels_first);
    const front = sized(tf.mul(this.probability(channels), this.opacity), tf.image.resizeBilinear, this.shown);
    const frame = frameOf(raw);
    if (this.background === "tint") return mixed(this.plain, frame, front);
    return mixed(frame, this.background === "blur" ? this.blurred(frame) : this.plain, front);
  }
  probability(channels) {
    const count = channels.shape[2];
    const foreground = this.foreground ?? count - 1;
    if (!this.logits) return shareOf(channelOf(channels, foreground), ...this.range);
    return count === 1 ? tf.sigmoid(channels) : channelOf(tf.softmax(channels), foreground);
  }
  // The mean of the square around each pixel, twice.
  blurred(frame) {
    const side = 2 * this.blur + 1;
    const once = (picture) => {
      const wide = this.reached.reduce((padded, places, axis) => tf.gather(padded, places, axis), picture);
      return tf.avgPool(tf.avgPool(wide, [side, 1], 1, "valid"), [1, side], 1, "valid");
    };
    return once(tf.round(once(frame)));
  }
}

class ClassesView extends View {
  constructor(settings) {
    super(settings);
    const { values, shape } = this.palette;
    const [count, depth] = shape;
    const shares = Array.from({ length: count }, (_, number) => (this.transparent.includes(number) ? 0 : this.opacity));
    this.colours = this.constant(Array.from(values, (part, at) => part * shares[Math.floor(at / depth)]), shape);
    this.rests = this.constant(shares.map((share) => 1 - share), [count, 1]);
  }
  picture([output], raw) {
    const channels = planes(output, this.channels_first);
    const numbers = channels.shape[2] > 1 ? tf.expandDims(tf.argMax(channels, 2), 2) : tf.round(channels);
    const map = sized(tf.cast(numbers, "float32"), tf.image.resizeNearestNeighbor, this.shown);
    const classes = tf.cast(tf.squeeze(map, [2]), "int32");
    return tf.add(tf.gather(this.colours, classes), tf.mul(frameOf(raw), tf.gather(this.rests, classes)));
  }
}

class HeatmapView extends View {
  constructor(settings) {
    super(settings);
    this.sees = this.opacity < 1;
    this.heat = this.constant(this.colours.values, this.colours.shape);
  }
  picture([output], raw) {
    const values = channelOf(planes(output, this.channels_first), this.channel);
    const [low, high] = this.fixed ?? [tf.min(values), tf.max(values)];
    const share = tf.clipByValue(tf.divNoNan(tf.sub(values, low), tf.sub(high, low)), 0, 1);
    const levels = tf.round(tf.mul(sized(share, tf.image.resizeBilinear, this.shown), 255));
    const heat = tf.gather(this.heat, tf.cast(tf.squeeze(levels, [2]), "int32"));
    return this.sees ? mixed(heat, frameOf(raw), this.opacity) : heat;
  }
}

class SubpixelView extends View {
  sees = false;
  picture([output]) {
    const values = planes(output, this.channels_first);
    const block = Math.sqrt(values.shape[2] / this.channels);
    return redFirst(tf.squeeze(tf.depthToSpace(tf.expandDims(values, 0), block), [0]), this.is_bgr);
  }
}

const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

// Tags with a text, rendered by Python: (tags, height, width, 4), of which each fills as much as its size says.
class Tags {
  constructor({ values, shape: [, high, wide] }, sizes) {
    Object.assign(this, { pixels: new Uint32Array(values.buffer), high, wide, sizes });
  }
  size(tag) {
    const size = this.sizes[tag];
    if (!size) throw new Error(`a page has no tag ${tag}, but those from 0 to ${this.sizes.length - 1}`);
    return size;
  }
  row(tag, row, first, last) {
    const start = (tag * this.high + row) * this.wide;
    return this.pixels.subarray(start + first, start + last);
  }
}

// What is drawn over a frame, in whole pixels, by the rules of Python's views.
class Overlay {
  constructor([height, width]) {
    this.image = new ImageData(width, height);
    Object.assign(this, { height, width, pixels: new Uint32Array(this.image.data.buffer) });
  }
  fill(top, left, bottom, right, colour) {
    const first = Math.max(left, 0);
    const last = Math.min(right, this.width);
    for (let row = Math.max(top, 0); first < last && row < Math.min(bottom, this.height); row++) {
      this.pixels.fill(colour, row * this.width + first, row * this.width + last);
    }
  }
  outline(top, left, bottom, right, thickness, colour) {
    this.fill(top, left, Math.min(top + thickness, bottom), right, colour);
    this.fill(Math.max(bottom - thickness, top), left, bottom, right, colour);
    this.fill(top, left, bottom, Math.min(left + thickness, right), colour);
    this.fill(top, Math.max(right - thickness, left), bottom, right, colour);
  }
  square(row, column, side, colour) {
    const [top, left] = [row - (side >> 1), column - (side >> 1)];
    this.fill(top, left, top + side, left + side, colour);
  }
  disc(row, column, radius, colour) {
    for (let down = -radius; down <= radius; down++) {
      const across = Math.floor(Math.sqrt(radius ** 2 - down ** 2));
      this.fill(row + down, column - across, row + down + 1, column + across + 1, colour);
    }
  }
  line([row, column], [last_row, last_column], side, colour) {
    const [down, across] = [last_row - row, last_column - column];
    const steps = Math.max(Math.abs(down), Math.abs(across), 1);
    const along = (distance, step) => Math.floor((2 * step * distance + steps) / (2 * steps));
    for (let step = 0; step <= steps; step++) {
      this.square(row + along(down, step), column + along(across, step), side, colour);
    }
  }
  paste(tags, tag, top, left) {
    const [height, width] = tags.size(tag);
    const [first, last] = [Math.max(left, 0), Math.min(left + width, this.width)];
    for (let row = Math.max(top, 0); first < last && row < Math.min(top + height, this.height); row++) {
      this.pixels.set(tags.row(tag, row - top, first - left, last - left), row * this.width + first);
    }
  }
}

// Reads the outputs, and draws what they say over the frame.
class OverlayView extends View {
  constructor(settings) {
    super(settings);
    if (this.percents) this.percents = new Tags(this.percents, this.percent_sizes);
    if (this.names) this.names = new Tags(this.names, this.name_sizes);
  }
  async show(outputs, raw) {
    const values = [];
    for (const output of outputs) values.push(await output.data());
    const overlay = new Overlay(this.shown);
    this.paint(overlay, values, outputs);
    return tf.tidy(() => {
      const drawn = tf.cast(tf.browser.fromPixels(overlay.image, 4), "float32");
      return tf.where(tf.greater(channelOf(drawn, 3), 0), firstChannels(drawn, 3), frameOf(raw));
    });
  }
}

const percentOf = (share) => Math.floor(100 * (Math.min(Math.max(share, 0), 1) || 0) + 0.5);

// Numbers in rows.
function tableOf(values, rows, columns, turned = false) {
  const at = turned ? (row, column) => values[column * rows + row] : (row, column) => values[row * columns + column];
  return { rows, columns, at };
}

// Tables one below another.
function below(tables) {
  const at = (row, column) => {
    let table = 0;
    for (; row >= tables[table].rows; table++) row -= tables[table].rows;
    return tables[table].at(row, column);
  };
  return { rows: tables.reduce((sum, { rows }) => sum + rows, 0), columns: tables[0].columns, at };
}

class BoxesView extends OverlayView {
  paint(overlay, values, outputs) {
    for (const box of this.chosen(values, outputs).reverse()) {
      const [left, top, right, bottom] = box.ends.map((end) => Math.floor(end + 0.5));
      const { values: colours, shape: [count] } = this.palette;
      const place = 3 * (((box.number % count) + count) % count);
      overlay.outline(top, left, bottom, right, this.thickness, packed(colours.subarray(place, place + 3)));
      const percent = percentOf(box.score);
      const [height] = this.percents.size(percent);
      const above = top >= height ? top - height : top;
      const name = box.number - this.least;
      if (this.names) overlay.paste(this.names, name, above, left);
      overlay.paste(this.percents, percent, above, left + (this.names ? this.names.size(name)[1] : 0));
    }
  }
  // The boxes that are shown, the highest score first, and the earlier one of equals.
  chosen(values, outputs) {
    const parts = this.partsOf(values, outputs);
    const boxes = [];
    for (let row = 0; row < parts.boxes.rows; row++) {
      const box = this.boxOf(parts, row);
      if (box) boxes.push(box);
    }
    boxes.sort((one, other) => other.score - one.score);
    const shown = [];
    for (const box of boxes) {
      if (shown.length === this.most) break;
      const hides = (other) => other.number === box.number && overlapOf(other.ends, box.ends) > this.iou;
      if (!shown.some(hides)) shown.push(box);
    }
    return shown;
  }
  partsOf(values, outputs) {
    if (this.anchors && outputs.length > 3) return this.inGrids(values, outputs);
    return outputs.length > 1 ? this.apart(values) : this.inColumns(values[0], outputs[0].shape);
  }
  // Boxes and scores of one grid after another.
  inGrids(values, outputs) {
    const tables = outputs.map((_, at) => {
      const boxes = at - (at % 2);
      const rows = values[boxes].length / outputs[boxes].shape.at(-1);
      return tableOf(values[at], rows, values[at].length / rows);
    });
    return { boxes: below(tables.filter((_, at) => at % 2 === 0)), scores: below(tables.filter((_, at) => at % 2 === 1)) };
  }
  apart([boxes, scores, classes]) {
    const count = boxes.length / this.numbers;
    const parts = { boxes: tableOf(boxes, count, this.numbers), scores: tableOf(scores, count, scores.length / count) };
    return classes ? { ...parts, classes: tableOf(classes, count, 1) } : parts;
  }
  inColumns(values, shape) {
    const needed = this.columns.reduce((sum, column) => sum + (column === "box" ? this.numbers : 1), 0);
    const [rows, columns] = shape.slice(-2);
    const turned = columns !== needed && needed <= rows && rows < columns;
    const all = turned ? tableOf(values, columns, rows, true) : tableOf(values, rows, columns);
    const widths = { box: this.numbers, scores: all.columns - needed + 1 };
    const parts = {};
    let start = 0;
    for (const column of this.columns) {
      const first = start;
      const width = widths[column] ?? 1;
      parts[column] = { rows: all.rows, columns: width, at: (row, place) => all.at(row, first + place) };
      start += width;
    }
    const { scores = parts.score ?? { columns: 1, at: () => 1 } } = parts;
    return { boxes: parts.box, scores, objectness: parts.objectness, classes: parts.class };
  }
  boxOf({ boxes, scores, objectness, classes }, row) {
    let best = null;
    for (let column = 0; column < scores.columns; column++) {
      if (column === this.background) continue;
      const value = scores.at(row, column);
      if (Number.isNaN(value)) return null;
      if (best === null || value > scores.at(row, best)) best = column;
    }
    const score = this.shareOf(scores.at(row, best)) * (objectness ? this.shareOf(objectness.at(row, 0)) : 1);
    if (!(score >= this.threshold)) return null;
    const number = classes ? classes.at(row, 0) : best;
    const [x, y, other_x, other_y] = this.box_format === "ltrb" ? this.endsAround(boxes, row) : this.endsOf(boxes, row);
    const ends = [Math.min(x, other_x), Math.min(y, other_y), Math.max(x, other_x), Math.max(y, other_y)];
    if (![...ends, number].every(Number.isFinite)) return null;
    if (Math.abs(number) > this.most_classes) return null;
    const far = this.farthest;
    return { ends: ends.map((end) => Math.min(Math.max(end, -far), far)), score, number: Math.round(number) };
  }
  shareOf(value) {
    return this.logits ? 1 / (1 + Math.exp(-Math.min(Math.max(value, -80), 80))) : value;
  }
  // x and y of two corners, which are so many cells from a cell's centre.
  endsAround(boxes, row) {
    const each = this.numbers / 4;
    const [x, y, step] = this.anchors[row];
    const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => {
      return step * meanOf(Array.from({ length: each }, (_, place) => boxes.at(row, side * each + place)));
    });
    return [x - left, y - top, x + right, y + bottom];
  }
  // x and y of two corners in pixels.
  endsOf(boxes, row) {
    let parts = [0, 1, 2, 3].map((place) => boxes.at(row, place));
    if (this.box_format === "yxyx") parts = [parts[1], parts[0], parts[3], parts[2]];
    const [height, width] = this.normalised ? this.shown : [1, 1];
    const [right, down] = this.anchors ? this.anchors[row] : [0, 0];
    let [x, y] = [parts[0] * width + right, parts[1] * height + down];
    let [other_x, other_y] = [parts[2] * width, parts[3] * height];
    if (this.box_format === "cxcywh") [x, y] = [x - other_x / 2, y - other_y / 2];
    if (this.box_format.endsWith("wh")) [other_x, other_y] = [x + other_x, y + other_y];
    return [x, y, other_x, other_y];
  }
}

// The mean of 0, 1, …, whose shares softmax makes from numbers; a single number itself.
function meanOf(numbers) {
  if (numbers.length === 1) return numbers[0];
  if (!numbers.every(Number.isFinite)) return NaN;
  const largest = Math.max(...numbers);
  const shares = numbers.map((number) => Math.exp(number - largest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.reduce((total, share, place) => total + place * share, 0) / sum;
}

function overlapOf(one, other) {
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  if (width <= 0 || height <= 0) return 0;
  const [first, second] = [one, other].map(([left, top, right, bottom]) => (right - left) * (bottom - top));
  return (width * height) / (first + second - width * height);
}

class PointsView extends OverlayView {
  paint(overlay, [values, offsets], [{ shape }]) {
    const places = this.pointsOf(values, shape, offsets).map((point) => this.placeOf(point));
    for (const [first, second] of this.skeleton) {
      if (!places[first] || !places[second]) continue;
      overlay.line(places[first], places[second], this.side, packed(this.line_colour));
    }
    for (const place of places) {
      if (place) overlay.disc(...place, this.radius, packed(this.colour));
    }
  }
  // x and y in pixels, and the score.
  pointsOf(values, shape, offsets) {
    const [height, width] = this.shown;
    if (shape.length === 4 && shape[0] === 1 && Math.min(shape[1], shape[2]) > 1) {
      return peaksOf(values, shape, offsets, this.shown);
    }
    const sides = shape.filter((side) => side !== 1);
    let columns = sides.length === 2 ? sides[1] : this.columns.length;
    if (sides.length < 2 && !this.is_given && values.length % columns) columns = 2;
    const [wide, high] = this.normalised ? [width, height] : [1, 1];
    const [x, y, score] = ["x", "y", "score"].map((column) => this.columns.indexOf(column));
    return Array.from({ length: values.length / columns }, (_, row) => {
      const part = (column) => values[row * columns + column];
      return [part(x) * wide, part(y) * high, score < 0 ? Infinity : part(score)];
    });
  }
  placeOf([x, y, score]) {
    const [height, width] = this.shown;
    const isNear = -height <= y && y <= 2 * height && -width <= x && x <= 2 * width;
    const share = this.logits ? 1 / (1 + Math.exp(-Math.min(Math.max(score, -80), 80))) : score;
    return isNear && share >= this.threshold ? [Math.floor(y + 0.5), Math.floor(x + 0.5)] : null;
  }
}

// The largest value of each channel: x and y in pixels, and itself. A cell stands for its centre; with offsets, which are
// down for all channels and then across, the outermost cells stand for the outermost pixels.
function peaksOf(values, [, rows, columns, count], offsets, [height, width]) {
  return Array.from({ length: count }, (_, channel) => {
    let peak = 0;
    for (let place = 1; place < rows * columns; place++) {
      if (values[place * count + channel] > values[peak * count + channel]) peak = place;
    }
    const [row, column, score] = [Math.floor(peak / columns), peak % columns, values[peak * count + channel]];
    if (!offsets) return [((column + 0.5) / columns) * width, ((row + 0.5) / rows) * height, score];
    const [down, across] = [0, 1].map((part) => offsets[(2 * peak + part) * count + channel]);
    return [column * ((width - 1) / (columns - 1)) + across, row * ((height - 1) / (rows - 1)) + down, score];
  });
}

class LabelView extends OverlayView {
  paint(overlay, [output]) {
    const values = Array.from(output, (value) => (Number.isNaN(value) ? -LARGEST : within(value, LARGEST)));
    const best = [...values.keys()].sort((one, other) => values[other] - values[one]).slice(0, this.top);
    const powers = this.logits ? values.map((value) => Math.exp(value - values[best[0]])) : values;
    const sum = this.logits ? powers.reduce((total, power) => total + power, 0) : 1;
    let top = 0;
    for (const number of best) {
      const percent = percentOf(powers[number] / sum);
      const [height, width] = this.names.size(number);
      overlay.paste(this.names, number, top, 0);
      overlay.paste(this.percents, percent, top, width);
      top += Math.max(height, this.percents.size(percent)[0]);
    }
  }
}

const LARGEST = 1e30;
const within = (value, end) => Math.min(Math.max(value, -end), end);

const VIEWS = {
  ...{ image: ImageView, mask: MaskView, classes: ClassesView, heatmap: HeatmapView, subpixel: SubpixelView },
  ...{ boxes: BoxesView, points: PointsView, label: LabelView },
};

// A view by its name, with its settings; the arrays among them come as files of bytes.
async function viewOf({ name, settings, arrays }) {
  if (!VIEWS[name]) throw new Refused(`a page has no view ${name}`);
  const held = {};
  for (const [key, { file, shape }] of Object.entries(arrays)) {
    held[key] = { values: new Uint8Array(await bytes(file)), shape };
  }
  return new VIEWS[name]({ ...settings, ...held });
}
