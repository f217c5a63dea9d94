// @ts-check
// Two fields of a booking: a time with the day's free hours under it, and a client who may exist already.
import { useEffect, useRef, useState } from "react";
import { parseClockTime } from "../text.jsx";

const PAUSE = 250;

// Whoever compares a form's fields with what is saved hears of a value that was not typed.
function useChangeEvent(value, input) {
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (!first.current) input.current?.dispatchEvent(new Event("change", { bubbles: true }));
    first.current = false;
  }, [value]);
}

export function TimeField({ id, name, value, times, labels, classNames, wrong, describedBy }) {
  const [time, setTime] = useState(value ?? "");
  const input = useRef(null);
  const group = useRef(null);
  useEffect(() => setTime(value ?? ""), [value]);
  useChangeEvent(time, input);
  // The hours that have passed stand above: what can be had is what is seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    const free = group.current?.querySelector("button:enabled");
    if (free) group.current.scrollTop = free.offsetTop - group.current.offsetTop;
  }, [times]);
  return (
    <>
      <input
        ref={input}
        id={id}
        name={name}
        value={time}
        className={classNames.time}
        inputMode="numeric"
        autoComplete="off"
        maxLength={5}
        aria-invalid={wrong}
        aria-describedby={describedBy}
        onChange={(event) => setTime(event.target.value)}
        onBlur={() => setTime(parseClockTime(time))}
        onKeyDown={(event) => event.key === "Enter" && setTime(parseClockTime(time))}
      />
      {times?.length > 0 && (
        <div ref={group} role="group" aria-label={labels.times} className={classNames.times}>
          {times.map((one, index) => (
            <button
              key={`${one.time}-${index}`}
              type="button"
              disabled={!one.free}
              aria-pressed={one.time === time}
              className={one.free ? classNames.free : classNames.taken}
              onClick={() => setTime(one.time)}
            >
              {one.time}
              {!one.free && <span className="sr-only"> {labels.taken}</span>}
            </button>
          ))}
        </div>
      )}
      {times?.length > 0 && !times.some((one) => one.free) && <p className={classNames.none}>{labels.none}</p>}
    </>
  );
}

export function ClientFields({ suggestions, labels, classNames, errors, onSearch }) {
  const [client, setClient] = useState({ clientName: "", clientPhone: "" });
  const [searched, setSearched] = useState(false);
  const timer = useRef(null);
  const box = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  useChangeEvent(client, box);
  const type = (event) => {
    const { name, value } = event.target;
    setClient((one) => ({ ...one, [name]: value }));
    setSearched(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(value), PAUSE);
  };
  const choose = (one) => {
    setClient({ clientName: one.name, clientPhone: one.phone });
    setSearched(false);
  };
  const input = (name, more) => (
    <div className={classNames.field}>
      <label htmlFor={name} className={classNames.label}>
        {labels[name]}
      </label>
      <input
        id={name}
        name={name}
        value={client[name]}
        onChange={type}
        className={classNames.control}
        autoComplete="off"
        aria-invalid={!!errors[name]}
        aria-describedby={`${name}-error`}
        {...more}
      />
      <p id={`${name}-error`} role="alert" className={classNames.error}>
        {errors[name]}
      </p>
    </div>
  );
  return (
    <div ref={box} className={classNames.client}>
      {input("clientPhone", { type: "tel", maxLength: 64 })}
      {input("clientName", { maxLength: 120 })}
      <ul aria-label={labels.known} className={classNames.known} aria-live="polite">
        {searched &&
          suggestions.map((suggestion) => (
            <li key={suggestion.tel}>
              <button type="button" className={classNames.suggestion} onClick={() => choose(suggestion)}>
                <span className="font-medium">{suggestion.name || labels.nameless}</span>
                <span className="tnum text-muted">{suggestion.phone}</span>
              </button>
            </li>
          ))}
      </ul>
    </div>
  );
}
