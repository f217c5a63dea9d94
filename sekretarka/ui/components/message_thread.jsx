// @ts-check
// The messages with a client as people know them from their phones: theirs at the left, ours at the right, by day.
import {
  ArrowDown,
  Ban,
  CalendarClock,
  Check,
  CheckCheck,
  CircleAlert,
  Clock,
  Mail,
  MessageCircle,
  Mic,
  Phone,
} from "lucide-react";
import { Fragment, useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { formatDateTime, useLang } from "../text.jsx";
import { Composer } from "./composer.jsx";
import { useFeed, useFollow, useSteady } from "./feed.jsx";
import { post, useOutbox } from "./outbox.jsx";

const MARKS = { email: Mail, chat: MessageCircle, voice: Mic };
const TICKS = { pending: Clock, sent: Check, delivered: CheckCheck, failed: CircleAlert };
const TOGETHER = 5 * 60000;
const LONG = 700;

/** @typedef {{id: string, channel: string, direction: string, status: string, sentAt: string, subject: string | null,
 *   body: string, conversationId: string | null, failure?: string | null}} Message */

const source = (/** @type {string} */ client) => ({
  url: `/api/v1/messages?clientId=${client}`,
  page: 50,
  most: 100,
  rows: (data) => data,
});

/** @param {import("../text.jsx").Lang} lang @param {string} at @param {string} zone */
export function dayOf(lang, at, zone) {
  const day = (/** @type {string | number} */ value) => formatDateTime("en", value, "date", zone);
  const words = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  for (const ago of [0, -1]) if (day(at) === day(Date.now() + ago * 86400000)) return words.format(ago, "day");
  const isThisYear = at.slice(0, 4) === new Date().toISOString().slice(0, 4);
  return formatDateTime(lang, at, isThisYear ? "weekday" : "date", zone);
}

/** Messages by the day they were sent, in order. @param {Message[]} messages @param {string} zone */
export function byDay(messages, zone) {
  /** @type {{day: string, messages: Message[]}[]} */
  const days = [];
  for (const message of messages) {
    const day = formatDateTime("en", message.sentAt, "date", zone);
    if (days.at(-1)?.day !== day) days.push({ day, messages: [] });
    days.at(-1).messages.push(message);
  }
  return days;
}

// What is waiting for its time is no clock among clocks.
const isScheduled = (/** @type {Message} */ message) =>
  message.status === "pending" && +new Date(message.sentAt) > Date.now() + 60000;

/** @param {{message: Message, labels: Record<string, any>, zone: string}} props */
function Status({ message, labels, zone }) {
  const lang = useLang();
  const ours = message.direction === "outbound";
  const scheduled = isScheduled(message);
  const withdrawn = message.failure === "withdrawn";
  const Tick = scheduled ? CalendarClock : withdrawn ? Ban : TICKS[message.status];
  const word = scheduled ? labels.scheduled : withdrawn ? labels.failure.withdrawn : labels.status[message.status];
  const ink =
    message.status === "failed" && !withdrawn ? "text-danger" : message.status === "delivered" ? "text-accent-ink" : "";
  return (
    <p className="mt-1 flex items-center justify-end gap-1.5 text-xs text-muted">
      {message.conversationId && (
        <Link
          to={`/dashboard/conversations?id=${message.conversationId}`}
          className="mr-auto inline-flex items-center gap-1 pr-2 hover:text-text hover:underline underline-offset-2"
        >
          <Phone size={12} aria-hidden="true" />
          {labels.from_call}
        </Link>
      )}
      <time dateTime={message.sentAt} className="tnum">
        {formatDateTime(lang, message.sentAt, "time", zone)}
      </time>
      {ours && (
        <span className={`inline-flex ${ink}`} title={word}>
          <Tick size={14} aria-hidden="true" />
          <span className="sr-only">{word}</span>
        </span>
      )}
    </p>
  );
}

/** @param {{text: string, labels: Record<string, any>}} props */
function Body({ text, labels }) {
  const [whole, setWhole] = useState(text.length <= LONG);
  return (
    <>
      <p className="whitespace-pre-wrap break-words text-base">{whole ? text : `${text.slice(0, LONG)}…`}</p>
      {!whole && (
        <button
          type="button"
          className="mt-1 text-sm font-medium text-accent-ink hover:underline"
          onClick={() => setWhole(true)}
        >
          {labels.whole}
        </button>
      )}
    </>
  );
}

/** @param {{message: Message, follows: boolean, actions?: import("react").ReactNode, labels: Record<string, any>, classNames: Record<string, string>, zone: string}} props */
function Bubble({ message, follows, actions, labels, classNames, zone }) {
  const ours = message.direction === "outbound";
  const Mark = MARKS[message.channel];
  const withdrawn = message.failure === "withdrawn";
  const failed = message.status === "failed" && !withdrawn;
  const reason = (failed || (ours && message.failure)) && labels.failure[message.failure];
  return (
    <li className={`flex flex-col ${ours ? "items-end" : "items-start"} ${follows ? "mt-1" : "mt-3 first:mt-0"}`}>
      <div
        className={[
          classNames.bubble,
          classNames[message.channel] ?? "",
          ours ? classNames.ours : classNames.theirs,
          failed ? classNames.failed : "",
          withdrawn ? classNames.withdrawn : "",
        ].join(" ")}
      >
        <span className="sr-only">{ours ? labels.ours : labels.theirs}</span>
        {Mark && (
          <p className="mb-1 flex items-center gap-1.5 text-xs font-medium text-muted">
            <Mark size={13} aria-hidden="true" />
            {labels.channel[message.channel]}
          </p>
        )}
        {message.subject && <p className="mb-1 break-words text-base font-semibold">{message.subject}</p>}
        <Body text={message.body} labels={labels} />
        <Status message={message} labels={labels} zone={zone} />
      </div>
      {(failed || reason || actions) && (
        <p
          className={`mt-1 flex flex-wrap items-center justify-end gap-x-3 text-right text-sm ${failed ? "text-danger" : "text-muted"}`}
        >
          {reason || (failed && (message.failure ? labels.not_sent : labels.failure.unknown))}
          {reason && message.status === "pending" && ` ${labels.trying}`}
          {actions}
        </p>
      )}
    </li>
  );
}

/** Calls `read` while unread messages are being looked at. @param {number} unread @param {boolean} shown @param {() => void} read */
function useReading(unread, shown, read) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (!unread || !shown) return undefined;
    const look = () => document.visibilityState === "visible" && read();
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [unread, shown]);
}

