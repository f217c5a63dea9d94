// @ts-check
// What the calendar can tell before the server does: where an appointment cannot go, and which hours are drawn.
import { DateTime } from "luxon";

/** @typedef {[begin: number, end: number]} Span in minutes since the epoch; the end is not part of it */
/**
 * @typedef {object} Appointment
 * @property {string} id
 * @property {Date} start
 * @property {Date} end
 * @property {number} before minutes kept clear before it
 * @property {number} after minutes kept clear after it
 * @property {string} who
 * @property {string} service
 * @property {string} serviceId
 * @property {string} staff id of the staff member
 * @property {string} status
 * @property {boolean} movable
 */
/** @typedef {{id: string, name: string, color: string}} StaffMember */
/** @typedef {{staff: string, start: number, end: number, reason: string}} TimeOff in milliseconds since the epoch */
/**
 * @typedef {object} Board
 * @property {Appointment[]} appointments
 * @property {StaffMember[]} people
 * @property {Record<string, Span[]>} working hours by staff member
 * @property {Record<string, Span[]>} held times offered on the phone right now, by staff member
 * @property {Record<string, string[]>} able ids of the staff members of a service; empty or missing means all
 * @property {string[]} writable ids of the staff members whose appointments the user may change
 * @property {TimeOff[]} away
 * @property {number} step minutes between two times at which an appointment may begin
 * @property {Record<string, string>} labels
 * @property {Record<string, Appointment>} byId
 * @property {Record<string, string>} names
 * @property {Record<string, string>} colors
 * @property {boolean} narrow
 * @property {(date: Date) => string | undefined} closed the holiday of a closed day, "" without one; undefined when open
 * @property {(instant: Date) => string} time
 */
/** @typedef {{begin: number, end: number, away?: boolean, reason?: string}} Shade */

export const MINUTE = 60000;
const OCCUPIES_TIME = new Set(["scheduled", "confirmed"]);

/**
 * Why an appointment cannot be at a time with a staff member, as far as the page knows; the server decides all the same.
 * @param {Pick<Board, "appointments" | "working" | "held" | "able" | "writable">} board
 * @param {Appointment} appointment
 * @param {Date} start
 * @param {string} staffId
 * @returns {"" | "past" | "unable" | "forbidden" | "closed" | "taken"} a key of the labels; empty when it can
 */
export function rejection(board, appointment, start, staffId) {
  const from = +start / MINUTE;
  const to = from + (+appointment.end - +appointment.start) / MINUTE;
  if (+start < Date.now()) return "past";
  const qualified = board.able[appointment.serviceId] ?? [];
  if (qualified.length && !qualified.includes(staffId)) return "unable";
  if (!board.writable.includes(staffId)) return "forbidden";
  if (!(board.working[staffId] ?? []).some(([begin, end]) => begin <= from && to <= end)) return "closed";
  const others = board.appointments.filter(
    (other) => other.staff === staffId && other.id !== appointment.id && OCCUPIES_TIME.has(other.status),
  );
  const busy = others.map((other) => [+other.start / MINUTE - other.before, +other.end / MINUTE + other.after]);
  const overlaps = [...busy, ...(board.held[staffId] ?? [])].some(
    ([begin, end]) => begin < to + appointment.after && from - appointment.before < end,
  );
  return overlaps ? "taken" : "";
}

/**
 * What of a drawn day is no time for appointments: closed hours, then time off.
 * @param {Pick<Board, "people" | "working" | "away">} board
 * @param {number} opens the first minute drawn
 * @param {number} closes the minute after the last
 * @param {string} [column] the staff member of the column; without one everybody's hours count
 * @returns {Shade[]}
 */
export function shades(board, opens, closes, column) {
  const staffId = column ?? (board.people.length === 1 ? board.people[0].id : undefined);
  const staffIds = staffId ? [staffId] : board.people.map((member) => member.id);
  const open = staffIds.flatMap((id) => board.working[id] ?? []).sort((left, right) => left[0] - right[0]);
  /** @type {Shade[]} */
  const closed = [];
  let at = opens;
  for (const [begin, end] of open) {
    if (end <= at || begin >= closes) continue;
    if (begin > at) closed.push({ begin: at, end: begin });
    at = Math.max(at, end);
  }
  if (at < closes) closed.push({ begin: at, end: closes });
  const away = board.away
    .filter((off) => staffId && off.staff === staffId)
    .map((off) => ({
      begin: Math.max(opens, off.start / MINUTE),
      end: Math.min(closes, off.end / MINUTE),
      reason: off.reason,
      away: true,
    }))
    .filter((off) => off.begin < off.end);
  return [...closed, ...away];
}

/**
 * The hours that are drawn: those of the staff and of the appointments, with an hour around them; 7 to 19 without any.
 * Today begins an hour before now, if that is drawn; every other day at its first hour.
 * @param {Pick<Board, "appointments" | "working">} board
 * @param {string} zone of the organization, as `Europe/Warsaw`
 * @param {string} day as `2026-11-28`
 * @returns {{min: Date, max: Date, scrollToTime: Date}}
 */
export function visibleHours(board, zone, day) {
  const spans = [
    ...Object.values(board.working).flat(),
    ...board.appointments.map((appointment) => [+appointment.start / MINUTE, +appointment.end / MINUTE]),
  ];
  let [first, last] = spans.length ? [24, 0] : [8, 18];
  for (const [begin, end] of spans) {
    const from = DateTime.fromMillis(begin * MINUTE, { zone });
    const to = DateTime.fromMillis(end * MINUTE, { zone });
    first = Math.min(first, from.hour);
    last = Math.max(last, to.hasSame(from, "day") ? to.hour + Number(to.minute > 0) : 24);
  }
  const midnight = DateTime.fromISO(day, { zone });
  const at = (/** @type {number} */ hour) => midnight.set({ hour }).toJSDate();
  const end = Math.min(24, last + 1);
  const min = at(Math.max(0, first - 1));
  const max = end === 24 ? midnight.endOf("day").toJSDate() : at(end);
  const recent = DateTime.now().setZone(zone).minus({ hours: 1 }).startOf("hour").toJSDate();
  return { min, max, scrollToTime: min < recent && recent < max ? recent : min };
}
