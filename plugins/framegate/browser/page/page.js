// What Python asks of the page. Every function takes one object and returns what JSON can hold; times are in seconds.
"use strict";

// The model, the pictures that it is fed, how often frames have taken the next of them, which of the outputs are shown,
// the view that shows them, the way that draws it, by how much the document's clock is ahead of this thread's, and the
// numbers of frames by the picture that is drawn of them.
const page = {
  ...{ backend: null, model: null, pictures: [], input: null, turn: 0, first: null, shown: [0], view: null, way: null },
  ahead_ms: 0,
  numbers: new WeakMap(),
};
const framegate = {};

// On the document's clock, wherever this runs.
const seconds = () => (page.ahead_ms + performance.now()) / 1000;

// A typed array as base64, in pieces that a call's arguments can hold.
function base64(array) {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

async function bytes(name) {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.arrayBuffer();
}

// What a settled tensor is: on webgl and webgpu a dispatch returns long before the work is done, and only a read waits
// for it. One element is enough; cpu and wasm have computed when the call returns. On webgl data() asks every few
// milliseconds whether the device is done, which would be in every stage; dataSync() is there when it is.
async function settle(tensor) {
  if (["cpu", "wasm"].includes(page.backend) || !tensor.size) return;
  const one = tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), [0], [1]));
  if (page.backend === "webgl") one.dataSync();
  else await one.data();
  one.dispose();
}

framegate.start = async ({ backend, model, flags }) => {
  await host.title(`${model} on ${backend}`);
  page.ahead_ms = performance.timeOrigin - (await host.time_origin());
  tf.wasm.setWasmPaths(new URL(".", location.href).href);
  for (const [name, value] of Object.entries(flags)) tf.env().set(name, value);
  // A canvas of the page's own is what TF.js can later draw to without leaving its context.
  const name = backend === "webgl" ? await ownContext() : backend;
  const taken = await tf.setBackend(name);
  await tf.ready();
  if (!taken || tf.getBackend() !== name) {
    throw new Error(`TF.js cannot start ${backend} here; it took ${tf.getBackend()}`);
  }
  page.backend = backend;
  const simd = backend === "wasm" ? await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT") : null;
  const threads = backend === "wasm" ? await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT") : null;
  return {
    backend,
    tfjs: tf.version.tfjs,
    crossOriginIsolated,
    clock_step_s: clockStep(),
    cores: navigator.hardwareConcurrency,
    wasm_simd: simd,
    wasm_threads: threads === null ? null : threads ? tf.wasm.getThreadsCount() : 1,
    device: device(),
    has_timer: hasTimer(),
    flags: Object.fromEntries(Object.entries(tf.env().flags).filter(([, value]) => typeof value !== "object")),
  };
};

function clockStep() {
  const steps = new Set();
  for (let before = performance.now(); steps.size < 20; ) {
    const now = performance.now();
    if (now > before) steps.add(now - before);
    before = now;
  }
  return Math.min(...steps) / 1000;
}

function device() {
  if (page.backend === "webgl") {
    const { gl } = tf.backend().gpgpu;
    const names = gl.getExtension("WEBGL_debug_renderer_info");
    return gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  }
  if (page.backend === "webgpu") {
    const { vendor, architecture, device, description } = tf.backend().adapterInfo ?? {};
    return [vendor, architecture, device, description].filter(Boolean).join(" ");
  }
  return null;
}

// Whether the device has a clock of its own that says when a kernel ended; null where no device is waited for.
function hasTimer() {
  if (page.backend === "webgl") return tf.env().getBool("WEBGL_DISJOINT_QUERY_TIMER_EXTENSION_RELIABLE");
  if (page.backend === "webgpu") return tf.backend().device.features.has("timestamp-query");
  return null;
}

// One shard after another: all at once, TF.js' own loader can wait for itself for ever.
framegate.load = async ({ format, topology, shards, specs }) => {
  const started = seconds();
  const json = JSON.parse(new TextDecoder().decode(await bytes(topology)));
  const parts = [];
  for (const shard of shards) parts.push(new Uint8Array(await bytes(shard)));
  const weightData = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    weightData.set(part, at);
    at += part.length;
  }
  const fetched = seconds();
  const artifacts = { ...json, weightSpecs: specs, weightData: weightData.buffer };
  delete artifacts.weightsManifest;
  const handler = { load: async () => artifacts };
  try {
    page.model = format === "graph" ? await tf.loadGraphModel(handler) : await tf.loadLayersModel(handler);
  } catch (error) {
    return { refused: wordsOf(error) };
  }
  const built = seconds();
  const describe = ({ name, shape, dtype }) => ({ name, shape: shape ?? null, dtype });
  return {
    fetch_s: fetched - started,
    build_s: built - fetched,
    inputs: page.model.inputs.map(describe),
    outputs: page.model.outputs.map(describe),
  };
};

// The largest value; null where there are none, or no numbers.
async function largestOf(tensor) {
  if (!tensor.size || !["float32", "int32"].includes(tensor.dtype)) return null;
  const largest = tf.max(tensor);
  const [value] = await largest.data();
  largest.dispose();
  return value;
}