/** Escape leaves the thread, unless somebody is in a field or a dialog. @param {string} href @param {string} client */
function useEscape(href, client) {
  const navigate = useNavigate();
  useEffect(() => {
    const leave = (/** @type {KeyboardEvent} */ event) => {
      const target = /** @type {Element} */ (event.target);
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (target.closest?.("input, textarea, select, [role=dialog], [role=menu]")) return;
      if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu]")) return;
      navigate(href);
      document.querySelector(`[data-thread="${client}"]`)?.querySelector("a")?.focus();
    };
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, [href, client, navigate]);
}

function Skeleton({ label }) {
  return (
    <div role="status" className="flex flex-1 flex-col justify-end gap-3 p-4">
      <span className="sr-only">{label}</span>
      {["w-3/5", "w-2/5 self-end", "w-1/2 self-end", "w-2/3"].map((width) => (
        <div key={width} className={`skeleton h-14 rounded-2xl ${width}`} />
      ))}
    </div>
  );
}

/**
 * What can be done with a message of ours: a failed one is sent anew, one that waits for its time is taken back.
 * @param {{message: Message, organization: string, labels: Record<string, any>, classNames: Record<string, string>}} props
 */
function Action({ message, organization, labels, classNames }) {
  const [answer, setAnswer] = useState(/** @type {string | null} */ (null));
  const waits = message.status === "pending";
  if (answer === "") return waits ? null : <span role="status">{labels.resent}</span>;
  const act = () =>
    (waits
      ? post(`/messages/${message.id}`, organization, null, { method: "DELETE" })
      : post(`/messages/${message.id}/retry`, organization)
    )
      .then(({ reason }) => setAnswer(reason))
      .catch(() => setAnswer("offline"));
  return (
    <>
      <button type="button" className={classNames.action} onClick={act}>
        {waits ? labels.withdraw : labels.resend}
      </button>
      {answer && <span role="alert">{labels.failure[answer] ?? labels.not_sent}</span>}
    </>
  );
}

/** What was written here and is on its way, as the message that it becomes. @param {import("./outbox.jsx").Sending} one */
const bubbleOf = (one) => ({
  id: one.key,
  channel: one.channel,
  direction: "outbound",
  status: one.reason ? "failed" : "pending",
  sentAt: one.scheduledFor ?? one.at,
  subject: one.subject ?? null,
  body: one.body,
  conversationId: null,
  failure: one.reason ?? null,
});

