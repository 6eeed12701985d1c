// What runtimes other than TF.js share. Such a page is made as their users make one: a picture's pixels become the array
// that the model takes in a loop of JavaScript, and what it returns is drawn from an array as well. TF.js is there only
// where a view is to be computed; what that costs is in the stage of the view.
"use strict";

// What a runtime's tensor of a type is made of, and the type by which it is known here: one that TF.js has as well.
const HELD = {
  float32: [Float32Array, "float32"],
  int32: [Int32Array, "int32"],
  uint8: [Uint8Array, "int32"],
  int64: [globalThis.BigInt64Array, "int32"],
  bool: [Uint8Array, "bool"],
};
const KNOWN = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

function heldAs(dtype) {
  if (!HELD[dtype]) throw new Refused(`a page has no array for ${dtype}`);
  return HELD[dtype];
}

// Values as another type holds them.
function valuesAs(kind, values) {
  if (values instanceof kind) return values;
  if (kind === globalThis.BigInt64Array) return kind.from(Array.from(values, BigInt));
  return kind.from(values, Number);
}

// A value that a runtime takes or has made: what `read` gives of it, on whichever device it is. `free` lets go of it when
// everybody who shares it has; to let go twice does nothing.
class Held {
  static live = new Set();
  constructor(tensor, shape, dtype, read, free = () => {}, owners = { count: 0 }) {
    const [kind, known] = heldAs(dtype);
    const size = sizeOf(shape);
    Object.assign(this, { tensor, shape, given: dtype, dtype: known, size, read, free, owners });
    this.bytes = owners.count++ ? 0 : size * kind.BYTES_PER_ELEMENT;
    Held.live.add(this);
  }
  async data() {
    return valuesAs(KNOWN[this.dtype], await this.read(this.tensor));
  }
  share() {
    return new Held(this.tensor, this.shape, this.given, this.read, this.free, this.owners);
  }
  release() {
    if (!Held.live.delete(this) || --this.owners.count > 0) return;
    this.free(this.tensor);
  }
}

const sizeOf = (shape) => shape.reduce((size, side) => size * side, 1);

// The pixels of what is no ImageData.
let reader = null;
function imageOf(picture) {
  if (picture instanceof ImageData) return picture;
  const { width, height } = page.input;
  reader ??= new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  Object.assign(reader.canvas, { width, height });
  reader.drawImage(picture, 0, 0, width, height);
  return reader.getImageData(0, 0, width, height);
}

// What libraries write to the console says what they do not return. They take its functions when they are loaded.
let heard = null;
function overhear() {
  for (const level of ["log", "info", "warn", "error", "debug"]) {
    const say = console[level].bind(console);
    console[level] = (...words) => {
      // What was asked for to be read here is no complaint of the page's.
      if (heard === null || !heard.is_quiet) say(...words);
      heard?.lines.push(words.join(" "));
    };
  }
}
async function overheard(work, is_quiet = false) {
  heard = { lines: [], is_quiet };
  const { lines } = heard;
  try {
    await work();
  } finally {
    heard = null;
  }
  return lines.join("\n");
}

