// @ts-check
// Forms edited in place: what differs from the saved version is marked, and leaving with it asks first.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { CircleDot, LoaderCircle } from "lucide-react";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";

const PATIENCE = 8000;
const unsaved = new Set();
const layoutEffect = typeof window === "undefined" ? useEffect : useLayoutEffect;

// revision: what is saved became something else; attempt: the server answered a submission, rightly or wrongly.
export function EditForm({ revision, attempt, readOnly, guarded, onSubmit, onDiscard, labels, classNames, children }) {
  const id = useId();
  const form = useRef(null);
  const saved = useRef("");
  const focused = useRef("");
  const [shown, setShown] = useState(revision);
  const [discards, setDiscards] = useState(0);
  const [dirty, setDirty] = useState(false);
  const [pending, setPending] = useState(false);
  const version = `${shown}/${discards}`;
  const written = () => JSON.stringify([...new FormData(form.current)]);

  // What arrives from elsewhere replaces the fields only while nobody is editing them.
  layoutEffect(() => {
    if (revision === shown || (dirty && !pending)) return;
    focused.current = form.current.contains(document.activeElement)
      ? /** @type {HTMLInputElement} */ (document.activeElement).name
      : "";
    setShown(revision);
  });
  layoutEffect(() => {
    saved.current = written();
    setDirty(false);
    if (focused.current) form.current.elements.namedItem(focused.current)?.focus?.();
    focused.current = "";
  }, [version]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    setPending(false);
    if (attempt) form.current.querySelector('[aria-invalid="true"]')?.focus();
  }, [attempt, revision]);
  useEffect(() => {
    if (!pending) return undefined;
    const timer = setTimeout(() => setPending(false), PATIENCE);
    return () => clearTimeout(timer);
  }, [pending]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address and the page are read once, when it appears
  useEffect(() => {
    // A field that is removed while it is edited still says that it changed: the form is no longer in the ref then.
    const compare = () => form.current && setDirty(written() !== saved.current);
    const node = form.current;
    node.addEventListener("input", compare);
    node.addEventListener("change", compare);
    return () => {
      node.removeEventListener("input", compare);
      node.removeEventListener("change", compare);
    };
  }, []);
  useEffect(() => {
    if (!dirty || !guarded) return undefined;
    const warn = (event) => event.preventDefault();
    unsaved.add(id);
    window.addEventListener("beforeunload", warn);
    return () => {
      unsaved.delete(id);
      window.removeEventListener("beforeunload", warn);
    };
  }, [dirty, guarded, id]);

  const submit = (event) => {
    event.preventDefault();
    if (pending || !dirty) return;
    setPending(true);
    onSubmit(Object.fromEntries(new FormData(form.current)));
  };
  const discard = () => {
    setDiscards((n) => n + 1);
    onDiscard?.();
  };
  return (
    <form ref={form} onSubmit={submit} noValidate autoComplete="off" data-dirty={dirty || undefined}>
      <fieldset key={version} disabled={readOnly} className="m-0 min-w-0 border-0 p-0">
        {children}
      </fieldset>
      {!readOnly && (
        <div className={guarded ? classNames.footer : classNames.bare} data-dirty={dirty || undefined}>
          <p role="status" className="mr-auto flex min-w-0 items-center gap-1.5 text-sm text-warning">
            {dirty && guarded && (
              <>
                <CircleDot size={14} aria-hidden="true" className="shrink-0" />
                <span className="truncate">{labels.unsaved}</span>
              </>
            )}
          </p>
          {dirty && guarded && (
            <button type="button" className={classNames.ghost} disabled={pending} onClick={discard}>
              {labels.discard}
            </button>
          )}
          <button
            type="submit"
            className={classNames.primary}
            disabled={!dirty}
            aria-disabled={pending}
            aria-busy={pending}
          >
            {pending && <LoaderCircle size={16} aria-hidden="true" className="spin" />}
            <span>{labels.save}</span>
          </button>
        </div>
      )}
    </form>
  );
}

// Once per page with forms: a link or the back button does not throw edits away without a word.
export function LeaveGuard({ labels, classNames }) {
  const blocker = useBlocker(
    ({ currentLocation: from, nextLocation: to }) =>
      unsaved.size > 0 && from.pathname + from.search !== to.pathname + to.search,
  );
  const leave = () => {
    unsaved.clear();
    blocker.proceed();
  };
  return (
    <AlertDialog.Root open={blocker.state === "blocked"} onOpenChange={(open) => !open && blocker.reset?.()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop fixed inset-0 z-40 bg-overlay" />
        <AlertDialog.Popup className={classNames.popup}>
          <AlertDialog.Title className="text-lg font-semibold text-balance">{labels.title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-base text-muted">{labels.text}</AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2 max-sm:flex-col-reverse">
            <AlertDialog.Close className={classNames.secondary}>{labels.stay}</AlertDialog.Close>
            <button type="button" className={classNames.danger} onClick={leave}>
              {labels.leave}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

// Asks for the thing's name in writing before it is gone for good.
export function TypedConfirm({ name, label, onConfirm, labels, classNames, trigger }) {
  const field = useId();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const right = typed.trim() === name.trim();
  const submit = (event) => {
    event.preventDefault();
    if (!right) return;
    setOpen(false);
    onConfirm(typed.trim());
  };
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(now) => {
        setOpen(now);
        setTyped("");
      }}
    >
      <AlertDialog.Trigger className={classNames.quiet_danger}>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop fixed inset-0 z-40 bg-overlay" />
        <AlertDialog.Popup className={classNames.popup}>
          <form onSubmit={submit}>
            <AlertDialog.Title className="text-lg font-semibold text-balance">{labels.title}</AlertDialog.Title>
            <AlertDialog.Description className="mt-2 text-base text-muted">{labels.text}</AlertDialog.Description>
            <label htmlFor={field} className="mt-4 block text-sm font-medium">
              {label}
            </label>
            <input
              id={field}
              value={typed}
              autoComplete="off"
              spellCheck="false"
              placeholder={name}
              onChange={(event) => setTyped(event.target.value)}
              className={classNames.control}
            />
            <div className="mt-5 flex justify-end gap-2 max-sm:flex-col-reverse">
              <AlertDialog.Close className={classNames.secondary}>{labels.cancel}</AlertDialog.Close>
              <button type="submit" className={classNames.danger} disabled={!right}>
                {labels.confirm}
              </button>
            </div>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
