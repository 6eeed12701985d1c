// What the model is fed beside the frame: constants, made once, and what it returned in the run before, which stays on
// the device.
"use strict";

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

class Inputs {
  // Names in the model's order, the one that takes the frame, the files of what others are fed at first, and the places
  // of the outputs that inputs are fed in the next run.
  static async of({ names, frame, arrays, state }) {
    const fed = {};
    for (const [name, { file, shape, dtype }] of Object.entries(arrays)) {
      fed[name] = page.runtime.tensor(new ARRAYS[dtype](await bytes(file)), shape, dtype, name);
    }
    return new Inputs(names, frame, fed, Object.entries(state));
  }
  constructor(names, frame, fed, state) {
    Object.assign(this, { names, frame, fed, state, before: {}, free: Promise.resolve() });
  }
  get has_state() {
    return this.state.length > 0;
  }
  // What the model takes.
  joined(input, fed = this.fed) {
    return page.runtime.feeds(this.names, { ...fed, [this.frame]: input });
  }
  // What other inputs were fed in the last run.
  last() {
    return { ...this.fed, ...this.before };
  }
  // Has a run find the state of the run before it, however many frames are under way.
  run(work) {
    if (!this.has_state) return work();
    const done = this.free.then(async () => {
      const outputs = await work();
      if (page.runtime.has_fixed_shapes) this.verifyShapes(outputs);
      page.runtime.release(Object.values(this.before));
      for (const [name, at] of this.state) {
        this.before[name] = this.fed[name];
        this.fed[name] = page.runtime.share(outputs[at]);
      }
      return outputs;
    });
    this.free = done.catch(() => {});
    return done;
  }
  verifyShapes(outputs) {
    for (const [name, at] of this.state) {
      const [before, after] = [this.fed[name].shape, outputs[at].shape].map((shape) => `[${shape}]`);
      if (before !== after) {
        throw new Refused(`its state ${name} begins with shape ${before} and goes on with ${after}, and it was converted for one`);
      }
    }
  }
  close() {
    page.runtime.release(Object.values(this.fed), Object.values(this.before));
  }
}