class Rival {
  // How a stage ends that waits for what this runtime has made.
  ended = "the promise of the runtime is kept";
  // Of the numbers that it computes with.
  precision = "float32";
  // What was converted takes inputs of the shapes that it was converted for.
  has_fixed_shapes = true;
  ports = {};
  constructor(settings) {
    Object.assign(this, settings);
  }
  get renderers() {
    return RIVAL_RENDERERS;
  }
  async about() {
    return { version: this.version ?? null, wasm_simd: true, wasm_threads: this.threads, device: this.device?.() ?? null };
  }
  // The inputs and outputs as they were asked for, and how long it took to have the model and to make it ready.
  described({ inputs, outputs }, fetch_s, build_s) {
    this.ports = Object.fromEntries(inputs.map((port) => [port.name, port]));
    this.outputs = outputs;
    return { fetch_s, build_s, inputs, outputs, wasm_threads: this.threads };
  }
  // How pictures are fed from now on: what each byte of each channel becomes.
  form({ channels, ranges, dtype }) {
    this.table = new Float32Array(256 * channels);
    for (let channel = 0; channel < channels; channel++) {
      const [low, high] = ranges[ranges.length > 1 ? channel : 0];
      const gain = Math.fround((high - low) / 255);
      for (let byte = 0; byte < 256; byte++) {
        this.table[256 * channel + byte] = dtype === "int32" ? byte : Math.fround(byte * gain) + Math.fround(low);
      }
    }
  }
  pixels(picture) {
    return imageOf(picture);
  }
  pixelsOfBytes(given, height, width) {
    return new ImageData(new Uint8ClampedArray(given), width, height);
  }
  feed({ data }) {
    const { height, width, channels, is_batched, is_channels_first, is_bgr } = page.input;
    const { frame } = page.inputs;
    const area = height * width;
    const values = new Float32Array(area * channels);
    const [step, plane] = is_channels_first ? [1, area] : [channels, 1];
    for (let channel = 0; channel < channels; channel++) {
      const source = is_bgr && channels > 1 && channel < 3 ? 2 - channel : channel;
      const table = this.table.subarray(256 * channel, 256 * channel + 256);
      for (let at = 0, to = plane * channel; at < area; at++, to += step) values[to] = table[data[4 * at + source]];
    }
    const shape = is_channels_first ? [channels, height, width] : [height, width, channels];
    return this.tensor(values, is_batched ? [1, ...shape] : shape, null, frame);
  }
  async fedOf({ data, height, width }) {
    const { channels } = page.input;
    const values = Uint8Array.from({ length: height * width * channels }, (_, at) => {
      return data[4 * Math.floor(at / channels) + (at % channels)];
    });
    return { values, shape: [height, width, channels] };
  }
  async rowOf(input, begin, size) {
    const { shape } = input;
    const values = await input.data();
    const first = begin.reduce((at, start, axis) => at * shape[axis] + start, 0);
    // Along the one side that is taken whole, of which neighbours lie as far apart as the sides after it are large.
    const step = sizeOf(shape.slice(size.findLastIndex((side) => side > 1) + 1));
    return Float32Array.from({ length: sizeOf(size) }, (_, place) => values[first + place * step]);
  }
  // What an input takes, by its name, whatever array has the values.
  tensor(values, shape, _dtype, name) {
    const { dtype } = this.ports[name];
    return this.made(valuesAs(heldAs(dtype)[0], values), shape, dtype);
  }
  feeds(names, all) {
    return Object.fromEntries(names.map((name) => [name, all[name]]));
  }
  // With WebGPU a run may return before its work is done.
  async settle(value) {
    const device = value instanceof Held ? this.gpu() : null;
    if (device) await device.queue.onSubmittedWorkDone();
  }
  // The device of WebGPU that computes, if one does.
  gpu() {
    return null;
  }
  // The buffer of an output on that device; it is let go of with the output.
  bufferOf(output) {
    const buffer = output instanceof Held && output.dtype === "float32" ? this.bufferIn(output) : null;
    if (!buffer) throw new Refused("the picture is not on the GPU: what made it ran elsewhere");
    return { buffer, free() {} };
  }
  copy(value) {
    return value.share();
  }
  share(value) {
    return value.share();
  }
  release(...values) {
    for (const value of values.flat()) {
      if (value instanceof Held) value.release();
      else if (globalThis.tf && value instanceof tf.Tensor) value.dispose();
    }
  }
  async largest(value) {
    if (!value.size || !["float32", "int32"].includes(value.dtype)) return null;
    return (await value.data()).reduce((largest, one) => Math.max(largest, one), -Infinity);
  }
  async view(asked) {
    if (asked.name === "image" && !asked.settings.channels_first) return new OwnImage(asked);
    return new ByTFJS(await viewByTFJS(asked));
  }
  async unitOf(drawn, range) {
    const { shape } = drawn;
    return { values: unitValues(await drawn.data(), range), shape: shape.length === 4 ? shape.slice(1) : shape };
  }
  memory() {
    const { numTensors = 0, numBytes = 0 } = globalThis.tf?.memory() ?? {};
    let bytes = numBytes;
    for (const value of Held.live) bytes += value.bytes;
    return { tensors: numTensors + Held.live.size, bytes };
  }
}

