// @ts-check
// Fields of a form that hold more than one line of text: rows that are added and removed, boxes to tick, days.
import { CircleAlert, Plus, Trash2 } from "lucide-react";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

// Carries a structured value into the form as JSON, and tells the form when it changed; `onRestore` takes a draft's. The
// label is for a conflict to name it.
export function Hidden({ name, label, value, onRestore = undefined }) {
  const field = useRef(null);
  const latest = useRef(onRestore);
  latest.current = onRestore;
  // Before the form above looks for a draft.
  useLayoutEffect(() => {
    const { current: node } = field;
    const restore = (event) => latest.current?.(JSON.parse(event.detail));
    node.addEventListener("restore", restore);
    return () => node.removeEventListener("restore", restore);
  }, []);
  const first = useRef(true);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (!first.current) field.current.dispatchEvent(new Event("change", { bubbles: true }));
    first.current = false;
  }, [text]);
  return <input ref={field} type="hidden" name={name} aria-label={label} value={text} readOnly />;
}

export function Fault({ id, text }) {
  return (
    <p id={id} role="alert" className="flex items-center gap-1.5 text-sm text-danger empty:hidden">
      {text ? (
        <>
          <CircleAlert size={14} aria-hidden="true" className="shrink-0" />
          <span>{text}</span>
        </>
      ) : null}
    </p>
  );
}

// value: [{key: text}]; fields: [{key, label, rows}]; errors: {"name.index.key": {pl, en}}.
export function Rows({ name, value, fields, labels, classNames, errors = {}, lang, limit = 200 }) {
  const base = useId();
  const next = useRef(value.length);
  const list = useRef(null);
  const [rows, setRows] = useState(() => value.map((row, index) => ({ ...row, _: index })));
  const restore = (drafted) => setRows(drafted.map((row) => ({ ...row, _: next.current++ })));
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
    <div className="flex flex-col gap-2" data-long="">
      <Hidden name={name} label={labels.label} value={rows.map(({ _, ...row }) => row)} onRestore={restore} />
      {rows.length === 0 && (
        <p className="rounded-md border border-dashed border-border px-3 py-3 text-sm text-muted">{labels.empty}</p>
      )}
      <ul ref={list} className="flex flex-col gap-2 empty:hidden">
        {rows.map((row, index) => (
          <li key={row._} className="flex items-start gap-2">
            <div
              className={
                fields.length > 1
                  ? "flex min-w-0 flex-1 flex-col gap-2 rounded-lg border border-border p-3"
                  : "min-w-0 flex-1"
              }
            >
              {fields.map((field) => {
                const id = `${base}${row._}${field.key}`;
                const error = errors?.[`${name}.${index}.${field.key}`]?.[lang];
                const Control = field.rows ? "textarea" : "input";
                return (
                  <div key={field.key} className="flex flex-col gap-1">
                    <label htmlFor={id} className={fields.length > 1 ? "text-sm font-medium" : "sr-only"}>
                      {field.label}
                      {fields.length > 1 ? "" : ` ${index + 1}`}
                    </label>
                    <Control
                      id={id}
                      value={row[field.key] ?? ""}
                      rows={field.rows}
                      placeholder={field.placeholder}
                      aria-invalid={Boolean(error)}
                      aria-describedby={`${id}-error`}
                      className={field.rows ? classNames.area : classNames.control}
                      onChange={(event) => change(row._, field.key, event.target.value)}
                    />
                    <Fault id={`${id}-error`} text={error} />
                  </div>
                );
              })}
            </div>
            <button
              type="button"
              className={classNames.icon}
              aria-label={`${labels.remove} ${index + 1}`}
              title={labels.remove}
              onClick={() => remove(row._)}
            >
              <Trash2 size={16} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {rows.length < limit && (
        <button type="button" data-add className={classNames.add} onClick={add}>
          <Plus size={16} aria-hidden="true" />
          {labels.add}
        </button>
      )}
    </div>
  );
}

// options: [{value, label}]; value: the values that are ticked. The form gets a JSON list.
export function CheckboxGroup({ name, value, options, labels }) {
  const all = options.map((option) => option.value);
  const [picked, setPicked] = useState(() => all.filter((one) => value.includes(one)));
  const toggle = (one) => setPicked((now) => all.filter((other) => now.includes(other) !== (other === one)));
  return (
    <div role="group" aria-label={labels.label} className="flex flex-wrap gap-2">
      <Hidden name={name} label={labels.label} value={picked} onRestore={setPicked} />
      {options.length === 0 && <p className="text-sm text-muted">{labels.empty}</p>}
      {options.map((option) => (
        <label
          key={option.value}
          className="flex min-h-8 max-w-full cursor-pointer items-center gap-2 rounded-md border border-border px-2.5 py-1 text-base hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft max-sm:min-h-11"
        >
          <input
            type="checkbox"
            className="accent-accent"
            checked={picked.includes(option.value)}
            onChange={() => toggle(option.value)}
          />
          <span className="min-w-0 break-words">{option.label}</span>
        </label>
      ))}
    </div>
  );
}
