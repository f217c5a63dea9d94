// @ts-check
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { createMemoryRouter, Link, RouterProvider } from "react-router";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Rows } from "../../../sekretarka/ui/components/editors.jsx";
import { EditForm, LeaveGuard, TypedConfirm } from "../../../sekretarka/ui/components/form.jsx";

const LABELS = {
  save: "Zapisz",
  discard: "Odrzuć",
  unsaved: "Niezapisane",
  title: "Wyjść?",
  text: "",
  stay: "Zostań",
  leave: "Wyjdź",
};

afterEach(cleanup);

/** A page with a form, and what may happen on the server: somebody else saves, a submission is saved or rejected. */
function Page(/** @type {{onSubmit: (fields: object) => void}} */ { onSubmit }) {
  const [state, setState] = useState({ name: "Studio", revision: 1, attempt: 0, invalid: false });
  return (
    <>
      <EditForm
        revision={state.revision}
        attempt={state.attempt}
        readOnly={false}
        guarded
        onSubmit={onSubmit}
        onDiscard={undefined}
        labels={LABELS}
        classNames={{}}
      >
        <input name="name" aria-label="Nazwa" defaultValue={state.name} aria-invalid={state.invalid} />
        <input name="phone" aria-label="Telefon" defaultValue="" />
      </EditForm>
      <LeaveGuard labels={LABELS} classNames={{}} />
      <button type="button" onClick={() => setState({ ...state, name: "Salon", revision: state.revision + 1 })}>
        saved
      </button>
      <button type="button" onClick={() => setState({ ...state, attempt: state.attempt + 1, invalid: true })}>
        rejected
      </button>
      <Link to="/elsewhere">Dalej</Link>
    </>
  );
}

function show() {
  const onSubmit = vi.fn();
  const routes = [
    { path: "/", element: <Page onSubmit={onSubmit} /> },
    { path: "/elsewhere", element: <h1>Gdzie indziej</h1> },
  ];
  render(<RouterProvider router={createMemoryRouter(routes)} />);
  return onSubmit;
}

const save = () => /** @type {HTMLButtonElement} */ (screen.getByRole("button", { name: "Zapisz" }));
const name = () => /** @type {HTMLInputElement} */ (screen.getByRole("textbox", { name: "Nazwa" }));

describe("EditForm", () => {
  test("cannot be saved before anything differs, nor once it is as saved again", async () => {
    const user = userEvent.setup();
    show();
    expect(save().disabled).toBe(true);
    await user.type(name(), "!");
    expect(save().disabled).toBe(false);
    expect(screen.getByText("Niezapisane")).toBeTruthy();
    await user.type(name(), "{Backspace}");
    expect(save().disabled).toBe(true);
  });

  test("submits every field once, however often it is pressed", async () => {
    const user = userEvent.setup();
    const onSubmit = show();
    await user.type(name(), " Lawenda");
    await user.click(save());
    await user.click(save());
    expect(onSubmit.mock.calls).toEqual([[{ name: "Studio Lawenda", phone: "" }]]);
    expect(save().getAttribute("aria-busy")).toBe("true");
  });

  test("gives the saved values back when edits are discarded", async () => {
    const user = userEvent.setup();
    show();
    await user.type(name(), " Lawenda");
    await user.click(screen.getByRole("button", { name: "Odrzuć" }));
    expect(name().value).toBe("Studio");
    expect(save().disabled).toBe(true);
  });
});

describe("EditForm and the server", () => {
  const happens = (/** @type {string} */ what) => fireEvent.click(screen.getByRole("button", { name: what }));

  test("shows what somebody else saved", () => {
    show();
    happens("saved");
    expect(name().value).toBe("Salon");
  });

  test("keeps what is being edited when somebody else saves", async () => {
    const user = userEvent.setup();
    show();
    await user.type(name(), "!");
    happens("saved");
    expect(name().value).toBe("Studio!");
  });

  test("is as saved after its own submission", async () => {
    const user = userEvent.setup();
    show();
    await user.type(name(), "!");
    await user.click(save());
    happens("saved");
    expect(name().value).toBe("Salon");
    expect(save().disabled).toBe(true);
    expect(save().getAttribute("aria-busy")).toBe("false");
  });

  test("puts the focus on the field that was rejected and can be submitted again", async () => {
    const user = userEvent.setup();
    const onSubmit = show();
    await user.type(name(), "!");
    await user.click(save());
    happens("rejected");
    expect(document.activeElement).toBe(name());
    await user.click(save());
    expect(onSubmit).toHaveBeenCalledTimes(2);
  });
});

