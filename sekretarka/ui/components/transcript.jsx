// @ts-check
// A call line by line. The lines come from the API, not from the page's state, and grow while the call goes on.
import { useRef } from "react";
import { formatDateTime, useLang } from "../text.jsx";
import { useFeed, useFollow, useSteady } from "./feed.jsx";

const source = (/** @type {string} */ id) => ({
  url: id && `/api/v1/conversations/${id}/transcript?order=desc`,
  page: 200,
  most: 500,
  rows: (data) => data.messages,
});

export function Transcript({ conversation, version, live, zone, most, labels, classNames }) {
  const lang = useLang();
  const end = useRef(null);
  const { lines, earlier, total, loading, failed, retry, more } = useFeed(source(conversation), version, live);
  useFollow(end, live, lines.at(-1)?.id);
  const hold = useSteady(end, lines[0]?.id);
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
