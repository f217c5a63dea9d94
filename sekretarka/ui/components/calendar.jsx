// @ts-check
// Appointments on a calendar: a column per staff member or a week or a month, clicked to create, dragged to move.
import { Check, CheckCheck, CircleDashed, UserX } from "lucide-react";
import { DateTime, Settings } from "luxon";
import { createContext, forwardRef, useContext, useEffect, useMemo, useRef, useState } from "react";
import { Calendar, luxonLocalizer } from "react-big-calendar";
import dnd from "react-big-calendar/lib/addons/dragAndDrop";
import { DnDContext } from "react-big-calendar/lib/addons/dragAndDrop/DnDContext";
import { flushSync } from "react-dom";
import { useLocation, useNavigate } from "react-router";
import "react-big-calendar/lib/addons/dragAndDrop/styles.css";
import "react-big-calendar/lib/css/react-big-calendar.css";
import { MINUTE, rejection, shades, visibleHours } from "./calendar_rules.js";
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
const LONG_PRESS = 200;
const NEVER = 2 ** 30;
const MARKS = { scheduled: CircleDashed, confirmed: Check, completed: CheckCheck, no_show: UserX };
const TABLE_ROLES = ["row", "rowgroup", "cell", "columnheader", "table"].map((role) => `[role="${role}"]`).join();
const BoardContext = createContext(/** @type {Board} */ (null));
const ColumnContext = createContext(/** @type {{staffId: string | undefined} | null} */ (null));
const CreateContext = createContext(
  /** @type {((slot: {start: Date, resourceId?: string | number}) => void) | null} */ (null),
);

/** @param {{event: Appointment}} props */
function AppointmentBlock({ event }) {
  const board = useContext(BoardContext);
  const column = useContext(ColumnContext);
  const original = board.byId[event.id];
  const staffId = column?.staffId ?? event.staff;
  const dragged = original && column && (+event.start !== +original.start || staffId !== original.staff);
  const reason = dragged ? rejection(board, original, event.start, staffId) : "";
  const Mark = MARKS[event.status];
  return (
    <>
      {reason && (
        <span className="appointment-rejection" data-rejected={reason}>
          {board.labels[reason]}
        </span>
      )}
      <span className="appointment-line" data-appointment={event.id}>
        {Mark && <Mark size={12} aria-hidden="true" />}
        {!column && <span className="tnum">{board.time(event.start)}</span>}
        <span className="appointment-client">{event.who}</span>
        <span className="sr-only">, {board.labels[event.status]}</span>
      </span>
      <span className={column ? "appointment-service" : "sr-only"}>
        {event.service}
        {!column?.staffId && board.names[event.staff] && ` · ${board.names[event.staff]}`}
      </span>
    </>
  );
}

// The library drags by mouse only: it asks a touch for its button, and moves the appointment out of the element that was
// touched, which still gets the finger's events. A finger that stays starts the drag here, a moment before the library's
// own 250 ms are over, and its events are handed on; one that moves or leaves sooner scrolls or opens.
function useLongPress() {
  const board = useContext(BoardContext);
  const { draggable } = useContext(DnDContext);
  /** @param {import("react").TouchEvent} start */
  return (start) => {
    const target = /** @type {HTMLElement} */ (start.target);
    const block = target.closest(".rbc-event")?.querySelector("[data-appointment]");
    const appointment = block && board.byId[/** @type {HTMLElement} */ (block).dataset.appointment];
    if (!appointment || !draggable.draggableAccessor(appointment)) return;
    const view = target.closest(".rbc-time-view");
    const listening = new AbortController();
    // At once: the library's timer may be due as well, and asks whether a drag began.
    const timer = setTimeout(() => flushSync(() => draggable.onBeginAction(appointment, "move")), LONG_PRESS);
    /** @param {TouchEvent} next */
    const follow = (next) => {
      clearTimeout(timer);
      if (!target.isConnected) {
        next.preventDefault();
        const { type, touches, changedTouches } = next;
        view.dispatchEvent(
          new TouchEvent(type, {
            touches: [...touches],
            changedTouches: [...changedTouches],
            bubbles: true,
            cancelable: true,
          }),
        );
      }
      if (next.type === "touchmove") return;
      listening.abort();
      setTimeout(() => draggable.onEnd(null)); // after the library has dropped it, if it had it
    };
    for (const type of /** @type {const} */ (["touchmove", "touchend", "touchcancel"]))
      target.addEventListener(type, follow, { passive: false, signal: listening.signal });
  };
}

