// @ts-check
// A call line by line. The lines come from the API, not from the page's state, and grow while the call goes on.
import { useEffect, useRef, useState } from "react";
import { formatDateTime, useLang } from "../text.jsx";

const NEAR_THE_END = 80;

function useLines(id, version) {
  const [answer, setAnswer] = useState({ id: "", lines: [], failed: false });
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (!id) return undefined;
    const stop = new AbortController();
    fetch(`/api/v1/conversations/${id}/transcript`, { credentials: "same-origin", signal: stop.signal })
      .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
      .then((body) => setAnswer({ id, lines: body.data.messages, failed: false }))
      .catch((error) => {
        if (error?.name !== "AbortError") setAnswer((old) => ({ ...old, id, failed: true }));
      });
    return () => stop.abort();
  }, [id, version, tries]);
  return { ...answer, loading: answer.id !== id, retry: () => setTries((n) => n + 1) };
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

export function Transcript({ conversation, version, live, zone, labels, classNames }) {
  const lang = useLang();
  const { lines, loading, failed, retry } = useLines(conversation, version);
  const end = useFollow(live, lines.length);
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
