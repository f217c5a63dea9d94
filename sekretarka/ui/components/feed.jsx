// @ts-check
// What was said, read from the API by the page itself: the newest at the end, earlier ones on demand.
import { useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_THE_END = 80;

/**
 * A list of the API that begins with the newest: `page` of its rows are read at once, at `most` so many.
 * @typedef {{url: string, page: number, most: number, rows: (data: any) => any[]}} Source
 * @typedef {{lines: any[], earlier: string, total: number}} Read
 */

/** @param {Source} source @param {number} limit @param {string} cursor @param {AbortSignal} [signal] @returns {Promise<Read>} */
async function page(source, limit, cursor, signal) {
  const url = new URL(source.url, "http://here");
  url.searchParams.set("limit", String(limit));
  if (cursor) url.searchParams.set("cursor", cursor);
  const response = await fetch(`${url.pathname}${url.search}`, { credentials: "same-origin", signal });
  if (!response.ok) throw new Error(String(response.status));
  const { data, metadata } = await response.json();
  return { lines: source.rows(data).reverse(), earlier: metadata.nextCursor ?? "", total: metadata.total };
}

/**
 * At least `count` of the newest lines, if there are so many; `earlier` is the cursor of those before them.
 * @param {Source} source @param {number} count @param {AbortSignal} [signal]
 */
export async function newest(source, count, signal) {
  let read = await page(source, Math.min(Math.max(count, source.page), source.most), "", signal);
  while (read.lines.length < count && read.earlier) {
    const before = await page(source, source.most, read.earlier, signal);
    read = { ...before, lines: [...before.lines, ...read.lines] };
  }
  return read;
}

/**
 * What is known of a list that grows, and the newest lines of it; where something is missing between, those alone.
 * @param {{lines: any[], earlier: string}} known @param {Read} read
 */
export function joined(known, read) {
  const fresh = new Set(read.lines.map((line) => line.id));
  const older = known.lines.slice(
    0,
    known.lines.findIndex((line) => fresh.has(line.id)),
  );
  if (!read.earlier || older.length === 0 || !known.lines.some((line) => fresh.has(line.id))) return read;
  return { ...read, lines: [...older, ...read.lines], earlier: known.earlier };
}

const NOTHING = { url: "", lines: [], earlier: "", total: 0, failed: false };

/**
 * The lines of a source, read again whenever `version` changes: the newest of them while it `grows`, else all that are
 * known.
 * @param {Source} source @param {number} version @param {boolean} grows
 */
export function useFeed(source, version, grows) {
  const { url } = source;
  const [answer, setAnswer] = useState(NOTHING);
  const [tries, setTries] = useState(0);
  const known = answer.url === url ? answer : NOTHING;
  const fail = (error) => {
    if (error?.name !== "AbortError") setAnswer((old) => ({ ...(old.url === url ? old : NOTHING), url, failed: true }));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (!url) return undefined;
    const stop = new AbortController();
    newest(source, grows ? source.page : known.lines.length, stop.signal)
      .then((read) =>
        setAnswer((old) => ({ ...(grows && old.url === url ? joined(old, read) : read), url, failed: false })),
      )
      .catch(fail);
    return () => stop.abort();
  }, [url, version, grows, tries]);
  const more = () =>
    page(source, source.page, known.earlier)
      .then((read) =>
        setAnswer((old) =>
          old.url === url && old.earlier === known.earlier
            ? { ...old, ...read, lines: [...read.lines, ...old.lines] }
            : old,
        ),
      )
      .catch(fail);
  return { ...known, loading: answer.url !== url, retry: () => setTries((n) => n + 1), more };
}

const boxOf = (/** @type {import("react").RefObject<HTMLElement>} */ end) =>
  /** @type {HTMLElement | null} */ (end.current?.closest(".overflow-y-auto"));

/**
 * Keeps the end in view as lines come, unless the reader scrolled up to read; `away` says that they did.
 * @param {import("react").RefObject<HTMLElement>} end the last element inside what scrolls
 * @param {boolean} grows
 * @param {unknown} last changes with the last line
 */
export function useFollow(end, grows, last) {
  const following = useRef(true);
  const [away, setAway] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what scrolls is there once there are lines
  useEffect(() => {
    const box = boxOf(end);
    if (!box) return undefined;
    const look = () => {
      following.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END;
      setAway(!following.current);
    };
    box.addEventListener("scroll", look, { passive: true });
    // What is written below may take its room.
    const room = new ResizeObserver(() => {
      if (grows && following.current) box.scrollTop = box.scrollHeight;
    });
    room.observe(box);
    return () => {
      box.removeEventListener("scroll", look);
      room.disconnect();
    };
  }, [last !== undefined, grows]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useLayoutEffect(() => {
    const box = boxOf(end);
    if (grows && following.current && box) box.scrollTop = box.scrollHeight;
  }, [grows, last]);
  return away;
}

/**
 * The lines in view stay where they are when earlier ones come before them; call what it returns before those come.
 * @param {import("react").RefObject<HTMLElement>} end the last element inside what scrolls
 * @param {unknown} first changes with the first line
 */
export function useSteady(end, first) {
  const below = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useLayoutEffect(() => {
    const box = boxOf(end);
    if (box && below.current) box.scrollTop = box.scrollHeight - below.current;
    below.current = 0;
  }, [first]);
  return () => {
    const box = boxOf(end);
    below.current = box ? box.scrollHeight - box.scrollTop : 0;
  };
}
