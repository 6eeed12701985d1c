// Frames: measured stage by stage, delivered as the browser asks for them, taken apart by kernel, or looked at.
"use strict";

const METHODS = {
  fetch: "the last shard has arrived",
  build: "the promise of the loader is kept",
  dispatch: "the call that runs the model has returned",
};
const RETURNED = "the call has returned: this backend computes in it";
const READ = "one element of it was read";

framegate.methods = async () => {
  const settled = ["cpu", "wasm"].includes(page.backend) ? RETURNED : READ;
  const waits = Object.fromEntries(["first-run", "upload", "inference"].map((stage) => [stage, settled]));
  return { ...METHODS, ...waits, readback: "the promise of data() is kept", ...page.way.methods };
};

// `delays_s` has stages take longer by real work, to see whether that is found.
async function frame({ keep, delays_s = {} } = {}) {
  const times = {};
  let last = seconds();
  const mark = (name) => {
    if (name in delays_s) for (const until = seconds() + delays_s[name]; seconds() < until; );
    const now = seconds();
    times[name] = now - last;
    last = now;
  };
  const input = page.feed();
  await settle(input);
  mark("upload");
  const before = last;
  const { all, wanted } = await predict(input);
  const dispatch = seconds() - before;
  await settle(wanted);
  mark("inference");
  await page.way.draw(wanted, mark);
  const kept = keep ? await keep(wanted) : null;
  tf.dispose([input, all]);
  return { times, dispatch, kept };
}

// What a piece of work has left behind, on the device where the backend counts there.
async function leavings(work) {
  const size = ({ numBytes, numBytesInGPU }) => numBytesInGPU ?? numBytes;
  const before = tf.memory();
  await work();
  const after = tf.memory();
  return { tensors_left: after.numTensors - before.numTensors, bytes_left: size(after) - size(before) };
}

// Frames one after another until the time is up, and what they left behind. Very slow ones end at `limit_s`, if there
// is one at all.
framegate.rounds = async ({ warm, least, most, budget_s, limit_s, delays_s }) => {
  const enough = (count, taken_s) => count >= most || (count >= least ? taken_s >= budget_s : count && taken_s >= limit_s);
  for (let count = 0; count < warm; count++) await frame();
  const stages = {};
  const dispatch = [];
  let whole_s, first_at_s;
  const left = await leavings(async () => {
    const started = seconds();
    for (let count = 0; !enough(count, seconds() - started); count++) {
      const done = await frame({ delays_s });
      for (const [name, value] of Object.entries(done.times)) (stages[name] ??= []).push(value);
      dispatch.push(done.dispatch);
      first_at_s ??= performance.timeOrigin / 1000 + seconds();
    }
    whole_s = seconds() - started;
  });
  return { stages, dispatch, whole_s, first_at_s, ...left };
};

// Frames as the browser asks for them, one at a time: a callback that finds one under way starts none. No stage is
// waited for but the last, and a frame counts when its pixels are in the canvas.
framegate.animate = async ({ budget_s, patience_s }) => {
  let frames = 0;
  let callbacks = 0;
  let seconds_taken = 0;
  const left = await leavings(
    () =>
      new Promise((done, fail) => {
        const idle = `the browser asked for no frame in ${patience_s} s: is its window hidden?`;
        const patience = setTimeout(() => fail(new Error(idle)), 1000 * patience_s);
        const started = seconds();
        let busy = false;
        const callback = () => {
          clearTimeout(patience);
          if (!busy && frames > 0 && seconds() - started >= budget_s) return done();
          requestAnimationFrame(callback);
          callbacks++;
          if (busy) return;
          busy = true;
          deliver().then(() => {
            busy = false;
            frames++;
            seconds_taken = seconds() - started;
          }, fail);
        };
        requestAnimationFrame(callback);
      }),
  );
  return { frames, callbacks, seconds: seconds_taken, ...left };
};

async function deliver() {
  const input = page.feed();
  const { all, wanted } = await predict(input);
  await page.way.draw(wanted, () => {});
  tf.dispose([input, all]);
}

// The output brought to JavaScript, by itself: each time a copy that the device has just finished.
framegate.readback = async ({ least, most, budget_s }) => {
  const taken = [];
  const started = seconds();
  while (taken.length < most && (taken.length < least || seconds() - started < budget_s)) {
    const copy = copyOf(page.first[page.output]);
    await settle(copy);
    const before = seconds();
    await copy.data();
    taken.push(seconds() - before);
    copy.dispose();
  }
  return taken;
};

// One run of the model, by kernel, as TF.js' own profiler tells it.
framegate.kernels = async () => {
  const input = page.feed();
  await settle(input);
  let all;
  const { kernels } = await tf.profile(async () => {
    ({ all } = await predict(input));
    return all;
  });
  tf.dispose([input, all]);
  // An op that wraps a kernel is told of as well, with the same time.
  const own = kernels.filter(({ name }) => !name.endsWith("__op"));
  return own.map(({ name, kernelTimeMs, outputShapes }) => ({
    name,
    time_s: typeof kernelTimeMs === "number" ? kernelTimeMs / 1000 : null,
    shapes: outputShapes,
  }));
};

// One frame more, and everything that can be compared of it.
framegate.look = async () => {
  page.way.looking = true;
  const keep = async (tensor) => {
    const unit = toUnit(tensor, page.way.range);
    const [values, shown] = await Promise.all([tensor.data(), unit.data()]);
    const found = { output: base64(values), unit: base64(shown), shape: tensor.shape, dtype: tensor.dtype };
    unit.dispose();
    return found;
  };
  const { kept } = await frame({ keep });
  page.way.looking = false;
  return { ...kept, pixels: base64(page.way.read()), size: [page.way.canvas.height, page.way.canvas.width] };
};

// What the model is fed, before it is scaled.
framegate.fed = async () => {
  const raw = page.fed();
  const found = { values: base64(Uint8Array.from(await raw.data())), shape: raw.shape };
  raw.dispose();
  return found;
};
