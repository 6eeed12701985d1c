"use strict";
// The page is whole without this. What is below the first screen is laid out when there is nothing else to do, so that a
// picture of the whole page has it.
addEventListener("load", () => {
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  const sections = [...document.querySelectorAll("main > section")];
  const next = () => {
    const section = sections.shift();
    section?.classList.add("idle");
    for (const picture of section?.querySelectorAll("img") ?? []) picture.loading = "eager";
    if (sections.length) idle(next);
  };
  idle(next);
});

// The table of all benchmarks is sorted and filtered.
(() => {
  const table = document.getElementById("table");
  if (!table) return;
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const text = (row, at) => row.cells[at].textContent.trim();
  const number = (value) => parseFloat(value.replace(/^\D+/, ""));
  const last = heads.findIndex((head) => head.textContent === "again");

  function sort(at, direction) {
    const isNumber = heads[at].classList.contains("n");
    const order = isNumber
      ? (a, b) => direction * (number(text(a, at)) - number(text(b, at)))
      : (a, b) => direction * text(a, at).localeCompare(text(b, at), undefined, { numeric: true });
    const isEmpty = (row) => (isNumber ? Number.isNaN(number(text(row, at))) : text(row, at) === "");
    const full = rows.filter((row) => !isEmpty(row)).sort(order);
    body.append(...full, ...rows.filter(isEmpty));
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[at].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  }

  heads.slice(0, last).forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(at, head.getAttribute("aria-sort") === "ascending" ? -1 : 1));
  });

  const words = document.getElementById("words");
  const shown = document.getElementById("shown");
  const choices = [];
  const contents = new Map();

  function content(row) {
    // Read when somebody asks for it: a page has to open fast.
    if (!contents.has(row)) {
      contents.set(row, [...row.cells].slice(0, last).map((cell) => cell.textContent.toLowerCase()).join(" "));
    }
    return contents.get(row);
  }

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row) => {
      const fits =
        wanted.every((word) => content(row).includes(word)) &&
        choices.every(([at, select]) => !select.value || text(row, at) === select.value);
      row.hidden = !fits;
      count += fits;
    });
    shown.textContent = `${count} of ${rows.length}`;
  }

  heads.forEach((head, at) => {
    if (head.classList.contains("n") || at >= last) return;
    const values = [...new Set(rows.map((row) => text(row, at)))].filter(Boolean).sort();
    if (values.length < 2 || values.length > 40) return;
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.append(new Option("all", ""), ...values.map((value) => new Option(value, value)));
    label.append(`${head.textContent} `, select);
    document.getElementById("choices").append(label, " ");
    select.addEventListener("change", filter);
    choices.push([at, select]);
  });
  words.addEventListener("input", filter);
  document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("filter").hidden = false;
  filter();
})();
