// @ts-check
// What is drawn inside the calendar: appointments, columns of days, headings.
import { Check, CheckCheck, CircleDashed, UserX } from "lucide-react";
import { createContext, forwardRef, useContext, useMemo } from "react";
import { DnDContext } from "react-big-calendar/lib/addons/dragAndDrop/DnDContext";
import { flushSync } from "react-dom";
import { MINUTE, rejection, shades } from "./calendar_rules.js";

/** @typedef {import("./calendar_rules.js").Appointment} Appointment */
/** @typedef {import("./calendar_rules.js").Board} Board */
/** @typedef {import("./calendar_rules.js").StaffMember} StaffMember */

export const LONG_PRESS = 200;
const MARKS = { scheduled: CircleDashed, confirmed: Check, completed: CheckCheck, no_show: UserX };
export const BoardContext = createContext(/** @type {Board} */ (null));
const ColumnContext = createContext(/** @type {{staffId: string | undefined} | null} */ (null));
export const CreateContext = createContext(
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
  const short = narrow ? labels.day_closed_short : holiday || labels.day_closed;
  return (
    <span className="day-closed" title={text}>
      <span aria-hidden="true">{short}</span>
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
export const COMPONENTS = {
  event: AppointmentBlock,
  dayColumnWrapper: DayColumn,
  resourceHeader: StaffHeader,
  week: { header: WeekDay },
  month: { dateHeader: MonthDay },
};
