// What only a document has: its title, canvases that are seen, a camera. The model's thread asks for it; that is this one,
// or a worker that the document starts.
"use strict";

const host = {
  canvases: {},
  camera: null,

  // When the clock of this thread began.
  time_origin: () => performance.timeOrigin,

  // Names come from users, and are text.
  title(text) {
    document.title = document.getElementById("what").textContent = text;
  },

  // A new canvas by a name, which nobody sees yet.
  canvas({ name, ...size }) {
    const canvas = Object.assign(document.createElement("canvas"), size);
    // On whole pixels of the page, so that they are those of the canvas.
    canvas.style.display = "block";
    return (host.canvases[name] = canvas);
  },

  // Has a canvas take the place of the one that is seen.
  show(name) {
    document.querySelector("canvas").replaceWith(host.canvases[name]);
  },

  async open_camera() {
    host.close_camera();
    try {
      host.camera = await Camera.open();
    } catch (error) {
      if (error instanceof DOMException) return { refused: `${error.name}: ${error.message}` };
      throw error;
    }
    const { video, track } = host.camera;
    const { width, height } = video;
    return { width, height, rate: track.getSettings().frameRate ?? null, label: track.label };
  },

  close_camera() {
    host.camera?.track.stop();
    host.camera = null;
  },

  start_camera: (settings) => host.camera.start(settings),

  next_frame: () => host.camera.next(),

  // A worker that talks through a port, and ends when it is told nothing.
  start_worker({ address, settings, port }) {
    const worker = new Worker(address, settings);
    worker.onmessage = ({ data }) => port.postMessage(data);
    port.onmessage = ({ data }) => (data === null ? worker.terminate() : worker.postMessage(data));
  },
};

if (location.hash === "#worker") {
  const worker = new Worker("worker.js");
  serve(worker, host);
  globalThis.framegate = remote(worker);
} else {
  // In their order, and before the page counts as loaded.
  for (const src of SCRIPTS) document.head.append(Object.assign(document.createElement("script"), { src, async: false }));
}
