// Frames: measured stage by stage, delivered as the browser asks for them, or taken apart by kernel.
"use strict";

const METHODS = {
  start: "the library is there and has taken its backend",
  fetch: "the last shard has arrived",
  build: "the promise of the loader is kept",
  dispatch: "the call that runs the model has returned",
};
const RETURNED = "the call has returned: this backend computes in it";
const READ = "one element of it was read";
const EMPTY = "the queue of the device is empty";

framegate.methods = async () => {
  const settled = page.renderer.reads_nothing ? EMPTY : page.runtime.ended ?? (page.runtime.computes_in_calls ? RETURNED : READ);
  const waits = Object.fromEntries(["first-run", "upload", "inference"].map((stage) => [stage, settled]));
  const { ended = settled } = page.view;
  return { ...METHODS, ...waits, postprocess: ended, readback: "the promise of data() is kept", ...page.renderer.methods };
};

// Real work for so long, to see whether that is found where it was put.
function delay(for_s = 0) {
  for (const until = seconds() + for_s; seconds() < until; );
}

// `delays_s` has stages take longer.
async function frame(picture, delays_s = {}) {
  const times = {};
  const began = seconds();
  let last = began;
  const mark = (name) => {
    delay(delays_s[name]);
    const now = seconds();
    times[name] = now - last;
    last = now;
  };
  const { raw, input } = upload(picture);
  await settle(input);
  mark("upload");
  const before = last;
  const { all, shown } = await predict(input);
  const dispatch = seconds() - before;
  await settle(shown[0]);
  mark("inference");
  const drawn = await page.view.show(shown, raw);
  if (drawn !== shown[0]) await settle(drawn);
  mark("postprocess");
  await page.renderer.draw(drawn, mark);
  page.runtime.release(raw, input, all, drawn);
  return { began, times, dispatch };
}

// What a piece of work has left behind, on the device where the backend counts there.
async function leavings(work) {
  const before = page.runtime.memory();
  await work();
  const after = page.runtime.memory();
  return { tensors_left: after.tensors - before.tensors, bytes_left: after.bytes - before.bytes };
}

// Whether so many frames end neither with the picture that they began with, nor with the one that was on the canvas before
// them: one of these is what a canvas shows that stands still. As four pictures are shown in turn, the number is odd, so
// that of two such ends one is wrong where only every second frame does its work.
function moved(count) {
  const shown = page.pictures.length - 1;
  return count < 2 || count % shown === shown - 1;
}

// Times that a trace of the browser has as well, under their names, and this page's clock; none where they are not asked for.
class Moments {
  constructor(wanted) {
    this.seconds = wanted ? {} : null;
  }
  mark(name) {
    if (!this.seconds) return;
    const { startTime } = performance.mark(`framegate ${name}`);
    this.seconds[name] = (page.ahead_ms + startTime) / 1000;
    performance.clearMarks(`framegate ${name}`);
  }
}

// Frames one after another until the time is up, and what they left behind. Very slow ones end at `limit_s`, if there
// is one at all.
framegate.rounds = async ({ warm, least, most, budget_s, limit_s, delays_s, has_moments = false }) => {
  const due = (count, taken_s) => (count >= least ? taken_s >= budget_s && moved(count) : count && taken_s >= limit_s);
  const enough = (count, taken_s) => count >= most || due(count, taken_s);
  for (let count = 0; count < warm; count++) await frame(page.pictures[0]);
  const stages = {};
  const dispatch = [];
  const began = [];
  let whole_s, first_at_s;
  const read_before = reads.bytes;
  const moments = new Moments(has_moments);
  moments.mark("begin");
  const left = await leavings(async () => {
    const started = seconds();
    for (let count = 0; !enough(count, seconds() - started); count++) {
      const done = await frame(next(), delays_s);
      for (const [name, value] of Object.entries(done.times)) (stages[name] ??= []).push(value);
      dispatch.push(done.dispatch);
      began.push(done.began);
      first_at_s ??= (performance.timeOrigin + performance.now()) / 1000;
    }
    whole_s = seconds() - started;
  });
  moments.mark("end");
  const bytes_read = reads.bytes - read_before;
  return { stages, dispatch, began, whole_s, first_at_s, bytes_read, moments: moments.seconds, ...left };
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
          if (!busy && frames > 0 && seconds() - started >= budget_s && moved(frames)) return done();
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
  const { raw, input } = upload(next());
  const { all, shown } = await predict(input);
  const drawn = await page.view.show(shown, raw);
  await page.renderer.draw(drawn, () => {});
  page.runtime.release(raw, input, all, drawn);
}

