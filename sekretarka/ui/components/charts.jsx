// @ts-check
// Inline SVG charts: no library, themed by the tokens, readable aloud.
import { useId, useState } from "react";

function bounds(values) {
  const top = Math.max(1, ...values);
  const step =
    [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000].find((s) => top / s <= 4) || top / 4;
  const max = Math.ceil(top / step) * step;
  return { max, ticks: Array.from({ length: Math.round(max / step) + 1 }, (_, i) => i * step) };
}

function path(values, width, height, max) {
  const gap = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((v, i) => `${i ? "L" : "M"}${(i * gap).toFixed(2)} ${(height - (v / max) * height).toFixed(2)}`)
    .join("");
}

export function Sparkline({ values = [], label }) {
  if (values.length < 2) return null;
  const max = Math.max(1, ...values);
  return (
    <svg
      viewBox="-1 -2 102 34"
      preserveAspectRatio="none"
      className="h-8 w-20 shrink overflow-visible max-sm:h-6 max-sm:w-full"
      role="img"
      aria-label={label}
    >
      <path
        d={path(values, 100, 30, max)}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

const INK = ["var(--accent)", "var(--info)", "var(--success)", "var(--warning)"];
const DASH = ["", "5 4", "2 3", "8 3 2 3"];

// series: [{name, values}], labels: one per point (short), titles: one per point (long).
export function Trend({ series = [], labels = [], titles = [], unit, label, format }) {
  const [at, setAt] = useState(null);
  const id = useId();
  const count = labels.length;
  if (!count || !series.length) return null;
  const { max, ticks } = bounds(series.flatMap((line) => line.values));
  const every = Math.ceil(count / 7);
  const x = (i) => (count > 1 ? (i / (count - 1)) * 100 : 50);
  const y = (v) => 100 - (v / max) * 100;
  const show = format || ((v) => String(v));
  const move = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(count - 1, Math.round(((event.clientX - box.left) / box.width) * (count - 1)))));
  };
  const keys = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    setAt((now) => Math.max(0, Math.min(count - 1, (now ?? count) + step)));
  };
  return (
    <figure className="flex flex-col gap-2" aria-labelledby={id}>
      <figcaption id={id} className="sr-only">
        {label}
      </figcaption>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
        <span>{unit}</span>
        {series.length > 1 &&
          series.map((line, n) => (
            <span key={line.name} className="inline-flex items-center gap-1.5">
              <svg width="18" height="4" aria-hidden="true">
                <path d="M0 2H18" stroke={INK[n]} strokeWidth="2" strokeDasharray={DASH[n]} />
              </svg>
              {line.name}
            </span>
          ))}
      </div>
      <div className="grid grid-cols-[auto_1fr] gap-x-2">
        <div className="relative w-8 text-right text-xs text-muted tnum" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} className="absolute right-0 -translate-y-1/2" style={{ top: `${y(tick)}%` }}>
              {show(tick)}
            </span>
          ))}
        </div>
        <div
          className="relative h-44 max-sm:h-36 touch-pan-y rounded"
          tabIndex={0}
          role="slider"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={count - 1}
          aria-valuenow={at ?? count - 1}
          aria-valuetext={`${titles[at ?? count - 1]}: ${series.map((line) => `${line.name} ${show(line.values[at ?? count - 1])}`).join(", ")}`}
          onPointerMove={move}
          onPointerLeave={() => setAt(null)}
          onKeyDown={keys}
          onBlur={() => setAt(null)}
        >
          <svg
            viewBox="0 0 100 100"
            preserveAspectRatio="none"
            className="absolute inset-0 size-full overflow-visible"
            aria-hidden="true"
          >
            {ticks.map((tick) => (
              <path
                key={tick}
                d={`M0 ${y(tick)}H100`}
                stroke="var(--border)"
                strokeWidth="1"
                vectorEffect="non-scaling-stroke"
              />
            ))}
            {series.map((line, n) => (
              <g key={line.name}>
                {n === 0 && (
                  <path d={`${path(line.values, 100, 100, max)}L100 100L0 100Z`} fill="var(--accent)" opacity="0.08" />
                )}
                <path
                  d={path(line.values, 100, 100, max)}
                  fill="none"
                  stroke={INK[n]}
                  strokeWidth="2"
                  strokeDasharray={DASH[n]}
                  strokeLinejoin="round"
                  strokeLinecap="round"
                  vectorEffect="non-scaling-stroke"
                />
              </g>
            ))}
          </svg>
          {at !== null && (
            <>
              <span className="pointer-events-none absolute inset-y-0 w-px bg-field" style={{ left: `${x(at)}%` }} />
              {series.map((line, n) => (
                <span
                  key={line.name}
                  className="pointer-events-none absolute size-2 -translate-x-1/2 -translate-y-1/2 rounded-full ring-2 ring-surface"
                  style={{ left: `${x(at)}%`, top: `${y(line.values[at])}%`, background: INK[n] }}
                />
              ))}
              <div
                className="pointer-events-none absolute top-1 z-10 rounded-md bg-raised px-2.5 py-1.5 text-xs shadow-float whitespace-nowrap"
                style={x(at) > 55 ? { right: `calc(${100 - x(at)}% + 10px)` } : { left: `calc(${x(at)}% + 10px)` }}
              >
                <div className="text-muted">{titles[at]}</div>
                {series.map((line, n) => (
                  <div key={line.name} className="flex items-center gap-1.5 tnum">
                    <span className="size-2 rounded-full" style={{ background: INK[n] }} />
                    <span className="font-medium">{show(line.values[at])}</span> {line.name}
                  </div>
                ))}
              </div>
            </>
          )}
        </div>
        <span />
        <div className="relative mt-1.5 h-4 text-xs text-muted tnum" aria-hidden="true">
          {labels.map((text, i) =>
            i % every === 0 ? (
              <span
                key={i}
                className={`absolute whitespace-nowrap ${i % (2 * every) ? "max-sm:hidden" : ""}`}
                style={{ left: `${x(i)}%`, translate: i === 0 ? "0" : i > count - every / 2 - 1 ? "-100%" : "-50%" }}
              >
                {text}
              </span>
            ) : null,
          )}
        </div>
      </div>
    </figure>
  );
}
