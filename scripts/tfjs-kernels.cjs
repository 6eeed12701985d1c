// Writes plugins/framegate/analysis/kernels.json: which kernels TF.js' backends have, and which kernels an op of a
// graph model or a layer of a layers model needs. Run it where the packages of one version are installed:
//
//   npm install @tensorflow/tfjs-{core,converter,layers,backend-cpu,backend-wasm,backend-webgl,backend-webgpu}@4.22.0
//   node path/to/scripts/tfjs-kernels.cjs > path/to/plugins/framegate/analysis/kernels.json
"use strict";
const fs = require("fs");
const path = require("path");

const here = require("module").createRequire(path.join(process.cwd(), "here.js"));
const tf = here("@tensorflow/tfjs-core");
const layers = here("@tensorflow/tfjs-layers");
const root = (name) => path.join(process.cwd(), "node_modules", "@tensorflow", name);
const version = JSON.parse(fs.readFileSync(path.join(root("tfjs-core"), "package.json"))).version;

// Backends register their kernels when they are loaded, whether or not they can run here.
const backends = {};
for (const name of ["cpu", "wasm", "webgl", "webgpu"]) {
  here(`@tensorflow/tfjs-backend-${name}`);
  backends[name] = tf.getKernelsForBackend(name).map((kernel) => kernel.kernelName).sort();
}

