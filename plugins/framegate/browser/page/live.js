// The page that a person looks at. Python drives the model's frame in it, and this brings the calls there; what the
// person chooses goes to Python.
"use strict";

const options = (names) => names.map((name) => make("option", { value: name, textContent: name }));
const by_id = (id) => document.getElementById(id);
const make = (tag, fields = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children);
  return element;
};
const words_of = (error) => (error instanceof Error ? error.message || error.name : String(error));
const figures_every_ms = 500;

// What there is to choose, this page's number, whether it is served still, and what waits for a number of frames.
const known = { page: null, models: [], ended: false, paused: false, told: null, waiting: [] };

const python = remote(new Worker("live-post.js"));

// Asks Python, with the bytes of a file behind that, if there is one; what comes back is an object, or bytes.
async function post(name, asked = {}, file = null) {
  const head = JSON.stringify({ page: known.page, ...asked });
  const { is_json, content } = await python.post({ name, body: file ? new Blob([`${head}\n`, file]) : head });
  if (!is_json) return content;
  const told = JSON.parse(new TextDecoder().decode(content));
  if (told.refused !== undefined) throw new Error(told.refused);
  return told;
}

// A frame as any other source's is prepared: the same fit and the same steps, by Python.
const prepare = ({ data, width, height }) => post("prepare", { width, height }, data);

// Frames of the document in which models run: the one that is seen, one that comes, and those that may come again, which
// rest meanwhile. Python says which these are, by the folders that they are loaded from.
const stage = {
  shown: null,
  coming: null,
  frames: new Map(),
  hidden: null,

  get newest() {
    return stage.coming ?? stage.shown;
  },

  open({ address }) {
    // There is nothing to be done by the keyboard in it.
    const about = { title: "What the model makes of it", className: "away", allow: "camera", tabIndex: -1 };
    const frame = make("iframe", about);
    stage.coming = frame;
    stage.frames.set(new URL(".", address).href, frame);
    return new Promise((done, fail) => {
      frame.addEventListener("load", () => (frame.contentWindow?.answer ? done(null) : fail(new Error("it did not load"))));
      frame.src = address;
      by_id("stage").append(frame);
    });
  },

  // Has a frame come that was seen before. What is seen stands still then, as it does while its renderer is changed.
  async recall(root) {
    const { live } = stage.frames.get(root).contentWindow;
    if (live.fault) throw new Error(live.fault);
    await stage.rest();
    stage.coming = stage.frames.get(root);
  },

  // From now on calls fail when the tab is hidden: what takes frames there would wait for ever.
  guard() {
    stage.guarded = new AbortController();
    stage.hidden = hidden_tab(stage.guarded.signal);
  },

  unguard() {
    stage.guarded.abort();
    stage.hidden = null;
  },

  rest: () => stage.shown?.contentWindow.live.pause(),

  // Nothing comes any more.
  drop() {
    stage.coming?.contentWindow?.live?.leave();
    stage.coming = null;
    if (!known.paused) stage.shown?.contentWindow.live.go();
  },

  // Ends all but those that are loaded from these folders.
  keep(roots) {
    for (const [root, frame] of stage.frames) {
      if (roots.includes(root)) continue;
      stage.frames.delete(root);
      frame.remove();
    }
  },

  async swap() {
    await stage.shown?.contentWindow.live.leave();
    stage.shown?.classList.add("away");
    stage.shown = stage.coming;
    stage.coming = null;
    stage.shown.classList.remove("away");
    stage.shown.about = showing.what;
    const { live } = stage.shown.contentWindow;
    Object.assign(live, { input: by_id("input"), prepare });
    stage.fit();
    if (!known.paused) live.go();
  },

  // Whether what is chosen needs nothing to be loaded.
  has: (what) => [...stage.frames.values()].some(({ about }) => about === what),

  fit() {
    const { width, height } = stage.shown.contentWindow.live.size();
    stage.shown.style.aspectRatio = `${width} / ${height}`;
  },
};

// A call of Python's: to this page, or to the newest frame, with the files that it may ask for.
async function called(name, argument, files) {
  if (name.startsWith("stage.")) return (await stage[name.slice(6)](argument)) ?? null;
  const { answer, live } = stage.newest.contentWindow;
  live.hand(files.splice(0));
  if (name === "live.go" && known.paused) return null;
  return (await Promise.race([answer(name, argument), stage.hidden].filter(Boolean))) ?? null;
}

async function take_calls() {
  let answers = [];
  while (!known.ended) {
    const { gone, calls, files } = with_files(await post("turn", { answers }));
    if (gone) throw new Error("this page is not known any more");
    answers = await answers_to(calls, files);
  }
}

