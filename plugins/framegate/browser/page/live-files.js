// Files that a person drops on the page, or chooses: a model with its shards, or frames.
"use strict";

const most_bytes = 2 ** 30;

const files = {
  listen() {
    by_id("files").addEventListener("change", ({ target }) => files.take([...target.files]));
    addEventListener("dragover", (event) => {
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    for (const name of ["dragleave", "drop"]) {
      addEventListener(name, () => document.body.classList.remove("dropping"));
    }
    addEventListener("drop", async (event) => {
      event.preventDefault();
      // The entries are there only until the first await.
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
      try {
        await files.take((await Promise.all(entries.map(files.inside))).flat());
      } catch (error) {
        complain(words_of(error), false);
      }
    });
  },

  // The files of an entry, with those of folders in it.
  async inside(entry) {
    if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
    const reader = entry.createReader();
    const all = [];
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (!some.length) break;
      all.push(...some);
    }
    const found = (await Promise.all(all.map(files.inside))).flat();
    for (const file of found) file.folder ??= entry.name;
    return found;
  },

  async take(dropped) {
    if (!dropped.length) return;
    try {
      files.check(dropped);
      const model = dropped.find(({ name }) => name === "model.json") ?? dropped.find(({ name }) => name.endsWith(".json"));
      if (model) await files.send_model(model, dropped);
      else await files.send_frames(dropped);
      complain("");
    } catch (error) {
      complain(words_of(error), false);
    }
    by_id("files").value = "";
  },

  check(dropped) {
    const size = dropped.reduce((sum, file) => sum + file.size, 0);
    if (size <= most_bytes) return;
    const mib = (bytes) => Math.round(bytes / 2 ** 20).toLocaleString("en");
    const [{ name }] = dropped;
    const what = dropped.length > 1 ? `${name} and the others have` : `${name} has`;
    throw new Error(`${what} ${mib(size)} MiB, and a page may send ${mib(most_bytes)}; name the path: framegate live PATH`);
  },

  async send_model(model, dropped) {
    say(`Reading ${model.name}…`);
    const folder = model.folder ?? model.name.replace(/\.json$/, "");
    const { number, shards } = await post("model", { name: folder, document: await model.text() });
    const named = (shard) => dropped.find(({ name }) => name === shard.split("/").at(-1));
    const missing = shards.filter((shard) => !named(shard));
    if (missing.length) {
      const list = missing.slice(0, 3).join(", ") + (missing.length > 3 ? ", …" : "");
      throw new Error(`${model.name} lists ${list}, which was not among the files; drop all of them together`);
    }
    for (const [place, shard] of shards.entries()) await post("shard", { number, shard: place }, named(shard));
    const { name, models } = await post("offer", { number });
    known.models = models;
    by_id("model").replaceChildren(...options(models.map((each) => each.name)));
    choice.write(choice.own(name));
    explain();
    showing.show();
  },

  async send_frames([file, ...others]) {
    if (others.length) throw new Error("there is no model.json among the files; drop it too, or one picture or video");
    say(`Reading ${file.name}…`);
    const { name } = await post("frames", { name: file.name }, file);
    const control = by_id("source");
    if (![...control.options].some(({ value }) => value === name)) control.append(...options([name]));
    control.value = name;
    showing.show();
  },
};
