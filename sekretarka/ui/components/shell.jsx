// @ts-check
// The frame's own behaviour: command palette, shortcuts, sidebar, the lost connection.
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";

const Commands = lazy(() => import("./palette.jsx"));

const typing = (target) =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]");

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

// items: [{label, href, keys?}]; search: {label, href}: what a typed word may also mean.
export function CommandCenter(props) {
  const navigate = useNavigate();
  const [open, setOpen] = useState("");
  const [loaded, setLoaded] = useState(false);
  const prefix = useRef(0);

  const show = (what) => {
    setLoaded(true);
    setOpen(what);
  };
  const go = (item) => {
    if (!item) return;
    setOpen("");
    navigate(item.href);
  };
  useWindow("sekretarka:go", (event) => navigate(event.detail));
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
      go(props.items.find((item) => item.keys === `g ${event.key}`));
    }
  });
  if (!loaded) return null;
  return (
    <Suspense fallback={null}>
      <Commands {...props} open={open} close={() => setOpen("")} go={go} />
    </Suspense>
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
      // A browser without storage still collapses the sidebar until the next page load.
    }
  };
  return (
    <button type="button" className={className} aria-label={label} title={label} aria-pressed={narrow} onClick={toggle}>
      {children}
    </button>
  );
}

// Of the server: `slow` when it owes an answer, `silent` when it does not answer at all (line.js).
function useLine() {
  const [line, setLine] = useState("");
  const look = () => setLine(document.documentElement.dataset.line ?? "");
  useEffect(look, []);
  useWindow("sekretarka:line", look);
  return line;
}

const BAR =
  "flex items-center justify-center gap-2 rounded-lg border border-border bg-warning-soft px-4 py-2 text-sm font-medium " +
  "text-warning shadow-float";

// Above everything, dialogs included. Without a connection it is shown only after a second, so that a blink of the network
// stays unseen. With too many tabs open it says so; the socket tries again when this one is looked at.
export function ConnectionBar({ lost, text, silent, waiting, full, action }) {
  const line = useLine();
  const [shown, setShown] = useState(false);
  const [refused, setRefused] = useState(false);
  useEffect(() => setRefused("full" in document.documentElement.dataset), []);
  useWindow("sekretarka:full", () => setRefused(true));
  useWindow("visibilitychange", () => {
    delete document.documentElement.dataset.full;
    setRefused(false);
  });
  useEffect(() => {
    if (!lost) {
      setShown(false);
      return undefined;
    }
    const timer = setTimeout(() => setShown(true), 1000);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 top-0 z-[70] flex justify-center px-3"
    >
      {line === "slow" && !shown && (
        <div className="waiting-line">
          <span className="sr-only">{waiting}</span>
        </div>
      )}
      {(shown || line === "silent") && (
        <div className={`${BAR} mt-2`}>
          <span className="live-dot" aria-hidden="true" />
          {shown ? text : silent}
        </div>
      )}
      {refused && !shown && line !== "silent" && (
        <div className={`${BAR} mt-2`}>
          {full}
          <button
            type="button"
            className="pointer-events-auto underline underline-offset-2"
            onClick={() => location.reload()}
          >
            {action}
          </button>
        </div>
      )}
    </div>
  );
}