// The output brought to JavaScript, by itself: each time a copy that the device has just finished.
framegate.readback = async ({ least, most, budget_s }) => {
  const taken = [];
  const started = seconds();
  while (taken.length < most && (taken.length < least || seconds() - started < budget_s)) {
    const copy = page.runtime.copy(page.first[page.shown[0]]);
    await settle(copy);
    const before = seconds();
    await copy.data();
    taken.push(seconds() - before);
    page.runtime.release(copy);
  }
  return taken;
};

// One run of the model, by kernel; none where the runtime tells nothing of them.
framegate.kernels = async () => {
  if (!page.runtime.kernels) return [];
  const { raw, input } = upload(page.pictures[0]);
  await settle(input);
  const kernels = await page.runtime.kernels(input);
  page.runtime.release(raw, input);
  return kernels;
};

// What the model makes of a picture, apart from all that frames go through: the bytes come anew, JavaScript computes what
// the model is fed, and the model is called by itself.
framegate.expect = async ({ picture, ...form }) => {
  const { runtime } = page;
  const { height, width, channels, dtype, is_batched, is_channels_first } = form;
  const given = new Uint8Array(await bytes(picture));
  const fed = new (dtype === "int32" ? Int32Array : Float32Array)(height * width * channels);
  const valueOf = dtype === "int32" ? (byte) => byte : scaled(form.ranges);
  for (let at = 0; at < fed.length; at++) {
    const [pixel, channel] = is_channels_first
      ? [at % (height * width), Math.floor(at / (height * width))]
      : [Math.floor(at / channels), at % channels];
    const source = form.is_bgr && channels > 1 && channel < 3 ? 2 - channel : channel;
    fed[at] = valueOf(given[4 * pixel + source], channel);
  }
  const shape = is_channels_first ? [channels, height, width] : [height, width, channels];
  const input = runtime.tensor(fed, is_batched ? [1, ...shape] : shape, dtype, page.inputs.frame);
  const others = page.inputs.last();
  const outputs = await outputsOf(page.inputs.joined(input, others));
  const found = [];
  for (const index of page.shown) {
    const { shape, dtype } = outputs[index];
    found.push({ values: base64(await outputs[index].data()), shape, dtype });
  }
  const state = {};
  for (const [name] of page.inputs.state) {
    const { shape, dtype } = others[name];
    state[name] = { values: base64(await others[name].data()), shape, dtype };
  }
  const raw = runtime.pixelsOfBytes(given, height, width);
  const drawn = await page.view.show(page.shown.map((index) => outputs[index]), raw);
  const unit = await runtime.unitOf(drawn, page.renderer.range);
  const shown = { values: base64(unit.values), shape: unit.shape, dtype: "float32" };
  runtime.release(input, outputs, raw, drawn);
  return { outputs: found, state, unit: shown };
};

// A byte of a channel brought to the range of that channel, or of all.
const scaled = (ranges) => (byte, channel) => {
  const [low, high] = ranges[ranges.length > 1 ? channel : 0];
  return Math.fround(byte * Math.fround((high - low) / 255)) + Math.fround(low);
};

// What frames feed, before it is scaled.
framegate.fed = async ({ picture }) => {
  const raw = pixelsOf(page.pictures[picture]);
  const { values, shape } = await page.runtime.fedOf(raw);
  page.runtime.release(raw);
  return { values: base64(values), shape };
};
