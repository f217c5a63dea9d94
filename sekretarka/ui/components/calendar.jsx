// @ts-check
// Appointments on a calendar: a column per staff member or a week or a month, clicked to create, dragged to move.
import { DateTime, Settings } from "luxon";
import { useEffect, useMemo, useRef, useState } from "react";
import { Calendar, luxonLocalizer } from "react-big-calendar";
import dnd from "react-big-calendar/lib/addons/dragAndDrop";
import { useLocation, useNavigate } from "react-router";
import "react-big-calendar/lib/addons/dragAndDrop/styles.css";
import "react-big-calendar/lib/css/react-big-calendar.css";
import { BoardContext, COMPONENTS, CreateContext, LONG_PRESS } from "./calendar_parts.jsx";
import { rejection, visibleHours } from "./calendar_rules.js";
import "./calendar.css";

/** @typedef {import("./calendar_rules.js").Appointment} Appointment */
/** @typedef {import("./calendar_rules.js").Board} Board */
/** @typedef {import("./calendar_rules.js").StaffMember} StaffMember */

// The addon is CommonJS: some bundlers give its exports one level deeper.
const withDragAndDrop = /** @type {{default?: typeof dnd}} */ (dnd).default ?? dnd;
const DragAndDropCalendar = withDragAndDrop(
  /** @type {import("react").ComponentType<import("react-big-calendar").CalendarProps<Appointment, StaffMember>>} */ (
    Calendar
  ),
);
const NEVER = 2 ** 30;
const TABLE_ROLES = ["row", "rowgroup", "cell", "columnheader", "table"].map((role) => `[role="${role}"]`).join();

const range = ({ start, end }, culture, local) =>
  `${local.format(start, "HH:mm", culture)}–${local.format(end, "HH:mm", culture)}`;
const FORMATS = {
  timeGutterFormat: "HH:mm",
  eventTimeRangeFormat: range,
  eventTimeRangeStartFormat: ({ start }, culture, local) => `${local.format(start, "HH:mm", culture)}–`,
  eventTimeRangeEndFormat: ({ end }, culture, local) => `–${local.format(end, "HH:mm", culture)}`,
  selectRangeFormat: range,
  dayFormat: "ccc d",
  weekdayFormat: "ccc",
  dateFormat: "d",
};
// A narrow column has room for when an appointment begins; its height says the rest.
const TIGHT = {
  ...FORMATS,
  eventTimeRangeFormat: ({ start }, culture, local) => local.format(start, "HH:mm", culture),
};
const PHONE = { ...TIGHT, dayFormat: "ccccc d" };

/** @param {{evtA: {start: Date}, evtB: {start: Date}}} events */
const byStart = ({ evtA, evtB }) => +evtA.start - +evtB.start;

// The library gives roles of tables to what is no table: rows without tables confuse a screen reader.
function usePlainRoles(box) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    const strip = () => {
      for (const node of box.current.querySelectorAll(TABLE_ROLES)) node.removeAttribute("role");
      for (const node of box.current.querySelectorAll("[aria-sort]")) node.removeAttribute("aria-sort");
      // What scrolls can be reached by keyboard, also when no appointment is in it.
      for (const node of box.current.querySelectorAll(".rbc-time-content")) node.tabIndex = 0;
    };
    strip();
    const observer = new MutationObserver(strip);
    observer.observe(box.current, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["role", "aria-sort"],
    });
    return () => observer.disconnect();
  }, []);
}

function useNarrow() {
  const query = "(max-width: 639px)";
  const [narrow, setNarrow] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const look = () => setNarrow(media.matches);
    media.addEventListener("change", look);
    return () => media.removeEventListener("change", look);
  }, []);
  return narrow;
}

