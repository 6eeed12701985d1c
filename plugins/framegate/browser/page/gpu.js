// The renderer that leaves an output on the GPU: WebGPU draws the buffer that the model has filled, on the device that
// filled it. What is read back from a device is counted, whoever reads it.
"use strict";

const reads = { bytes: 0 };
if (globalThis.GPUBuffer) {
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (mode, offset = 0, size = this.size - offset, ...rest) {
    if (mode & GPUMapMode.READ) reads.bytes += size;
    return mapAsync.call(this, mode, offset, size, ...rest);
  };
}

const BUFFER_SHADER = ([low, high], [, width, depth]) => `
@group(0) @binding(0) var<storage, read> values: array<f32>;
@vertex fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}
fn unit(value: f32) -> f32 {
  return clamp((value - f32(${low})) / f32(${high - low}), 0.0, 1.0);
}
@fragment fn colour(@builtin(position) place: vec4f) -> @location(0) vec4f {
  let first = (u32(place.y) * ${width}u + u32(place.x)) * ${depth}u;
  return vec4f(${[0, 1, 2].map((each) => `unit(values[first + ${depth === 1 ? 0 : each}u])`).join(", ")}, 1.0);
}`;

class FromBuffer extends CanvasRenderer {
  keeps = false;
  methods = { draw: "the queue of the device is empty" };
  // The inference must not be ended by a read either.
  reads_nothing = true;
  constructor(range, shape, canvas) {
    super(range, shape, canvas);
    const device = page.runtime.gpu?.();
    if (!device) throw new Refused("it computes on no device of WebGPU");
    if (shape[2] === 4) throw new Refused("a canvas of WebGPU has no alpha of its own");
    this.device = device;
    this.bytes = 4 * shape[0] * shape[1] * shape[2];
    this.context = this.canvas.getContext("webgpu");
    const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_DST;
    this.context.configure({ device, format: "rgba8unorm", alphaMode: "opaque", usage });
    const module = device.createShaderModule({ code: BUFFER_SHADER(range, shape) });
    this.pipeline = device.createRenderPipeline({
      layout: "auto",
      vertex: { module },
      fragment: { module, targets: [{ format: "rgba8unorm" }] },
    });
  }
  async draw(output, mark) {
    const { device, pipeline } = this;
    const { buffer, free } = page.runtime.bufferOf(output);
    const resource = { buffer, offset: 0, size: this.bytes };
    const entries = [{ binding: 0, resource }];
    const encoder = device.createCommandEncoder();
    const view = this.context.getCurrentTexture().createView();
    const pass = encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: "clear", storeOp: "store" }] });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.draw(3);
    pass.end();
    device.queue.submit([encoder.finish()]);
    this.drawn(output);
    await device.queue.onSubmittedWorkDone();
    mark("draw");
    free();
  }
  newStamp() {
    return new StampGPU(this);
  }
  close() {
    this.context.unconfigure();
  }
}

RENDERERS["gpu-buffer"] = FromBuffer;
RIVAL_RENDERERS["gpu-buffer"] = FromBuffer;
