// @ts-check
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Rows } from "../../../sekretarka/ui/components/editors.jsx";
import { TypedConfirm } from "../../../sekretarka/ui/components/form.jsx";
import { happens, name, notes, save, show } from "./form_page.jsx";

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

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

  test("submits what was changed, with its version and what it was, once", async () => {
    const user = userEvent.setup();
    const onSubmit = show();
    await user.type(name(), " Lawenda");
    await user.click(screen.getByRole("checkbox", { name: "Aktywne" }));
    await user.click(save());
    await user.click(save());
    const base = { name: "Studio", active: true };
    const changes = { name: "Studio Lawenda", active: null };
    expect(onSubmit.mock.calls).toEqual([[{ id: "r1", version: 1, base, changes }]]);
    expect(save().getAttribute("aria-busy")).toBe("true");
  });

  test("submits all of something new", async () => {
    const user = userEvent.setup();
    const onSubmit = show({ isNew: true });
    await user.type(name(), " Lawenda");
    await user.click(save());
    const all = { name: "Studio Lawenda", phone: "", notes: "", state: "open", active: "on" };
    expect(onSubmit.mock.calls).toEqual([[all]]);
  });

  test("submits no box of something new that is not ticked", async () => {
    const user = userEvent.setup();
    const onSubmit = show({ isNew: true });
    await user.click(screen.getByRole("checkbox", { name: "Aktywne" }));
    await user.click(save());
    expect(onSubmit.mock.calls).toEqual([[{ name: "Studio", phone: "", notes: "", state: "open" }]]);
  });

  test("hears of fields that a script has set", async () => {
    const user = userEvent.setup();
    show();
    const box = /** @type {HTMLInputElement} */ (screen.getByRole("checkbox", { name: "Aktywne" }));
    box.checked = false;
    fireEvent.change(/** @type {Element} */ (box.closest("fieldset")));
    expect(save().disabled).toBe(false);
    await user.click(box);
    expect(save().disabled).toBe(true);
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
  test("shows what somebody else saved", () => {
    show();
    happens("somebody saved the name");
    expect(name().value).toBe("Salon");
  });

  test("keeps what is being edited when somebody else saves, and sends what it was", async () => {
    const user = userEvent.setup();
    const onSubmit = show();
    await user.type(name(), "!");
    happens("somebody saved the name");
    expect(name().value).toBe("Studio!");
    await user.click(save());
    expect(onSubmit).toHaveBeenCalledWith({
      id: "r1",
      version: 1,
      base: { name: "Studio" },
      changes: { name: "Studio!" },
    });
  });

  test("does not send a field back that somebody else changed meanwhile", async () => {
    const user = userEvent.setup();
    const onSubmit = show();
    await user.type(notes(), "Oddzwonić");
    happens("somebody finished it");
    happens("somebody saved the name");
    await user.click(save());
    expect(onSubmit).toHaveBeenCalledWith({
      id: "r1",
      version: 1,
      base: { notes: "" },
      changes: { notes: "Oddzwonić" },
    });
  });

  test("is clean when the server has what was typed", async () => {
    const user = userEvent.setup();
    show();
    await user.clear(name());
    await user.type(name(), "Salon");
    happens("somebody saved the name");
    await waitFor(() => expect(save().disabled).toBe(true));
  });

  test.each(["stored", "stored as it was"])("is as saved after its own submission was %s", async (answer) => {
    const user = userEvent.setup();
    show();
    await user.type(name(), "!");
    await user.click(save());
    happens(answer);
    expect(name().value).toBe(answer === "stored" ? "Salon" : "Studio");
    expect(save().disabled).toBe(true);
    expect(save().getAttribute("aria-busy")).toBe("false");
  });

  test("keeps what is being edited when another form of the page was stored", async () => {
    const user = userEvent.setup();
    show();
    await user.type(name(), "!");
    happens("stored as it was");
    expect(name().value).toBe("Studio!");
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

describe("A submission that is not answered", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    delete document.documentElement.dataset.line;
  });

  const submitAndWait = () => {
    fireEvent.input(name(), { target: { value: "Salon" } });
    fireEvent.click(save());
    act(() => vi.advanceTimersByTime(60_000));
    fireEvent.click(save());
  };

  test("is not sent again while the server hangs, and can be left", () => {
    const onClose = vi.fn();
    const onSubmit = show({ inDialog: true, onClose });
    document.documentElement.dataset.line = "silent";
    submitAndWait();
    expect(onSubmit).toHaveBeenCalledTimes(1);
    expect(save().getAttribute("aria-busy")).toBe("true");
    fireEvent.click(screen.getByRole("button", { name: "Zamknij" }));
    fireEvent.click(screen.getByRole("button", { name: "Wyjdź" }));
    expect(onClose).toHaveBeenCalled();
  });

  test("can be sent again when the server answers other things", () => {
    const onSubmit = show();
    submitAndWait();
    expect(onSubmit).toHaveBeenCalledTimes(2);
  });
});

describe("A conflict", () => {
  async function meet() {
    const user = userEvent.setup();
    const onSubmit = show();
    await user.type(name(), "!");
    await user.type(notes(), "Oddzwonić");
    await user.click(save());
    happens("conflict");
    expect(screen.getByRole("group", { name: "Nazwa" }).textContent).toContain("Studio!");
    expect(screen.getByRole("group", { name: "Nazwa" }).textContent).toMatch(/Anna.*Salon/);
    return { user, onSubmit };
  }

  test("is resolved with what was typed, against what is stored by now", async () => {
    const { user, onSubmit } = await meet();
    await user.click(screen.getByRole("button", { name: "Zapisz wybrane" }));
    const changes = { name: "Studio!", notes: "Oddzwonić" };
    expect(onSubmit).toHaveBeenLastCalledWith({ id: "r1", version: 2, base: { name: "Salon", notes: "" }, changes });
  });

  test("is resolved with what is stored, and the rest is saved", async () => {
    const { user, onSubmit } = await meet();
    await user.click(screen.getByRole("radio", { name: /Anna/ }));
    await user.click(screen.getByRole("button", { name: "Zapisz wybrane" }));
    expect(onSubmit).toHaveBeenLastCalledWith({
      id: "r1",
      version: 2,
      base: { notes: "" },
      changes: { notes: "Oddzwonić" },
    });
  });

  test("is asked about again when that was changed while it was looked at", async () => {
    const { user, onSubmit } = await meet();
    happens("somebody saved the name again");
    await user.click(screen.getByRole("button", { name: "Zapisz wybrane" }));
    const changes = { name: "Studio!", notes: "Oddzwonić" };
    expect(onSubmit).toHaveBeenLastCalledWith({ id: "r1", version: 2, base: { name: "Salon", notes: "" }, changes });
  });

  test("can be looked at again", async () => {
    const { user, onSubmit } = await meet();
    await user.click(screen.getByRole("button", { name: "Wróć" }));
    expect(name().value).toBe("Studio!");
    expect(onSubmit).toHaveBeenCalledTimes(1);
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