// A view that TF.js computes, on WebAssembly.
async function viewByTFJS(asked) {
  if (!globalThis.tf) {
    await need(...TFJS_SCRIPTS.wasm);
    wasmOf(page.runtime.threads);
    await tf.setBackend("wasm");
    await tf.ready();
  }
  return viewOf(asked);
}

// A view of TF.js' for the outputs of another runtime.
class ByTFJS {
  constructor(view) {
    Object.assign(this, { view, sees: view.sees, ended: view.ended === undefined ? RETURNED : view.ended });
  }
  async show(outputs, raw) {
    const given = [];
    for (const output of outputs) given.push(tf.tensor(await output.data(), output.shape, output.dtype));
    const pixels = tf.browser.fromPixels(raw, 3);
    try {
      const drawn = await this.view.show(given, pixels);
      return given.includes(drawn) ? tf.clone(drawn) : drawn;
    } finally {
      tf.dispose([given, pixels]);
    }
  }
  close() {
    this.view.close();
  }
}

// The output is the picture; one that is laid out differently from a canvas is brought there by TF.js.
class OwnImage {
  sees = false;
  ended = "the output is the picture";
  constructor(asked) {
    this.asked = asked;
  }
  async show(outputs, raw) {
    if (isPicture(outputs[0].shape)) return outputs[0];
    this.other ??= new ByTFJS(await viewByTFJS(this.asked));
    return this.other.show(outputs, raw);
  }
  close() {
    this.other?.close();
  }
}

// Values in [0, 1], in the same steps of float32 as TF.js takes.
function unitValues(values, [low, high]) {
  const unit = new Float32Array(values.length);
  const [offset, width] = [Math.fround(low), Math.fround(high - low)];
  for (let at = 0; at < values.length; at++) {
    const shifted = Math.fround(values[at] - offset);
    unit[at] = Math.min(Math.max(shifted / width, 0), 1);
  }
  return unit;
}

// The values are brought to JavaScript, made pixels in a loop, and put on a 2D canvas.
class PutPixels extends CanvasRenderer {
  methods = { readback: "the values are in an array", draw: "putImageData has returned" };
  constructor(range, shape, canvas) {
    super(range, shape, canvas);
    this.context = this.canvas.getContext("2d");
    this.image = new ImageData(this.width, this.height);
    this.depth = shape[2];
  }
  async draw(output, mark) {
    const values = await output.data();
    mark("readback");
    const { data } = this.image;
    const { depth } = this;
    const [offset, width] = [Math.fround(this.range[0]), Math.fround(this.range[1] - this.range[0])];
    // As toPixels rounds; the array of a canvas holds what is too small or too large at its ends.
    const level = (value) => Math.round(255 * Math.fround(Math.fround(value - offset) / width));
    for (let pixel = 0, at = 0; pixel < data.length; pixel += 4, at += depth) {
      const first = level(values[at]);
      data[pixel] = first;
      data[pixel + 1] = depth === 1 ? first : level(values[at + 1]);
      data[pixel + 2] = depth === 1 ? first : level(values[at + 2]);
      data[pixel + 3] = depth === 4 ? level(values[at + 3]) : 255;
    }
    this.context.putImageData(this.image, 0, 0);
    this.drawn(output);
    mark("draw");
  }
}

const RIVAL_RENDERERS = { topixels: PutPixels, texture: Texture };
