// The model on running pictures, in a frame of the page that a person looks at: the suites' page with a loop of its own.
"use strict";

// What the figures are of.
const LATELY_S = 10;
// How long a frame waits for pictures that are on their way, at most: a frame of the old ones takes about as long.
const HELD_MS = 50;

// Pictures of the page, one for each refresh of the display. One that finds the page at work is missed, and counted so.
class Refreshes {
  ended = null;
  constructor(interval) {
    Object.assign(this, { interval, began: null, number: -1 });
  }
  async next() {
    let now;
    do {
      await live.awaited;
      now = (await new Promise(requestAnimationFrame)) / 1000;
    } while (live.awaited);
    this.began ??= now;
    // The display's clock and ours may be apart by a little.
    this.number = Math.max(this.number + 1, Math.round((now - this.began) / this.interval));
    return { due: now, take: next, number: this.number };
  }
}

// Frames of the camera, each after Python's steps. One that was not the newest any more is missed, and counted so.
class CameraFrames {
  static async started() {
    await host.start_camera(CameraFrames.settings);
    return new CameraFrames();
  }
  static settings = { input: "imagedata", patience_s: 5 };
  constructor() {
    Object.assign(this, { began: null, number: -1 });
  }
  async next() {
    const { ended, due, picture: given } = await host.next_frame();
    if (ended) return this.ended(ended);
    const began = seconds();
    const frame = FED.imagedata(given);
    given.close();
    const { width, height } = page.input;
    const picture = new ImageData(new Uint8ClampedArray(await live.prepare(frame)), width, height);
    this.began ??= due;
    this.number = Math.max(this.number + 1, Math.round((due - this.began) / live.interval));
    return { due, take: () => picture, number: this.number, began, preprocess: seconds() - began };
  }
  // Nobody gets frames in a page that is hidden.
  async ended(why) {
    if (!document.hidden) throw new Error(`${why}; plug it in, and load it anew`);
    await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
    await host.start_camera(CameraFrames.settings);
    return this.next();
  }
}

