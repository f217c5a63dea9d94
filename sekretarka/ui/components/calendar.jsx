// Visits on a calendar: a column per person or a week or a month, clicked to create, dragged to move.
import { Check, CheckCheck, CircleDashed, UserX } from "lucide-react";
import { DateTime, Settings } from "luxon";
import { createContext, forwardRef, useContext, useEffect, useMemo, useRef, useState } from "react";
import { Calendar, luxonLocalizer } from "react-big-calendar";
import dnd from "react-big-calendar/lib/addons/dragAndDrop";
import { DnDContext } from "react-big-calendar/lib/addons/dragAndDrop/DnDContext";
import { useLocation, useNavigate } from "react-router";
import "react-big-calendar/lib/addons/dragAndDrop/styles.css";
import "react-big-calendar/lib/css/react-big-calendar.css";
import "./calendar.css";

const DnD = (dnd.default ?? dnd)(Calendar);
const MINUTE = 60000;
const LONG_PRESS = 200;
const NEVER = 2 ** 30;
const KEEPS_TIME = new Set(["scheduled", "confirmed"]);
const MARKS = { scheduled: CircleDashed, confirmed: Check, completed: CheckCheck, no_show: UserX };
const TABLE_ROLES = ["row", "rowgroup", "cell", "columnheader", "table"];
const Board = createContext(null);
const Column = createContext(null);
const Create = createContext(null);

// Why the visit cannot be there, as the page knows it; the server decides all the same.
function refusal(board, visit, start, person) {
  const from = +start / MINUTE;
  const to = from + (visit.end - visit.start) / MINUTE;
  if (+start < Date.now()) return "past";
  const able = board.able[visit.serviceId] ?? [];
  if (able.length && !able.includes(person)) return "unable";
  if (!board.writable.includes(person)) return "forbidden";
  if (!(board.working[person] ?? []).some(([begin, end]) => begin <= from && to <= end)) return "closed";
  const busy = [from - visit.before, to + visit.after];
  const meets = ([begin, end]) => begin < busy[1] && busy[0] < end;
  const others = board.visits.filter((one) => one.staff === person && one.id !== visit.id && KEEPS_TIME.has(one.status));
  const taken = others.map((one) => [one.start / MINUTE - one.before, +one.end / MINUTE + one.after]);
  return [...taken, ...(board.held[person] ?? [])].some(meets) ? "taken" : "";
}

function Visit({ event }) {
  const board = useContext(Board);
  const column = useContext(Column);
  const known = board.byId[event.id];
  const person = column?.person ?? event.staff;
  const dragged = known && column && (+event.start !== +known.start || person !== known.staff);
  const why = dragged ? refusal(board, known, event.start, person) : "";
  const Mark = MARKS[event.status];
  return (
    <>
      {why && <span className="visit-refused" data-refused={why}>{board.labels[why]}</span>}
      <span className="visit-line">
        {Mark && <Mark size={12} aria-hidden="true" />}
        {!column && <span className="tnum">{board.time(event.start)}</span>}
        <span className="visit-who">{event.who}</span>
        <span className="sr-only">, {board.labels[event.status]}</span>
      </span>
      <span className={column ? "visit-what" : "sr-only"}>
        {event.service}{!column?.person && board.names[event.staff] && ` · ${board.names[event.staff]}`}
      </span>
    </>
  );
}

// What of a day is no time for visits, drawn under them.
function shades(board, metrics, column) {
  const opens = +metrics.groups[0][0] / MINUTE;
  const closes = +metrics.groups.at(-1).at(-1) / MINUTE + board.step;
  const person = column ?? (board.people.length === 1 ? board.people[0].id : undefined);
  const people = person ? [person] : board.people.map((one) => one.id);
  const open = people.flatMap((id) => board.working[id] ?? []).sort((one, other) => one[0] - other[0]);
  const found = [];
  let at = opens;
  for (const [begin, end] of open) {
    if (end <= at || begin >= closes) continue;
    if (begin > at) found.push([at, begin]);
    at = Math.max(at, end);
  }
  if (at < closes) found.push([at, closes]);
  const away = person ? board.away.filter((one) => one.staff === person) : [];
  const off = away
    .map((one) => ({ begin: Math.max(opens, one.start / MINUTE), end: Math.min(closes, one.end / MINUTE), reason: one.reason }))
    .filter((one) => one.begin < one.end);
  return [...found.map(([begin, end]) => ({ begin, end })), ...off.map((one) => ({ ...one, away: true }))];
}

