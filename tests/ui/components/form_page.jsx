// @ts-check
// A page with a form for tests of components/form.jsx, and what may happen on the server meanwhile.
import { Dialog } from "@base-ui/react/dialog";
import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { createMemoryRouter, Link, RouterProvider } from "react-router";
import { vi } from "vitest";
import { EditForm } from "../../../sekretarka/ui/components/form.jsx";
import { GuardedDialog, LeaveGuard } from "../../../sekretarka/ui/components/guard.jsx";

export const LABELS = {
  save: "Zapisz",
  discard: "Odrzuć",
  unsaved: "Niezapisane",
  restored: "Przywrócone",
  leave: { title: "Wyjść?", text: "", stay: "Zostań", leave: "Wyjdź", save: "Zapisz i wyjdź" },
  conflict: {
    title: "Ktoś zmienił to samo",
    text: "",
    mine: "Moje",
    theirs: "Inne",
    me: "Ja",
    by_program: "Program",
    by_system: "System",
    nothing: "(puste)",
    on: "tak",
    off: "nie",
    save: "Zapisz wybrane",
    back: "Wróć",
  },
};
const STORED = { name: "Studio", phone: "", notes: "", state: "open", active: true };
const ANNA = { by: "user", who: "Anna", at: "2026-11-20T10:00:00Z" };

/**
 * A page with the form of a record, or of something new, and what may happen on the server: somebody else saves, a
 * submission is stored, rejected, or meets a conflict.
 */
function Page(
  /** @type {{onSubmit: (sent: object) => void, isNew?: boolean, inDialog?: boolean, onClose?: () => void}} */ given,
) {
  const { onSubmit, isNew, inDialog, onClose } = given;
  const [state, setState] = useState({
    version: 1,
    values: STORED,
    attempt: 0,
    saved: 0,
    conflict: null,
    invalid: false,
  });
  const { values } = state;
  const happens = (/** @type {object} */ more) => setState((now) => ({ ...now, ...more }));
  const stored = (/** @type {object} */ changes) => ({ version: state.version + 1, values: { ...values, ...changes } });
  const answered = { attempt: state.attempt + 1, conflict: null };
  const on = (/** @type {string} */ label, /** @type {object} */ more) => (
    <button type="button" onClick={() => happens(more)}>
      {label}
    </button>
  );
  const form = (
    <EditForm
      name="studio"
      owner="user|organization"
      record={isNew ? undefined : { id: "r1", version: state.version, values }}
      revision={0}
      attempt={state.attempt}
      saved={state.saved}
      conflict={state.conflict}
      readOnly={false}
      mayBeBlank={false}
      lang="pl"
      zone="Europe/Warsaw"
      onSubmit={onSubmit}
      onDiscard={undefined}
      labels={LABELS}
      classNames={{}}
    >
      <input name="name" aria-label="Nazwa" defaultValue={values.name} aria-invalid={state.invalid} />
      <input name="phone" aria-label="Telefon" defaultValue={values.phone} />
      <textarea name="notes" aria-label="Notatki" defaultValue={values.notes} />
      <select name="state" aria-label="Stan" defaultValue={values.state}>
        <option value="open">Otwarte</option>
        <option value="done">Zrobione</option>
      </select>
      <input type="checkbox" name="active" aria-label="Aktywne" defaultChecked={values.active} />
    </EditForm>
  );
  return (
    <>
      {inDialog ? (
        <GuardedDialog open onOpenChange={onClose}>
          <Dialog.Portal>
            <Dialog.Popup>
              <Dialog.Title>Panel</Dialog.Title>
              {form}
              <Dialog.Close>Zamknij</Dialog.Close>
            </Dialog.Popup>
          </Dialog.Portal>
        </GuardedDialog>
      ) : (
        form
      )}
      <LeaveGuard owner="user|organization" />
      {on("somebody saved the name", stored({ name: "Salon" }))}
      {on("somebody saved the name again", stored({ name: "Atelier" }))}
      {on("somebody finished it", stored({ state: "done" }))}
      {on("stored", { ...answered, ...stored({ name: "Salon" }), saved: state.saved + 1 })}
      {on("stored as it was", { ...answered, saved: state.saved + 1 })}
      {on("rejected", { ...answered, invalid: true })}
      {on("conflict", {
        ...answered,
        ...stored({ name: "Salon" }),
        conflict: { fields: [{ name: "name", value: "Salon", ...ANNA }] },
      })}
      <Link to="/elsewhere">Dalej</Link>
    </>
  );
}

export function show(/** @type {object} */ more = {}) {
  const onSubmit = vi.fn();
  const routes = [
    { path: "/", element: <Page onSubmit={onSubmit} {...more} /> },
    { path: "/elsewhere", element: <h1>Gdzie indziej</h1> },
  ];
  render(<RouterProvider router={createMemoryRouter(routes)} />);
  return onSubmit;
}

export const save = () => /** @type {HTMLButtonElement} */ (screen.getByRole("button", { name: "Zapisz" }));
export const name = () => /** @type {HTMLInputElement} */ (screen.getByRole("textbox", { name: "Nazwa" }));
export const notes = () => /** @type {HTMLTextAreaElement} */ (screen.getByRole("textbox", { name: "Notatki" }));
export const happens = (/** @type {string} */ what) => fireEvent.click(screen.getByText(what));
export const isAsked = () => screen.queryByRole("alertdialog") !== null;