// A JS op's own file says which kernels it runs; one that runs none itself is made of the ops it imports.
const opsFolder = path.join(root("tfjs-core"), "dist", "ops");
const kernelNames = here("@tensorflow/tfjs-core/dist/kernel_names");
function kernelsOf(file, seen = new Set()) {
  if (seen.has(file) || !fs.existsSync(file)) return [];
  seen.add(file);
  const text = fs.readFileSync(file, "utf8");
  const named = [...text.matchAll(/runKernel\(\s*'?([A-Za-z0-9_]+)/g)].map((match) => kernelNames[match[1]]);
  // Complex numbers have kernels of their own, which a tensor of floats never meets.
  const own = named.filter((name) => name && !name.startsWith("Complex"));
  if (own.length) return own;
  const imported = [...text.matchAll(/from '(\.[^']+)'/g)].map((match) => path.join(path.dirname(file), `${match[1]}.js`));
  return imported.filter((name) => name.startsWith(opsFolder)).flatMap((name) => kernelsOf(name, seen));
}
const opFiles = new Map();
for (const folder of ["", "linalg", "image", "string", "sparse", "fused", "spectral"]) {
  for (const name of fs.readdirSync(path.join(opsFolder, folder))) {
    if (name.endsWith(".js") && !name.endsWith("_test.js") && !name.endsWith("_util.js")) {
      opFiles.set(`${folder}/${name.slice(0, -3).replace(/_/g, "").toLowerCase()}`, path.join(opsFolder, folder, name));
    }
  }
}

// These look at the data on the CPU, or only make a tensor of numbers that are known: no kernel is run.
const WITHOUT = new Set(["scalar", "tensor1d", "ones", "zeros", "whereAsync", "setdiff1dAsync", "truncatedNormal",
  "randomStandardNormal", "randomUniform", "randomUniformInt", "image.nonMaxSuppressionAsync",
  "image.nonMaxSuppressionPaddedAsync", "image.nonMaxSuppressionWithScoreAsync"]);
function kernelsOfOp(op) {
  if (WITHOUT.has(op)) return [];
  const [name, folder = ""] = op.split(".").reverse();
  const key = name.toLowerCase();
  const file = opFiles.get(`${folder}/${key}`) || opFiles.get(`spectral/${key}`);
  if (!file) throw new Error(`no file for ${op}`);
  return kernelsOf(file);
}

const graphOps = {};
const kernel2op = JSON.parse(fs.readFileSync(path.join(root("tfjs-converter"), "metadata", "kernel2op.json")));
for (const [op, jsOps] of Object.entries(kernel2op)) graphOps[op] = [...new Set(jsOps.flatMap(kernelsOfOp))].sort();
graphOps.Complex = ["Complex"];
graphOps.ComplexAbs = ["ComplexAbs"];

// What a layer runs is what it ran on a small input.
const image = [1, 8, 8, 4];
const spatial = { filters: 2, kernelSize: 3, padding: "same" };
const LAYERS = {
  Activation: [{ activation: "linear" }, image], Add: [{}, image, image], Average: [{}, image, image],
  AveragePooling1D: [{}, [1, 8, 4]], AveragePooling2D: [{}, image], AveragePooling3D: [{}, [1, 4, 4, 4, 2]],
  BatchNormalization: [{}, image], CenterCrop: [{ height: 4, width: 4 }, image], Concatenate: [{}, image, image],
  Conv1D: [spatial, [1, 8, 4]], Conv2D: [spatial, image], Conv2DTranspose: [spatial, image],
  Conv3D: [spatial, [1, 4, 4, 4, 2]], Conv3DTranspose: [spatial, [1, 4, 4, 4, 2]],
  Cropping2D: [{ cropping: 1 }, image], Dense: [{ units: 2 }, [1, 4]], DepthwiseConv2D: [{ kernelSize: 3 }, image],
  Dot: [{ axes: -1 }, [1, 4], [1, 4]], Dropout: [{ rate: 0.5 }, image], ELU: [{}, image],
  Embedding: [{ inputDim: 4, outputDim: 2 }, [1, 4]], Flatten: [{}, image],
  GlobalAveragePooling1D: [{}, [1, 8, 4]], GlobalAveragePooling2D: [{}, image], GlobalMaxPooling1D: [{}, [1, 8, 4]],
  GlobalMaxPooling2D: [{}, image], LayerNormalization: [{}, image],
  LeakyReLU: [{}, image], MaxPooling1D: [{}, [1, 8, 4]], MaxPooling2D: [{}, image], MaxPooling3D: [{}, [1, 4, 4, 4, 2]],
  Maximum: [{}, image, image], Minimum: [{}, image, image], Multiply: [{}, image, image], PReLU: [{}, image],
  Permute: [{ dims: [2, 1, 3] }, image], ReLU: [{}, image], RepeatVector: [{ n: 2 }, [1, 4]],
  Rescaling: [{ scale: 2 }, image], Reshape: [{ targetShape: [4, 64] }, image], Resizing: [{ height: 4, width: 4 }, image],
  SeparableConv2D: [spatial, image], Softmax: [{}, [1, 4]],
  ThresholdedReLU: [{}, image], UpSampling2D: [{}, image],
  ZeroPadding2D: [{}, image],
};
const factories = new Map(Object.entries(layers.layers).map(([name, make]) => [name.toLowerCase(), make]));
const ran = {};
async function profiled(call) {
  const found = await tf.profile(() => { tf.tidy(() => { call(); }); return tf.scalar(0); });
  // Names in __op are scopes; Identity is how TF.js copies a handle.
  return [...new Set(found.kernelNames)].filter((name) => name !== "Identity" && !name.endsWith("__op")).sort();
}
async function main() {
  await tf.setBackend("cpu");
  for (const [name, [config, ...shapes]] of Object.entries(LAYERS)) {
    const make = factories.get(name.toLowerCase());
    if (!make) { process.stderr.write(`no layer ${name}\n`); continue; }
    const layer = make(config);
    const inputs = shapes.map((shape) => tf.ones(shape));
    const input = inputs.length > 1 ? inputs : inputs[0];
    try {
      layer.apply(input); // makes the weights, which is no part of the layer's work
      ran[name] = await profiled(() => layer.apply(input));
    } catch (error) {
      process.stderr.write(`${name}: ${error.message}\n`);
    }
  }
  const activations = {};
  for (const name of ["elu", "selu", "relu", "relu6", "linear", "sigmoid", "hardSigmoid", "softplus", "softsign", "tanh",
    "softmax", "logSoftmax", "swish", "mish", "gelu", "gelu_new"]) {
    const layer = layers.layers.activation({ activation: name });
    activations[name] = await profiled(() => layer.apply(tf.ones([1, 4])));
  }
  const known = Object.keys(tf.serialization.SerializationMap.getMap().classNameMap);
  const classes = known.filter((name) => /^[A-Z]/.test(name) && factories.has(name.toLowerCase())).concat(["Functional", "Model", "Sequential"]);
  const source = `@tensorflow/tfjs-{core,converter,layers,backend-*} ${version} (Apache-2.0), by scripts/tfjs-kernels.cjs`;
  const lines = (table) => `{\n${Object.entries(table).sort().map(([key, value]) =>
    `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(",\n")}\n  }`;
  process.stdout.write(`{\n  "source": ${JSON.stringify(source)},\n  "version": ${JSON.stringify(version)},
  "backends": ${lines(backends)},
  "graph_ops": ${lines(graphOps)},
  "layers": ${lines(ran)},
  "activations": ${lines(activations)},
  "layer_classes": ${JSON.stringify([...new Set(classes)].sort())}\n}\n`);
}
main().catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
