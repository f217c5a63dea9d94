// @ts-check
// The command palette and the list of shortcuts: loaded when somebody first asks for them.
import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useEffect, useRef, useState } from "react";
import { matches } from "../text.jsx";

const BACKDROP = "backdrop fixed inset-0 z-50 bg-overlay"; // also over a panel
const POPUP =
  "popup fixed z-50 left-1/2 top-[12vh] w-[560px] max-w-[calc(100vw-24px)] -translate-x-1/2 rounded-xl bg-raised shadow-float outline-none overflow-hidden";

function Keys({ keys }) {
  return (
    <span className="flex gap-1">
      {keys.split(" ").map((key) => (
        <kbd
          key={key}
          className="min-w-5 rounded border border-border bg-sunken px-1.5 text-center text-xs leading-5 text-muted font-sans"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}

function Palette({ items, search, labels, go }) {
  const [query, setQuery] = useState("");
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  // The dialog does it when it opens, but not when it is asked for again while the last one is still closing.
  useEffect(() => {
    const frame = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const text = query.trim();
  const fallback = { label: `${search.label} „${text}”`, href: search.href + encodeURIComponent(text), keys: "" };
  const found = items.filter((item) => matches(item.label, text));
  return (
    <>
      <Dialog.Title className="sr-only">{labels.title}</Dialog.Title>
      <Autocomplete.Root
        items={text ? [...found, fallback] : found}
        filter={null}
        itemToStringValue={(item) => item.label}
        value={query}
        onValueChange={(value, { reason }) => reason === "input-change" && setQuery(value)}
        open
        inline
        autoHighlight="always"
        keepHighlight
      >
        <Autocomplete.Input
          ref={field}
          aria-label={labels.placeholder}
          placeholder={labels.placeholder}
          spellCheck="false"
          className="h-12 w-full border-b border-border bg-transparent px-4 text-lg outline-none focus-visible:outline-none"
        />
        <Autocomplete.List aria-label={labels.title} className="max-h-80 overflow-y-auto p-1.5 scroll-fade">
          {(item) => (
            <Autocomplete.Item
              key={item.href}
              value={item}
              onClick={() => go(item)}
              className="flex h-10 cursor-default items-center justify-between rounded-md px-3 text-base data-highlighted:bg-hover"
            >
              <span className="truncate">{item.label}</span>
              {item.keys && <Keys keys={item.keys} />}
            </Autocomplete.Item>
          )}
        </Autocomplete.List>
      </Autocomplete.Root>
    </>
  );
}

function Shortcuts({ labels, shortcuts }) {
  return (
    <>
      <div className="flex items-center justify-between px-5 pt-4 pb-2">
        <Dialog.Title className="text-lg font-semibold">{labels.shortcuts}</Dialog.Title>
        <Dialog.Close
          aria-label={labels.close}
          title={labels.close}
          className="grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-text"
        >
          <svg
            width="16"
            height="16"
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.75"
            strokeLinecap="round"
            aria-hidden="true"
          >
            <path d="M18 6 6 18M6 6l12 12" />
          </svg>
        </Dialog.Close>
      </div>
      <ul className="px-5 pb-4">
        {shortcuts.map((line) => (
          <li
            key={line.keys}
            className="flex items-center justify-between gap-4 border-b border-border py-2 text-base last:border-0"
          >
            {line.label}
            <Keys keys={line.keys} />
          </li>
        ))}
      </ul>
    </>
  );
}

// open: "palette", "shortcuts" or "".
export default function Commands({ open, close, go, items, search, labels, shortcuts }) {
  return (
    <Dialog.Root open={open !== ""} onOpenChange={(now) => now || close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup className={POPUP}>
          {open === "palette" && <Palette items={items} search={search} labels={labels} go={go} />}
          {open === "shortcuts" && <Shortcuts labels={labels} shortcuts={shortcuts} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