// An answer behind whose first line, which has their names and lengths, come the bytes of files.
function with_files(told) {
  if (!(told instanceof ArrayBuffer)) return { ...told, files: [] };
  let at = new Uint8Array(told).indexOf(10) + 1;
  const head = JSON.parse(new TextDecoder().decode(told.slice(0, at)));
  return { ...head, files: head.files.map(([name, length]) => [name, told.slice(at, (at += length))]) };
}

// What comes of calls, one after another; after one that fails no other is made.
async function answers_to(calls, files) {
  const answers = [];
  let error;
  for (const { call, function: name, argument } of calls) {
    let value;
    if (error === undefined) {
      try {
        value = await called(name, argument, files);
      } catch (thrown) {
        error = words_of(thrown);
      }
    }
    answers.push({ call, value, error });
  }
  return answers;
}

function end(error) {
  known.ended = true;
  stage.shown?.contentWindow.live.pause();
  complain(`This page has ended (${words_of(error)}). Run framegate live again.`, false);
}

function complain(text, has_button = true) {
  by_id("fault").hidden = !text;
  by_id("fault").querySelector("span").textContent = text;
  by_id("again").hidden = !has_button;
  if (text) for (const { fail } of known.waiting.splice(0)) fail(new Error(text));
}

const say = (text) => (by_id("status").textContent = text);

// The choice, as it stands in the form.
const choice = {
  fields: ["model", "size", "source", "runtime", "renderer", "fit", "view"],

  read() {
    const fields = Object.fromEntries(choice.fields.map((name) => [name, by_id(name).value]));
    const steps = [...by_id("steps").querySelectorAll(":checked")].map(({ value }) => value);
    return { ...fields, preprocess: steps.join("+") || "none" };
  },

  write(values) {
    for (const name of choice.fields) {
      const control = by_id(name);
      const { [name]: value } = values;
      if (value === undefined) continue;
      if (control.options && ![...control.options].some((option) => option.value === value)) continue;
      control.value = value;
    }
    const all = values.preprocess === "all";
    const steps = (values.preprocess ?? "").split("+");
    for (const box of by_id("steps").querySelectorAll("input")) box.checked = all || steps.includes(box.value);
  },

  // What a model is measured with where nobody says otherwise.
  own(name) {
    const { sizes, preprocess } = known.models.find((model) => model.name === name);
    by_id("sizes").replaceChildren(...sizes.map((value) => make("option", { value })));
    return { model: name, size: sizes[0], preprocess };
  },

  keep: () => history.replaceState(null, "", `#${new URLSearchParams(choice.read())}`),
};

// Shows what is chosen, one choice after another; of those that were made in the meantime, the last.
const showing = {
  busy: false,
  again: false,
  anew: false,
  // A model and a runtime, as a load announces them.
  what: "",

  async show(anew = false) {
    showing.anew ||= anew;
    if (showing.busy) {
      showing.again = true;
      return;
    }
    showing.busy = true;
    do {
      showing.again = false;
      await showing.once();
    } while (showing.again && !known.ended);
    showing.busy = false;
  },

  async once() {
    const chosen = choice.read();
    showing.what = `${chosen.model} into ${chosen.runtime}`;
    const { fault } = stage.shown?.contentWindow.live ?? {};
    const anew = showing.anew || Boolean(fault && stage.shown.about === showing.what);
    const again = anew && fault ? ` (loaded anew, as this happened: ${fault})` : "";
    const { textContent: before } = by_id("status");
    showing.anew = false;
    choice.keep();
    document.body.ariaBusy = "true";
    if (anew || !stage.has(showing.what)) say(`Loading ${showing.what}…`);
    try {
      const told = await post("show", { choice: chosen, anew });
      complain("");
      stage.fit();
      const device = told.device ? `, ${told.device}` : "";
      const others = told.others ? `; ${told.others} more of these pages share the machine` : "";
      say(`${chosen.model} at ${chosen.size}: ${chosen.runtime} to ${chosen.renderer}${device}${again}${others}`);
    } catch (error) {
      if (!known.ended) complain(words_of(error));
      say(stage.shown ? before : "Nothing is shown.");
    }
    document.body.ariaBusy = "false";
  },
};

