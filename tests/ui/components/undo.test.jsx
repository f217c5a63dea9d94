// @ts-check
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OFFERED_FOR, UndoBar } from "../../../sekretarka/ui/components/undo.jsx";

const LABELS = { undo: "Cofnij", close: "Zamknij" };
const onFollowUp = vi.fn();
const onAppointment = vi.fn();
const onService = vi.fn();
const onTask = vi.fn();

const offer = (/** @type {string} */ text, id = text, kind = "follow_up", mark = "7") =>
  act(() => window.dispatchEvent(new CustomEvent("sekretarka:undo", { detail: { kind, id, mark, text } })));
const pass = (/** @type {number} */ time) => act(() => vi.advanceTimersByTime(time));
const bar = () => screen.getByRole("status");

beforeEach(() => {
  vi.useFakeTimers();
  render(
    <>
      <UndoBar
        labels={LABELS}
        classNames={{}}
        onFollowUp={onFollowUp}
        onAppointment={onAppointment}
        onService={onService}
        onTask={onTask}
      />
      <input aria-label="Notatka" />
    </>,
  );
});
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
  vi.useRealTimers();
});

test("an offer is said, taken by its button and gone after ten seconds", () => {
  expect(bar().textContent).toBe("");
  offer("Zrobione", "c1", "follow_up", "9:v");
  expect(bar().textContent).toContain("Zrobione");
  fireEvent.click(screen.getByRole("button", { name: "Cofnij" }));
  expect(onFollowUp).toHaveBeenCalledWith("c1", "9:v");
  offer("Załatwione", "t1", "task", "4");
  fireEvent.click(screen.getByRole("button", { name: "Cofnij" }));
  expect(onTask).toHaveBeenCalledWith("t1", 4);
  offer("Potwierdzona", "a1", "appointment", "3");
  pass(OFFERED_FOR - 1);
  fireEvent.click(screen.getByRole("button", { name: "Cofnij" }));
  expect(onAppointment).toHaveBeenCalledWith("a1", 3);
  offer("Zarchiwizowana", "s1", "service", "4");
  fireEvent.click(screen.getByRole("button", { name: "Cofnij" }));
  expect(onService).toHaveBeenCalledWith("s1", 4);
  offer("Odwołana");
  pass(OFFERED_FOR);
  expect(bar().textContent).toBe("");
});

test("time stands still under the pointer and at the keyboard, and goes on where it stood", () => {
  offer("Zrobione");
  pass(OFFERED_FOR - 1000);
  fireEvent.pointerEnter(bar());
  pass(60_000);
  fireEvent.pointerLeave(bar());
  pass(999);
  const button = screen.getByRole("button", { name: "Cofnij" });
  act(() => button.focus());
  pass(60_000);
  expect(bar().textContent).toContain("Zrobione");
  act(() => button.blur());
  pass(1);
  expect(bar().textContent).toBe("");
});

test("the newest is taken by the keyboard, but not while somebody types", () => {
  offer("Zrobione", "c1");
  offer("Potwierdzona", "a1", "appointment", "3");
  fireEvent.keyDown(screen.getByLabelText("Notatka"), { key: "z", ctrlKey: true });
  expect(onAppointment).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: "z", ctrlKey: true });
  expect(onAppointment).toHaveBeenCalledWith("a1", 3);
  fireEvent.keyDown(document.body, { key: "z", metaKey: true });
  expect(onFollowUp).toHaveBeenCalledWith("c1", "7");
  fireEvent.keyDown(document.body, { key: "z", ctrlKey: true });
  expect(onFollowUp).toHaveBeenCalledTimes(1);
});

test("of one thing only the last change is offered, of many things the last three", () => {
  offer("Potwierdzona", "a1");
  offer("Odwołana", "a1");
  expect(screen.getAllByRole("button", { name: "Cofnij" })).toHaveLength(1);
  for (const id of ["b", "c", "d"]) offer(id);
  expect(screen.getAllByRole("button", { name: "Cofnij" })).toHaveLength(3);
  expect(bar().textContent).not.toContain("Odwołana");
  fireEvent.click(screen.getAllByRole("button", { name: "Zamknij" })[0]);
  expect(bar().textContent).not.toContain("b");
});
