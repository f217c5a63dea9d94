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

// Shown only after a second without the server, so that a blink of the network stays unseen.
// With too many tabs open it says so; the socket tries again when this one is looked at.
export function ConnectionBar({ lost, text, full, action }) {
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
    <div role="status" aria-live="polite">
      {shown && (
        <div className="flex items-center justify-center gap-2 bg-warning-soft px-4 py-1.5 text-sm font-medium text-warning">
          <span className="live-dot" aria-hidden="true" />
          {text}
        </div>
      )}
      {refused && !shown && (
        <div className="flex items-center justify-center gap-3 bg-warning-soft px-4 py-1.5 text-sm font-medium text-warning">
          {full}
          <button type="button" className="underline underline-offset-2" onClick={() => location.reload()}>
            {action}
          </button>
        </div>
      )}
    </div>
  );
}
