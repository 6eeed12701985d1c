// Asks TF.js for its answer to each of many cases: its results, or the words in which it refuses one.
"use strict";
const fs = require("fs");

// The file `from` has the cases as a list, each with a label; `answer` returns what TF.js makes of one. The file `to` gets
// a line for each label.
async function write_answers(tf, from, to, answer) {
  await tf.setBackend("cpu");
  // TF.js says there what it deprecates, and what it prints for a model.
  console.warn = console.log = () => {};
  const answers = {};
  for (const job of JSON.parse(fs.readFileSync(from, "utf8"))) {
    tf.disposeVariables();
    tf.engine().startScope();
    try {
      answers[job.label] = await answer(job);
    } catch (error) {
      answers[job.label] = { error: String(error.message).split("\n")[0].slice(0, 200) };
    }
    tf.engine().endScope();
  }
  const lines = Object.entries(answers).map(([label, found]) => `${JSON.stringify(label)}: ${JSON.stringify(found)}`);
  fs.writeFileSync(to, `{\n${lines.join(",\n")}\n}\n`);
}

module.exports = { write_answers };
