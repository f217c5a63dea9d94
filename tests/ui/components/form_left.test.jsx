// @ts-check
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Rows } from "../../../sekretarka/ui/components/editors.jsx";
import { EditForm } from "../../../sekretarka/ui/components/form.jsx";
import { happens, isAsked, LABELS, name, notes, save, show } from "./form_page.jsx";

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

describe("Unsaved changes", () => {
  test("are not asked about when there are none", async () => {
    const user = userEvent.setup();
    show();
    await user.click(screen.getByRole("link", { name: "Dalej" }));
    expect(screen.getByRole("heading", { name: "Gdzie indziej" })).toBeTruthy();
  });

  test.each([true, false])("are asked about before a link leads away, stay, and are left (new: %s)", async (isNew) => {
    const user = userEvent.setup();
    show({ isNew });
    await user.type(name(), "!");
    await user.click(screen.getByRole("link", { name: "Dalej" }));
    expect(screen.queryByRole("heading", { name: "Gdzie indziej" })).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Zostań" }));
    await waitFor(() => expect(isAsked()).toBe(false));
    expect(name().value).toBe("Studio!");
    await user.click(screen.getByRole("link", { name: "Dalej" }));
    await user.click(await screen.findByRole("button", { name: "Wyjdź" }));
    expect(screen.getByRole("heading", { name: "Gdzie indziej" })).toBeTruthy();
  });

  test("are saved on the way, and the way goes on once they are stored", async () => {
    const user = userEvent.setup();
    const onSubmit = show();
    await user.type(name(), "!");
    await user.click(screen.getByRole("link", { name: "Dalej" }));
    await user.click(await screen.findByRole("button", { name: "Zapisz i wyjdź" }));
    expect(onSubmit).toHaveBeenCalledTimes(1);
    expect(screen.queryByRole("heading", { name: "Gdzie indziej" })).toBeNull();
    happens("stored");
    expect(await screen.findByRole("heading", { name: "Gdzie indziej" })).toBeTruthy();
  });

  test("stay where they could not be saved", async () => {
    const user = userEvent.setup();
    show();
    await user.type(name(), "!");
    await user.click(screen.getByRole("link", { name: "Dalej" }));
    await user.click(await screen.findByRole("button", { name: "Zapisz i wyjdź" }));
    happens("rejected");
    await waitFor(() => expect(isAsked()).toBe(false));
    expect(name().value).toBe("Studio!");
  });

  test("are asked about before the page is loaded anew or somebody signs out", async () => {
    const user = userEvent.setup();
    show();
    const unload = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    const signOut = vi.fn();
    const leave = () =>
      window.dispatchEvent(new CustomEvent("sekretarka:leave", { cancelable: true, detail: signOut }));
    expect([unload(), leave()]).toEqual([true, true]);
    await user.type(name(), "!");
    expect([unload(), leave()]).toEqual([false, false]);
    await user.click(await screen.findByRole("button", { name: "Wyjdź" }));
    expect(signOut).toHaveBeenCalledTimes(1);
    expect(name().value).toBe("Studio");
  });

  test.each(["Esc", "cross"])("are asked about before their dialog closes by %s", async (how) => {
    const user = userEvent.setup();
    const onClose = vi.fn();
    show({ inDialog: true, onClose });
    const close = () => (how === "Esc" ? user.keyboard("{Escape}") : user.click(screen.getByText("Zamknij")));
    await user.type(name(), "!");
    await close();
    await user.click(await screen.findByRole("button", { name: "Zostań" }));
    await waitFor(() => expect(isAsked()).toBe(false));
    expect(onClose).not.toHaveBeenCalled();
    expect(name().value).toBe("Studio!");
    await close();
    await user.click(await screen.findByRole("button", { name: "Wyjdź" }));
    expect(onClose).toHaveBeenCalledWith(false, expect.anything());
  });

  test("that are being saved keep their dialog open", async () => {
    const user = userEvent.setup();
    const onClose = vi.fn();
    show({ inDialog: true, onClose });
    await user.type(name(), "!");
    await user.click(save());
    await user.keyboard("{Escape}");
    expect([onClose.mock.calls.length, isAsked()]).toEqual([0, false]);
    happens("stored");
    await user.keyboard("{Escape}");
    expect(onClose).toHaveBeenCalledTimes(1);
  });
});

describe("A draft", () => {
  async function type() {
    const user = userEvent.setup();
    show();
    await user.type(notes(), "Oddzwonić po 16");
    await user.selectOptions(screen.getByRole("combobox"), "done");
    return user;
  }

  test("survives a reload, and is saved against what it was typed over", async () => {
    const user = await type();
    cleanup();
    const onSubmit = show();
    expect(notes().value).toBe("Oddzwonić po 16");
    expect(screen.getByText("Przywrócone")).toBeTruthy();
    await user.click(save());
    const changes = { notes: "Oddzwonić po 16", state: "done" };
    expect(onSubmit).toHaveBeenCalledWith({ id: "r1", version: 1, base: { notes: "", state: "open" }, changes });
  });

  test.each(["discarded", "undone", "stored"])("is gone once it is %s", async (how) => {
    const user = await type();
    if (how === "discarded") await user.click(screen.getByRole("button", { name: "Odrzuć" }));
    if (how === "stored") {
      await user.click(save());
      happens("stored");
    }
    if (how === "undone") {
      await user.clear(notes());
      await user.selectOptions(screen.getByRole("combobox"), "open");
    }
    expect(Object.keys(sessionStorage)).toEqual([]);
  });

  test("of somebody else is dropped, not shown", async () => {
    sessionStorage.setItem(
      "sekretarka:draft:other|organization|studio|r1",
      '{"version":1,"base":{},"changes":{"notes":"!"}}',
    );
    show();
    expect(notes().value).toBe("");
    expect(Object.keys(sessionStorage)).toEqual([]);
  });

  test("restores rows that were added", async () => {
    const user = userEvent.setup();
    const form = () =>
      render(
        <RouterProvider
          router={createMemoryRouter([
            {
              path: "/",
              element: (
                <EditForm
                  name="facts"
                  owner="user|organization"
                  record={{ id: "r1", version: 1, values: { facts: ["Parking"] } }}
                  revision={0}
                  attempt={0}
                  saved={0}
                  labels={LABELS}
                  classNames={{}}
                >
                  <Rows
                    name="facts"
                    value={[{ text: "Parking" }]}
                    fields={[{ key: "text", label: "Fakt" }]}
                    labels={{ add: "Dodaj", remove: "Usuń", empty: "" }}
                    classNames={{}}
                    lang="pl"
                  />
                </EditForm>
              ),
            },
          ])}
        />,
      );
    form();
    await user.click(screen.getByRole("button", { name: "Dodaj" }));
    await user.keyboard("Karta i BLIK");
    cleanup();
    form();
    expect(await screen.findByDisplayValue("Karta i BLIK")).toBeTruthy();
  });
});
