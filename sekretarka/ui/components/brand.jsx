// @ts-check
import { useEffect } from "react";

// "(2) Rozmowy · AI Sekretarka": the tab tells of live calls.
export function TabTitle({ title, live = 0, product }) {
  useEffect(() => {
    document.title = `${live > 0 ? `(${live}) ` : ""}${title} · ${product}`;
  }, [title, live, product]);
  return null;
}