async function explain() {
  const { model, size } = choice.read();
  try {
    const { name, facts, columns, rows, left_out, weights, notes } = await post("explain", { model, size });
    by_id("about-name").textContent = name;
    by_id("about-fault").hidden = true;
    by_id("facts").replaceChildren(
      ...facts.flatMap(([label, fact]) => [make("dt", { textContent: label }), make("dd", { textContent: fact })]),
    );
    const most = Math.max(1, ...weights.map(([, length]) => length));
    by_id("weights").replaceChildren(...weights.map(([row, length, fact]) => bar(row, length / most, fact)));
    by_id("notes").replaceChildren(...notes.map((textContent) => make("li", { textContent })));
    // A column of no name has no heading.
    const heading = (textContent) => (textContent ? make("th", { textContent, scope: "col" }) : make("td"));
    const head = make("tr", {}, ...columns.map(heading));
    const body = rows.map((row) => make("tr", {}, ...row.map((textContent) => make("td", { textContent }))));
    by_id("rows").replaceChildren(head, ...body);
    if (left_out) by_id("rows").append(make("tr", {}, make("td", { textContent: `and ${left_out} lighter ones` })));
  } catch (error) {
    by_id("about-name").textContent = model;
    by_id("about-fault").hidden = false;
    by_id("about-fault").textContent = words_of(error);
    for (const id of ["facts", "weights", "notes", "rows"]) by_id(id).replaceChildren();
  }
}

function bar(label, share, fact) {
  const filled = make("span", { className: "bar" });
  filled.style.width = `${100 * share}%`;
  return make("div", {}, make("span", { textContent: label, title: label }), filled, make("span", { textContent: fact }));
}

const ms = (value) => {
  if (value === null) return null;
  return value < 0.9995 ? `${(1000 * value).toPrecision(3)} ms` : `${value.toFixed(1)} s`;
};

function tile(label, value, { hint = "", is_bad = false } = {}) {
  const shown = make("dd", { textContent: value ?? "–" });
  if (hint) shown.append(" ", make("small", { textContent: hint }));
  return make("div", { className: is_bad ? "bad" : "" }, make("dt", { textContent: label }), shown);
}

function draw(sights, told, bytes) {
  const more_s = told.more_s.age_p99_s;
  const wait = more_s === undefined ? "" : `known in ${Math.ceil(more_s)} s`;
  by_id("tiles").replaceChildren(
    tile("On the screen", `${told.delivered_per_s.toFixed(1)} /s`),
    tile("Age, median", ms(told.age_median_s)),
    tile("Age, p99", ms(told.age_p99_s), { hint: told.age_p99_s === null ? wait : "" }),
    tile("Missed", String(told.dropped), { hint: `of ${told.came}` }),
    tile("Freezes", String(told.freezes), {
      hint: told.freezes ? `longest ${ms(told.longest_freeze_s)}` : "",
      is_bad: told.freezes > 0,
    }),
    tile("Wrong numbers", String(told.wrong), { is_bad: told.wrong > 0 }),
    tile("Tensors", `${(bytes / 1e6).toFixed(1)} MB`),
  );
  const stages = Object.entries(told.stages_s);
  const most = Math.max(...stages.map(([, seconds]) => seconds), 1e-9);
  by_id("stages").replaceChildren(...stages.map(([name, seconds]) => bar(name, seconds / most, ms(seconds))));
  graphs.add(sights, told, bytes);
}

// Looks at the frame that is seen, and has Python make figures of what happened there.
async function watch() {
  const { live } = stage.shown?.contentWindow ?? {};
  if (!live) return;
  known.waiting = known.waiting.filter(({ count, done, fail }) => {
    if (live.fault) fail(new Error(live.fault));
    else if (live.count >= count) done(live.count);
    else return true;
    return false;
  });
  if (live.fault) {
    if (showing.busy || live.told) return;
    live.told = true;
    complain(live.fault);
    // What was lost can be had again; a model that fails fails again.
    if (/was lost/.test(live.fault)) showing.show(true);
    return;
  }
  if (known.paused || document.hidden || live.sights.length < 2) return;
  const lately = live.lately();
  const told = await post("figures", { lately });
  known.told = told;
  draw(lately.sights, told, live.memory());
}

async function keep_watching() {
  while (!known.ended) {
    await watch().catch((error) => known.ended || complain(words_of(error), false));
    await new Promise((done) => setTimeout(done, figures_every_ms));
  }
}

// When so many frames were on the screen.
globalThis.shown = (count) => new Promise((done, fail) => known.waiting.push({ count, done, fail }));

// The same with the figures then, in one line; what the page complains of before that is an error.
globalThis.reached = async (count) => {
  const complaint = by_id("fault").querySelector("span").textContent;
  if (complaint) throw new Error(complaint);
  const frames = await shown(count);
  while (!known.told) await new Promise(requestAnimationFrame);
  const { delivered_per_s, age_median_s, dropped, came } = known.told;
  const age = `${ms(age_median_s)} old at the median`;
  return `${frames} frames were on the screen: ${delivered_per_s.toFixed(1)} per second, ${age}, ${dropped} of ${came} missed`;
};

