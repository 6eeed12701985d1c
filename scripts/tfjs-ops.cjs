// Asks TF.js for the results of small graph models: node scripts/tfjs-ops.cjs TFJS CASES.json ANSWERS.json
//
// TFJS is the folder of the npm package @tensorflow/tfjs;
// `PYTHONPATH=tests/helpers python tests/unit/runtimes/op_cases.py` prints the cases, as tests/unit/runtimes/op_case.py
// describes them. The answer to each is its results, or the words in which TF.js refuses it.
"use strict";
const { write_answers } = require("./tfjs-answers.cjs");

const [, , library, from, to] = process.argv;
const tf = require(library);
const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
const WORDS = { nan: NaN, inf: Infinity, "-inf": -Infinity };

async function answer(job) {
  const weightData = Uint8Array.from(Buffer.from(job.data, "base64")).buffer;
  const model = await tf.loadGraphModel({
    load: async () => ({ modelTopology: job.topology, format: "graph-model", weightSpecs: job.weights, weightData }),
  });
  const feeds = job.feeds.map(({ name, shape, dtype, values }) => {
    return [name, tf.tensor(ARRAYS[dtype].from(values, (value) => WORDS[value] ?? value), shape, dtype)];
  });
  const found = await model.executeAsync(Object.fromEntries(feeds), job.outputs);
  const results = (Array.isArray(found) ? found : [found]).map((tensor) => ({
    shape: tensor.shape,
    values: Array.from(tensor.dataSync(), (value) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : String(value))),
  }));
  return { results };
}

write_answers(tf, from, to, answer);
