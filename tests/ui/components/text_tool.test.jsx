// @ts-check
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { TextTool } from "../../../sekretarka/ui/components/text_tool.jsx";

afterEach(cleanup);

const show = (/** @type {{text: string, whole: boolean}} */ tool) => {
  const typed = vi.fn();
  render(
    <>
      <textarea id="sms" aria-label="SMS" defaultValue="Cześć, !" onChange={(event) => typed(event.target.value)} />
      <TextTool target="sms" label="wstaw" hint="" className="" {...tool} />
    </>,
  );
  return { typed, field: /** @type {HTMLTextAreaElement} */ (screen.getByLabelText("SMS")) };
};

test("a word is written where the cursor is, as if it had been typed", () => {
  const { typed, field } = show({ text: "{client}", whole: false });
  field.setSelectionRange(7, 7);
  fireEvent.click(screen.getByRole("button", { name: "wstaw" }));
  expect(typed).toHaveBeenLastCalledWith("Cześć, {client}!");
  expect(document.activeElement).toBe(field);
  expect(field.selectionStart).toBe("Cześć, {client}".length);
});

test("another text takes the place of the whole", () => {
  const { typed } = show({ text: "Czesc, !", whole: true });
  fireEvent.click(screen.getByRole("button", { name: "wstaw" }));
  expect(typed).toHaveBeenLastCalledWith("Czesc, !");
});
