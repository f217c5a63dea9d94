// @ts-check
// A button that copies, and secrets that are shown for a while and are never part of the page's state.
import { Check, Copy, Eye, EyeOff, KeyRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";

const SHOWN_FOR = 60000;
const HIDDEN_AFTER = 600000;

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context there is no clipboard API; a selection still copies.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export function CopyButton({ text, labels, className }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    await copyText(text);
    setDone(true);
  };
  const Icon = done ? Check : Copy;
  return (
    <button
      type="button"
      className={className}
      onClick={copy}
      disabled={!text}
      aria-label={labels.label}
      title={labels.label}
    >
      <Icon size={16} aria-hidden="true" className={done ? "text-success" : ""} />
      <span aria-live="polite">{done ? labels.done : labels.copy}</span>
    </button>
  );
}

// The value comes as a window event "sekretarka:secret" {id, secret}: it is never part of the page's state.
export function Secret({ id, onReveal, labels, classNames }) {
  const [secret, setSecret] = useState("");
  useEffect(() => {
    const receive = (event) => event.detail.id === id && setSecret(event.detail.secret);
    window.addEventListener("sekretarka:secret", receive);
    setSecret("");
    return () => window.removeEventListener("sekretarka:secret", receive);
  }, [id]);
  useEffect(() => {
    if (!secret) return undefined;
    const timer = setTimeout(() => setSecret(""), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [secret]);
  const Icon = secret ? EyeOff : Eye;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: read aloud, the dots mean nothing */}
      <code className={classNames.code} aria-label={labels.label} data-secret={secret ? "shown" : "hidden"}>
        {secret || `whsec_${"•".repeat(24)}`}
      </code>
      <button type="button" className={classNames.button} onClick={() => (secret ? setSecret("") : onReveal())}>
        <Icon size={16} aria-hidden="true" />
        <span>{secret ? labels.hide : labels.show}</span>
      </button>
      {secret && <CopyButton text={secret} labels={labels.copying} className={classNames.button} />}
    </div>
  );
}

// A secret that was just made and that nothing can show again: from the same window event, until it is dismissed.
export function ShownOnce({ id, labels, classNames }) {
  const [secret, setSecret] = useState("");
  const place = useRef(null);
  useEffect(() => {
    const receive = (event) => event.detail.id === id && setSecret(event.detail.secret);
    window.addEventListener("sekretarka:secret", receive);
    return () => window.removeEventListener("sekretarka:secret", receive);
  }, [id]);
  useEffect(() => {
    if (!secret) return undefined;
    place.current.scrollIntoView({ block: "nearest" });
    const timer = setTimeout(() => setSecret(""), HIDDEN_AFTER);
    return () => clearTimeout(timer);
  }, [secret]);
  return (
    <div
      ref={place}
      role="status"
      className={secret ? classNames.panel : "hidden"}
      data-secret={secret ? "shown" : "hidden"}
    >
      {secret && (
        <>
          <div className="flex items-start gap-3">
            <KeyRound size={18} aria-hidden="true" className="mt-px shrink-0 text-success" />
            <div className="min-w-0">
              <p className="text-base font-semibold">{labels.title}</p>
              <p className="text-sm text-muted">{labels.text}</p>
            </div>
          </div>
          {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: a secret alone does not say what it is */}
          <code className={classNames.code} aria-label={labels.label}>
            {secret}
          </code>
          <div className="flex flex-wrap gap-2">
            <CopyButton text={secret} labels={labels.copying} className={classNames.primary} />
            <button type="button" className={classNames.button} onClick={() => setSecret("")}>
              <span>{labels.done}</span>
            </button>
          </div>
        </>
      )}
    </div>
  );
}
