// Runs a TF.js model with real TF.js on the cpu backend: node tfjs_reference.cjs JOB.json
//
// The job names the model.json, the inputs (name, shape, dtype, file of raw bytes) and the outputs that are wanted, and of
// a model that recurs the inputs of further runs, and which of its outputs (by their place) are fed back; each last output is written as raw bytes beside the job, and their dtypes and shapes into result.json.
"use strict";
const fs = require("fs");
const path = require("path");

const job = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
// TF.js in one file, from the npm package; the job says where.
const tf = require(job.tfjs);
const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

function handler() {
  const folder = path.dirname(job.model);
  const document = JSON.parse(fs.readFileSync(job.model, "utf8").replace(/^\uFEFF/, ""));
  const shards = document.weightsManifest.flatMap((group) => group.paths.map((name) => path.join(folder, name)));
  const bytes = Buffer.concat(shards.map((shard) => fs.readFileSync(shard)));
  const weightSpecs = document.weightsManifest.flatMap((group) => group.weights);
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return { load: async () => ({ ...document, weightSpecs, weightData }) };
}

function feed(input) {
  const raw = fs.readFileSync(input.file);
  if (input.dtype === "string") {
    return tf.tensor(JSON.parse(raw.toString("utf8")), input.shape, "string");
  }
  const values = new ARRAYS[input.dtype](raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
  return tf.tensor(values, input.shape, input.dtype);
}

async function run() {
  await tf.setBackend("cpu");
  const feeds = job.inputs.map(feed);
  if (job.format === "layers") {
    const model = await tf.loadLayersModel(handler());
    const found = model.predict(feeds.length === 1 ? feeds[0] : feeds);
    return Array.isArray(found) ? found : [found];
  }
  const model = await tf.loadGraphModel(handler());
  const named = Object.fromEntries(job.inputs.map((input, at) => [input.name, feeds[at]]));
  let found = await model.executeAsync(named, job.outputs);
  for (const { input, state } of job.next ?? []) {
    for (const [name, at] of Object.entries(state)) named[name] = found[at];
    named[input.name] = feed(input);
    found = await model.executeAsync(named, job.outputs);
  }
  return Array.isArray(found) ? found : [found];
}

async function main() {
  const tensors = await run();
  const result = [];
  for (const [at, tensor] of tensors.entries()) {
    const found = await tensor.data();
    const file = `output${at}`;
    const strings = tensor.dtype === "string";
    // The cpu backend keeps what was cast from bool in an array of bytes.
    const values = strings ? found : ARRAYS[tensor.dtype].from(found);
    fs.writeFileSync(
      path.join(path.dirname(process.argv[2]), file),
      strings ? JSON.stringify(values) : Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    );
    result.push({ file, dtype: tensor.dtype, shape: tensor.shape });
  }
  fs.writeFileSync(path.join(path.dirname(process.argv[2]), "result.json"), JSON.stringify(result));
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
