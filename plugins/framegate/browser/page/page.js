// What Python asks of the page. Every function takes one object and returns what JSON can hold; times are in seconds.
"use strict";

// What runs the model (RUNTIMES) and on what, the pictures that it is fed, how often frames have taken the next of them,
// which of the outputs are shown, the view that shows them, the renderer that draws it, by how much the document's clock
// is ahead of this thread's, how long the first draw took, and the numbers of frames by the picture that is drawn of them.
const page = {
  ...{ runtime: null, backend: null, pictures: [], input: null, turn: 0, first: null, shown: [0] },
  ...{ view: null, renderer: null },
  ahead_ms: 0,
  first_draw_s: null,
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

// What came with a call, by name; all else is fetched.
const handed = new Map();

async function bytes(name) {
  if (handed.has(name)) return handed.get(name);
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.arrayBuffer();
}

// Runs scripts in this thread, one after another, those that it has run already not again.
const scripts_run = new Set();
async function need(...names) {
  for (const src of names.filter((name) => !scripts_run.has(name))) {
    scripts_run.add(src);
    if (globalThis.importScripts) importScripts(src);
    else {
      await new Promise((done, fail) => {
        const script = Object.assign(document.createElement("script"), { src, onload: done });
        script.onerror = () => fail(new Error(`${src} could not be loaded`));
        document.head.append(script);
      });
    }
  }
}

// Waits until a value that the runtime has made is there, on its device.
const settle = (value) => page.runtime.settle(value);

framegate.start = async ({ library = "tfjs", backend, model, flags, precision, threads = null }) => {
  await host.title(`${model} on ${library === "tfjs" ? "" : `${library} `}${backend}`);
  page.ahead_ms = performance.timeOrigin - (await host.time_origin());
  page.backend = backend;
  const started = seconds();
  page.runtime = await RUNTIMES[library].start({ backend, flags, precision, threads });
  return {
    library,
    backend,
    browser_name: browserName(),
    crossOriginIsolated,
    clock_step_s: clockStep(),
    cores: navigator.hardwareConcurrency,
    start_s: seconds() - started,
    precision: page.runtime.precision,
    ...(await page.runtime.about()),
  };
};

// The browser's own name, of which several say that they are a Chromium as well.
function browserName() {
  const brands = (navigator.userAgentData?.brands ?? []).map(({ brand }) => brand);
  const own = ["Google Chrome", "Microsoft Edge", "Chromium"].find((name) => brands.includes(name));
  return own ?? navigator.userAgent.match(/Firefox|Chrome|Safari/)?.[0] ?? null;
}

function clockStep() {
  const steps = new Set();
  for (let before = performance.now(); steps.size < 20; ) {
    const now = performance.now();
    if (now > before) steps.add(now - before);
    before = now;
  }
  return Math.min(...steps) / 1000;
}

framegate.load = (asked) => page.runtime.load(asked);

// The pictures that frames feed from the next one on, all at once, whatever was made of others.
framegate.feed = async ({ pictures }) => {
  const { width, height } = page.input;
  const imageNamed = async (name) => new ImageData(new Uint8ClampedArray(await bytes(name)), width, height);
  page.pictures = await Promise.all(pictures.map(imageNamed));
};

// The pictures that frames feed, and what the model makes of the first of them at the first time.
framegate.take = async ({ pictures, inputs, ...input }) => {
  const { runtime } = page;
  page.input = input;
  await framegate.feed({ pictures });
  page.turn = 0;
  runtime.form(input);
  page.inputs?.close();
  page.inputs = await Inputs.of(inputs);
  runtime.release(page.first);
  const started = seconds();
  const { raw, input: fed } = upload(page.pictures[0]);
  let all;
  try {
    ({ all } = await predict(fed));
    for (const each of all) await settle(each);
  } catch (error) {
    page.first = null;
    runtime.release(raw, fed);
    return { [error instanceof Refused ? "lacking" : "refused"]: wordsOf(error) };
  }
  const first_s = seconds() - started;
  // From now on a state has the shape that it keeps, and none is among these outputs.
  for (let run = 0; page.inputs.has_state && run < 2; run++) runtime.release((await predict(fed)).all);
  runtime.release(raw, fed);
  page.first = all;
  const outputs = [];
  for (const output of all) {
    outputs.push({ shape: output.shape, dtype: output.dtype, largest: await runtime.largest(output) });
  }
  return { first_s, outputs };
};

// The first picture is for what comes before the frames that count. These take the others in turn, so that what a frame
// shows is in none of the two before it, and was on no canvas before the first of them.
const next = () => page.pictures[1 + (page.turn++ % (page.pictures.length - 1))];

// In colour where the view shows the frame, whatever the model takes.
const pixelsOf = (picture) => page.runtime.pixels(picture, page.view?.sees ?? false);

// A frame's picture as bytes, (H, W, C), and what the model is fed of them: of one look at it, as a video moves on.
function upload(picture) {
  const raw = pixelsOf(picture);
  return { raw, input: page.runtime.feed(raw) };
}

// Which of the outputs are shown, and how: `range` and `shape` are those of the view's picture. Returns the runtime's own
// reason where it has no such view or renderer. What the model made of its first picture is drawn now, so that no round has
// to compile what draws.
framegate.aim = async ({ indices, view, name, range, shape }) => {
  page.shown = indices;
  page.renderer?.close();
  page.view?.close();
  page.renderer = page.view = null;
  const { runtime } = page;
  const again = indices.map((index) => runtime.copy(page.first[index]));
  let raw, drawn;
  try {
    page.view = await runtime.view(view);
    raw = pixelsOf(page.pictures[0]);
    drawn = await page.view.show(again, raw);
    const [height, width] = shape;
    if (!runtime.renderers[name]) throw new Refused(`there is no renderer ${name}`);
    page.renderer = new runtime.renderers[name](range, shape, await host.canvas({ name: "renderer", width, height }));
    await host.show(page.renderer.place);
    const before = seconds();
    await page.renderer.draw(drawn, () => {});
    page.first_draw_s = seconds() - before;
    page.renderer.verify();
  } catch (error) {
    if (error instanceof Refused || REFUSALS.test(error.message)) return error.message.replaceAll(OWN, "webgl");
    throw error;
  } finally {
    runtime.release(again, raw, drawn);
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

// What ran, and how: what was asked for may be another thing.
framegate.receipt = async () => ({ ...(await page.runtime.receipt()), first_draw_s: page.first_draw_s });

framegate.drawn_by = () => faults.drawn_by();

// A renderer that a backend lacks, in the page's words where TF.js has none.
class Refused extends Error {}
const REFUSALS = /not registered for backend|not found in the registry/;

// What the model itself returns, in the order of its outputs.
const outputsOf = (feeds) => page.runtime.run(feeds);

async function predict(input) {
  const all = await page.inputs.run(() => outputsOf(page.inputs.joined(input)));
  return { all, shown: page.shown.map((index) => all[index]) };
}
