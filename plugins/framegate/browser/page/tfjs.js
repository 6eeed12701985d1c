// TF.js as what runs the model. A runtime (RUNTIMES) starts itself, says what it is, loads a model, makes what the model is
// fed of a picture, runs it, and lets go of what it has made; `renderers` are those that it has. Its values have
// `shape`, `dtype` and `data()`.
"use strict";

const TFJS_SCRIPTS = {
  cpu: ["tf.min.js"],
  webgl: ["tf.min.js"],
  wasm: ["tf.min.js", "tf-backend-wasm.min.js"],
  webgpu: ["tf.min.js", "tf-backend-webgpu.min.js"],
};

const firstChannels = (pixels, count) => (pixels.shape[2] === count ? pixels : tf.slice(pixels, [0, 0, 0], [-1, -1, count]));

// Starts TF.js' wasm backend on so many threads, or as many as it takes by itself.
function wasmOf(threads) {
  tf.wasm.setWasmPaths(new URL(".", location.href).href);
  if (threads !== null) tf.wasm.setThreadsCount(threads);
}

class TFJSRuntime {
  model = null;
  scaling = null;
  static async start({ backend, flags, threads }) {
    await need(...TFJS_SCRIPTS[backend]);
    if (backend === "wasm") wasmOf(threads);
    for (const [name, value] of Object.entries(flags)) tf.env().set(name, value);
    // A canvas of the page's own is what TF.js can later draw to without leaving its context.
    const name = backend === "webgl" ? await ownContext() : backend;
    const taken = await tf.setBackend(name);
    await tf.ready();
    if (!taken || tf.getBackend() !== name) {
      throw new Error(`TF.js cannot start ${backend} here; it took ${tf.getBackend()}`);
    }
    return new TFJSRuntime(backend);
  }
  constructor(backend) {
    Object.assign(this, { backend, computes_in_calls: ["cpu", "wasm"].includes(backend), renderers: RENDERERS });
  }
  async about() {
    const { backend } = this;
    const simd = backend === "wasm" ? await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT") : null;
    const threads = backend === "wasm" ? await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT") : null;
    return {
      tfjs: tf.version.tfjs,
      version: tf.version.tfjs,
      wasm_simd: simd,
      wasm_threads: threads === null ? null : threads ? tf.wasm.getThreadsCount() : 1,
      device: this.device(),
      has_timer: this.hasTimer(),
      flags: Object.fromEntries(Object.entries(tf.env().flags).filter(([, value]) => typeof value !== "object")),
    };
  }
  device() {
    if (this.backend === "webgl") {
      const { gl } = tf.backend().gpgpu;
      const names = gl.getExtension("WEBGL_debug_renderer_info");
      return gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
    }
    return this.backend === "webgpu" ? namesOf(tf.backend().adapterInfo) : null;
  }
  // Whether the device has a clock of its own that says when a kernel ended; null where no device is waited for.
  hasTimer() {
    if (this.backend === "webgl") return tf.env().getBool("WEBGL_DISJOINT_QUERY_TIMER_EXTENSION_RELIABLE");
    return this.backend === "webgpu" ? tf.backend().device.features.has("timestamp-query") : null;
  }
  // One shard after another: all at once, TF.js' own loader can wait for itself for ever.
  async load({ format, topology, shards, specs }) {
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
      this.model = format === "graph" ? await tf.loadGraphModel(handler) : await tf.loadLayersModel(handler);
    } catch (error) {
      return { refused: wordsOf(error) };
    }
    const built = seconds();
    const describe = ({ name, shape, dtype }) => ({ name, shape: shape ?? null, dtype });
    return {
      fetch_s: fetched - started,
      build_s: built - fetched,
      inputs: this.model.inputs.map(describe),
      outputs: this.model.outputs.map(describe),
    };
  }
  // How pictures are fed from now on. Gains and offsets of channels that have ranges of their own are kept on the device.
  form({ channels, ranges, is_channels_first }) {
    tf.dispose(this.scaling ?? []);
    this.scaling = null;
    if (ranges.length === 1) return;
    const shape = is_channels_first ? [channels, 1, 1] : [channels];
    const gains = ranges.map(([low, high]) => (high - low) / 255);
    this.scaling = [tf.tensor(gains, shape), tf.tensor(ranges.map(([low]) => low), shape)];
  }
  // (H, W, C) of a picture: a view that sees the frame sees it in colour.
  pixels(picture, sees) {
    return tf.browser.fromPixels(picture, sees ? Math.max(3, page.input.channels) : page.input.channels);
  }
  // The same of RGBA.
  pixelsOfBytes(given, height, width) {
    return tf.tensor(Int32Array.from(given), [height, width, 4], "int32");
  }
  // What the model takes of pixels.
  feed(pixels) {
    const { channels, dtype, ranges, is_batched, is_channels_first, is_bgr } = page.input;
    return tf.tidy(() => {
      const raw = firstChannels(pixels, channels);
      const ordered = is_bgr && channels > 1 ? tf.gather(raw, [2, 1, 0, 3].slice(0, channels), 2) : raw;
      const laid = is_channels_first ? tf.transpose(ordered, [2, 0, 1]) : ordered;
      const image = is_batched ? tf.expandDims(laid, 0) : laid;
      if (dtype === "int32") return tf.clone(image);
      const floats = tf.cast(image, "float32");
      if (this.scaling) return tf.add(tf.mul(floats, this.scaling[0]), this.scaling[1]);
      const [[low, high]] = ranges;
      const scaled = high - low === 255 ? floats : tf.mul(floats, (high - low) / 255);
      return low === 0 ? scaled : tf.add(scaled, low);
    });
  }
  // The bytes of a picture that `feed` takes, and their shape.
  async fedOf(pixels) {
    const raw = tf.tidy(() => tf.clone(firstChannels(pixels, page.input.channels)));
    const { shape } = raw;
    const values = Uint8Array.from(await raw.data());
    raw.dispose();
    return { values, shape };
  }
  // A row of what the model is fed, without a copy on the device where that can be had.
  async rowOf(input, begin, size) {
    const row = tf.tidy(() => tf.slice(input, begin, size));
    // As in settle().
    const values = this.backend === "webgpu" ? await row.data() : row.dataSync();
    row.dispose();
    return values;
  }
  tensor(values, shape, dtype) {
    return tf.tensor(values, shape, dtype);
  }
  // What the model takes: its one input, or all by their names, in its order.
  feeds(names, all) {
    if (names.length === 1) return all[names[0]];
    return this.model instanceof tf.LayersModel ? names.map((name) => all[name]) : all;
  }
  // What the model returns, in the order of its outputs.
  async run(feeds) {
    try {
      return this.listOf(this.model.predict(feeds));
    } catch (error) {
      if (!this.model.executeAsync) throw error;
      return this.listOf(await this.model.executeAsync(feeds));
    }
  }
  // One tensor, several, or several by names that the model was exported with.
  listOf(returned) {
    const names = this.model.structuredOutputKeys;
    if (returned instanceof tf.Tensor) return [returned];
    return Array.isArray(returned) ? returned : names.map((name) => returned[name]);
  }
  // What a settled tensor is: on webgl and webgpu a dispatch returns long before the work is done, and only a read waits
  // for it. One element is enough; cpu and wasm have computed when the call returns. On webgl data() asks every few
  // milliseconds whether the device is done, which would be in every stage; dataSync() is there when it is.
  async settle(tensor) {
    if (this.computes_in_calls || !tensor.size) return;
    if (page.renderer?.reads_nothing) {
      const backend = tf.backend();
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      backend.submitQueue();
      await backend.device.queue.onSubmittedWorkDone();
      return;
    }
    const one = tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), [0], [1]));
    if (this.backend === "webgl") one.dataSync();
    else await one.data();
    one.dispose();
  }
  // Of its own memory: a read on webgl moves a tensor off the device.
  copy(tensor) {
    return tf.tidy(() => tf.add(tensor, tf.scalar(0, tensor.dtype)));
  }
  // The same for whoever lets go of it.
  share(tensor) {
    return tf.clone(tensor);
  }
  release(...values) {
    tf.dispose(values);
  }
  // The largest value; null where there are none, or no numbers.
  async largest(tensor) {
    if (!tensor.size || !["float32", "int32"].includes(tensor.dtype)) return null;
    const largest = tf.max(tensor);
    const [value] = await largest.data();
    largest.dispose();
    return value;
  }
  view(asked) {
    return viewOf(asked);
  }
  // The device of WebGPU that computes, if one does.
  gpu() {
    return this.backend === "webgpu" ? tf.backend().device : null;
  }
  // The buffer of a tensor on that device, and what lets go of it.
  bufferOf(tensor) {
    const floats = tensor.dtype === "float32" ? tensor : null;
    if (!floats) throw new Refused(`its values are ${tensor.dtype}, and no float32`);
    const { buffer, tensorRef } = floats.dataToGPU();
    return { buffer, free: () => tensorRef.dispose() };
  }
  // Of the numbers that it computes with. WebGL has textures of 16 bits where the device has no others, or a flag asks for them.
  get precision() {
    const isHalf = this.backend === "webgl" && !tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED");
    return isHalf ? "float16" : "float32";
  }
  async receipt() {
    const { backend } = this;
    // On a GPU TF.js may compute small tensors in JavaScript, and does not say so.
    const elsewhere = this.computes_in_calls ? 0 : null;
    return { ran: backend, nodes: null, elsewhere, note: null };
  }
  // A picture as the oracle takes it, (H, W, C) in [0, 1].
  async unitOf(drawn, range) {
    const unit = toUnit(drawn, range);
    const { shape } = unit;
    const values = await unit.data();
    unit.dispose();
    return { values, shape };
  }
  // How much there is, on the device where the backend counts there.
  memory() {
    const { numTensors, numBytes, numBytesInGPU } = tf.memory();
    return { tensors: numTensors, bytes: numBytesInGPU ?? numBytes };
  }
  // One run of the model, by kernel, as TF.js' own profiler tells it.
  async kernels(input) {
    let all;
    const { kernels } = await tf.profile(async () => {
      ({ all } = await predict(input));
      return all;
    });
    tf.dispose(all);
    // An op that wraps a kernel is told of as well, with the same time.
    const own = kernels.filter(({ name }) => !name.endsWith("__op"));
    return own.map(({ name, kernelTimeMs, outputShapes }) => ({
      name,
      time_s: typeof kernelTimeMs === "number" ? kernelTimeMs / 1000 : null,
      shapes: outputShapes,
    }));
  }
}

// A WebGPU adapter in words.
const namesOf = ({ vendor, architecture, device, description } = {}) =>
  [vendor, architecture, device, description].filter(Boolean).join(" ");

const RUNTIMES = { tfjs: TFJSRuntime };
