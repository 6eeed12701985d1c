// What the thread of the model loads, in this order.
"use strict";

const SCRIPTS = [
  "tf.min.js",
  "tf-backend-wasm.min.js",
  "tf-backend-webgpu.min.js",
  "page.js",
  "inputs.js",
  "stamps.js",
  "screen.js",
  "same.js",
  "views.js",
  "rounds.js",
  "clock.js",
];
