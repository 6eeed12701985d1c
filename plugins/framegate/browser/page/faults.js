// Runs in a page before all its scripts, and tells of a graphics context or device that the page lost: TF.js would wait
// for it for ever, or go on with zeros.
"use strict";

(() => {
  // Held weakly: a browser has few contexts at a time, and loses the oldest of those that are not collected.
  let known = [];
  const contexts = () => (known = known.filter((held) => held.deref())).map((held) => held.deref());
  let tell;
  const told = new Promise((_, reject) => (tell = (what) => reject(new Error(what))));
  told.catch(() => {});

  // Once there is a page's own renderer, only its context and that of TF.js matter: others were let go.
  const matters = (canvas) => {
    if (typeof page !== "object") return true;
    const computing = globalThis.tf?.engine().backendInstance?.gpgpu?.gl.canvas;
    return canvas === page.renderer?.canvas || canvas === computing;
  };

  const getContextOf = globalThis.HTMLCanvasElement?.prototype.getContext;
  for (const kind of [globalThis.HTMLCanvasElement, globalThis.OffscreenCanvas].filter(Boolean)) {
    const { getContext } = kind.prototype;
    kind.prototype.getContext = function (name, ...asked) {
      const context = getContext.call(this, name, ...asked);
      if (context && /^webgl/.test(name) && !contexts().includes(context)) {
        known.push(new WeakRef(context));
        this.addEventListener("webglcontextlost", () => matters(this) && tell("a WebGL context was lost"));
      }
      return context;
    };
  }

  if (globalThis.GPUAdapter) {
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...asked) {
      const device = await requestDevice.apply(this, asked);
      device.lost.then(({ reason, message }) => reason === "destroyed" || tell(`the WebGPU device was lost: ${message}`));
      return device;
    };
  }

  globalThis.faults = {
    // What `work` gives, unless something is lost by then.
    async watch(work) {
      const found = await Promise.race([told, work()]);
      const lost = contexts().find((context) => context.isContextLost() && matters(context.canvas));
      if (lost) throw new Error("a WebGL context was lost");
      return found;
    },
    // Whether pages get this of the browser at all; the context that is asked for is let go at once, and is not known.
    async has(kind) {
      if (kind === "webgpu") return Boolean(await navigator.gpu?.requestAdapter());
      const context = getContextOf.call(document.createElement("canvas"), "webgl2");
      context?.getExtension("WEBGL_lose_context")?.loseContext();
      return Boolean(context);
    },
    // The GPU of the WebGL contexts that the page has, by its name.
    drawn_by() {
      const context = contexts().findLast((each) => !each.isContextLost() && matters(each.canvas));
      if (!context) return null;
      const names = context.getExtension("WEBGL_debug_renderer_info");
      return context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER);
    },
  };
})();
