// Fields of a form that hold more than one line of text: rows that are added and removed, and opening hours.
import { CircleAlert, CopyCheck, Plus, Trash2, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";

// Carries a structured value into the form as JSON, and tells the form when it changed.
export function Hidden({ name, value }) {
  const field = useRef(null);
  const first = useRef(true);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  useEffect(() => {
    if (!first.current) field.current.dispatchEvent(new Event("change", { bubbles: true }));
    first.current = false;
  }, [text]);
  return <input ref={field} type="hidden" name={name} value={text} readOnly />;
}

function Fault({ id, text }) {
  return (
    <p id={id} role="alert" className="flex items-center gap-1.5 text-sm text-danger empty:hidden">
      {text ? <><CircleAlert size={14} aria-hidden="true" className="shrink-0" /><span>{text}</span></> : null}
    </p>
  );
}

// value: [{key: text}]; fields: [{key, label, rows}]; faults: {"name.index.key": {pl, en}}.
export function Rows({ name, value, fields, words, looks, faults = {}, lang, limit = 200 }) {
  const base = useId();
  const next = useRef(value.length);
  const list = useRef(null);
  const [rows, setRows] = useState(() => value.map((row, index) => ({ ...row, _: index })));
  const change = (id, key, text) => setRows((now) => now.map((row) => (row._ === id ? { ...row, [key]: text } : row)));
  const add = () => {
    const fresh = { ...Object.fromEntries(fields.map((field) => [field.key, ""])), _: next.current++ };
    // At once: whoever types on after the click must not press the button again with a space.
    flushSync(() => setRows((now) => [...now, fresh]));
    list.current?.lastElementChild?.querySelector("input, textarea")?.focus();
  };
  const remove = (id) => {
    setRows((now) => now.filter((row) => row._ !== id));
    list.current?.parentElement.querySelector("[data-add]")?.focus();
  };
  return (
    <div className="flex flex-col gap-2">
      <Hidden name={name} value={rows.map(({ _, ...row }) => row)} />
      {rows.length === 0 && <p className="rounded-md border border-dashed border-border px-3 py-3 text-sm text-muted">{words.empty}</p>}
      <ul ref={list} className="flex flex-col gap-2 empty:hidden">
        {rows.map((row, index) => (
          <li key={row._} className="flex items-start gap-2">
            <div className={fields.length > 1 ? "flex min-w-0 flex-1 flex-col gap-2 rounded-lg border border-border p-3" : "min-w-0 flex-1"}>
              {fields.map((field) => {
                const id = `${base}${row._}${field.key}`;
                const fault = faults?.[`${name}.${index}.${field.key}`]?.[lang];
                const Control = field.rows ? "textarea" : "input";
                return (
                  <div key={field.key} className="flex flex-col gap-1">
                    <label htmlFor={id} className={fields.length > 1 ? "text-sm font-medium" : "sr-only"}>
                      {field.label}{fields.length > 1 ? "" : ` ${index + 1}`}
                    </label>
                    <Control id={id} value={row[field.key] ?? ""} rows={field.rows} placeholder={field.placeholder}
                      aria-invalid={Boolean(fault)} aria-describedby={`${id}-error`} className={field.rows ? looks.area : looks.control}
                      onChange={(event) => change(row._, field.key, event.target.value)} />
                    <Fault id={`${id}-error`} text={fault} />
                  </div>
                );
              })}
            </div>
            <button type="button" className={looks.icon} aria-label={`${words.remove} ${index + 1}`} title={words.remove} onClick={() => remove(row._)}>
              <Trash2 size={16} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {rows.length < limit && (
        <button type="button" data-add className={looks.add} onClick={add}><Plus size={16} aria-hidden="true" />{words.add}</button>
      )}
    </div>
  );
}

// "9", "930", "9.30", "9:30": what people type for a time of day.
function tidy(text) {
  const parts = /^\s*(\d{1,2})(?:[:.,\s]?([0-5]\d))?\s*$/.exec(text);
  if (!parts) return text.trim();
  return `${parts[1].padStart(2, "0")}:${parts[2] ?? "00"}`;
}

const BLOCK = { open: "09:00", close: "17:00" };

function Times({ day, block, index, words, looks, wrong, onChange, onRemove }) {
  const side = (key) => (
    <input type="text" inputMode="numeric" maxLength={5} value={block[key]} aria-label={`${day.label}, ${words[key]} ${index + 1}`}
      aria-invalid={wrong} className={looks.time} onChange={(event) => onChange({ ...block, [key]: event.target.value })}
      onBlur={(event) => onChange({ ...block, [key]: tidy(event.target.value) })} />
  );
  return (
    <div className="flex items-center gap-2">
      {side("open")}<span aria-hidden="true" className="text-muted">–</span>{side("close")}
      <button type="button" className={looks.icon} aria-label={`${words.remove}: ${day.label} ${index + 1}`} title={words.remove} onClick={onRemove}>
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}

// value: {mon: [{open, close}], …}; days: [{key, label}] in order; faults: {"name.day": {pl, en}}.
export function Hours({ name, value, days, words, looks, faults = {}, lang }) {
  const [hours, setHours] = useState(() => Object.fromEntries(days.map((day) => [day.key, value[day.key] ?? []])));
  const [copied, setCopied] = useState("");
  const put = (key, blocks) => setHours((now) => ({ ...now, [key]: blocks }));
  const add = (key) => {
    const last = hours[key].at(-1)?.close;
    const hour = last ? Math.min(Number(last.slice(0, 2)) + 1, 22) : 0;
    const two = (n) => String(n).padStart(2, "0");
    put(key, [...hours[key], last ? { open: `${two(hour)}:00`, close: `${two(Math.min(hour + 4, 23))}:00` } : BLOCK]);
  };
  const copy = (key) => {
    setHours(Object.fromEntries(days.map((day) => [day.key, hours[key].map((block) => ({ ...block }))])));
    setCopied(key);
    setTimeout(() => setCopied(""), 2000);
  };
  return (
    <div>
      <Hidden name={name} value={hours} />
      <div className="flex flex-col">
        {days.map((day) => {
          const blocks = hours[day.key];
          const fault = faults?.[`${name}.${day.key}`]?.[lang];
          return (
            <div key={day.key} className="border-b border-border py-2 last:border-0" role="group" aria-label={day.label}>
              <div className="grid grid-cols-[150px_1fr_auto] items-start gap-x-3 gap-y-2 max-sm:grid-cols-[1fr_auto]">
                <label className="flex h-9 items-center gap-2.5 text-base font-medium max-sm:h-10">
                  <input type="checkbox" role="switch" checked={blocks.length > 0} className={looks.toggle}
                    onChange={(event) => put(day.key, event.target.checked ? [BLOCK] : [])} />
                  {day.label}
                </label>
                <div className="flex flex-col gap-2 max-sm:col-span-2 max-sm:row-start-2">
                  {blocks.length === 0 && <p className="flex h-9 items-center text-base text-muted max-sm:h-auto max-sm:pb-1">{words.closed}</p>}
                  {blocks.map((block, index) => (
                    <Times key={index} day={day} block={block} index={index} words={words} looks={looks} wrong={Boolean(fault)}
                      onChange={(fresh) => put(day.key, blocks.map((old, at) => (at === index ? fresh : old)))}
                      onRemove={() => put(day.key, blocks.filter((_, at) => at !== index))} />
                  ))}
                  <Fault id={`${name}-${day.key}-error`} text={fault} />
                </div>
                <div className="flex gap-0.5 in-[:disabled]:hidden max-sm:row-start-1 max-sm:col-start-2">
                  {blocks.length > 0 && blocks.length < 8 && (
                    <button type="button" className={looks.icon} aria-label={`${words.add}: ${day.label}`} title={words.add} onClick={() => add(day.key)}>
                      <Plus size={16} aria-hidden="true" />
                    </button>
                  )}
                  <button type="button" className={looks.icon} aria-label={`${words.copy}: ${day.label}`} title={words.copy} onClick={() => copy(day.key)}>
                    <CopyCheck size={16} aria-hidden="true" className={copied === day.key ? "text-success" : ""} />
                  </button>
                </div>
              </div>
            </div>
          );
        })}
      </div>
      <p role="status" className="sr-only">{copied ? words.copied : ""}</p>
    </div>
  );
}