const DayColumn = forwardRef(function DayColumn({ children, className, style, slotMetrics, resource }, ref) {
  const board = useContext(Board);
  const create = useContext(Create);
  const column = useMemo(() => ({ person: resource }), [resource]);
  // The library wants a finger to stay where a mouse clicks; a tap does here, and a swipe scrolls.
  const tap = ({ nativeEvent, currentTarget, clientX: x, clientY: y }) => {
    if (nativeEvent.pointerType !== "touch" || nativeEvent.target.closest(".rbc-event")) return;
    create({ start: slotMetrics.closestSlotFromPoint({ x, y }, currentTarget.getBoundingClientRect()), resourceId: resource });
  };
  const place = ({ begin, end }) => {
    const { top, height } = slotMetrics.getRange(new Date(begin * MINUTE), new Date(end * MINUTE));
    return { top: `${top}%`, height: `${height}%` };
  };
  return (
    <Column.Provider value={column}>
      <div ref={ref} className={className} style={style} onClick={create && tap}>
        {shades(board, slotMetrics, resource).map((shade) => (
          <div key={`${shade.begin}${shade.away ? "-" : "+"}${shade.end}`} className={shade.away ? "shade is-away" : "shade"} style={place(shade)}>
            {shade.away && <span>{shade.reason || board.labels.away}</span>}
          </div>
        ))}
        {children}
      </div>
    </Column.Provider>
  );
});

function PersonHeader({ resource }) {
  return <span className="column-name"><i style={{ background: resource.color }} aria-hidden="true" /><span>{resource.name}</span></span>;
}

// The library takes a visit along by mouse only: it asks a touch for its button, and draws the visit anew under the finger,
// whose events go to what was touched, wherever that is now. A finger that stays says so here, a moment before the library's
// own 250 ms are over, and its events are handed on; one that moves or leaves sooner scrolls or opens.
function Touchable({ event, children }) {
  const { draggable } = useContext(DnDContext);
  const touch = ({ target }) => {
    if (!draggable.draggableAccessor(event)) return;
    const view = target.closest(".rbc-time-view");
    const heard = new AbortController();
    const timer = setTimeout(() => draggable.onBeginAction(event, "move"), LONG_PRESS);
    const follow = (said) => {
      clearTimeout(timer);
      if (!target.isConnected) {
        said.preventDefault();
        const { type, touches, changedTouches } = said;
        view.dispatchEvent(new TouchEvent(type, { touches: [...touches], changedTouches: [...changedTouches], bubbles: true, cancelable: true }));
      }
      if (said.type === "touchmove") return;
      heard.abort();
      setTimeout(() => draggable.onEnd(null));  // after the library has dropped it, if it had it
    };
    for (const type of ["touchmove", "touchend", "touchcancel"]) target.addEventListener(type, follow, { passive: false, signal: heard.signal });
  };
  return <div className="contents" onTouchStart={touch}>{children}</div>;
}

const COMPONENTS = { event: Visit, eventWrapper: Touchable, dayColumnWrapper: DayColumn, resourceHeader: PersonHeader };
const range = ({ start, end }, culture, local) => `${local.format(start, "HH:mm", culture)}–${local.format(end, "HH:mm", culture)}`;
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
// A narrow column has room for when a visit begins; its height says the rest.
const TIGHT = { ...FORMATS, eventTimeRangeFormat: ({ start }, culture, local) => local.format(start, "HH:mm", culture) };
const PHONE = { ...TIGHT, dayFormat: "ccccc d" };

// The hours that are drawn: those of the people and of the visits, with an hour around them.
function hours(board, zone, day) {
  const spans = [...Object.values(board.working).flat(), ...board.visits.map((one) => [one.start / MINUTE, one.end / MINUTE])];
  let [first, last] = spans.length ? [24, 0] : [8, 18];
  for (const [begin, end] of spans) {
    const from = DateTime.fromMillis(begin * MINUTE, { zone });
    const to = DateTime.fromMillis(end * MINUTE, { zone });
    first = Math.min(first, from.hour);
    last = Math.max(last, to.hasSame(from, "day") ? to.hour + (to.minute > 0) : 24);
  }
  const at = (hour) => DateTime.fromISO(day, { zone }).set({ hour }).toJSDate();
  const end = Math.min(24, last + 1);
  const now = DateTime.now().setZone(zone);
  const scrollToTime = now.toISODate() === day ? now.minus({ hours: 1 }).startOf("hour").toJSDate() : at(Math.max(0, first - 1));
  return { scrollToTime, min: at(Math.max(0, first - 1)), max: end === 24 ? DateTime.fromISO(day, { zone }).endOf("day").toJSDate() : at(end) };
}

