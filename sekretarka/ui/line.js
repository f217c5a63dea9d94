// @ts-check
// Inside every page, before its socket is opened: whether the server answers. A server that hangs leaves the socket open,
// which Reflex notices after two minutes. `data-line` of the document says `slow` when nothing has come for two seconds
// after something was sent, `silent` after six; the bar of the frame shows both.
(() => {
  const NAMESPACE = "/_event";
  const QUESTIONS = [`40${NAMESPACE}`, `42${NAMESPACE},["event"`];
  const ASK = `42${NAMESPACE},["ping"]`; // answered at once, whatever the handlers are busy with
  const ASK_MS = 1000;
  const SLOW_MS = 2000;
  const SILENT_MS = 6000;
  const QUIET_MS = 10000;
  const TICK_MS = 500;
  const SUSPENDED_MS = 5000;
  /** @type {WebSocket | null} */
  let socket = null;
  let waitingSince = 0;
  let heardAt = 0;
  let tickedAt = Date.now();
  let asked = false;

  const show = (/** @type {"" | "slow" | "silent"} */ line) => {
    const { dataset } = document.documentElement;
    if ((dataset.line ?? "") === line) return;
    if (line) dataset.line = line;
    else delete dataset.line;
    dispatchEvent(new Event("sekretarka:line"));
  };
  const wait = () => {
    waitingSince ||= Date.now();
  };
  const heard = () => {
    heardAt = Date.now();
    waitingSince = 0;
    asked = false;
    show("");
  };
  const ask = () => {
    wait();
    asked = true;
    socket.send(ASK);
  };
  const tick = () => {
    const now = Date.now();
    // The machine slept or the tab was in the background: what passed meanwhile says nothing of the server.
    if (now - tickedAt > SUSPENDED_MS && waitingSince) waitingSince = now;
    tickedAt = now;
    const waited = waitingSince && now - waitingSince;
    const isQuiet = !waited && document.visibilityState === "visible" && now - heardAt > QUIET_MS;
    if (!asked && socket?.readyState === WebSocket.OPEN && (waited > ASK_MS || isQuiet)) ask();
    if (waited) show(waited > SILENT_MS ? "silent" : waited > SLOW_MS ? "slow" : "");
  };

  window.WebSocket = class extends WebSocket {
    /** @param {string | URL} url @param {string | string[]} [protocols] */
    constructor(url, protocols) {
      super(url, protocols);
      if (!new URL(url, location.href).pathname.startsWith(NAMESPACE)) return;
      socket = this;
      wait();
      this.addEventListener("message", heard);
    }

    /** @param {any} data */
    send(data) {
      if (this === socket && QUESTIONS.some((question) => String(data).startsWith(question))) wait();
      super.send(data);
    }
  };
  setInterval(tick, TICK_MS);
})();
