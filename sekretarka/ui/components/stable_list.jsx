// @ts-check
// Rows that do not move under the pointer: while it rests on the list, present rows refresh in place and new ones wait.
import { useEffect, useRef, useState } from "react";

const sameOrder = (left, right) => left.length === right.length && left.every((row, i) => row.id === right[i].id);

export function useStableList(rows, place) {
  const [held, setHeld] = useState(false);
  const shown = useRef(rows);
  useEffect(() => {
    const inside = (event) => event.pointerType === "mouse" && !!event.target.closest?.(`#${place}`);
    const look = (event) => setHeld(inside(event));
    const leave = () => setHeld(false);
    document.addEventListener("pointerover", look);
    document.documentElement.addEventListener("pointerleave", leave);
    window.addEventListener("popstate", leave);
    return () => {
      document.removeEventListener("pointerover", look);
      document.documentElement.removeEventListener("pointerleave", leave);
      window.removeEventListener("popstate", leave);
    };
  }, [place]);
  const fresh = rows ?? [];
  const before = shown.current ?? [];
  const remaining = before.filter((row) => fresh.some((other) => other.id === row.id));
  // The same list with something new in it: hold. Another list (a filter, a page): show it at once.
  if (held && !sameOrder(before, fresh) && remaining.length * 2 > before.length) {
    return before.map((row) => fresh.find((other) => other.id === row.id) ?? row);
  }
  shown.current = fresh;
  return fresh;
}
