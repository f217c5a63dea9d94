// @ts-check
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const SOURCE = readFileSync("sekretarka/ui/line.js", "utf8");
const PING = '42/_event,["ping"]';

/** A socket whose server is the test. */
class Socket extends EventTarget {
  static OPEN = 1;
  readyState = Socket.OPEN;
  /** @type {string[]} */
  sent = [];
  send(/** @type {string} */ data) {
    this.sent.push(data);
  }
  hear(data = "2") {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  delete document.documentElement.dataset.line;
});

/** The script in a page, and the socket that the page opens. */
function load(path = "/_event/?EIO=4") {
  const page = { WebSocket: Socket };
  new Function("window", "WebSocket", SOURCE)(page, Socket);
  return new /** @type {any} */ (page.WebSocket)(`ws://localhost${path}`);
}

const line = () => document.documentElement.dataset.line ?? "";

test("an event that nothing follows shows at once, then as silence, until anything comes", () => {
  const socket = load();
  const shown = vi.fn(() => line());
  window.addEventListener("sekretarka:line", shown);
  socket.hear("0{}");
  vi.advanceTimersByTime(5000);
  expect(line()).toBe("");
  socket.send('42/_event,["event",{}]');
  vi.advanceTimersByTime(2500);
  expect(line()).toBe("slow");
  vi.advanceTimersByTime(4000);
  expect(line()).toBe("silent");
  vi.advanceTimersByTime(75_000);
  expect(socket.sent.filter((data) => data === PING)).toHaveLength(1);
  socket.hear();
  expect(shown.mock.results.map(({ value }) => value)).toEqual(["slow", "silent", ""]);
  window.removeEventListener("sekretarka:line", shown);
});

test("a handler that says nothing is no silence: the server is asked, and answers", () => {
  const socket = load();
  socket.hear("0{}");
  socket.send('42/_event,["event",{}]');
  vi.advanceTimersByTime(1500);
  expect(socket.sent.at(-1)).toBe(PING);
  socket.hear('42/_event,["ping","pong"]');
  vi.advanceTimersByTime(9000);
  expect(line()).toBe("");
});

test("a socket on which nobody says anything is asked now and then", () => {
  const socket = load();
  socket.hear("0{}");
  vi.advanceTimersByTime(11_000);
  expect(socket.sent).toEqual([PING]);
  vi.advanceTimersByTime(6500);
  expect(line()).toBe("silent");
});

test("a connection that is never made is silence too", () => {
  const socket = load();
  socket.readyState = 0;
  vi.advanceTimersByTime(7000);
  expect([line(), socket.sent]).toEqual(["silent", []]);
});

test("time that the machine slept does not count", () => {
  const socket = load();
  socket.hear("0{}");
  socket.send('42/_event,["event",{}]');
  vi.advanceTimersByTime(500);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(500);
  expect(line()).toBe("");
});

test("other sockets are left alone", () => {
  const socket = load("/elsewhere");
  socket.send('42/_event,["event",{}]');
  vi.advanceTimersByTime(20_000);
  expect([line(), socket.sent]).toEqual(["", ['42/_event,["event",{}]']]);
});
