// Asks TF.js for the weights and the results of layers models: node scripts/tfjs-layers.cjs TFJS CASES.json ANSWERS.json
//
// TFJS is the folder of the npm package @tensorflow/tfjs; `python tests/unit/runtimes/layer_cases.py` prints the cases: a
// label, a topology, the inputs' shapes (with the batch) and `indices`, see `values`. The answer to each is the names and
// shapes of its weights and the results, or the words in which TF.js refuses it.
"use strict";
const { write_answers } = require("./tfjs-answers.cjs");

const [, , library, from, to] = process.argv;
const tf = require(library);

// As tests/unit/runtimes/layer_values.py makes them.
function values(count, salt, indices) {
  return Float32Array.from({ length: count }, (_, k) => {
    const whole = ((k + salt) * 2654435761) % 1024;
    return indices ? whole % indices : (whole / 1023) * 4 - 2;
  });
}

function weight(name, count, salt) {
  return values(count, salt, 0).map((value) => (name.endsWith("moving_variance") ? Math.abs(value) + 0.25 : value / 2));
}

const size = (shape) => shape.reduce((product, side) => product * side, 1);

async function answer(job) {
  const model = await tf.models.modelFromJSON({ model_config: job.topology });
  const weights = model.weights.map((variable) => ({ name: variable.originalName, shape: variable.shape }));
  model.setWeights(weights.map(({ name, shape }, at) => tf.tensor(weight(name, size(shape), 31 * at + 7), shape)));
  const feeds = job.inputs.map((shape, at) => tf.tensor(values(size(shape), 17 * at, job.indices), shape));
  const found = model.predict(feeds.length === 1 ? feeds[0] : feeds);
  const results = (Array.isArray(found) ? found : [found]).map((tensor) => ({
    shape: tensor.shape,
    values: Array.from(tensor.dataSync()).map((value) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null)),
  }));
  return { weights, results };
}

write_answers(tf, from, to, answer);
