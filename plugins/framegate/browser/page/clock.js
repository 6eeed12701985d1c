// Frames against a clock: each has its number, which is stamped on the canvas with its picture and read from there.
"use strict";

// Lets the browser show what was drawn, if it wants to.
const breath = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  });

// Seconds between two refreshes of the display, at the median; null for a page whose display asks for no frames.
const refreshes = 12;
const refreshes_within_s = 2;
async function displayInterval() {
  const times = [];
  const measured = new Promise((done) => {
    const asked = (now) => {
      times.push(now / 1000);
      if (times.length > refreshes) done();
      else requestAnimationFrame(asked);
    };
    requestAnimationFrame(asked);
  });
  await Promise.race([measured, new Promise((done) => setTimeout(done, 1000 * refreshes_within_s))]);
  if (times.length <= refreshes) return null;
  const steps = times.slice(1).map((time, place) => time - times[place]);
  return steps.sort((one, other) => one - other)[refreshes / 2];
}

// The pictures of the page in turn: each due when it is asked for, or all of them at the start.
class Turns {
  ended = null;
  constructor(all_at_once) {
    Object.assign(this, { all_at_once, count: 0 });
  }
  start() {
    this.started = seconds();
  }
  async next() {
    await breath();
    return { due: this.all_at_once ? this.started : seconds(), picture: next(), number: this.count++ };
  }
}

function pixelsIn(frame) {
  const { displayWidth, displayHeight } = frame;
  const context = new OffscreenCanvas(displayWidth, displayHeight).getContext("2d", { willReadFrequently: true });
  context.drawImage(frame, 0, 0);
  return context.getImageData(0, 0, displayWidth, displayHeight);
}

// What the model is fed of what the document gives of a frame.
const FED = {
  video: (video) => video,
  bitmap: (bitmap) => bitmap,
  videoframe: (frame) => createImageBitmap(frame),
  imagedata: pixelsIn,
};

// Frames of the document's camera.
class FromCamera {
  ended = null;
  async start({ input, patience_s }) {
    Object.assign(this, { input, patience_s, refreshed: null });
    await host.start_camera({ input, patience_s });
  }
  async next() {
    // A worker hands over what it drew in animation frames of its own. The next is asked for when a frame begins, as it
    // comes at once then after one that took longer than a refresh of the display.
    await this.refreshed;
    this.refreshed = animationFrame(this.patience_s);
    const { ended, due, picture } = await host.next_frame();
    if (ended) {
      this.ended ??= ended;
      return null;
    }
    const fed = await FED[this.input](picture);
    if (fed !== picture) picture.close();
    return { due, picture: fed };
  }
}

// The number in a picture's strip, from what the model is fed of it; null where there is none for certain.
async function numberIn(input, { blocks, bits, black, white }) {
  const { height, width, dtype, ranges, is_batched, is_channels_first } = page.input;
  const [low, high] = dtype === "int32" ? [0, 255] : ranges[0];
  const row = Math.floor((0.5 * height) / blocks);
  const [begin, size] = is_channels_first ? [[0, row, 0], [1, 1, width]] : [[row, 0, 0], [1, width, 1]];
  const values = await page.runtime.rowOf(input, is_batched ? [0, ...begin] : begin, is_batched ? [1, ...size] : size);
  const levels = Array.from({ length: blocks }, (_, block) => {
    const value = values[Math.floor(((block + 0.5) * width) / blocks)];
    return (255 * (value - low)) / (high - low);
  });
  if (levels.some((level) => level >= black && level <= white)) return null;
  const [start, pause, ...ones] = levels.map((level) => Number(level > white));
  const odd = (first) => ones.filter((_, place) => place % 2 === first).reduce((sum, one) => sum + one) % 2;
  if (!start || pause || !odd(0) || !odd(1)) return null;
  return ones.slice(0, bits).reduce((number, one) => 2 * number + one);
}

// There is one canvas: of frames that are under way together, one after another is drawn and read.
let canvas_free = Promise.resolve();
function alone(work) {
  const done = canvas_free.then(work);
  canvas_free = done.catch(() => {});
  return done;
}

// One frame, of which no stage is waited for but the last.
async function sight({ due, picture, number }, { strip, delays_s }) {
  const began = seconds();
  const stages = {};
  let last = began;
  const mark = (stage) => {
    delay(delays_s[stage]);
    const now = seconds();
    stages[stage] = now - last;
    last = now;
  };
  const { raw, input } = upload(picture);
  number ??= await numberIn(input, strip);
  mark("upload");
  const { all, shown: outputs } = await predict(input);
  mark("inference");
  const drawn = await page.view.show(outputs, raw);
  page.numbers.set(drawn, number);
  mark("postprocess");
  const [screen, shown] = await alone(async () => {
    await page.renderer.draw(drawn, mark);
    return [page.renderer.stamp.read(), seconds()];
  });
  page.runtime.release(raw, input, all, drawn);
  picture.close?.();
  return [number, screen, due, began, shown, stages];
}

framegate.open_camera = () => host.open_camera();

framegate.run = async ({ scenario, seconds: lasting, in_flight, marks, has_moments = false, ...settings }) => {
  const source = scenario === "camera" ? new FromCamera() : new Turns(scenario === "offline");
  const sights = [];
  let ended = null;
  page.renderer.stamp ??= page.renderer.newStamp();
  page.renderer.marks = marks;
  const display_interval = await displayInterval();
  const moments = new Moments(has_moments);
  let began;
  const left = await leavings(async () => {
    await source.start(settings);
    moments.mark("begin");
    began = seconds();
    const lane = async () => {
      while (ended === null && seconds() < began + lasting) {
        const frame = await source.next();
        if (frame === null) return;
        const seen = await sight(frame, settings);
        if (seen[0] === null) ended ??= "the picture of a frame has no number that can be read";
        else sights.push(seen);
      }
    };
    await Promise.all(Array.from({ length: in_flight }, lane));
  });
  moments.mark("end");
  return { sights, began, display_interval, ended: ended ?? source.ended, moments: moments.seconds, ...left };
};
