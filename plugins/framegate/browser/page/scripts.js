// What the thread of the model loads of ours, in this order.
"use strict";

const SCRIPTS = [
  "page.js",
  "tfjs.js",
  "inputs.js",
  "stamps.js",
  "screen.js",
  "same.js",
  "views.js",
  "rounds.js",
  "clock.js",
  "rival.js",
  "ort.js",
  "litert.js",
  "gpu.js",
];
