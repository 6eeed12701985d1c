// A frame's number on the canvas, over a corner of its picture: four by four blocks at the top left, white for a one,
// the lowest bit first. It is put there in the task that drew the picture, and read back from there.
"use strict";

const STAMP_ROWS = 4;

class Stamp {
  constructor(renderer) {
    const block = Math.max(1, Math.min(4, Math.min(renderer.width, renderer.height) >> 3));
    Object.assign(this, { renderer, block, side: STAMP_ROWS * block });
  }
  // Calls `fill` with the place of each block, and whether it is white.
  blocks(number, fill) {
    for (let bit = 0; bit < STAMP_ROWS ** 2; bit++) {
      fill(this.block * (bit % STAMP_ROWS), this.block * Math.floor(bit / STAMP_ROWS), Boolean((number >> bit) & 1));
    }
  }
  rgba(number) {
    const pixels = new Uint8Array(4 * this.side ** 2).fill(255);
    this.blocks(number, (left, top, white) => {
      for (let row = top; row < top + this.block; row++) {
        for (let column = left; column < left + this.block; column++) {
          pixels.fill(white ? 255 : 0, 4 * (row * this.side + column), 4 * (row * this.side + column) + 3);
        }
      }
    });
    return pixels;
  }
  // The number in the pixels of the corner, first row at the top; null where they are no stamp.
  number(pixels) {
    let number = 0;
    for (let bit = 0; bit < STAMP_ROWS ** 2; bit++) {
      const left = this.block * (bit % STAMP_ROWS) + (this.block >> 1);
      const top = this.block * Math.floor(bit / STAMP_ROWS) + (this.block >> 1);
      const [red, green, blue, alpha] = pixels.subarray(4 * (top * this.side + left));
      if (red !== green || red !== blue || alpha !== 255 || ![0, 255].includes(red)) return null;
      if (red) number |= 1 << bit;
    }
    return number;
  }
}

class Stamp2D extends Stamp {
  constructor(renderer) {
    super(renderer);
    this.context = renderer.canvas.getContext("2d");
  }
  write(number) {
    this.context.putImageData(new ImageData(new Uint8ClampedArray(this.rgba(number)), this.side), 0, 0);
  }
  read() {
    return this.number(this.context.getImageData(0, 0, this.side, this.side).data);
  }
}

class StampGL extends Stamp {
  write(number) {
    const { gl, height } = this.renderer;
    const scissored = gl.isEnabled(gl.SCISSOR_TEST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.enable(gl.SCISSOR_TEST);
    this.blocks(number, (left, top, white) => {
      // A canvas counts its rows from below.
      gl.scissor(left, height - top - this.block, this.block, this.block);
      gl.clearColor(white, white, white, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
    });
    if (!scissored) gl.disable(gl.SCISSOR_TEST);
  }
  read() {
    const { gl, height } = this.renderer;
    const pixels = new Uint8Array(4 * this.side ** 2);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.readPixels(0, height - this.side, this.side, this.side, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    const row = 4 * this.side;
    return this.number(pixels.map((_, at) => pixels[(this.side - 1 - Math.floor(at / row)) * row + (at % row)]));
  }
}

// A canvas of WebGPU holds its picture until its task ends, so that it is read when it is stamped.
class StampGPU extends Stamp {
  constructor(renderer) {
    super(renderer);
    this.context = renderer.canvas.getContext("webgpu");
    const { configure } = this.context;
    // TF.js asks for a canvas that only shaders write.
    this.context.configure = (asked) =>
      configure.call(this.context, { ...asked, usage: asked.usage | GPUTextureUsage.COPY_DST });
    const canvas = new OffscreenCanvas(this.side, this.side);
    this.reader = canvas.getContext("2d", { willReadFrequently: true });
    this.seen = null;
  }
  write(number) {
    const { side } = this;
    const backend = this.renderer.device ? { device: this.renderer.device } : tf.backend();
    // What TF.js has not handed to the device yet would be drawn over it.
    if (backend.commandEncoder) backend.submitQueue();
    const texture = this.context.getCurrentTexture();
    const { queue } = backend.device;
    queue.writeTexture({ texture }, this.rgba(number), { bytesPerRow: 4 * side }, [side, side]);
    this.reader.drawImage(this.renderer.canvas, 0, 0, side, side, 0, 0, side, side);
    this.seen = this.number(this.reader.getImageData(0, 0, side, side).data);
  }
  read() {
    const { seen } = this;
    this.seen = null;
    return seen;
  }
}
