// Asks TF.js which layers models it builds, refuses or waits for: node scripts/tfjs-waits.cjs TFJS CASES.json ANSWERS.json
//
// TFJS is the folder of the npm package @tensorflow/tfjs, or of @tensorflow/tfjs-layers with a backend beside it;
// `python tests/unit/analysis/layer_wait_cases.py` prints the cases: label -> the config of a model. The answer to each is
// "builds", "refuses: " and TF.js' words, or "waits": after two seconds, in a thread that is ended then.
"use strict";
const fs = require("fs");
const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");

const PATIENCE_MS = 2000;

async function answer(tf, config) {
  try {
    await (tf.models ?? tf).modelFromJSON({ model_config: config });
    return "builds";
  } catch (error) {
    return `refuses: ${String(error.message || error.name).split("\n")[0].slice(0, 120)}`;
  }
}

function work() {
  console.warn = () => {};
  const tf = require(workerData);
  parentPort.on("message", async (config) => parentPort.postMessage(await answer(tf, config)));
  parentPort.postMessage("ready");
}

const said = (worker) => new Promise((resolve) => worker.once("message", resolve));

async function main() {
  const [, , library, from, to] = process.argv;
  const answers = {};
  let worker = null;
  for (const [label, config] of Object.entries(JSON.parse(fs.readFileSync(from, "utf8")))) {
    if (!worker) {
      worker = new Worker(__filename, { workerData: library });
      await said(worker);
    }
    worker.postMessage(config);
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, "waits"));
    answers[label] = await Promise.race([said(worker), late]);
    if (answers[label] === "waits") {
      await worker.terminate();
      worker = null;
    }
  }
  await worker?.terminate();
  fs.writeFileSync(to, `${JSON.stringify(answers, null, 0).replaceAll('","', '",\n"')}\n`);
  process.exit(0);
}

if (isMainThread) main();
else work();