export function AppointmentCalendar({
  view,
  day,
  zone,
  lang,
  appointments,
  people,
  working,
  away,
  held,
  able,
  writable,
  step,
  selected,
  closed,
  answers,
  labels,
  label,
  onMove,
}) {
  const box = useRef(null);
  const location = useLocation();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const [moved, setMoved] = useState(/** @type {{id: string, start: Date, end: Date, staff: string} | null} */ (null));
  usePlainRoles(box);
  Settings.defaultZone = zone;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the localizer reads the default zone
  const localizer = useMemo(
    () => Object.assign(luxonLocalizer(DateTime, { firstDayOfWeek: 1 }), { sortEvents: byStart }),
    [zone],
  );
  // What the server answered counts: the appointment is where its calendar says.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer ends the optimistic move
  useEffect(() => setMoved(null), [appointments, answers]);

  /** @type {Board} */
  const board = useMemo(() => {
    const rows = appointments.map((row) => ({ ...row, start: new Date(row.start), end: new Date(row.end) }));
    return {
      appointments: rows,
      people,
      working,
      held,
      able,
      writable,
      step,
      labels,
      narrow,
      closed: (date) => closed[DateTime.fromJSDate(date, { zone }).toISODate()]?.[lang],
      away: away.map((off) => ({ ...off, start: +new Date(off.start), end: +new Date(off.end) })),
      byId: Object.fromEntries(rows.map((appointment) => [appointment.id, appointment])),
      names: Object.fromEntries(people.map((member) => [member.id, member.name])),
      colors: Object.fromEntries(people.map((member) => [member.id, member.color])),
      time: (instant) => DateTime.fromJSDate(instant, { zone }).toFormat("HH:mm"),
    };
  }, [appointments, people, working, away, held, able, writable, closed, step, labels, narrow, lang, zone]);
  const events = useMemo(
    () =>
      board.appointments
        .filter((appointment) => appointment.status !== "cancelled")
        .map((appointment) => (appointment.id === moved?.id ? { ...appointment, ...moved } : appointment)),
    [board, moved],
  );
  const bounds = useMemo(() => visibleHours(board, zone, day), [board, zone, day]);
  // A phone has room for one column: everybody's, or that of the staff member who was chosen.
  const columns = view === "day" && !narrow ? people : undefined;

  /** @param {Record<string, string>} changes to the query; an empty value removes its name */
  const goTo = (changes) => {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    navigate(`${location.pathname}?${query}`);
  };
  const goToDay = (/** @type {Date} */ start) =>
    goTo({ view: "day", date: DateTime.fromJSDate(start, { zone }).toISODate() });
  const open = (/** @type {Appointment} */ appointment) => goTo({ id: appointment.id });
  /** @param {{start: Date, resourceId?: string | number}} slot */
  const create = ({ start, resourceId }) => {
    if (view === "month") return goToDay(start);
    goTo({ new: DateTime.fromJSDate(start, { zone }).toFormat("yyyy-MM-dd'T'HH:mm"), with: String(resourceId ?? "") });
  };
  /** @param {{event: Appointment, start: Date | string, resourceId?: string | number}} dropped */
  const drop = ({ event, start: droppedAt, resourceId }) => {
    const start = new Date(droppedAt);
    const original = board.byId[event.id];
    const staff = String(resourceId ?? original.staff);
    if (+start === +original.start && staff === original.staff) return;
    const end = new Date(+start + (+original.end - +original.start));
    if (!rejection(board, original, start, staff)) setMoved({ id: original.id, start, end, staff });
    onMove(original.id, start.toISOString(), staff);
  };
  /** @param {Appointment} appointment @param {import("react").SyntheticEvent} event */
  const press = (appointment, event) => {
    const { key } = /** @type {KeyboardEvent} */ (event.nativeEvent);
    if (key !== "Enter" && key !== " ") return;
    event.preventDefault();
    open(appointment);
  };
  const look = (/** @type {Appointment} */ appointment) => ({
    className: `is-${appointment.status}`,
    style: /** @type {import("react").CSSProperties} */ ({
      "--person": board.colors[appointment.staff] ?? "var(--field)",
    }),
  });
  return (
    <div ref={box} role="group" aria-label={label} className="appointments" data-view={view}>
      <BoardContext.Provider value={board}>
        <CreateContext.Provider value={writable.length > 0 ? create : null}>
          <DragAndDropCalendar
            localizer={localizer}
            culture={lang}
            formats={narrow ? PHONE : view === "week" ? TIGHT : FORMATS}
            components={COMPONENTS}
            messages={{ showMore: (n) => `+${n}` }}
            view={view}
            views={["day", "week", "month"]}
            onView={() => {}}
            toolbar={false}
            date={DateTime.fromISO(day, { zone }).set({ hour: 12 }).toJSDate()}
            onNavigate={() => {}}
            {...bounds}
            events={events}
            resources={columns}
            resourceAccessor="staff"
            resourceIdAccessor="id"
            resourceTitleAccessor="name"
            titleAccessor="who"
            tooltipAccessor={null}
            selected={board.byId[selected]}
            eventPropGetter={look}
            dayPropGetter={(date) => (board.closed(date) === undefined ? {} : { className: "is-closed" })}
            step={step}
            timeslots={60 / step}
            dayLayoutAlgorithm="no-overlap"
            longPressThreshold={view === "month" ? LONG_PRESS : NEVER}
            popup={false}
            selectable={writable.length > 0}
            resizable={false}
            draggableAccessor={(appointment) => appointment.movable && view !== "month"}
            onSelectEvent={open}
            onKeyPressEvent={press}
            onSelectSlot={create}
            onEventDrop={drop}
            onDrillDown={goToDay}
            drilldownView="day"
          />
        </CreateContext.Provider>
      </BoardContext.Provider>
    </div>
  );
}
