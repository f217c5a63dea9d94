// @ts-check
// A week as a raster on which hours are painted and erased, with a pointer or with the keyboard.
import { useEffect, useRef, useState } from "react";

const DAY = 1440;
const HOLD = 220;
const SLACK = 8;
const two = (n) => String(n).padStart(2, "0");
const clock = (minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
const minute = (text) => (/^\d\d:\d\d$/.test(text) ? Number(text.slice(0, 2)) * 60 + Number(text.slice(3)) : NaN);

// Blocks as sorted intervals of minutes; what is half typed is left out.
export function intervals(blocks = []) {
  return blocks
    .map((block) => [minute(block.open), minute(block.close)])
    .filter(([from, to]) => from < to)
    .sort((a, b) => a[0] - b[0]);
}

const covers = (list, from, to) => list.some(([begin, end]) => begin <= from && to <= end);

// The blocks with one stretch painted or erased.
export function withStretch(blocks, from, to, on) {
  const remaining = intervals(blocks).flatMap(([begin, end]) =>
    [
      [begin, Math.min(end, from)],
      [Math.max(begin, to), end],
    ].filter(([a, b]) => a < b),
  );
  const all = (on ? [...remaining, [from, to]] : remaining).sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [begin, end] of all) {
    const last = merged.at(-1);
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([begin, end]);
  }
  return merged.map(([begin, end]) => ({ open: clock(begin), close: clock(end) }));
}