const DayColumn = forwardRef(
  /**
   * @param {{children?: import("react").ReactNode, className?: string, style?: object, slotMetrics?: any, resource?: string}} props
   * @param {import("react").ForwardedRef<HTMLDivElement>} ref
   */
  function DayColumn({ children, className, style, slotMetrics, resource }, ref) {
    const board = useContext(BoardContext);
    const create = useContext(CreateContext);
    const press = useLongPress();
    const column = useMemo(() => ({ staffId: resource }), [resource]);
    // The library wants a finger to stay where a mouse clicks; a tap does here, and a swipe scrolls.
    /** @param {import("react").MouseEvent<HTMLDivElement, PointerEvent>} event */
    const tap = ({ nativeEvent, currentTarget, clientX: x, clientY: y }) => {
      if (nativeEvent.pointerType !== "touch" || /** @type {Element} */ (nativeEvent.target).closest(".rbc-event"))
        return;
      create({
        start: slotMetrics.closestSlotFromPoint({ x, y }, currentTarget.getBoundingClientRect()),
        resourceId: resource,
      });
    };
    const opens = +slotMetrics.groups[0][0] / MINUTE;
    const closes = +slotMetrics.groups.at(-1).at(-1) / MINUTE + board.step;
    /** @param {import("./calendar_rules.js").Shade} shade */
    const position = ({ begin, end }) => {
      const { top, height } = slotMetrics.getRange(new Date(begin * MINUTE), new Date(end * MINUTE));
      return { top: `${top}%`, height: `${height}%` };
    };
    return (
      <ColumnContext.Provider value={column}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the fields of the detail panel are the keyboard's way */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
        <div ref={ref} className={className} style={style} onClick={create && tap} onTouchStart={press}>
          {shades(board, opens, closes, resource).map((shade) => (
            <div
              key={`${shade.begin}${shade.away ? "-" : "+"}${shade.end}`}
              className={shade.away ? "shade is-away" : "shade"}
              style={position(shade)}
            >
              {shade.away && <span>{shade.reason || board.labels.away}</span>}
            </div>
          ))}
          {children}
        </div>
      </ColumnContext.Provider>
    );
  },
);

/** @param {{date: Date}} props */
function Closed({ date }) {
  const { closed, labels, narrow } = useContext(BoardContext);
  const holiday = closed(date);
  if (holiday === undefined) return null;
  const text = holiday ? `${labels.day_closed} · ${holiday}` : labels.day_closed;
  return (
    <span className="day-closed" title={text}>
      <span aria-hidden="true">{narrow ? labels.day_closed_short : text}</span>
      <span className="sr-only">{text}</span>
    </span>
  );
}

/** @param {{date: Date, label: string}} props */
function WeekDay({ date, label }) {
  return (
    <>
      <span>{label}</span>
      <Closed date={date} />
    </>
  );
}

/** @param {{date: Date, label: string, onDrillDown: () => void}} props */
function MonthDay({ date, label, onDrillDown }) {
  return (
    <>
      <Closed date={date} />
      <button type="button" className="rbc-button-link" onClick={onDrillDown}>
        {label}
      </button>
    </>
  );
}

/** @param {{resource: StaffMember}} props */
function StaffHeader({ resource }) {
  return (
    <span className="column-name">
      <i style={{ background: resource.color }} aria-hidden="true" />
      <span>{resource.name}</span>
    </span>
  );
}

// `eventWrapper` and `eventContainerWrapper` must stay the addon's: it wraps given ones anew on every render, so that the
// press of a mouse makes every appointment another element, and no click follows.
const COMPONENTS = {
  event: AppointmentBlock,
  dayColumnWrapper: DayColumn,
  resourceHeader: StaffHeader,
  week: { header: WeekDay },
  month: { dateHeader: MonthDay },
};
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
