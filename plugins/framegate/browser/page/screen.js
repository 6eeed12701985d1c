// Renderers: from a model's output to the canvas. Each has `draw(output, mark)`, which returns when the pixels are there
// and calls `mark` with the name of each stage as it ends. `methods` says how its stages are ended.
"use strict";

// (H, W, C) in [0, 1], as toPixels takes it.
function toUnit(output, [low, high]) {
  return tf.tidy(() => {
    const picture = output.rank === 4 ? tf.squeeze(output, [0]) : output;
    const shifted = low === 0 ? picture : tf.sub(picture, low);
    const scaled = high - low === 1 ? shifted : tf.div(shifted, high - low);
    return tf.clipByValue(scaled, 0, 1);
  });
}

// TF.js asks for a canvas' context with every frame. Firefox refuses that to a worker from the second time on.
function verifyContextAgain(canvas) {
  try {
    canvas.getContext("2d");
  } catch (error) {
    throw new Refused(`TF.js asks for the canvas' context with every frame, which this browser refuses (${error.message})`);
  }
}

class CanvasRenderer {
  // The document's name of its canvas.
  place = "renderer";
  // Whether the canvas still has its picture when the task that drew it has ended.
  keeps = true;
  constructor(range, [height, width], canvas) {
    Object.assign(this, { range, height, width, canvas });
    Object.assign(canvas, { height, width });
  }
  // In the task that drew an output: puts the number of its frame on the canvas, if it has one.
  drawn(output) {
    const number = page.numbers.get(output);
    if (number === undefined) return;
    this.stamp.write(number);
    if (this.marks) performance.mark(`frame ${number}`);
  }
  newStamp() {
    return new Stamp2D(this);
  }
  // After the first output was drawn: sees that others can be.
  verify() {}
  close() {}
}

class ToPixels extends CanvasRenderer {
  methods = { draw: "the promise of toPixels is kept" };
  async draw(output, mark) {
    const unit = toUnit(output, this.range);
    await tf.browser.toPixels(unit, this.canvas);
    this.drawn(output);
    mark("draw");
    unit.dispose();
  }
  verify() {
    verifyContextAgain(this.canvas);
  }
}

class Draw extends CanvasRenderer {
  keeps = page.backend !== "webgpu";
  methods = {
    draw: page.backend === "webgpu" ? "the queue of the device is empty" : "tf.browser.draw has returned",
  };
  async draw(output, mark) {
    const unit = toUnit(output, this.range);
    tf.browser.draw(unit, this.canvas);
    this.drawn(output);
    const device = tf.backend().device;
    if (device) await device.queue.onSubmittedWorkDone();
    mark("draw");
    unit.dispose();
  }
  newStamp() {
    return page.backend === "webgpu" ? new StampGPU(this) : new Stamp2D(this);
  }
  verify() {
    if (page.backend !== "webgpu") verifyContextAgain(this.canvas);
  }
}

const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(float(gl_VertexID & 1) * 4.0 - 1.0, float(gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`;
// A canvas counts its rows from below.
const FRAGMENT = (low, high, height, colour) => `#version 300 es
precision highp float;
uniform highp sampler2D tensor;
out vec4 colour;
void main() {
  vec4 value = texelFetch(tensor, ivec2(int(gl_FragCoord.x), ${height - 1} - int(gl_FragCoord.y)), 0);
  value = (value - float(${low})) * float(${1 / (high - low)});
  colour = ${colour};
}`;
const CHANNELS = {
  1: ["R32F", "RED", "vec4(value.rrr, 1.0)"],
  3: ["RGB32F", "RGB", "vec4(value.rgb, 1.0)"],
  4: ["RGBA32F", "RGBA", "value"],
};

// The original's fast renderer: the output is read back, uploaded as a float texture of another context, and drawn there.
class Texture extends CanvasRenderer {
  methods = { readback: "the promise of data() is kept", draw: "one pixel of the canvas was read" };
  constructor(range, shape, canvas) {
    super(range, shape, canvas);
    const [height, width, depth] = shape;
    const gl = this.canvas.getContext("webgl2", {
      preserveDrawingBuffer: true,
      antialias: false,
      premultipliedAlpha: false,
    });
    if (!gl) throw new Error("this browser gives no WebGL 2 context for the canvas");
    const [stored, given, colour] = CHANNELS[depth];
    Object.assign(this, { gl, stored: gl[stored], given: gl[given], pixel: new Uint8Array(4) });
    gl.useProgram(link(gl, VERTEX, FRAGMENT(...range, height, colour)));
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    gl.viewport(0, 0, width, height);
  }
  async draw(output, mark) {
    const values = await output.data();
    mark("readback");
    const { gl } = this;
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    gl.texImage2D(gl.TEXTURE_2D, 0, this.stored, this.width, this.height, 0, this.given, gl.FLOAT, floats);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    this.drawn(output);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.pixel);
    mark("draw");
  }
  newStamp() {
    return new StampGL(this);
  }
  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function link(gl, ...sources) {
  const program = gl.createProgram();
  [gl.VERTEX_SHADER, gl.FRAGMENT_SHADER].forEach((kind, index) => {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, sources[index]);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  });
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}

const RENDERERS = { topixels: ToPixels, texture: Texture, draw: Draw };
