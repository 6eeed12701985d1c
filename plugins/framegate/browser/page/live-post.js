// Sends to Python, and has what comes back, apart from the page's own thread: that is busy with frames, and would wait for
// one of them with every piece of an answer. To it an answer is one message.
"use strict";

importScripts("calls.js");

serve(self, {
  async post({ name, body }) {
    const answer = await fetch(`live/${name}`, { method: "POST", body }).catch(() => {
      throw new Error("the program behind this page does not answer");
    });
    if (!answer.ok) throw new Error(`the program behind this page answers ${answer.status}`);
    return { is_json: answer.headers.get("Content-Type").includes("json"), content: await answer.arrayBuffer() };
  },
});