// The library says more of tables than it keeps: rows without tables confuse who listens.
function usePlainRoles(box) {
  useEffect(() => {
    const strip = () => {
      for (const role of TABLE_ROLES) box.current.querySelectorAll(`[role="${role}"]`).forEach((node) => node.removeAttribute("role"));
      box.current.querySelectorAll("[aria-sort]").forEach((node) => node.removeAttribute("aria-sort"));
    };
    strip();
    const observer = new MutationObserver(strip);
    observer.observe(box.current, { childList: true, subtree: true, attributes: true, attributeFilter: ["role", "aria-sort"] });
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

export function AppointmentCalendar({ view, day, zone, lang, visits, people, working, away, held, able, writable, step, selected, answers, labels, label, onMove }) {
  const box = useRef(null);
  const here = useLocation();
  const go = useNavigate();
  const narrow = useNarrow();
  const [moved, setMoved] = useState(null);
  usePlainRoles(box);
  Settings.defaultZone = zone;
  const localizer = useMemo(() => {
    const made = luxonLocalizer(DateTime, { firstDayOfWeek: 1 });
    made.sortEvents = ({ evtA, evtB }) => evtA.start - evtB.start;
    return made;
  }, [zone]);
  // What the server answered counts: the visit is where its calendar says.
  useEffect(() => setMoved(null), [visits, answers]);

  const board = useMemo(() => {
    const shown = visits.map((one) => ({ ...one, start: new Date(one.start), end: new Date(one.end) }));
    return {
      visits: shown, people, working, held, able, writable, step, labels,
      away: away.map((one) => ({ ...one, start: +new Date(one.start), end: +new Date(one.end) })),
      byId: Object.fromEntries(shown.map((one) => [one.id, one])),
      names: Object.fromEntries(people.map((one) => [one.id, one.name])),
      colors: Object.fromEntries(people.map((one) => [one.id, one.color])),
      time: (instant) => DateTime.fromJSDate(instant, { zone }).toFormat("HH:mm"),
    };
  }, [visits, people, working, away, held, able, writable, step, labels, zone]);
  const events = useMemo(
    () => board.visits.filter((one) => one.status !== "cancelled").map((one) => (one.id === moved?.id ? { ...one, ...moved } : one)),
    [board, moved],
  );
  const bounds = useMemo(() => hours(board, zone, day), [board, zone, day]);
  // A phone has room for one column: everybody's, or that of the person who was chosen.
  const columns = view === "day" && !narrow ? people : undefined;

  const address = (changes) => {
    const query = new URLSearchParams(here.search);
    for (const [name, value] of Object.entries(changes)) value ? query.set(name, value) : query.delete(name);
    return `${here.pathname}?${query}`;
  };
  const open = (visit) => go(address({ id: visit.id }));
  const create = ({ start, resourceId }) => {
    if (view === "month") return go(address({ view: "day", date: DateTime.fromJSDate(start, { zone }).toISODate() }));
    return go(address({ new: DateTime.fromJSDate(start, { zone }).toFormat("yyyy-MM-dd'T'HH:mm"), with: resourceId ?? "" }));
  };
  const drop = ({ event, start, resourceId }) => {
    const known = board.byId[event.id];
    const person = resourceId ?? known.staff;
    if (+start === +known.start && person === known.staff) return;
    const end = new Date(+start + (known.end - known.start));
    if (!refusal(board, known, start, person)) setMoved({ id: known.id, start, end, staff: person });
    onMove(known.id, start.toISOString(), person);
  };
  const press = (visit, event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open(visit);
  };
  const look = (visit) => ({
    className: `is-${visit.status}`,
    style: { "--person": board.colors[visit.staff] ?? "var(--field)" },
  });
  return (
    <div ref={box} role="group" aria-label={label} className="visits" data-view={view}>
      <Board.Provider value={board}>
      <Create.Provider value={writable.length > 0 ? create : null}>
        <DnD
          localizer={localizer} culture={lang} formats={narrow ? PHONE : view === "week" ? TIGHT : FORMATS} components={COMPONENTS} messages={{ showMore: (n) => `+${n}` }}
          view={view} views={["day", "week", "month"]} onView={() => {}} toolbar={false}
          date={DateTime.fromISO(day, { zone }).set({ hour: 12 }).toJSDate()} onNavigate={() => {}} {...bounds}
          events={events} resources={columns} resourceAccessor="staff" resourceIdAccessor="id" resourceTitleAccessor="name"
          titleAccessor="who" tooltipAccessor={null} selected={board.byId[selected]} eventPropGetter={look}
          step={step} timeslots={60 / step} dayLayoutAlgorithm="no-overlap" longPressThreshold={view === "month" ? LONG_PRESS : NEVER} popup={false}
          selectable={writable.length > 0} resizable={false} draggableAccessor={(visit) => visit.movable && view !== "month"}
          onSelectEvent={open} onKeyPressEvent={press} onSelectSlot={create} onEventDrop={drop}
          onDrillDown={(date) => go(address({ view: "day", date: DateTime.fromJSDate(date, { zone }).toISODate() }))}
          drilldownView="day"
        />
      </Create.Provider>
      </Board.Provider>
    </div>
  );
}