describe("LeaveGuard", () => {
  test("lets a link go on when nothing was edited", async () => {
    const user = userEvent.setup();
    show();
    await user.click(screen.getByRole("link", { name: "Dalej" }));
    expect(screen.getByRole("heading", { name: "Gdzie indziej" })).toBeTruthy();
  });

  test("asks before edits are lost, stays, and leaves when told to", async () => {
    const user = userEvent.setup();
    show();
    await user.type(name(), "!");
    await user.click(screen.getByRole("link", { name: "Dalej" }));
    expect(screen.queryByRole("heading", { name: "Gdzie indziej" })).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Zostań" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    expect(name().value).toBe("Studio!");
    await user.click(screen.getByRole("link", { name: "Dalej" }));
    await user.click(await screen.findByRole("button", { name: "Wyjdź" }));
    expect(screen.getByRole("heading", { name: "Gdzie indziej" })).toBeTruthy();
  });
});

test("what is deleted for good must be named", async () => {
  const user = userEvent.setup();
  const onConfirm = vi.fn();
  const labels = { title: "Usunąć?", text: "", cancel: "Anuluj", confirm: "Usuń" };
  render(
    <TypedConfirm
      name="Studio Lawenda"
      label="Nazwa"
      onConfirm={onConfirm}
      labels={labels}
      classNames={{}}
      trigger="Usuń salon"
    />,
  );
  await user.click(screen.getByRole("button", { name: "Usuń salon" }));
  const confirm = /** @type {HTMLButtonElement} */ (await screen.findByRole("button", { name: "Usuń" }));
  await user.type(name(), "studio lawenda{Enter}");
  expect(confirm.disabled).toBe(true);
  expect(onConfirm).not.toHaveBeenCalled();
  await user.clear(name());
  await user.type(name(), " Studio Lawenda ");
  await user.click(confirm);
  expect(onConfirm.mock.calls).toEqual([["Studio Lawenda"]]);
});

describe("Rows", () => {
  const labels = { add: "Dodaj", remove: "Usuń", empty: "Nic tu nie ma" };
  const show = (/** @type {object} */ changes = {}) => {
    const { container } = render(
      <Rows
        name="facts"
        value={[{ text: "Parking" }]}
        fields={[{ key: "text", label: "Fakt" }]}
        labels={labels}
        classNames={{}}
        lang="pl"
        {...changes}
      />,
    );
    return () => JSON.parse(/** @type {HTMLInputElement} */ (container.querySelector('input[name="facts"]')).value);
  };

  test("carry what is typed, added and removed as one JSON list", async () => {
    const user = userEvent.setup();
    const value = show();
    await user.click(screen.getByRole("button", { name: "Dodaj" }));
    await user.keyboard("Karta i BLIK");
    expect(value()).toEqual([{ text: "Parking" }, { text: "Karta i BLIK" }]);
    await user.click(screen.getByRole("button", { name: "Usuń 1" }));
    expect(value()).toEqual([{ text: "Karta i BLIK" }]);
  });

  test("stop at their limit and say that there are none", async () => {
    const user = userEvent.setup();
    show({ limit: 1 });
    expect(screen.queryByRole("button", { name: "Dodaj" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Usuń 1" }));
    expect(screen.getByText("Nic tu nie ma")).toBeTruthy();
  });

  test("show an error beside its own field", () => {
    show({ errors: { "facts.0.text": { pl: "Za długie", en: "Too long" } } });
    const field = screen.getByRole("textbox", { name: "Fakt 1" });
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Za długie");
  });
});
