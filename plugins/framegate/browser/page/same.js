// TF.js' webgl backend on a canvas of the page's own, and the renderer that draws in its context: nothing is read back.
"use strict";

const OWN = "framegate-webgl";
// TF.js' own, but for alpha, which a picture with four channels shows.
const ATTRIBUTES = {
  alpha: true,
  antialias: false,
  premultipliedAlpha: false,
  preserveDrawingBuffer: false,
  depth: false,
  stencil: false,
  failIfMajorPerformanceCaveat: true,
};

async function ownContext() {
  const canvas = await host.canvas({ name: OWN });
  tf.registerBackend(OWN, () => {
    const gl = canvas.getContext("webgl2", ATTRIBUTES);
    if (!gl) throw new Error("this browser gives no WebGL 2 context");
    return new tf.MathBackendWebGL(new tf.GPGPUContext(gl));
  });
  tf.copyRegisteredKernels("webgl", OWN);
  return OWN;
}

// The tensor lies in the texture as it does in memory, four values a texel.
const OWN_FRAGMENT = ([low, high], [height, width, depth], colour) => `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D tensor;
out vec4 colour;
float at(int index) {
  int texel = index >> 2;
  return texelFetch(tensor, ivec2(texel % ${width}, texel / ${width}), 0)[index & 3];
}
void main() {
  int first = ((${height - 1} - int(gl_FragCoord.y)) * ${width} + int(gl_FragCoord.x)) * ${depth};
  vec4 value = vec4(${[0, 1, 2, 3].map((each) => (each < depth ? `at(first + ${each})` : "1.0")).join(", ")});
  value = (value - float(${low})) * float(${1 / (high - low)});
  colour = ${colour};
}`;

class SameContext extends CanvasRenderer {
  keeps = false;
  methods = { draw: "one pixel of the canvas was read" };
  constructor(range, shape, canvas) {
    const [height, width, depth] = shape;
    const { gl } = tf.backend().gpgpu ?? {};
    super(range, shape, gl?.canvas ?? canvas);
    if (page.backend === "webgpu") throw new Refused("dataToGPU gives a buffer here, and no texture that WebGL can draw");
    if (!gl) return;
    this.place = OWN;
    Object.assign(this, { gl, pixel: new Uint8Array(4), texShape: [Math.ceil((height * depth) / 4), width] });
    this.program = link(gl, VERTEX, OWN_FRAGMENT(range, shape, CHANNELS[depth][2]));
    this.vertices = gl.createVertexArray();
  }
  async draw(output, mark) {
    const { gl } = this;
    const { texture, tensorRef } = output.dataToGPU({ customTexShape: this.texShape });
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.bindVertexArray(this.vertices);
    gl.useProgram(this.program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.viewport(0, 0, this.width, this.height);
    // TF.js sets these two once, and relies on them.
    const kept = [gl.SCISSOR_TEST, gl.CULL_FACE].filter((each) => gl.isEnabled(each));
    for (const each of kept) gl.disable(each);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    for (const each of kept) gl.enable(each);
    this.drawn(output);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.pixel);
    mark("draw");
    tensorRef.dispose();
  }
  newStamp() {
    return new StampGL(this);
  }
  close() {
    this.gl?.deleteProgram(this.program);
    this.gl?.deleteVertexArray(this.vertices);
  }
}

RENDERERS["same-context"] = SameContext;