const live = {
  source: null,
  numbers: 0,
  strip: null,
  // Seconds between two frames of the source, and between two refreshes of the display.
  interval: null,
  refresh: null,
  // Rows as framegate.run returns them, of the last seconds.
  sights: [],
  // Seconds, and the bytes of all tensors then.
  held: [],
  // Frames since the frame was opened.
  count: 0,
  fault: null,
  // Takes a camera's frame through the steps.
  prepare: null,
  // A canvas that is to show what the model is fed.
  input: null,
  seen: null,
  wanted: false,
  loop: null,
  // Ends when frames are wanted no more: nobody waits then for one that does not come, as in a page that is hidden.
  stopping: null,
  stop: () => {},

  // Ends when the pictures are there that frames wait for, or after a moment; null where they wait for none.
  awaited: null,
  release: () => {},

  now: () => seconds(),

  hold() {
    const awaited = new Promise((done) => (live.release = done));
    live.awaited = awaited;
    setTimeout(live.release, HELD_MS);
    awaited.then(() => live.awaited === awaited && (live.awaited = null));
  },

  // Files that come with calls, bytes by name.
  hand(files) {
    for (const [name, content] of files) handed.set(name, content);
  },

  async aim({ source, numbers, strip }) {
    live.refresh ??= (await displayInterval()) ?? 1 / 60;
    if (source !== "camera") host.close_camera();
    live.interval = host.camera ? 1 / (host.camera.track.getSettings().frameRate || 30) : live.refresh;
    page.renderer.stamp ??= page.renderer.newStamp();
    Object.assign(live, { source, numbers, strip, sights: [], seen: null });
  },

  // Opens the camera, unless it is open; the picture that it shows, as PNG in base64, or why there is none.
  async camera_frame() {
    if (host.camera?.track.readyState !== "live") {
      const { refused } = await framegate.open_camera();
      if (refused) return { refused };
    }
    const frame = new VideoFrame(host.camera.video);
    const { displayWidth, displayHeight } = frame;
    const copy = new OffscreenCanvas(displayWidth, displayHeight);
    copy.getContext("2d").drawImage(frame, 0, 0);
    frame.close();
    return { picture: await png(copy) };
  },

  // Ends when the frame that is under way has ended.
  async pause() {
    live.wanted = false;
    live.stop();
    await live.loop;
  },

  // Somebody else is seen, until this frame is called for again.
  async leave() {
    await live.pause();
    host.close_camera();
  },

  go() {
    if (live.wanted || live.fault) return;
    live.wanted = true;
    live.sights = [];
    live.stopping = new Promise((done) => (live.stop = done));
    live.loop = faults.watch(live.frames).catch((error) => {
      live.wanted = false;
      live.fault = wordsOf(error);
    });
  },

  async frames() {
    const source = live.source === "camera" ? await CameraFrames.started() : new Refreshes(live.interval);
    while (live.wanted) {
      const frame = await Promise.race([source.next(), live.stopping]);
      // One that comes all the same takes no picture: the next ones follow those that were shown.
      if (!live.wanted) return;
      const picture = frame.take();
      live.show_input(picture);
      const number = frame.number % live.numbers;
      const row = await sight({ ...frame, picture, number }, { strip: live.strip, delays_s: {} });
      if (frame.preprocess !== undefined) {
        const [, , , , , stages] = row;
        row.splice(3, 3, frame.began, row[4], { preprocess: frame.preprocess, ...stages });
      }
      live.sights.push(row);
      live.count++;
      const oldest = seconds() - LATELY_S;
      while (live.sights[0][4] < oldest) live.sights.shift();
      while (live.held[0]?.[0] < oldest) live.held.shift();
    }
  },

  show_input(picture) {
    if (!live.input || picture === live.seen) return;
    live.seen = picture;
    const { width, height } = picture;
    Object.assign(live.input, { width, height });
    live.input.getContext("2d").putImageData(picture, 0, 0);
  },

  // What happened lately, in the form of framegate.run's answer.
  lately: () => ({
    sights: live.sights.slice(),
    memory: live.held.slice(),
    began: live.sights[0]?.[2] ?? seconds(),
    display_interval: live.refresh,
    ended: null,
    tensors_left: 0,
    bytes_left: 0,
    rate: 1 / live.interval,
  }),

  // Bytes of the tensors, on the device where the backend counts there.
  memory() {
    const { bytes } = page.runtime.memory();
    live.held.push([seconds(), bytes]);
    return bytes;
  },

  // What is on a canvas, as PNG in base64. Where a canvas shows nothing any more once its task has ended, the last frame's
  // picture is drawn once more, and looked at in the task that drew it.
  async picture({ selector }) {
    const canvas = document.querySelector(selector);
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const keep = () => copy.getContext("2d").drawImage(canvas, 0, 0);
    if (page.renderer.keeps) keep();
    else await live.draw_again(keep);
    return png(copy);
  },

  async draw_again(look) {
    const { renderer, view, pictures, turn } = page;
    const picture = pictures[turn ? 1 + ((turn - 1) % (pictures.length - 1)) : 0];
    const { raw, input } = upload(picture);
    const { all, shown } = await predict(input);
    const drawn = await view.show(shown, raw);
    renderer.drawn = look;
    try {
      await renderer.draw(drawn, () => {});
    } finally {
      delete renderer.drawn;
      page.runtime.release(raw, input, all, drawn);
    }
  },

  size: () => ({ width: page.renderer.width, height: page.renderer.height }),
};

async function png(canvas) {
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return base64(new Uint8Array(await blob.arrayBuffer()));
}

// What is called by its name from outside of this frame.
globalThis.answer = (name, argument) => {
  const [space, method] = name.split(".");
  return faults.watch(async () => ({ framegate, beside, live })[space][method](argument)).finally(() => live.release());
};
globalThis.live = live;