// The pictures that frames feed, and what the model makes of the first of them at the first time.
framegate.take = async ({ pictures, inputs, ...input }) => {
  page.pictures = [];
  for (const name of pictures) {
    page.pictures.push(new ImageData(new Uint8ClampedArray(await bytes(name)), input.width, input.height));
  }
  page.input = input;
  page.turn = 0;
  tf.dispose(page.scaling ?? []);
  page.scaling = scaling(input);
  page.inputs?.close();
  page.inputs = await Inputs.of(inputs);
  tf.dispose(page.first ?? []);
  const started = seconds();
  const { raw, input: fed } = upload(page.pictures[0]);
  let all;
  try {
    ({ all } = await predict(fed));
    for (const each of all) await settle(each);
  } catch (error) {
    page.first = null;
    tf.dispose([raw, fed]);
    return { refused: wordsOf(error) };
  }
  const first_s = seconds() - started;
  // From now on a state has the shape that it keeps, and none is among these outputs.
  for (let run = 0; page.inputs.has_state && run < 2; run++) tf.dispose((await predict(fed)).all);
  tf.dispose([raw, fed]);
  page.first = all;
  const outputs = [];
  for (const output of all) outputs.push({ shape: output.shape, dtype: output.dtype, largest: await largestOf(output) });
  return { first_s, outputs };
};

// The first picture is for what comes before the frames that count. These take the others in turn, so that what a frame
// shows is in none of the two before it, and was on no canvas before the first of them.
const next = () => page.pictures[1 + (page.turn++ % (page.pictures.length - 1))];

// In colour where the view shows the frame, whatever the model takes.
const pixelsOf = (picture) =>
  tf.browser.fromPixels(picture, page.view?.sees ? Math.max(3, page.input.channels) : page.input.channels);

// The gains and offsets of channels that have ranges of their own, kept on the device; null where all have one.
function scaling({ channels, ranges, is_channels_first }) {
  if (ranges.length === 1) return null;
  const shape = is_channels_first ? [channels, 1, 1] : [channels];
  const gains = ranges.map(([low, high]) => (high - low) / 255);
  return [tf.tensor(gains, shape), tf.tensor(ranges.map(([low]) => low), shape)];
}

// A frame's picture as bytes, (H, W, C), and what the model is fed of them: of one look at it, as a video moves on.
function upload(picture) {
  const raw = pixelsOf(picture);
  return { raw, input: feed(raw) };
}

const firstChannels = (pixels, count) => (pixels.shape[2] === count ? pixels : tf.slice(pixels, [0, 0, 0], [-1, -1, count]));

function feed(pixels) {
  const { channels, dtype, ranges, is_batched, is_channels_first, is_bgr } = page.input;
  return tf.tidy(() => {
    const raw = firstChannels(pixels, channels);
    const ordered = is_bgr && channels > 1 ? tf.gather(raw, [2, 1, 0, 3].slice(0, channels), 2) : raw;
    const laid = is_channels_first ? tf.transpose(ordered, [2, 0, 1]) : ordered;
    const image = is_batched ? tf.expandDims(laid, 0) : laid;
    if (dtype === "int32") return tf.clone(image);
    const floats = tf.cast(image, "float32");
    if (page.scaling) return tf.add(tf.mul(floats, page.scaling[0]), page.scaling[1]);
    const [[low, high]] = ranges;
    const scaled = high - low === 255 ? floats : tf.mul(floats, (high - low) / 255);
    return low === 0 ? scaled : tf.add(scaled, low);
  });
}

// Which of the outputs are shown, and how: `range` and `shape` are those of the view's picture. TF.js' own reason where the
// backend has no such view or way. What the model made of its picture at the first time is drawn now, so that no round
// has to compile what draws.
framegate.aim = async ({ indices, view, name, range, shape }) => {
  page.shown = indices;
  page.way?.close();
  page.view?.close();
  page.way = page.view = null;
  const again = indices.map((index) => copyOf(page.first[index]));
  let raw, drawn;
  try {
    page.view = await viewOf(view);
    raw = pixelsOf(page.pictures[0]);
    drawn = await page.view.show(again, raw);
    const [height, width] = shape;
    page.way = new WAYS[name](range, shape, await host.canvas({ name: "way", width, height }));
    await host.show(page.way.place);
    await page.way.draw(drawn, () => {});
  } catch (error) {
    if (error instanceof Refused || REFUSALS.test(error.message)) return error.message.replaceAll(OWN, "webgl");
    throw error;
  } finally {
    tf.dispose([again, raw, drawn]);
  }
  return null;
};

// When the canvas of the last frame has had the time to be seen: another thread's comes there by itself, a while after it
// was drawn. A page that is hidden is not waited for.
const rest_ms = 500;
framegate.rest = async () => {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((done) => {
      requestAnimationFrame(done);
      setTimeout(done, rest_ms);
    });
  }
};

framegate.drawn_by = () => faults.drawn_by();

// A way that a backend lacks, in the page's words where TF.js has none.
class Refused extends Error {}
const REFUSALS = /not registered for backend|not found in the registry/;

// Of its own memory: a read on webgl moves a tensor off the device.
const copyOf = (tensor) => tf.tidy(() => tf.add(tensor, tf.scalar(0, tensor.dtype)));

// What a model returns, in the order of its outputs: one tensor, several, or several by names that it was exported with.
function listOf(found) {
  const names = page.model.structuredOutputKeys;
  return found instanceof tf.Tensor ? [found] : Array.isArray(found) ? found : names.map((name) => found[name]);
}

// What the model itself returns, in the order of its outputs.
async function outputsOf(feeds) {
  try {
    return listOf(page.model.predict(feeds));
  } catch (error) {
    if (!page.model.executeAsync) throw error;
    return listOf(await page.model.executeAsync(feeds));
  }
}

async function predict(input) {
  const all = await page.inputs.run(() => outputsOf(page.inputs.joined(input)));
  return { all, shown: page.shown.map((index) => all[index]) };
}
