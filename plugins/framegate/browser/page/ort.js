// ONNX Runtime Web. Its outputs are in JavaScript when a run has ended, or on the GPU.
"use strict";

const ORT_MODULES = { wasm: "./ort.wasm.min.mjs", webgpu: "./ort.jspi.min.mjs" };

const PROVIDERS = { wasm: "CPU", webgpu: "WebGpu" };
const PLACED = /placed on \[(\w+)\]\. Number of nodes: (\d+)/g;

class OrtRuntime extends Rival {
  buffers = new WeakMap();
  static async start({ backend, threads }) {
    overhear();
    const ort = await import(ORT_MODULES[backend]);
    // None are as many as it takes by itself.
    ort.env.wasm.numThreads = threads ?? 0;
    return new OrtRuntime({ ort, backend, version: ort.env.versions.web, threads });
  }
  async load(asked) {
    const started = seconds();
    const model = new Uint8Array(await bytes(asked.file));
    const weights = asked.weights && new Uint8Array(await bytes(asked.weights));
    const fetched = seconds();
    Object.assign(this, { model, weights, dimensions: asked.dimensions });
    try {
      this.session = await this.opened();
    } catch (error) {
      return { refused: wordsOf(error) };
    }
    // Where a page has no threads it has taken one, and says nothing.
    this.threads = this.ort.env.wasm.numThreads;
    const built = seconds();
    this.computing = this.backend === "webgpu" ? await this.ort.env.webgpu.device : null;
    return { ...this.described(asked, fetched - started, built - fetched), device: this.device() };
  }
  device() {
    return this.computing ? namesOf(this.computing.adapterInfo) : null;
  }
  opened(more = {}) {
    const externalData = this.weights ? [{ path: "weights.bin", data: this.weights }] : [];
    return this.ort.InferenceSession.create(this.model, {
      executionProviders: [this.backend],
      freeDimensionOverrides: this.dimensions,
      externalData,
      // They are read where they are to be in JavaScript, which is a stage of its own then.
      preferredOutputLocation: this.backend === "webgpu" ? "gpu-buffer" : "cpu",
      ...more,
    });
  }
  made(values, shape, dtype) {
    return new Held(new this.ort.Tensor(dtype, values, shape), shape, dtype, ({ data }) => data);
  }
  async run(feeds) {
    const given = {};
    for (const [name, value] of Object.entries(feeds)) {
      const { feed } = this.ports[name];
      if (this.session.inputNames.includes(feed)) given[feed] = value.tensor;
    }
    const returned = await this.session.run(given);
    return this.outputs.map(({ fetch }) => this.held(returned[fetch]));
  }
  // By another session, which tells of its nodes what would slow down each run.
  async receipt() {
    // It is kept, as the page ends with a session of WebGPU that is released beside another.
    const said = await overheard(async () => (this.told = await this.opened({ logSeverityLevel: 0 })), true);
    const counts = { here: 0, elsewhere: 0 };
    const others = new Set();
    for (const [, provider, count] of said.matchAll(PLACED)) {
      const where = provider.startsWith(PROVIDERS[this.backend]) ? "here" : "elsewhere";
      counts[where] += Number(count);
      if (where === "elsewhere") others.add(provider.replace("ExecutionProvider", ""));
    }
    const nodes = counts.here + counts.elsewhere;
    return {
      ran: this.backend,
      nodes: nodes || null,
      elsewhere: nodes ? counts.elsewhere : null,
      note: counts.elsewhere ? `on ${[...others].join(", ")}` : null,
    };
  }
  held(tensor) {
    const free = () => tensor.dispose();
    const value = new Held(tensor, [...tensor.dims], tensor.type, () => tensor.getData(), free);
    // One that was read counts as being in JavaScript only.
    if (tensor.location === "gpu-buffer") this.buffers.set(tensor, tensor.gpuBuffer);
    return value;
  }
  gpu() {
    return this.computing ?? null;
  }
  bufferIn({ tensor }) {
    return this.buffers.get(tensor);
  }
}

RUNTIMES.ort = OrtRuntime;
