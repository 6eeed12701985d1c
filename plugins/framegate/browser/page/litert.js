// LiteRT.js. Its outputs are in the memory of its WebAssembly, or on the GPU, when a run has ended.
"use strict";

const THREADS = "litert_wasm_threaded_internal.js";
const DELEGATED = /(\d+) operations will run on the GPU, and the remaining (\d+) operations will run on the CPU/;
const LACKING = /Following operations are not supported by GPU delegate:\s*([^\n]*)/;

class LiteRTRuntime extends Rival {
  static async start({ backend, precision, threads }) {
    overhear();
    const litert = await import("./litert-core.js");
    const several = backend === "wasm" && (threads ?? 1) > 1;
    // In a worker it would take that worker's script for its threads' own.
    if (several) globalThis.Module = { mainScriptUrlOrBlob: new URL(THREADS, location.href).href };
    // With WebGPU an operation that it lacks is waited for by JSPI, beside which there are no threads.
    await litert.loadLiteRt(new URL(".", location.href).href, backend === "wasm" ? { threads: several } : { jspi: true });
    return new LiteRTRuntime({ litert, backend, precision, threads: several ? threads : 1 });
  }
  async load(asked) {
    const started = seconds();
    const model = new Uint8Array(await bytes(asked.file));
    const fetched = seconds();
    try {
      this.model?.delete();
      this.said = await overheard(async () => {
        this.model = await this.litert.loadAndCompile(model, {
          accelerator: this.backend,
          gpuOptions: { precision: this.precision === "float16" ? "fp16" : "fp32" },
          cpuOptions: { numThreads: this.threads },
        });
      });
    } catch (error) {
      return { refused: wordsOf(error) };
    }
    return this.described(asked, fetched - started, seconds() - fetched);
  }
  made(values, shape, dtype) {
    return this.held(new this.litert.Tensor(values, shape), dtype);
  }
  held(tensor) {
    const { dtype, layout } = tensor.type;
    return new Held(tensor, [...layout.dimensions], dtype, (given) => given.data(), (given) => given.delete());
  }
  async run(feeds) {
    const given = {};
    for (const [name, value] of Object.entries(feeds)) given[this.ports[name].feed] = value.tensor;
    const returned = await this.model.run(given);
    return this.outputs.map(({ fetch }) => this.held(returned[fetch]));
  }
  gpu() {
    return this.backend === "webgpu" ? this.litert.getWebGpuDevice() : null;
  }
  bufferIn({ tensor }) {
    return tensor.accelerator === "webgpu" ? tensor.toGpuBuffer() : null;
  }
  device() {
    return this.backend === "webgpu" ? namesOf(this.litert.getWebGpuDevice().adapterInfo) : null;
  }
  // Whatever the model says of itself: it calls itself fully accelerated where half of it is not.
  async receipt() {
    const [, here, elsewhere] = (this.said.match(DELEGATED) ?? []).map(Number);
    const lacking = this.said.match(LACKING)?.[1].trim();
    return {
      ran: this.backend,
      nodes: here === undefined ? null : here + elsewhere,
      elsewhere: this.backend === "wasm" ? 0 : (elsewhere ?? null),
      note: elsewhere ? `on WebAssembly: ${lacking ?? "what the GPU delegate lacks"}` : null,
    };
  }
}

RUNTIMES.litert = LiteRTRuntime;
