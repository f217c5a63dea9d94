// @ts-check
// Unsaved changes: the forms that have some, and who asks before they are left, whichever way that is tried.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog } from "@base-ui/react/dialog";
import { createContext, useContext, useEffect, useRef } from "react";
import { useBlocker } from "react-router";
import { keepDraftsOf } from "./drafts.js";

/**
 * A form of the page: busy while it is being saved, `ask` shows its prompt, `leave` throws its changes away.
 * @typedef {{unsaved: boolean, busy: boolean, ask: (way: Way) => void, leave: () => void}} Guarded
 * @typedef {{proceed: () => void, stay: () => void, alone: boolean}} Way
 */

/** @type {Set<Guarded>} */
const forms = new Set();
const DialogForms = createContext(/** @type {Set<Guarded> | null} */ (null));

export function useGuard(/** @type {Guarded} */ form) {
  const inside = useContext(DialogForms);
  useEffect(() => {
    forms.add(form);
    inside?.add(form);
    return () => {
      forms.delete(form);
      inside?.delete(form);
    };
  }, [form, inside]);
}

const unsaved = (/** @type {Iterable<Guarded>} */ among) => [...among].filter((form) => form.unsaved);

function ask(left, proceed, stay) {
  const leave = () => {
    for (const form of left) form.leave();
    proceed();
  };
  left[0].ask({ proceed: leave, stay, alone: left.length === 1 });
}

// Once per page. owner: "user|organization".
export function LeaveGuard({ owner }) {
  const blocker = useBlocker(
    ({ currentLocation: from, nextLocation: to }) =>
      unsaved(forms).length > 0 && from.pathname + from.search !== to.pathname + to.search,
  );
  const latest = useRef(blocker);
  latest.current = blocker;
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    const left = unsaved(forms);
    const proceed = () => latest.current.proceed?.();
    if (left.length) ask(left, proceed, () => latest.current.reset?.());
    else proceed();
  }, [blocker.state]);
  useEffect(() => {
    const warn = (event) => {
      if (unsaved(forms).length) event.preventDefault();
    };
    // Asked for by sekretarka/ui/auth.js: leaving by a full load of another page.
    const leave = (event) => {
      const left = unsaved(forms);
      if (!left.length) return;
      event.preventDefault();
      ask(left, event.detail, () => {});
    };
    window.addEventListener("beforeunload", warn);
    window.addEventListener("sekretarka:leave", leave);
    return () => {
      window.removeEventListener("beforeunload", warn);
      window.removeEventListener("sekretarka:leave", leave);
    };
  }, []);
  const user = owner.split("|")[0];
  useEffect(() => {
    if (user) keepDraftsOf(user);
  }, [user]);
  return null;
}

// Esc, the cross and a click beside it close a dialog: not over unsaved changes inside, nor while they are being saved.
export function GuardedDialog({ onOpenChange, children, ...props }) {
  const inside = useRef(/** @type {Set<Guarded>} */ (new Set())).current;
  const change = (open, details) => {
    const left = unsaved(inside);
    const busy = [...inside].some((form) => form.busy);
    if (open || (!left.length && !busy)) return onOpenChange?.(open, details);
    details.cancel();
    const proceed = () => onOpenChange?.(false, details);
    if (!busy) ask(left, proceed, () => {});
  };
  return (
    <DialogForms.Provider value={inside}>
      <Dialog.Root {...props} onOpenChange={change}>
        {children}
      </Dialog.Root>
    </DialogForms.Provider>
  );
}

// A question that must be answered; its buttons come last.
export function Question({ open, onOpenChange, popup, labels, classNames, children }) {
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop forceRender className={classNames.over} />
        <AlertDialog.Popup className={popup}>
          <AlertDialog.Title className="text-lg font-semibold text-balance">{labels.title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-base text-muted">{labels.text}</AlertDialog.Description>
          {children}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

// way: what is asked about, null for nothing; onSave: null where leaving is all that can be done.
export function LeavePrompt({ way, onStay, onLeave, onSave, busy, labels, classNames }) {
  return (
    <Question
      open={way !== null}
      onOpenChange={(open) => !open && !busy && onStay()}
      popup={classNames.popup}
      labels={labels}
      classNames={classNames}
    >
      <div className="mt-5 flex flex-wrap justify-end gap-2 max-sm:flex-col-reverse">
        <AlertDialog.Close className={classNames.secondary} disabled={busy}>
          {labels.stay}
        </AlertDialog.Close>
        <button
          type="button"
          className={onSave ? classNames.quiet_danger : classNames.danger}
          disabled={busy}
          onClick={onLeave}
        >
          {labels.leave}
        </button>
        {onSave && (
          <button type="button" className={classNames.primary} aria-busy={busy} disabled={busy} onClick={onSave}>
            {labels.save}
          </button>
        )}
      </div>
    </Question>
  );
}
