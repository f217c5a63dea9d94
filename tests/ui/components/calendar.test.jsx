// @ts-check
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter, useLocation } from "react-router";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AppointmentCalendar } from "../../../sekretarka/ui/components/calendar.jsx";
import { rejection, shades, visibleHours } from "../../../sekretarka/ui/components/calendar_rules.js";

const ZONE = "Europe/Warsaw";
const DAY = "2026-11-27";
const minute = (/** @type {string} */ at) => Date.parse(`${DAY}T${at}:00+01:00`) / 60000;
const date = (/** @type {string} */ at) => new Date(`${DAY}T${at}:00+01:00`);
const PEOPLE = [
  { id: "ewa", name: "Ewa", color: "#7c3aed" },
  { id: "tomek", name: "Tomek", color: "#0284c7" },
];

/** @returns {import("../../../sekretarka/ui/components/calendar_rules.js").Appointment} */
const appointment = (/** @type {object} */ changes = {}) => ({
  id: "a1",
  start: date("10:00"),
  end: date("11:00"),
  before: 0,
  after: 15,
  who: "Anna Kowalska",
  service: "Strzyżenie",
  serviceId: "cut",
  staff: "ewa",
  status: "confirmed",
  movable: true,
  ...changes,
});

const board = (/** @type {object} */ changes = {}) => ({
  appointments: [appointment()],
  people: PEOPLE,
  /** @type {Record<string, [number, number][]>} */
  working: { ewa: [[minute("09:00"), minute("17:00")]], tomek: [[minute("12:00"), minute("18:00")]] },
  /** @type {Record<string, [number, number][]>} */
  held: {},
  able: { cut: ["ewa", "tomek"], massage: ["tomek"] },
  writable: ["ewa"],
  away: [],
  ...changes,
});

