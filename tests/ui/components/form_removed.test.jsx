// @ts-check
import { cleanup, render, screen } from "@testing-library/react";
import { useLayoutEffect, useRef } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, expect, test, vi } from "vitest";
import { EditForm } from "../../../sekretarka/ui/components/form.jsx";

const LABELS = { save: "Zapisz", discard: "Odrzuć", unsaved: "Niezapisane", leave: {}, conflict: {} };

afterEach(cleanup);

/** Chrome takes the focus from a field that is removed, and the field then says that it was changed. */
function Field() {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => {
    const node = field.current;
    return () => void node.dispatchEvent(new Event("change", { bubbles: true }));
  }, []);
  return <input ref={field} name="notes" aria-label="Notatki" defaultValue="" />;
}

test("a form that is closed while a field is edited reports nothing", () => {
  const failed = vi.fn((/** @type {ErrorEvent} */ event) => event.preventDefault());
  window.addEventListener("error", failed);
  const element = (
    <EditForm
      name="notes"
      owner="user|organization"
      revision={1}
      attempt={0}
      saved={0}
      readOnly={false}
      onSubmit={vi.fn()}
      onDiscard={undefined}
      labels={LABELS}
      classNames={{}}
    >
      <Field />
    </EditForm>
  );
  const { unmount } = render(<RouterProvider router={createMemoryRouter([{ path: "/", element }])} />);
  expect(screen.getByRole("textbox", { name: "Notatki" })).toBeTruthy();
  unmount();
  window.removeEventListener("error", failed);
  expect(failed.mock.calls.map(([event]) => event.message)).toEqual([]);
});
