// @ts-check
// A call line by line. The lines come from the API, not from the page's state, and grow while the call goes on.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { formatDateTime, useLang } from "../text.jsx";

const NEAR_THE_END = 80;
const PAGE = 200;
const MOST = 500;

async function page(id, limit, cursor, signal) {
  const query = new URLSearchParams({ order: "desc", limit: String(limit), ...(cursor && { cursor }) });
  const url = `/api/v1/conversations/${id}/transcript?${query}`;
  const response = await fetch(url, { credentials: "same-origin", signal });
  if (!response.ok) throw new Error(String(response.status));
  const { data, metadata } = await response.json();
  return { lines: data.messages.reverse(), earlier: metadata.nextCursor ?? "", total: metadata.total };
}

// At least `count` of the newest lines, if there are so many; `earlier` is the cursor of those before them.
export async function newest(id, count, signal) {
  let read = await page(id, Math.min(Math.max(count, PAGE), MOST), "", signal);
  while (read.lines.length < count && read.earlier) {
    const before = await page(id, MOST, read.earlier, signal);
    read = { ...before, lines: [...before.lines, ...read.lines] };
  }
  return read;
}

// What is known of a call that goes on, and the newest lines of it; where something is missing between, those alone.
export function joined(known, read) {
  const fresh = new Set(read.lines.map((line) => line.id));
  const older = known.lines.slice(
    0,
    known.lines.findIndex((line) => fresh.has(line.id)),
  );
  if (!read.earlier || older.length === 0 || !known.lines.some((line) => fresh.has(line.id))) return read;
  return { ...read, lines: [...older, ...read.lines], earlier: known.earlier };
}

const NOTHING = { id: "", lines: [], earlier: "", total: 0, failed: false };

function useLines(id, version, live) {
  const [answer, setAnswer] = useState(NOTHING);
  const [tries, setTries] = useState(0);
  const known = answer.id === id ? answer : NOTHING;
  const fail = (error) => {
    if (error?.name !== "AbortError") setAnswer((old) => ({ ...(old.id === id ? old : NOTHING), id, failed: true }));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (!id) return undefined;
    const stop = new AbortController();
    newest(id, live ? PAGE : known.lines.length, stop.signal)
      .then((read) =>
        setAnswer((old) => ({ ...(live && old.id === id ? joined(old, read) : read), id, failed: false })),
      )
      .catch(fail);
    return () => stop.abort();
  }, [id, version, live, tries]);
  const more = () =>
    page(id, PAGE, known.earlier)
      .then((read) =>
        setAnswer((old) =>
          old.id === id && old.earlier === known.earlier
            ? { ...old, ...read, lines: [...read.lines, ...old.lines] }
            : old,
        ),
      )
      .catch(fail);
  return { ...known, loading: answer.id !== id, retry: () => setTries((n) => n + 1), more };
}

// Follows the end of a live call, unless the reader scrolled up to read.
function useFollow(live, count) {
  const end = useRef(null);
  const following = useRef(true);
  useEffect(() => {
    const box = end.current?.closest(".overflow-y-auto");
    if (!box) return undefined;
    const look = () => {
      following.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END;
    };
    box.addEventListener("scroll", look, { passive: true });
    return () => box.removeEventListener("scroll", look);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (live && following.current) end.current?.scrollIntoView({ block: "end" });
  }, [live, count]);
  return end;
}

// The lines in view stay where they are when earlier ones come before them.
function useSteady(first, end) {
  const below = useRef(0);
  const box = () => end.current?.closest(".overflow-y-auto");
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useLayoutEffect(() => {
    const scrolled = box();
    if (scrolled && below.current) scrolled.scrollTop = scrolled.scrollHeight - below.current;
    below.current = 0;
  }, [first]);
  return () => {
    const scrolled = box();
    below.current = scrolled ? scrolled.scrollHeight - scrolled.scrollTop : 0;
  };
}

export function Transcript({ conversation, version, live, zone, most, labels, classNames }) {
  const lang = useLang();
  const { lines, earlier, total, loading, failed, retry, more } = useLines(conversation, version, live);
  const end = useFollow(live, lines.at(-1)?.id);
  const hold = useSteady(lines[0]?.id, end);
  if (loading && !failed) {
    return (
      <div role="status" className="flex flex-col gap-5">
        <span className="sr-only">{labels.loading}</span>
        {[72, 44, 60, 36].map((width) => (
          <div key={width} className="flex flex-col gap-2">
            <div className="skeleton h-3 w-20" />
            <div className="skeleton h-4" style={{ width: `${width}%` }} />
          </div>
        ))}
      </div>
    );
  }
  if (failed && lines.length === 0) {
    return (
      <div role="alert" className="flex flex-col items-center gap-3 py-10 text-center">
        <p className="font-medium">{labels.failed}</p>
        <button type="button" className={classNames.button} onClick={retry}>
          {labels.retry}
        </button>
      </div>
    );
  }
  return (
    <>
      {lines.length === 0 && !live && <p className="py-10 text-center font-medium text-balance">{labels.empty}</p>}
      {earlier && (
        <div className="mb-4 text-center">
          <button
            type="button"
            className={classNames.button}
            onClick={() => {
              hold();
              more();
            }}
          >
            {labels.earlier}
          </button>
        </div>
      )}
      <ol className="flex flex-col gap-4" aria-live={live ? "polite" : undefined}>
        {lines.map((line) => (
          <li key={line.id} className={line.speaker === "agent" ? "pr-8" : "pl-8 text-right"}>
            <p className="mb-1 text-xs text-muted">
              <span className="font-medium">{labels[line.speaker]}</span>
              <time dateTime={line.timestamp} className="tnum">
                {" "}
                · {formatDateTime(lang, line.timestamp, "seconds", zone)}
              </time>
            </p>
            <p
              className={`${classNames.bubble} ${line.speaker === "agent" ? classNames.agent : classNames.caller} ${line.final ? "" : "opacity-60"}`}
            >
              {line.text}
            </p>
          </li>
        ))}
      </ol>
      {total >= most && <p className="mt-4 text-sm text-muted">{labels.full}</p>}
      {live && (
        <p className="mt-4 flex items-center gap-2 text-sm text-accent-ink">
          <span className="live-dot" aria-hidden="true" />
          {labels.live}
        </p>
      )}
      <div ref={end} className="h-px" />
    </>
  );
}
