// What a document has to do beside a model: a small animation, and answers to a mouse.
"use strict";

const beside = {
  // Waits, with nothing else to do.
  idle: ({ lasting_s }) => new Promise((done) => setTimeout(done, 1000 * lasting_s)),

  begin() {
    Object.assign(beside, { began_ms: performance.now(), ticks_ms: [], delays_ms: [] });
    for (const name of ["mousedown", "mouseup"]) addEventListener(name, beside.answer);
    beside.asked = requestAnimationFrame(beside.tick);
  },

  tick() {
    beside.asked = requestAnimationFrame(beside.tick);
    beside.ticks_ms.push(performance.now() - beside.began_ms);
    document.getElementById("what").style.translate = `${beside.ticks_ms.length % 60}px`;
  },

  answer: (event) => beside.delays_ms.push(performance.now() - event.timeStamp),

  end() {
    for (const name of ["mousedown", "mouseup"]) removeEventListener(name, beside.answer);
    cancelAnimationFrame(beside.asked);
    const { began_ms, ticks_ms, delays_ms } = beside;
    return { lasting_ms: performance.now() - began_ms, ticks_ms, delays_ms };
  },
};
