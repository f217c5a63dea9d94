// The frame's own behaviour: command palette, shortcuts, sidebar, the tab's title, the lost connection.
import { Dialog } from "@base-ui/react/dialog";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";

const BACKDROP = "backdrop fixed inset-0 z-40 bg-overlay";
const POPUP =
  "popup fixed z-50 left-1/2 top-[12vh] w-[560px] max-w-[calc(100vw-24px)] -translate-x-1/2 rounded-xl bg-raised shadow-float outline-none overflow-hidden";

const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").replace(/ł/g, "l").replace(/Ł/g, "L").toLowerCase();
const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]");

export const openPalette = () => window.dispatchEvent(new Event("sekretarka:palette"));
export const openShortcuts = () => window.dispatchEvent(new Event("sekretarka:shortcuts"));

function useWindow(name, listener) {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const handle = (event) => latest.current(event);
    window.addEventListener(name, handle);
    return () => window.removeEventListener(name, handle);
  }, [name]);
}

function Keys({ keys }) {
  return (
    <span className="flex gap-1">
      {keys.split(" ").map((key) => (
        <kbd key={key} className="min-w-5 rounded border border-border bg-sunken px-1.5 text-center text-xs leading-5 text-muted font-sans">{key}</kbd>
      ))}
    </span>
  );
}

// items: [{label, href, keys?}]; search: {label, href}: what a typed word may also mean.
export function CommandCenter({ items = [], search, words, shortcuts = [] }) {
  const navigate = useNavigate();
  const [open, setOpen] = useState("");
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const prefix = useRef(0);
  const list = useId();

  const found = useMemo(() => {
    const wanted = plain(query.trim());
    const places = items.filter((item) => plain(item.label).includes(wanted));
    if (!wanted) return places;
    return [...places, { label: `${search.label} „${query.trim()}”`, href: search.href + encodeURIComponent(query.trim()) }];
  }, [items, query, search]);

  const show = (what) => {
    setQuery("");
    setActive(0);
    setOpen(what);
  };
  const go = (item) => {
    if (!item) return;
    setOpen("");
    navigate(item.href);
  };
  useWindow("sekretarka:palette", () => show("palette"));
  useWindow("sekretarka:shortcuts", () => show("shortcuts"));
  useWindow("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return show(open === "palette" ? "" : "palette");
    }
    if (open || typing(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "?") return show("shortcuts");
    if (event.key === "/") {
      event.preventDefault();
      return show("palette");
    }
    if (event.key === "g") {
      prefix.current = Date.now();
    } else if (Date.now() - prefix.current < 1000) {
      prefix.current = 0;
      go(items.find((item) => item.keys === `g ${event.key}`));
    }
  });
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
      <Dialog.Root open={open === "palette"} onOpenChange={(now) => setOpen(now ? "palette" : "")}>
        <Dialog.Portal>
          <Dialog.Backdrop className={BACKDROP} />
          <Dialog.Popup className={POPUP}>
            <Dialog.Title className="sr-only">{words.title}</Dialog.Title>
            <input type="text" role="combobox" aria-expanded="true" aria-controls={list} aria-autocomplete="list"
              aria-activedescendant={found.length ? `${list}-${active}` : undefined} aria-label={words.placeholder}
              placeholder={words.placeholder} value={query} onKeyDown={keys} autoComplete="off" spellCheck="false"
              onChange={(event) => { setQuery(event.target.value); setActive(0); }}
              className="h-12 w-full border-b border-border bg-transparent px-4 text-lg outline-none" />
            <ul id={list} role="listbox" aria-label={words.title} className="max-h-80 overflow-y-auto p-1.5 scroll-fade">
              {found.map((item, index) => (
                <li key={item.href} id={`${list}-${index}`} role="option" aria-selected={index === active}
                  onPointerMove={() => setActive(index)} onClick={() => go(item)}
                  className={`flex h-10 cursor-default items-center justify-between rounded-md px-3 text-base ${index === active ? "bg-hover" : ""}`}>
                  <span className="truncate">{item.label}</span>
                  {item.keys && <Keys keys={item.keys} />}
                </li>
              ))}
            </ul>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
      <Dialog.Root open={open === "shortcuts"} onOpenChange={(now) => setOpen(now ? "shortcuts" : "")}>
        <Dialog.Portal>
          <Dialog.Backdrop className={BACKDROP} />
          <Dialog.Popup className={POPUP}>
            <div className="flex items-center justify-between px-5 pt-4 pb-2">
              <Dialog.Title className="text-lg font-semibold">{words.shortcuts}</Dialog.Title>
              <Dialog.Close aria-label={words.close} title={words.close}
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
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
}

export function SidebarToggle({ label, className, children }) {
  const [narrow, setNarrow] = useState(false);
  useEffect(() => setNarrow(document.documentElement.dataset.sidebar === "icons"), []);
  const toggle = () => {
    const now = !narrow;
    setNarrow(now);
    if (now) document.documentElement.dataset.sidebar = "icons";
    else delete document.documentElement.dataset.sidebar;
    try {
      localStorage.setItem("sidebar", now ? "icons" : "wide");
    } catch {
      // A browser that keeps nothing still collapses the sidebar until the next page load.
    }
  };
  return <button type="button" className={className} aria-label={label} title={label} aria-pressed={narrow} onClick={toggle}>{children}</button>;
}

// "(2) Rozmowy · AI Sekretarka": the tab tells of live calls.
export function TabTitle({ title, live = 0, product }) {
  useEffect(() => {
    document.title = `${live > 0 ? `(${live}) ` : ""}${title} · ${product}`;
  }, [title, live, product]);
  return null;
}

// Shown only after a second without the server, so that a blink of the network stays unseen.
export function ConnectionBar({ lost, text }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) {
      setShown(false);
      return undefined;
    }
    const timer = setTimeout(() => setShown(true), 1000);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div role="status" aria-live="polite">
      {shown && (
        <div className="flex items-center justify-center gap-2 bg-warning-soft px-4 py-1.5 text-sm font-medium text-warning">
          <span className="live-dot" aria-hidden="true" />{text}
        </div>
      )}
    </div>
  );
}
