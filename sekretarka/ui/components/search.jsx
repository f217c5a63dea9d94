// @ts-check
// A search whose text is in the address: it reports what was typed after a pause, and follows the address otherwise.
import { useEffect, useRef, useState } from "react";

const PAUSE = 300;

export function SearchBox({ value, label, name, className, onSearch }) {
  const [text, setText] = useState(value ?? "");
  const input = useRef(null);
  const timer = useRef(null);
  useEffect(() => {
    // Who is typing knows better than an answer to what was typed before.
    if (document.activeElement !== input.current) setText(value ?? "");
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const report = (typed) => {
    clearTimeout(timer.current);
    timer.current = null;
    onSearch(typed);
  };
  const type = (event) => {
    const typed = event.target.value;
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => report(typed), PAUSE);
  };
  return (
    <input
      ref={input}
      type="search"
      name={name || undefined}
      value={text}
      maxLength={200}
      autoComplete="off"
      aria-label={label}
      placeholder={label}
      className={className}
      onChange={type}
      onBlur={() => timer.current && report(text)}
      onKeyDown={(event) => event.key === "Enter" && report(text)}
    />
  );
}
