// The command palette and the list of shortcuts: loaded when somebody first asks for them.
import { Dialog } from "@base-ui/react/dialog";
import { useEffect, useId, useMemo, useRef, useState } from "react";

const BACKDROP = "backdrop fixed inset-0 z-40 bg-overlay";
const POPUP =
  "popup fixed z-50 left-1/2 top-[12vh] w-[560px] max-w-[calc(100vw-24px)] -translate-x-1/2 rounded-xl bg-raised shadow-float outline-none overflow-hidden";

const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").replace(/ł/g, "l").replace(/Ł/g, "L").toLowerCase();

function Keys({ keys }) {
  return (
    <span className="flex gap-1">
      {keys.split(" ").map((key) => (
        <kbd key={key} className="min-w-5 rounded border border-border bg-sunken px-1.5 text-center text-xs leading-5 text-muted font-sans">{key}</kbd>
      ))}
    </span>
  );
}

function Palette({ items, search, labels, go }) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const list = useId();
  const field = useRef(null);
  // The dialog does it when it opens, but not when it is asked for again while the last one is still closing.
  useEffect(() => {
    const frame = requestAnimationFrame(() => field.current.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const found = useMemo(() => {
    const wanted = plain(query.trim());
    const places = items.filter((item) => plain(item.label).includes(wanted));
    if (!wanted) return places;
    return [...places, { label: `${search.label} „${query.trim()}”`, href: search.href + encodeURIComponent(query.trim()) }];
  }, [items, query, search]);
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setActive((now) => (now + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(found[active]);
    }
  };
  return (
    <>
      <Dialog.Title className="sr-only">{labels.title}</Dialog.Title>
      <input type="text" role="combobox" aria-expanded="true" aria-controls={list} aria-autocomplete="list"
        aria-activedescendant={found.length ? `${list}-${active}` : undefined} aria-label={labels.placeholder}
        ref={field} placeholder={labels.placeholder} value={query} onKeyDown={keys} autoComplete="off" spellCheck="false"
        onChange={(event) => { setQuery(event.target.value); setActive(0); }}
        className="h-12 w-full border-b border-border bg-transparent px-4 text-lg outline-none focus-visible:outline-none" />
      <ul id={list} role="listbox" aria-label={labels.title} className="max-h-80 overflow-y-auto p-1.5 scroll-fade">
        {found.map((item, index) => (
          <li key={item.href} id={`${list}-${index}`} role="option" aria-selected={index === active}
            onPointerMove={() => setActive(index)} onClick={() => go(item)}
            className={`flex h-10 cursor-default items-center justify-between rounded-md px-3 text-base ${index === active ? "bg-hover" : ""}`}>
            <span className="truncate">{item.label}</span>
            {item.keys && <Keys keys={item.keys} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Shortcuts({ labels, shortcuts }) {
  return (
    <>
      <div className="flex items-center justify-between px-5 pt-4 pb-2">
        <Dialog.Title className="text-lg font-semibold">{labels.shortcuts}</Dialog.Title>
        <Dialog.Close aria-label={labels.close} title={labels.close}
          className="grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-text">
          <svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" aria-hidden="true"><path d="M18 6 6 18M6 6l12 12" /></svg>
        </Dialog.Close>
      </div>
      <ul className="px-5 pb-4">
        {shortcuts.map((line) => (
          <li key={line.keys} className="flex items-center justify-between gap-4 border-b border-border py-2 text-base last:border-0">
            {line.label}<Keys keys={line.keys} />
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
