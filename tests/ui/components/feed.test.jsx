// @ts-check
import { afterEach, expect, test, vi } from "vitest";
import { joined, newest } from "../../../sekretarka/ui/components/feed.jsx";

const CALL = {
  url: "/api/v1/conversations/c/transcript?order=desc",
  page: 200,
  most: 500,
  rows: (data) => data.messages,
};

/** @param {number} from @param {number} to */
const lines = (from, to) => Array.from({ length: to - from }, (_, i) => ({ id: `s${from + i}`, text: "" }));
const ids = (/** @type {{ lines: { id: string }[] }} */ read) => read.lines.map((line) => line.id);

afterEach(() => vi.unstubAllGlobals());

/** Answers as the API does, of a call with so many lines, and counts the requests. @param {number} count */
function serve(count) {
  const fetch = vi.fn(async (/** @type {string} */ url) => {
    const query = new URL(url, "http://here").searchParams;
    const to = Number(query.get("cursor") ?? count);
    const from = Math.max(0, to - Number(query.get("limit")));
    const metadata = { total: count, ...(from > 0 && { nextCursor: String(from) }) };
    const body = { data: { messages: lines(from, to).reverse() }, metadata };
    return { ok: true, status: 200, json: async () => body };
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

test("a long call is opened by one request for its newest lines", async () => {
  const fetch = serve(1300);
  const read = await newest(CALL, 0);
  expect(ids(read)).toEqual(ids({ lines: lines(1100, 1300) }));
  expect([read.earlier, read.total, fetch.mock.calls.length]).toEqual(["1100", 1300, 1]);
});

test("what was open is read again whole", async () => {
  serve(1300);
  const read = await newest(CALL, 1001);
  expect(ids(read)).toEqual(ids({ lines: lines(0, 1300) }));
  expect(read.earlier).toBe("");
});

test("new lines follow those that are known, and corrected ones replace them", () => {
  const known = { lines: lines(100, 400), earlier: "100", total: 400 };
  const corrected = lines(201, 401).map((line) => ({ ...line, text: "po" }));
  const read = joined(known, { lines: corrected, earlier: "201", total: 401 });
  expect(ids(read)).toEqual(ids({ lines: lines(100, 401) }));
  expect([read.earlier, read.total, read.lines.at(-2)?.text]).toEqual(["100", 401, "po"]);
});

test.each([
  ["lines are missing between", { lines: lines(0, 200), earlier: "" }],
  ["nothing is known", { lines: [], earlier: "" }],
])("only the newest are shown when %s", (_, known) => {
  const read = { lines: lines(300, 500), earlier: "300", total: 500 };
  expect(joined(known, read)).toEqual(read);
});