beforeEach(() => {
  document.elementFromPoint = () => null; // jsdom draws nothing
  vi.useFakeTimers({ toFake: ["Date"], now: date("08:00") });
  window.matchMedia = /** @type {any} */ (
    (/** @type {string} */ media) => ({ matches: false, media, addEventListener() {}, removeEventListener() {} })
  );
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe("rejection", () => {
  const other = appointment({ id: "a2", start: date("14:00"), end: date("15:00") });

  test.each([
    ["a free time", {}, other, "12:00", "ewa", ""],
    ["the past", {}, other, "07:30", "ewa", "past"],
    ["a staff member who does not offer the service", {}, { ...other, serviceId: "massage" }, "12:00", "ewa", "unable"],
    ["a staff member the user may not change", {}, other, "13:00", "tomek", "forbidden"],
    ["before opening", {}, other, "08:45", "ewa", "closed"],
    ["an end after closing", {}, other, "16:30", "ewa", "closed"],
    ["another appointment", {}, other, "10:30", "ewa", "taken"],
    ["the time kept clear after another", {}, other, "11:00", "ewa", "taken"],
    ["right after the time kept clear", {}, other, "11:15", "ewa", ""],
    ["its own time kept clear before another", {}, other, "09:00", "ewa", "taken"],
    ["a cancelled appointment", { appointments: [appointment({ status: "cancelled" })] }, other, "10:00", "ewa", ""],
    ["its own place", {}, appointment(), "10:15", "ewa", ""],
    [
      "a time offered on the phone",
      { held: { ewa: [[minute("12:00"), minute("13:00")]] } },
      other,
      "12:30",
      "ewa",
      "taken",
    ],
  ])("%s", (_name, changes, moved, at, staff, reason) => {
    expect(rejection(board(changes), moved, date(at), staff)).toBe(reason);
  });
});

describe("shades", () => {
  test("cover what is outside of the working hours", () => {
    expect(shades(board(), minute("08:00"), minute("19:00"), "ewa")).toEqual([
      { begin: minute("08:00"), end: minute("09:00") },
      { begin: minute("17:00"), end: minute("19:00") },
    ]);
  });

  test("of a column for everybody leave open what anybody works", () => {
    expect(shades(board(), minute("09:00"), minute("18:00"))).toEqual([]);
  });

  test("show time off within the drawn hours, with its reason", () => {
    const away = [{ staff: "ewa", start: +date("16:00"), end: +date("23:00"), reason: "Urlop" }];
    expect(shades(board({ away }), minute("09:00"), minute("17:00"), "ewa")).toEqual([
      { begin: minute("16:00"), end: minute("17:00"), reason: "Urlop", away: true },
    ]);
  });
});

describe("visibleHours", () => {
  test("lie an hour around the working hours, in the organization's zone", () => {
    const { min, max } = visibleHours(board({ appointments: [] }), ZONE, DAY);
    expect([min, max]).toEqual([date("08:00"), date("19:00")]);
  });

  test("grow with an appointment outside of them, up to midnight", () => {
    const late = appointment({ start: date("22:30"), end: date("23:30") });
    expect(visibleHours(board({ appointments: [late] }), ZONE, DAY).max).toEqual(new Date(`${DAY}T23:59:59.999+01:00`));
  });

  test.each([
    ["00:05", "08:00"],
    ["00:59", "08:00"],
    ["07:59", "08:00"],
    ["12:40", "11:00"],
    ["20:30", "08:00"],
  ])("opened at %s, today begins at %s", (now, first) => {
    vi.setSystemTime(date(now));
    expect(visibleHours(board({ appointments: [] }), ZONE, DAY).scrollToTime).toEqual(date(first));
  });

  test("are those of an ordinary day when nobody works", () => {
    const { min, max } = visibleHours({ appointments: [], working: {} }, ZONE, DAY);
    expect([min, max]).toEqual([date("07:00"), date("19:00")]);
  });
});

function Address() {
  const { search } = useLocation();
  return <output>{search}</output>;
}

const address = () => Object.fromEntries(new URLSearchParams(screen.getByRole("status").textContent));

function show(/** @type {object} */ changes = {}) {
  const { appointments, ...rest } = board();
  const rows = appointments.map((row) => ({ ...row, start: row.start.toISOString(), end: row.end.toISOString() }));
  const props = {
    ...rest,
    appointments: rows,
    view: "day",
    day: DAY,
    zone: ZONE,
    lang: "pl",
    step: 15,
    selected: "",
    closed: { "2026-11-26": { pl: "Święto Kawy", en: "Coffee Day" }, "2026-11-29": { pl: "", en: "" } },
    answers: 0,
    labels: { confirmed: "Potwierdzona", cancelled: "Odwołana", away: "Nieobecność", day_closed: "Zamknięte" },
    label: "Wizyty",
    onMove: vi.fn(),
    ...changes,
  };
  return render(
    <MemoryRouter initialEntries={["/dashboard/appointments?status=all"]}>
      <AppointmentCalendar {...props} />
      <Address />
    </MemoryRouter>,
  );
}

describe("AppointmentCalendar", () => {
  test("shows the organization's hours to a browser in another zone", () => {
    show();
    expect(new Date().getTimezoneOffset()).toBe(300); // New York
    expect(screen.getByText("10:00–11:00")).toBeTruthy();
    expect(screen.getByText("Anna Kowalska")).toBeTruthy();
    expect(screen.getByText(", Potwierdzona")).toBeTruthy();
  });

  test("has a column for each staff member", () => {
    show();
    expect(screen.getAllByText(/^(Ewa|Tomek)$/).map((name) => name.textContent)).toEqual(["Ewa", "Tomek"]);
  });

  test("opens an appointment with the keyboard and keeps the filters of the address", () => {
    show();
    fireEvent.keyDown(screen.getByText("Anna Kowalska"), { key: "Enter" });
    expect(address()).toEqual({ status: "all", id: "a1" });
  });

  test.each(["day", "week", "month"])("keeps an appointment in place while it is pressed, by %s", (view) => {
    show({ view });
    const block = screen.getByText("Anna Kowalska");
    fireEvent.mouseDown(block, { button: 0 });
    expect(screen.getByText("Anna Kowalska")).toBe(block);
    fireEvent.click(block);
    expect(address().id).toBe("a1");
  });

  test.each(["week", "month"])("says which days are closed, and for which holiday, by %s", (view) => {
    const { container } = show({ view });
    const named = [...container.querySelectorAll(".day-closed")].map((node) => node.getAttribute("title"));
    expect(named).toEqual(["Zamknięte · Święto Kawy", "Zamknięte"]);
  });

  test("leaves cancelled appointments out", () => {
    const row = appointment({ status: "cancelled" });
    show({ appointments: [{ ...row, start: row.start.toISOString(), end: row.end.toISOString() }] });
    expect(screen.queryByText("Anna Kowalska")).toBeNull();
  });

  test("has no roles of tables", () => {
    const { container } = show({ view: "week" });
    expect(
      container.querySelectorAll('[role="row"], [role="cell"], [role="columnheader"], [role="table"]'),
    ).toHaveLength(0);
  });
});
