// Calls from one thread to another, by name: an argument and what comes back are copied, or handed over where a copy
// cannot be had. Both threads may serve the other.
"use strict";

// Some of TF.js' assertions have no message.
const wordsOf = (error) => {
  if (!(error instanceof Error)) return String(error);
  return error.message || `${error.name} without a message`;
};

const HANDED_OVER = [ImageBitmap, OffscreenCanvas, MessagePort, globalThis.VideoFrame].filter(Boolean);

// A canvas of a document is drawn to from elsewhere through another that is in its place there.
const portable = (value) =>
  globalThis.HTMLCanvasElement && value instanceof HTMLCanvasElement ? value.transferControlToOffscreen() : value;

function handedOver(value) {
  const parts = value instanceof Object ? [value, ...Object.values(value)] : [];
  return parts.filter((part) => HANDED_OVER.some((kind) => part instanceof kind));
}

// Answers calls that come through a port with what `functions` has by their names. `watch` runs each.
function serve(port, functions, watch = (work) => work()) {
  port.addEventListener("message", async ({ data: { call, name, argument } }) => {
    if (call === undefined) return;
    try {
      const value = portable(await watch(() => functions[name](argument)));
      port.postMessage({ answer: call, value }, handedOver(value));
    } catch (error) {
      port.postMessage({ answer: call, error: wordsOf(error) });
    }
  });
}

// The functions that are served at the other end of a port.
function remote(port) {
  const waiting = new Map();
  let calls = 0;
  let answered = false;
  let broken = null;
  port.addEventListener("message", ({ data: { answer, value, error } }) => {
    if (answer === undefined) return;
    answered = true;
    const { done, fail } = waiting.get(answer);
    waiting.delete(answer);
    if (error === undefined) done(value);
    else fail(new Error(error));
  });
  // A worker whose scripts could not be loaded answers nothing.
  port.addEventListener("error", ({ message }) => {
    if (answered) return;
    broken = new Error(`the worker did not start: ${message ?? "its script could not be loaded"}`);
    for (const { fail } of waiting.values()) fail(broken);
  });
  const ask = (name, argument) =>
    new Promise((done, fail) => {
      if (broken) return fail(broken);
      waiting.set(++calls, { done, fail });
      port.postMessage({ call: calls, name, argument }, handedOver(argument));
    });
  return new Proxy({}, { get: (_, name) => (argument) => ask(name, argument) });
}

// The next animation frame of this thread, which the thread of a hidden page does not get.
function animationFrame(patience_s) {
  return new Promise((done) => {
    const patience = setTimeout(done, 1000 * patience_s);
    requestAnimationFrame(() => {
      clearTimeout(patience);
      done();
    });
  });
}