function Log({ lines, outbox, earlier, more, zone, organization, writable, labels, classNames }) {
  const lang = useLang();
  const end = useRef(null);
  // What is to leave later stands after what was written just now.
  const messages = [...lines, ...outbox.sending.map(bubbleOf)].sort(
    (a, b) => +new Date(a.sentAt) - +new Date(b.sentAt),
  );
  const away = useFollow(end, true, messages.at(-1)?.id);
  const hold = useSteady(end, lines[0]?.id);
  const earlierOnes = () => {
    hold();
    more();
  };
  const down = () => end.current.scrollIntoView({ block: "end", behavior: "smooth" });
  const actionsOf = (/** @type {Message} */ message) => {
    const own = outbox.sending.find((one) => one.key === message.id);
    if (own) {
      return (
        <>
          <button type="button" className={classNames.action} onClick={() => outbox.retry(own)}>
            {labels.resend}
          </button>
          <button type="button" className={classNames.action} onClick={() => outbox.drop(own.key)}>
            {labels.drop}
          </button>
        </>
      );
    }
    const ours = message.direction === "outbound" && ["sms", "email"].includes(message.channel);
    if (!writable || !ours || !(message.status === "failed" || isScheduled(message))) return null;
    return (
      <Action
        key={message.status}
        message={message}
        organization={organization}
        labels={labels}
        classNames={classNames}
      />
    );
  };
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <div tabIndex={0} role="log" aria-label={labels.messages} className={classNames.log}>
        <div className="mt-auto" />
        {earlier && (
          <div className="mb-2 text-center">
            <button type="button" className={classNames.button} onClick={earlierOnes}>
              {labels.earlier}
            </button>
          </div>
        )}
        {byDay(messages, zone).map(({ day, messages: ofDay }) => (
          <Fragment key={day}>
            <h3 className={classNames.day}>{dayOf(lang, ofDay[0].sentAt, zone)}</h3>
            <ol className="flex flex-col">
              {ofDay.map((message, index) => {
                const before = ofDay[index - 1];
                const follows =
                  before?.direction === message.direction &&
                  before.channel === message.channel &&
                  +new Date(message.sentAt) - +new Date(before.sentAt) < TOGETHER;
                const shared = { message, follows, labels, classNames, zone };
                return <Bubble key={message.id} actions={actionsOf(message)} {...shared} />;
              })}
            </ol>
          </Fragment>
        ))}
        <div ref={end} className="h-px" />
      </div>
      {away && (
        <button
          type="button"
          className={classNames.down}
          onClick={down}
          aria-label={labels.newest}
          title={labels.newest}
        >
          <ArrowDown size={18} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

export function MessageThread({
  client,
  organization,
  revision,
  unread,
  zone,
  closed,
  writable,
  reach,
  texts,
  setup,
  labels,
  classNames,
  onRead,
}) {
  const { lines, earlier, loading, failed, retry, more } = useFeed(source(client), revision, true);
  const outbox = useOutbox(organization, lines);
  useReading(unread, !loading && !failed, onRead);
  useEscape(closed, client);
  const view = () => {
    if (loading && !failed) return <Skeleton label={labels.loading} />;
    if (lines.length > 0 || outbox.sending.length > 0) {
      const shared = { zone, organization, writable, labels, classNames };
      return <Log lines={lines} outbox={outbox} earlier={earlier} more={more} {...shared} />;
    }
    if (failed) {
      return (
        <div role="alert" className="flex flex-1 flex-col items-center justify-center gap-3 p-6 text-center">
          <p className="font-medium">{labels.failed}</p>
          <button type="button" className={classNames.button} onClick={retry}>
            {labels.retry}
          </button>
        </div>
      );
    }
    return (
      <p className="flex flex-1 items-center justify-center p-6 text-center font-medium text-balance">{labels.empty}</p>
    );
  };
  const shared = { client, organization, reach, texts, zone, setup, labels, classNames };
  return (
    <>
      {view()}
      {writable && reach.length > 0 && <Composer {...shared} onSend={outbox.send} />}
      {writable && reach.length === 0 && <p className={classNames.composer}>{labels.unreachable}</p>}
    </>
  );
}

// Up and down go from one thread to another, as in a list of a program.
export function ThreadList({ label, className, children }) {
  const move = (/** @type {import("react").KeyboardEvent<HTMLElement>} */ event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const links = /** @type {HTMLElement[]} */ ([...event.currentTarget.querySelectorAll("a")]);
    const next = step && links[links.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <ul aria-label={label} className={className} onKeyDown={move}>
      {children}
    </ul>
  );
}