// A choice goes on too, or its picture would not be seen.
async function pause(paused) {
  if (paused === known.paused) return;
  known.paused = paused;
  by_id("pause").textContent = paused ? "Go on" : "Pause";
  by_id("pause").ariaPressed = String(paused);
  const { live } = stage.shown?.contentWindow ?? {};
  if (paused) await live?.pause();
  else live?.go();
}

function listen() {
  by_id("choice").addEventListener("submit", (event) => event.preventDefault());
  by_id("choice").addEventListener("change", ({ target }) => {
    if (target.id === "files") return;
    if (target.id === "model") choice.write(choice.own(target.value));
    if (["model", "size"].includes(target.id)) explain();
    by_id("command").textContent = "";
    pause(false);
    if (by_id("steps").contains(target)) stage.shown?.contentWindow.live.hold();
    showing.show();
  });
  by_id("again").addEventListener("click", () => showing.show(true));
  by_id("pause").addEventListener("click", () => pause(!known.paused));
  by_id("record").addEventListener("click", record);
  by_id("copy").addEventListener("click", copy_command);
  by_id("trace").addEventListener("click", trace);
  files.listen();
  addEventListener("hashchange", () => {
    choice.write(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
    explain();
    showing.show();
  });
  addEventListener("pagehide", () => navigator.sendBeacon("live/leave", JSON.stringify({ page: known.page })));
  // A page out of the browser's store is one that has left.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  document.addEventListener("visibilitychange", () => {
    const { live } = stage.shown?.contentWindow ?? {};
    if (live) live.sights = [];
    by_id("hidden").hidden = !document.hidden;
    by_id("hidden").textContent = "Nothing is drawn while this tab is hidden; the figures begin anew when it is back.";
  });
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

async function copy_command() {
  try {
    const { words } = await post("command", { choice: choice.read() });
    const line = words.map(quoted).join(" ");
    by_id("command").textContent = line;
    await navigator.clipboard.writeText(line).catch(() => {});
  } catch (error) {
    by_id("command").textContent = words_of(error);
  }
}

async function record() {
  const button = by_id("record");
  const over = new AbortController();
  button.disabled = true;
  by_id("command").textContent = "Measuring, and having it stored…";
  try {
    const hidden = hidden_tab(over.signal);
    const { path, frames, median_s } = await Promise.race([hidden, document.hidden || post("record", { choice: choice.read() })]);
    by_id("command").textContent = `${frames} frames, ${ms(median_s)} at the median, stored in ${path}`;
  } catch (error) {
    by_id("command").textContent = words_of(error);
  }
  over.abort();
  button.disabled = false;
}

// Fails when the tab is hidden, if it is not by now, until the signal comes.
function hidden_tab(signal) {
  const fails = new Promise((_, fail) => {
    const why = "nothing is drawn in a tab that is hidden; keep this one in sight, and record it again";
    const see = () => document.hidden && fail(new Error(why));
    see();
    document.addEventListener("visibilitychange", see, { signal });
  });
  fails.catch(() => {});
  return fails;
}

// Has the browser keep a trace of the last seconds, as it keeps what is downloaded.
async function trace() {
  try {
    const { live } = stage.shown?.contentWindow ?? {};
    if (!live?.sights.length) throw new Error("nothing was shown in the last seconds; wait for a picture");
    const { name, text } = await post("trace", { choice: choice.read(), lately: live.lately() });
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    make("a", { href: address, download: name }).click();
    URL.revokeObjectURL(address);
    by_id("command").textContent = `Saved as ${name}; open it by: framegate trace ${quoted(name)}`;
  } catch (error) {
    by_id("command").textContent = words_of(error);
  }
}

async function begin() {
  const told = await post("hello", { browser: navigator.userAgent });
  Object.assign(known, { page: told.page, models: told.models });
  by_id("model").replaceChildren(...options(told.models.map(({ name }) => name)));
  for (const name of ["source", "runtime", "renderer", "fit", "view"]) by_id(name).replaceChildren(...options(told[name]));
  by_id("steps").replaceChildren(
    ...told.steps.map((name) => make("label", {}, make("input", { type: "checkbox", value: name }), name)),
  );
  const asked = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  by_id("runtime").value = "tfjs-wasm";
  const first = told.models.some(({ name }) => name === asked.model) ? asked.model : told.first;
  choice.write({ ...choice.own(first), ...asked });
  listen();
  graphs.open();
  take_calls().catch(end);
  explain();
  keep_watching();
  await showing.show();
}

begin().catch(end);