export function Grid({ hours, behind, days, labels, classNames, most, onChange }) {
  const body = useRef(null);
  const stroke = useRef(null);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout>} */ (null));
  const [step, setStep] = useState(30);
  const [whole, setWhole] = useState(false);
  const [cursor, setCursor] = useState({ day: 0, at: 9 * 60 });
  const [anchor, setAnchor] = useState(null);

  const used = [hours, behind ?? {}].flatMap((week) => days.flatMap((day) => intervals(week[day.key]).flat()));
  const first = whole ? 0 : Math.min(7 * 60, ...used.map((at) => Math.floor(at / 60) * 60));
  const last = whole ? DAY : Math.max(20 * 60, ...used.map((at) => Math.ceil(at / 60) * 60));
  const rows = Array.from({ length: (last - first) / step }, (_, index) => first + index * step);
  const isOpen = (week, day, at) => covers(intervals(week[days[day].key]), at, at + step);
  const locked = () => body.current?.closest("fieldset")?.disabled ?? false;

  const apply = (base, one, other, on) => {
    const [left, right] = [Math.min(one.day, other.day), Math.max(one.day, other.day)];
    const [from, to] = [Math.min(one.at, other.at), Math.max(one.at, other.at) + step];
    const fresh = { ...base };
    for (let day = left; day <= right; day += 1) {
      const blocks = withStretch(base[days[day].key], from, to, on);
      if (blocks.length <= most) fresh[days[day].key] = blocks;
    }
    return fresh;
  };
  const cellAt = (event) => {
    const cells = [...body.current.querySelectorAll("[data-day]")];
    const box = body.current.getBoundingClientRect();
    const left = cells[0].getBoundingClientRect().left;
    const day = Math.floor(((event.clientX - left) / (box.right - left)) * days.length);
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows.length);
    const within = (n, count) => Math.max(0, Math.min(count - 1, n));
    return { day: within(day, days.length), at: rows[within(row, rows.length)] };
  };
  const begin = (cell) => {
    stroke.current = { ...stroke.current, cell, base: hours, on: !isOpen(hours, cell.day, cell.at) };
    setAnchor(null);
    setCursor(cell);
    onChange(apply(hours, cell, cell, stroke.current.on), days[cell.day].key);
  };
  const down = (event) => {
    if (locked() || event.button > 0) return;
    const cell = cellAt(event);
    stroke.current = { x: event.clientX, y: event.clientY, waiting: cell };
    if (event.pointerType === "touch") {
      timer.current = setTimeout(() => begin(cell), HOLD);
      return;
    }
    event.preventDefault();
    body.current.setPointerCapture(event.pointerId);
    begin(cell);
  };
  const move = (event) => {
    const now = stroke.current;
    if (!now) return;
    if (!now.cell) {
      if (Math.hypot(event.clientX - now.x, event.clientY - now.y) > SLACK) stop();
      return;
    }
    const cell = cellAt(event);
    onChange(apply(now.base, now.cell, cell, now.on), days[cell.day].key);
  };
  const stop = () => {
    clearTimeout(timer.current);
    stroke.current = null;
  };
  const up = () => {
    const now = stroke.current;
    clearTimeout(timer.current);
    if (now?.waiting && !now.cell) begin(now.waiting);
    stroke.current = null;
  };
  // A finger that paints must not scroll the page; React's own listener could not prevent it.
  useEffect(() => {
    const node = body.current;
    const hold = (event) => {
      if (stroke.current?.cell) event.preventDefault();
    };
    node.addEventListener("touchmove", hold, { passive: false });
    return () => {
      node.removeEventListener("touchmove", hold);
      clearTimeout(timer.current);
    };
  }, []);

  const go = (cell, extend) => {
    const at = Math.max(first, Math.min(last - step, cell.at));
    const next = { day: Math.max(0, Math.min(days.length - 1, cell.day)), at };
    setAnchor(extend ? (anchor ?? cursor) : null);
    setCursor(next);
    body.current.querySelector(`[data-day="${next.day}"][data-at="${next.at}"]`)?.focus();
  };
  const keys = (event) => {
    const { day, at } = cursor;
    const places = {
      ArrowUp: { day, at: at - step },
      ArrowDown: { day, at: at + step },
      ArrowLeft: { day: day - 1, at },
      ArrowRight: { day: day + 1, at },
      PageUp: { day, at: at - 120 },
      PageDown: { day, at: at + 120 },
      Home: { day, at: first },
      End: { day, at: last - step },
    };
    const other = anchor ?? cursor;
    if (places[event.key]) go(places[event.key], event.shiftKey);
    else if (event.key === "Escape" && anchor) {
      event.stopPropagation();
      setAnchor(null);
    } else if ((event.key === " " || event.key === "Enter" || event.key === "Delete") && !locked()) {
      const on = event.key !== "Delete" && !isOpen(hours, other.day, other.at);
      onChange(apply(hours, other, cursor, on), days[day].key);
      setAnchor(null);
    } else return;
    event.preventDefault();
  };
  const focusAt = rows.includes(cursor.at) ? cursor.at : rows[0];
  const chosen = (day, at) =>
    anchor &&
    day >= Math.min(anchor.day, cursor.day) &&
    day <= Math.max(anchor.day, cursor.day) &&
    at >= Math.min(anchor.at, cursor.at) &&
    at <= Math.max(anchor.at, cursor.at);
  const columns = { gridTemplateColumns: `2.75rem repeat(${days.length}, minmax(0, 1fr))` };
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm text-muted in-[:disabled]:hidden">{labels.how}</p>
      <div
        role="grid"
        aria-label={labels.grid_label}
        aria-multiselectable="true"
        className="select-none"
        onKeyDown={keys}
      >
        <div role="row" className="grid border-b border-border" style={columns}>
          <span role="columnheader" className="sr-only">
            {labels.time}
          </span>
          <span aria-hidden="true" />
          {days.map((day) => (
            <span
              key={day.key}
              role="columnheader"
              aria-label={day.label}
              className="truncate py-1 text-center text-xs font-medium text-muted"
            >
              {day.short}
            </span>
          ))}
        </div>
        <div
          ref={body}
          role="rowgroup"
          className="relative cursor-crosshair in-[:disabled]:cursor-default"
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={up}
          onPointerCancel={stop}
          onContextMenu={(event) => {
            if (stroke.current) event.preventDefault();
          }}
        >
          {rows.map((at) => (
            <div key={at} role="row" className="grid" style={columns}>
              <span role="rowheader" className={`relative ${step === 30 ? "h-[15px]" : "h-[10px]"}`}>
                <span className="sr-only">{clock(at)}</span>
                {at % 60 === 0 && (
                  <span
                    aria-hidden="true"
                    className={`absolute right-2 text-xs leading-none text-muted tnum ${at === first ? "top-0.5" : "-top-1.5"}`}
                  >
                    {clock(at)}
                  </span>
                )}
              </span>
              {days.map((day, index) => (
                <span
                  key={day.key}
                  role="gridcell"
                  data-day={index}
                  data-at={at}
                  aria-selected={isOpen(hours, index, at)}
                  aria-label={`${day.label} ${clock(at)}`}
                  tabIndex={index === cursor.day && at === focusAt ? 0 : -1}
                  onFocus={() => setCursor({ day: index, at })}
                  className={`${classNames.cell} ${at % 60 === 0 ? "border-t" : step === 15 && at % 30 ? "" : "border-t border-t-border/40"} ${behind && !isOpen(behind, index, at) ? "bg-sunken" : ""} ${chosen(index, at) ? "bg-accent-soft outline-2 -outline-offset-2 outline-accent-ink" : ""}`}
                />
              ))}
            </div>
          ))}
          <div
            aria-hidden="true"
            className="pointer-events-none absolute inset-y-0 right-0 left-11 grid"
            style={{ gridTemplateColumns: `repeat(${days.length}, minmax(0, 1fr))` }}
          >
            {days.map((day) => (
              <div key={day.key} className="relative">
                {intervals(hours[day.key]).map(([from, to]) => (
                  <div
                    key={from}
                    className={classNames.block}
                    style={{
                      top: `${((from - first) / (last - first)) * 100}%`,
                      height: `${((to - from) / (last - first)) * 100}%`,
                    }}
                  >
                    {to - from >= 60 && <span className="block">{clock(from)}</span>}
                    {to - from >= 90 && <span className="absolute bottom-0.5">{clock(to)}</span>}
                  </div>
                ))}
              </div>
            ))}
          </div>
        </div>
      </div>
      <div className="flex flex-wrap gap-1.5">
        <button
          type="button"
          className={classNames.chip}
          aria-pressed={step === 15}
          onClick={() => setStep(step === 30 ? 15 : 30)}
        >
          {labels.quarters}
        </button>
        <button type="button" className={classNames.chip} aria-pressed={whole} onClick={() => setWhole(!whole)}>
          {labels.whole_day}
        </button>
      </div>
    </div>
  );
}
