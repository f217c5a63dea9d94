// @ts-check
// The hours of a week, several blocks a day: painted on a grid or typed, and shown as text either way.
import { CopyPlus, Plus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { parseClockTime } from "../text.jsx";
import { Fault, Hidden } from "./editors.jsx";
import { Grid } from "./week_grid.jsx";

const BLOCK = { open: "09:00", close: "17:00" };
const MAX_BLOCKS = 8;
const PAUSE = 300;

function Times({ day, block, index, labels, classNames, wrong, onChange, onRemove }) {
  const side = (key) => (
    <input
      type="text"
      inputMode="numeric"
      maxLength={5}
      value={block[key]}
      aria-label={`${day.label}, ${labels[key]} ${index + 1}`}
      aria-invalid={wrong}
      className={classNames.time}
      onChange={(event) => onChange({ ...block, [key]: event.target.value })}
      onBlur={(event) => onChange({ ...block, [key]: parseClockTime(event.target.value) })}
    />
  );
  return (
    <div className="flex items-center gap-2">
      {side("open")}
      <span aria-hidden="true" className="text-muted">
        –
      </span>
      {side("close")}
      <button
        type="button"
        className={classNames.icon}
        aria-label={`${labels.remove}: ${day.label} ${index + 1}`}
        title={labels.remove}
        onClick={onRemove}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}

function Typed({ day, blocks, labels, classNames, error, put }) {
  const add = () => {
    const last = blocks.at(-1)?.close;
    const hour = last ? Math.min(Number(last.slice(0, 2)) + 1, 22) : 0;
    const two = (n) => String(n).padStart(2, "0");
    put([...blocks, last ? { open: `${two(hour)}:00`, close: `${two(Math.min(hour + 4, 23))}:00` } : BLOCK]);
  };
  return (
    <div className="flex items-start gap-2 max-sm:w-full">
      <div className="flex flex-1 flex-col gap-2">
        {blocks.length === 0 && (
          <p className="flex h-9 items-center text-base text-muted max-sm:hidden">{labels.closed}</p>
        )}
        {blocks.map((block, index) => (
          <Times
            key={index}
            day={day}
            block={block}
            index={index}
            labels={labels}
            classNames={classNames}
            wrong={Boolean(error)}
            onChange={(fresh) => put(blocks.map((old, at) => (at === index ? fresh : old)))}
            onRemove={() => put(blocks.filter((_, at) => at !== index))}
          />
        ))}
      </div>
      {blocks.length > 0 && blocks.length < MAX_BLOCKS && (
        <button
          type="button"
          className={classNames.icon}
          aria-label={`${labels.add}: ${day.label}`}
          title={labels.add}
          onClick={add}
        >
          <Plus size={16} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

// Which other days take over this one's blocks: one press each, or all at once.
function CopyTo({ day, days, labels, classNames, onCopy, onClose }) {
  const first = useRef(null);
  const [done, setDone] = useState([]);
  useEffect(() => first.current?.focus(), []);
  const others = days.filter((other) => other.key !== day.key);
  const copy = (keys) => {
    onCopy(keys);
    setDone((now) => [...now, ...keys]);
  };
  return (
    <div
      role="group"
      aria-label={`${labels.copy}: ${day.label}`}
      className="col-span-full flex flex-wrap items-center gap-1.5 pb-2"
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <button
        ref={first}
        type="button"
        className={classNames.chip}
        onClick={() => {
          copy(others.map((other) => other.key));
          onClose();
        }}
      >
        {labels.all}
      </button>
      {others.map((other) => (
        <button
          key={other.key}
          type="button"
          className={classNames.chip}
          aria-pressed={done.includes(other.key)}
          onClick={() => copy([other.key])}
        >
          {other.label}
        </button>
      ))}
    </div>
  );
}

// value: {mon: [{open, close}], …}; behind: the hours that these must lie within, if any; days: [{key, label, short}].
export function Week({ name, value, behind, days, labels, classNames, errors = {}, lang, onPaint }) {
  const [hours, setHours] = useState(() => Object.fromEntries(days.map((day) => [day.key, value[day.key] ?? []])));
  const [view, setView] = useState("grid");
  const [copying, setCopying] = useState("");
  const [announcement, setAnnouncement] = useState("");
  const first = useRef(true);
  const text = JSON.stringify(hours);
  const describe = (blocks) => blocks.map((block) => `${block.open}–${block.close}`).join(", ") || labels.closed;
  const put = (key, blocks) => setHours((now) => ({ ...now, [key]: blocks }));
  const copy = (from, keys) => {
    setHours((now) => ({
      ...now,
      ...Object.fromEntries(keys.map((key) => [key, now[from].map((block) => ({ ...block }))])),
    }));
    setAnnouncement(labels.copied);
  };
  // A phone has no room to paint with a finger: it begins with the typed hours.
  useEffect(() => {
    if (window.matchMedia("(max-width: 639px)").matches) setView("list");
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const timer = setTimeout(() => onPaint?.(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const choice = (key) => (
    <button
      type="button"
      aria-pressed={view === key}
      className={view === key ? classNames.chosen : classNames.other}
      onClick={() => setView(key)}
    >
      {labels[key]}
    </button>
  );
  return (
    <div className="flex flex-col gap-3">
      <Hidden name={name} label={labels.label} value={hours} />
      <div
        role="group"
        aria-label={labels.view}
        className="inline-flex items-center gap-0.5 self-start rounded-md bg-sunken p-0.5"
      >
        {choice("grid")}
        {choice("list")}
      </div>
      {view === "grid" && (
        <Grid
          hours={hours}
          behind={behind}
          days={days}
          labels={labels}
          classNames={classNames}
          most={MAX_BLOCKS}
          onChange={(fresh, key) => {
            setHours(fresh);
            if (key) setAnnouncement(`${days.find((day) => day.key === key).label}: ${describe(fresh[key])}`);
          }}
        />
      )}
      <div className="flex flex-col">
        {days.map((day) => {
          const blocks = hours[day.key];
          const error = errors?.[`${name}.${day.key}`]?.[lang];
          const line = "grid grid-cols-[150px_1fr_auto] items-start gap-x-3 max-sm:grid-cols-[1fr_auto]";
          return (
            <div
              key={day.key}
              className={`border-b border-border last:border-0 ${view === "list" ? "py-2" : "py-0.5"}`}
              role="group"
              aria-label={day.label}
              data-day={day.key}
            >
              <div className={line}>
                {view === "list" ? (
                  <label className="flex h-9 items-center gap-2.5 text-base font-medium max-sm:h-10">
                    <input
                      type="checkbox"
                      // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox tells its state itself
                      role="switch"
                      checked={blocks.length > 0}
                      className={classNames.toggle}
                      onChange={(event) => put(day.key, event.target.checked ? [BLOCK] : [])}
                    />
                    {day.label}
                  </label>
                ) : (
                  <p className="flex h-8 items-center text-base font-medium">{day.label}</p>
                )}
                <div className="flex min-w-0 flex-col gap-1 max-sm:col-span-2 max-sm:row-start-2">
                  {view === "list" ? (
                    <Typed
                      day={day}
                      blocks={blocks}
                      labels={labels}
                      classNames={classNames}
                      error={error}
                      put={(fresh) => put(day.key, fresh)}
                    />
                  ) : (
                    <p className={`py-1.5 text-base tnum ${blocks.length ? "" : "text-muted"}`}>{describe(blocks)}</p>
                  )}
                  <Fault id={`${name}-${day.key}-error`} text={error} />
                </div>
                <button
                  type="button"
                  className={classNames.icon}
                  aria-label={`${labels.copy}: ${day.label}`}
                  title={labels.copy}
                  aria-expanded={copying === day.key}
                  onClick={() => setCopying((now) => (now === day.key ? "" : day.key))}
                >
                  <CopyPlus size={16} aria-hidden="true" />
                </button>
                {copying === day.key && (
                  <CopyTo
                    day={day}
                    days={days}
                    labels={labels}
                    classNames={classNames}
                    onCopy={(keys) => copy(day.key, keys)}
                    onClose={() => setCopying("")}
                  />
                )}
              </div>
            </div>
          );
        })}
      </div>
      <p role="status" className="sr-only">
        {announcement}
      </p>
    </div>
  );
}
