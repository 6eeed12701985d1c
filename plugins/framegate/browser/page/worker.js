// The thread of the model, where that is a worker.
"use strict";

importScripts("calls.js", "scripts.js", "faults.js");
const host = remote(self);

// The threads of a library are workers of the document: a worker that starts several waits for the document with each, and
// in Firefox at times for ever. To the library each is the port through which it talks to it.
globalThis.Worker = class {
  constructor(address, settings) {
    const { port1, port2 } = new MessageChannel();
    host.start_worker({ address: new URL(address, location.href).href, settings, port: port2 });
    return Object.assign(port1, { terminate: () => port1.postMessage(null) });
  }
};

importScripts(...SCRIPTS);
serve(self, framegate, faults.watch);
