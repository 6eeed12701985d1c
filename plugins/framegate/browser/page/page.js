// What Python asks of the page. Every function takes one object and returns what JSON can hold; times are in seconds.
"use strict";

const framegate = (() => {
  let model, feed, way, output;

  const seconds = () => performance.now() / 1000;

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

  async function start({ backend }) {
    tf.wasm.setWasmPaths(new URL(".", location.href).href);
    const taken = await tf.setBackend(backend);
    await tf.ready();
    if (!taken || tf.getBackend() !== backend) {
      throw new Error(`TF.js cannot start ${backend} here; it took ${tf.getBackend()}`);
    }
    const steps = new Set();
    for (let before = performance.now(); steps.size < 20; ) {
      const now = performance.now();
      if (now > before) steps.add(now - before);
      before = now;
    }
    return {
      backend: tf.getBackend(),
      tfjs: tf.version.tfjs,
      crossOriginIsolated,
      clock_step_s: Math.min(...steps) / 1000,
      wasm_threads: backend === "wasm" ? tf.wasm.getThreadsCount() : null,
      device: await device(backend),
      flags: Object.fromEntries(Object.entries(tf.env().flags).filter(([, value]) => typeof value !== "object")),
    };
  }

  async function device(backend) {
    if (backend === "webgl") {
      const { gl } = tf.backend().gpgpu;
      const names = gl.getExtension("WEBGL_debug_renderer_info");
      return gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
    }
    if (backend === "webgpu") {
      const { vendor, architecture, device, description } = tf.backend().adapterInfo ?? {};
      return [vendor, architecture, device, description].filter(Boolean).join(" ");
    }
    return null;
  }

  // One shard after another: all at once, TF.js' own loader can wait for itself for ever.
  async function load({ format, topology, shards, specs }) {
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
    model = format === "graph" ? await tf.loadGraphModel(handler) : await tf.loadLayersModel(handler);
    const built = seconds();
    const describe = ({ name, shape, dtype }) => ({ name, shape: shape ?? null, dtype });
    return {
      fetch_s: fetched - started,
      build_s: built - fetched,
      inputs: model.inputs.map(describe),
      outputs: model.outputs.map(describe),
    };
  }

  // The picture that every round feeds, and what the model makes of it at the first time.
  async function take({ picture, height, width, channels, batched, dtype, range: [low, high] }) {
    const pixels = new ImageData(new Uint8ClampedArray(await bytes(picture)), width, height);
    feed = () =>
      tf.tidy(() => {
        const raw = tf.browser.fromPixels(pixels, channels);
        const image = batched ? tf.expandDims(raw, 0) : raw;
        if (dtype === "int32") return tf.clone(image);
        const floats = tf.cast(image, "float32");
        const scaled = high - low === 255 ? floats : tf.mul(floats, (high - low) / 255);
        return low === 0 ? scaled : tf.add(scaled, low);
      });
    const started = seconds();
    const input = feed();
    const { all } = await predict(input);
    for (const each of all) await settle(each);
    const first_s = seconds() - started;
    const shapes = all.map(({ shape, dtype }) => ({ shape, dtype }));
    tf.dispose([input, all]);
    return { first_s, outputs: shapes };
  }

  // Which of the outputs is shown, and how; TF.js' own reason where the backend has no such way.
  async function aim({ index, name, range, shape }) {
    const canvas = document.createElement("canvas");
    document.querySelector("canvas").replaceWith(canvas);
    [canvas.height, canvas.width] = shape;
    output = index;
    way = new WAYS[name](canvas, range, shape);
    try {
      await frame();
    } catch (error) {
      if (/not registered for backend/.test(error.message)) return error.message;
      throw error;
    }
    return null;
  }

  async function predict(input) {
    let found;
    try {
      found = model.predict(input);
    } catch (error) {
      if (!model.executeAsync) throw error;
      found = await model.executeAsync(input);
    }
    const all = Array.isArray(found) ? found : [found];
    return { all, wanted: all[output] };
  }

  async function frame(keep) {
    const times = {};
    let last = seconds();
    const mark = (name) => {
      const now = seconds();
      times[name] = now - last;
      last = now;
    };
    const input = feed();
    await settle(input);
    mark("upload");
    const before = last;
    const { all, wanted } = await predict(input);
    const dispatch = seconds() - before;
    await settle(wanted);
    mark("inference");
    await way.draw(wanted, mark);
    const kept = keep ? await keep(wanted) : null;
    tf.dispose([input, all]);
    return { times, dispatch, kept };
  }

  // Frames one after another until the time is up, and what they left behind.
  async function rounds({ least, most, budget_s }) {
    const before = tf.memory();
    const stages = {};
    const dispatch = [];
    const started = seconds();
    for (let count = 0; count < most && (count < least || seconds() - started < budget_s); count++) {
      const done = await frame();
      for (const [name, value] of Object.entries(done.times)) (stages[name] ??= []).push(value);
      dispatch.push(done.dispatch);
    }
    const whole_s = seconds() - started;
    const after = tf.memory();
    return {
      stages,
      dispatch,
      whole_s,
      tensors_left: after.numTensors - before.numTensors,
      bytes_left: (after.numBytesInGPU ?? after.numBytes) - (before.numBytesInGPU ?? before.numBytes),
    };
  }

  // One frame more, and everything that can be compared of it.
  async function look() {
    way.looking = true;
    const kept = await frame(async (tensor) => {
      const unit = toUnit(tensor, way.range);
      const [values, shown] = await Promise.all([tensor.data(), unit.data()]);
      const found = { output: base64(values), unit: base64(shown), shape: tensor.shape, dtype: tensor.dtype };
      unit.dispose();
      return found;
    });
    return { ...kept.kept, pixels: base64(way.read()), size: [way.canvas.height, way.canvas.width] };
  }

  return { start, load, take, aim, rounds, look };
})();
