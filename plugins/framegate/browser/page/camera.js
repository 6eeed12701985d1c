// A camera: its frames through a video element, each with its time, the newest always.
"use strict";

// What the model's thread gets of a frame. All are the same picture: a VideoFrame is what the video shows now.
const GIVEN = {
  video: (video) => video,
  bitmap: (video) => createImageBitmap(video),
  videoframe: (_, frame) => frame.clone(),
  imagedata: (_, frame) => frame.clone(),
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
  // From the next frame on, for what is fed as `input`. A camera that gives none for so long has stopped.
  start({ input, patience_s }) {
    Object.assign(this, { give: GIVEN[input], patience_s, ended: null, refreshed: null });
    const frame = new VideoFrame(this.video);
    this.taken = frame.timestamp;
    frame.close();
  }
  // The newest frame that was not taken yet, after an animation frame since the last one: so what is drawn has one to go to
  // the display in, before the next is drawn. When none comes any more, `ended` says why.
  async next() {
    const asked_ms = performance.now();
    while (this.ended === null) {
      await this.refreshed;
      this.refreshed = animationFrame(this.patience_s);
      if (this.track.readyState === "ended") {
        this.ended ??= "the camera's track ended";
        break;
      }
      const frame = new VideoFrame(this.video);
      try {
        if (frame.timestamp !== this.taken) {
          this.taken = frame.timestamp;
          return { due: this.started_s + frame.timestamp / 1e6, picture: await this.give(this.video, frame) };
        }
      } finally {
        frame.close();
      }
      if (performance.now() - asked_ms >= 1000 * this.patience_s) {
        const why = document.hidden ? "the page is hidden" : "its video stands still";
        this.ended ??= `the camera gave no frame in ${this.patience_s} s: ${why}`;
      }
    }
    return { ended: this.ended };
  }
}
