// Small graphs of the figures, drawn by uPlot: ages of the last frames, and what was delivered and held over time.
"use strict";

const KEPT_S = 60;

// Words in the colour of their line.
function keyed(textContent, ink) {
  const key = Object.assign(document.createElement("span"), { textContent, className: "key" });
  key.style.color = `var(${ink})`;
  return key;
}

class Graph {
  // `place` is where it is put; `unit` is written beside its values.
  constructor(place, { title, unit, series }) {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.append(...title, ` (${unit})`);
    figure.append(caption);
    place.append(figure);
    Object.assign(this, { figure, series, values: [[], ...series.map(() => [])], bands: [] });
    this.draw();
    const redraw = () => this.draw();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    new ResizeObserver(() => this.plot.setSize(this.room())).observe(figure);
  }
  room() {
    return { width: Math.max(160, this.figure.clientWidth), height: 130 };
  }
  // Anew, in the colours of the page as they are now.
  draw() {
    this.plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => {
      const probe = Object.assign(document.createElement("span"), { hidden: true });
      probe.style.color = `var(${name})`;
      document.body.append(probe);
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    };
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    this.plot = new uPlot(
      {
        ...this.room(),
        legend: { show: false },
        cursor: { show: false },
        hooks: { drawClear: [(plot) => this.shade(plot, colour("--frozen"))] },
        scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(high, 1e-9) * 1.1] } },
        axes: [
          { ...axis, size: 22, font: `11px ${style.fontFamily}`, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
          { ...axis, size: 42, font: `11px ${style.fontFamily}` },
        ],
        series: [
          {},
          ...this.series.map(({ ink, points }) => ({
            stroke: colour(ink),
            width: 1.5,
            points: { show: Boolean(points), size: 3, fill: colour(ink) },
            paths: points ? () => null : undefined,
          })),
        ],
      },
      this.values,
      this.figure,
    );
  }
  // From where to where the picture stood still.
  shade({ ctx, bbox, valToPos }, ink) {
    ctx.fillStyle = ink;
    for (const [from, to] of this.bands) {
      const left = Math.max(bbox.left, valToPos(from, "x", true));
      ctx.fillRect(left, bbox.top, Math.max(0, valToPos(to, "x", true) - left), bbox.height);
    }
  }
  set(values, bands = []) {
    Object.assign(this, { values, bands });
    this.plot.setData(values);
  }
}

const graphs = {
  began_s: performance.now() / 1000,
  over_time: [[], [], [], []],

  open() {
    const place = document.getElementById("graphs");
    graphs.ages = new Graph(place, {
      title: ["Age of each frame, and ", keyed("freezes", "--wrong")],
      unit: "ms",
      series: [{ ink: "--accent", points: true }],
    });
    graphs.delivered = new Graph(place, {
      title: ["Frames ", keyed("on the screen", "--accent"), ", ", keyed("missed", "--wrong")],
      unit: "/s",
      series: [{ ink: "--accent" }, { ink: "--wrong" }],
    });
    graphs.memory = new Graph(place, {
      title: ["Memory of the tensors"],
      unit: "MB",
      series: [{ ink: "--accent" }],
    });
  },

  // Rows of a page: a dot for each frame, and a band for each freeze.
  add(sights, { delivered_per_s, dropped, seconds, frozen }, bytes) {
    const now_s = performance.now() / 1000;
    const shown = sights.map(([, , , , shown_s]) => shown_s);
    const newest = shown.at(-1) ?? 0;
    const ages_ms = sights.map((row) => 1000 * (row[4] - row[2]));
    const bands = frozen.map((span) => span.map((each) => each - newest));
    graphs.ages.set([shown.map((each) => each - newest), ages_ms], bands);
    const missed = seconds > 0 ? dropped / seconds : 0;
    const row = [now_s - graphs.began_s, delivered_per_s, missed, bytes / 1e6];
    graphs.over_time.forEach((column, place) => column.push(row[place]));
    while (graphs.over_time[0][0] < row[0] - KEPT_S) for (const column of graphs.over_time) column.shift();
    const [times, delivered, drops, memory] = graphs.over_time;
    const ago = times.map((time) => time - row[0]);
    graphs.delivered.set([ago, delivered, drops]);
    graphs.memory.set([ago, memory]);
  },
};
