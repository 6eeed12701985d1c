// A camera: its frames through a video element, each with its time, the newest always.
"use strict";

// What the model is fed of a frame. All are the same picture: `frame` is what the video shows now.
const INPUTS = {
  video: async (video) => video,
  bitmap: (video) => createImageBitmap(video),
  videoframe: (_, frame) => createImageBitmap(frame),
  imagedata: async (_, frame) => {
    const { displayWidth, displayHeight } = frame;
    const context = new OffscreenCanvas(displayWidth, displayHeight).getContext("2d", { willReadFrequently: true });
    context.drawImage(frame, 0, 0);
    return context.getImageData(0, 0, displayWidth, displayHeight);
  },
};

class Camera {
  static async open() {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    const video = document.createElement("video");
    const [track] = stream.getVideoTracks();
    Object.assign(video, { muted: true, srcObject: stream });
    const first = new Promise((done) => video.requestVideoFrameCallback((_, about) => done(about)));
    await video.play();
    return new Camera(track, video, await first);
  }
  constructor(track, video, { captureTime, mediaTime, width, height }) {
    // TF.js takes the size of the picture from these two.
    Object.assign(video, { width, height });
    // A frame's own time stamp counts from the camera's start, on the same clock.
    Object.assign(this, { track, video, started_s: captureTime / 1000 - mediaTime, taken: null, ended: null });
  }
  // From the next frame on, fed as `input`. A camera that gives none for so long has stopped.
  start({ input, patience_s }) {
    Object.assign(this, { input: INPUTS[input], patience_s, ended: null });
    const frame = new VideoFrame(this.video);
    this.taken = frame.timestamp;
    frame.close();
  }
  // The newest frame that was not taken yet, at the next animation frame that has one: so each frame that is drawn has an
  // animation frame to go to the display in, before the next one is drawn. Null when none comes any more, and `ended`
  // says why.
  async next() {
    const asked = seconds();
    while (this.ended === null) {
      await this.animation_frame();
      if (this.track.readyState === "ended") {
        this.ended ??= "the camera's track ended";
        break;
      }
      const frame = new VideoFrame(this.video);
      try {
        if (frame.timestamp !== this.taken) {
          this.taken = frame.timestamp;
          return { due: this.started_s + frame.timestamp / 1e6, picture: await this.input(this.video, frame) };
        }
      } finally {
        frame.close();
      }
      if (seconds() - asked >= this.patience_s) {
        const why = document.hidden ? "the page is hidden" : "its video stands still";
        this.ended ??= `the camera gave no frame in ${this.patience_s} s: ${why}`;
      }
    }
    return null;
  }
  // Waits for one, which a hidden page does not get.
  animation_frame() {
    return new Promise((done) => {
      const patience = setTimeout(done, 1000 * this.patience_s);
      requestAnimationFrame(() => {
        clearTimeout(patience);
        done();
      });
    });
  }
}

framegate.open_camera = async () => {
  try {
    page.camera = await Camera.open();
  } catch (error) {
    if (error instanceof DOMException) return { refused: `${error.name}: ${error.message}` };
    throw error;
  }
  const { width, height } = page.camera.video;
  return { width, height, rate: page.camera.track.getSettings().frameRate ?? null, label: page.camera.track.label };
};
