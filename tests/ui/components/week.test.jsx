// @ts-check
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Week } from "../../../sekretarka/ui/components/week.jsx";
import { intervals, withStretch } from "../../../sekretarka/ui/components/week_grid.jsx";

const DAYS = ["mon", "tue", "wed"].map((key) => ({ key, label: key.toUpperCase(), short: key }));
const LABELS = {
  add: "Dodaj", all: "Wszystkie", close: "do", closed: "Zamknięte", copied: "Skopiowano", copy: "Kopiuj", grid: "Siatka",
  grid_label: "Godziny", how: "Maluj", list: "Lista", open: "od", quarters: "Kwadranse", remove: "Usuń", time: "Godzina",
  view: "Widok", whole_day: "Cała doba",
}; // biome-ignore format: a table of words

beforeEach(() => {
  window.matchMedia = /** @type {any} */ (() => ({ matches: false }));
});
afterEach(cleanup);

describe("withStretch", () => {
  const morning = [{ open: "09:00", close: "12:00" }];

  test("joins what touches", () => {
    expect(withStretch(morning, 720, 780, true)).toEqual([{ open: "09:00", close: "13:00" }]);
  });

  test("keeps what does not touch apart and in order", () => {
    expect(withStretch(morning, 420, 480, true)).toEqual([{ open: "07:00", close: "08:00" }, ...morning]);
  });

  test("splits a block when its middle is erased", () => {
    expect(withStretch(morning, 600, 630, false)).toEqual([
      { open: "09:00", close: "10:00" },
      { open: "10:30", close: "12:00" },
    ]);
  });

  test("drops a half-typed block", () => {
    expect(withStretch([{ open: "9", close: "12:00" }], 600, 630, true)).toEqual([{ open: "10:00", close: "10:30" }]);
  });
});

test("intervals are sorted minutes without blocks that end before they begin", () => {
  const blocks = [
    { open: "14:00", close: "18:00" },
    { open: "13:00", close: "12:00" },
    { open: "08:30", close: "09:00" },
  ];
  expect(intervals(blocks)).toEqual([
    [510, 540],
    [840, 1080],
  ]);
});

function show(/** @type {object} */ changes = {}) {
  const { container } = render(
    <Week
      name="hours" value={{ mon: [{ open: "09:00", close: "10:00" }] }} behind={undefined} days={DAYS} labels={LABELS}
      classNames={{}} lang="pl" onPaint={undefined} {...changes}
    />,
  ); // biome-ignore format: props of little interest
  return () => JSON.parse(/** @type {HTMLInputElement} */ (container.querySelector('input[name="hours"]')).value);
}

const cell = (/** @type {string} */ name) => screen.getByRole("gridcell", { name });

describe("the grid", () => {
  test("marks the hours that are open", () => {
    show();
    expect(cell("MON 09:30").getAttribute("aria-selected")).toBe("true");
    expect(cell("MON 10:00").getAttribute("aria-selected")).toBe("false");
  });

  test("paints a rectangle from the keyboard", async () => {
    const value = show();
    const user = userEvent.setup();
    cell("TUE 09:00").focus();
    await user.keyboard("{Shift>}{ArrowDown}{ArrowRight}{/Shift} ");
    expect(value()).toEqual({
      mon: [{ open: "09:00", close: "10:00" }],
      tue: [{ open: "09:00", close: "10:00" }],
      wed: [{ open: "09:00", close: "10:00" }],
    });
  });

  test("erases with the space bar on an open hour, and with Delete", async () => {
    const value = show();
    const user = userEvent.setup();
    cell("MON 09:00").focus();
    await user.keyboard(" ");
    expect(value().mon).toEqual([{ open: "09:30", close: "10:00" }]);
    await user.keyboard("{ArrowDown}{Delete}");
    expect(value().mon).toEqual([]);
  });

  test("does not change in a form that is locked", () => {
    const { container } = render(
      <fieldset disabled>
        <Week
          name="hours"
          value={{}}
          behind={undefined}
          days={DAYS}
          labels={LABELS}
          classNames={{}}
          lang="pl"
          onPaint={undefined}
        />
      </fieldset>,
    );
    fireEvent.keyDown(cell("MON 09:00"), { key: " " });
    expect(/** @type {HTMLInputElement} */ (container.querySelector("input")).value).toBe(
      '{"mon":[],"tue":[],"wed":[]}',
    );
  });
});

describe("typed hours", () => {
  test.each([
    ["9", "09:00"],
    ["930", "09:30"],
    ["9.45", "09:45"],
    ["25", "25:00"],
    ["rano", "rano"],
  ])("%s becomes %s", async (typed, expected) => {
    const value = show();
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Lista" }));
    const field = screen.getByRole("textbox", { name: "MON, od 1" });
    await user.clear(field);
    await user.type(field, typed);
    await user.tab();
    expect(value().mon[0].open).toBe(expected);
  });

  test("a day is copied to all others", async () => {
    const value = show();
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Kopiuj: MON" }));
    await user.click(
      within(screen.getByRole("group", { name: "Kopiuj: MON" })).getByRole("button", { name: "Wszystkie" }),
    );
    expect(value().wed).toEqual([{ open: "09:00", close: "10:00" }]);
    expect(screen.getByRole("status").textContent).toBe("Skopiowano");
  });
});

test("the preview is asked for once typing has paused", () => {
  vi.useFakeTimers();
  const onPaint = vi.fn();
  show({ onPaint });
  fireEvent.keyDown(cell("MON 12:00"), { key: "Delete" });
  fireEvent.focus(cell("MON 12:00"));
  fireEvent.keyDown(cell("MON 12:00"), { key: " " });
  expect(onPaint).not.toHaveBeenCalled();
  vi.advanceTimersByTime(300);
  expect(onPaint).toHaveBeenCalledTimes(1);
  expect(JSON.parse(onPaint.mock.calls[0][0]).mon).toContainEqual({ open: "12:00", close: "12:30" });
  vi.useRealTimers();
});
