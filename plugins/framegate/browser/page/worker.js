// The thread of the model, where that is a worker.
"use strict";

importScripts("calls.js", "scripts.js", "faults.js");
const host = remote(self);
importScripts(...SCRIPTS);
serve(self, framegate, faults.watch);
