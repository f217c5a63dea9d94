// @ts-check
// Writing to a client: what it takes and costs as SMS, texts to insert, a time for later.
import { CalendarClock, FileText, SendHorizontal, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { fill, money, useLang } from "../text.jsx";
import { post } from "./outbox.jsx";

const PAUSE = 250;
const TALLEST = 168;
// What was begun stays while one looks at another thread.
/** @type {Map<string, {channel?: string, subject?: string, body?: string}>} */
const drafts = new Map();

/**
 * The instant of a time on the clock of a zone, as `2026-11-28T18:30`.
 * @param {string} wall @param {string} zone
 */
export function instantOf(wall, zone) {
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const shown = (/** @type {number} */ at) => Date.parse(`${clock.format(at).replace(" ", "T")}Z`);
  const wanted = Date.parse(`${wall}:00Z`);
  const near = wanted - (shown(wanted) - wanted);
  return new Date(near - (shown(near) - wanted)).toISOString();
}

/** What a text takes as SMS, by the API that counts it; null before it is known. */
function useSize(organization, isSms, body) {
  const [size, setSize] = useState(null);
  useEffect(() => {
    if (!isSms || !body.trim()) {
      setSize(null);
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      post("/messages/preview", organization, { channel: "sms", body }, { signal: stop.signal })
        .then(({ data }) => setSize(data ?? null))
        .catch(() => {});
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [organization, isSms, body]);
  return size;
}

function Counter({ size, labels, classNames, onPlain }) {
  const lang = useLang();
  if (!size?.size) return <p className="flex-1" />;
  const { left, parts, price } = size.size;
  const cost = (/** @type {{amount: number, currency: string}} */ one) => money(lang, one.amount, one.currency);
  const facts = [fill(lang, labels.left[lang], { n: left }), fill(lang, labels.parts[lang], { n: parts })];
  if (price) facts.push(cost(price));
  const saved = size.plain && price && { amount: price.amount - size.plain.price.amount, currency: price.currency };
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
      <p className="text-xs text-muted tnum" role="status">
        {facts.join(" · ")}
      </p>
      {size.plain && onPlain && (
        <button type="button" className={classNames.chip} onClick={() => onPlain(size.plain.body)}>
          {labels.plain}: {fill(lang, labels.parts[lang], { n: size.plain.parts })}
          {saved && `, −${cost(saved)}`}
        </button>
      )}
    </div>
  );
}

/** What is written in a field of a form takes and costs. @param {{target: string, organization: string, [name: string]: any}} props */
export function SmsSize({ target, organization, labels, classNames }) {
  const [body, setBody] = useState("");
  const find = () => /** @type {HTMLTextAreaElement | null} */ (document.getElementById(target));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the field is the one that has this id by then
  useEffect(() => {
    const follow = () => setBody(find()?.value ?? "");
    follow(); // what was begun earlier is there already
    document.addEventListener("input", follow);
    return () => document.removeEventListener("input", follow);
  }, [target]);
  const size = useSize(organization, true, body);
  const write = (/** @type {string} */ text) => {
    find().value = text;
    find().dispatchEvent(new Event("input", { bubbles: true }));
  };
  return <Counter size={size} labels={labels} classNames={classNames} onPlain={write} />;
}

function Refusal({ reason, channel, labels, setup }) {
  return (
    <p className="py-1 text-base text-muted text-pretty" role="note">
      {labels.refused[`${channel}.${reason}`] ?? labels.refused[reason] ?? labels.failure[reason]}
      {reason === "no_gateway" && channel === "sms" && setup && (
        <>
          {" "}
          <Link to={setup} className="font-medium text-accent-ink hover:underline">
            {labels.set_up}
          </Link>
        </>
      )}
    </p>
  );
}

/** A text with a link, which is made when it leaves: it is sent as it is, or not. */
function Ready({ ready, labels, classNames, onDrop }) {
  return (
    <div className={classNames.ready}>
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 font-medium">{labels.template[ready.name]}</p>
        <button
          type="button"
          className={classNames.tool}
          aria-label={labels.write_own}
          title={labels.write_own}
          onClick={onDrop}
        >
          <X size={16} aria-hidden="true" />
        </button>
      </div>
      <p className="whitespace-pre-wrap break-words">{ready.shown}</p>
      <p className="text-xs text-muted">{labels.link_later}</p>
    </div>
  );
}

/** Texts to insert, or to send as they are, filled in for the client's next appointment. */
function Templates({ texts, labels, classNames, onChoose }) {
  const [open, setOpen] = useState(false);
  const menu = useRef(null);
  useEffect(() => {
    if (!open) return undefined;
    menu.current.querySelector("button")?.focus();
    const outside = (/** @type {PointerEvent} */ event) => {
      if (!menu.current?.parentElement.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    const leave = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("keydown", leave);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("keydown", leave);
    };
  }, [open]);
  if (texts.length === 0) return null;
  return (
    <div className="relative">
      <button
        type="button"
        className={classNames.tool}
        aria-label={labels.templates}
        title={labels.templates}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <FileText size={18} aria-hidden="true" />
      </button>
      {open && (
        <ul ref={menu} aria-label={labels.templates} className={classNames.menu}>
          {texts.map((ready) => (
            <li key={ready.name}>
              <button
                type="button"
                className={classNames.item}
                onClick={() => {
                  setOpen(false);
                  onChoose(ready);
                }}
              >
                <span className="block font-medium">{labels.template[ready.name]}</span>
                <span className="line-clamp-2 text-sm text-muted">{ready.shown}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function Composer({ client, organization, reach, texts, zone, setup, labels, classNames, onSend }) {
  const id = useId();
  const begun = drafts.get(client) ?? {};
  const [channel, setChannel] = useState(
    begun.channel ?? reach.find((way) => !way.refused)?.channel ?? reach[0].channel,
  );
  const [subject, setSubject] = useState(begun.subject ?? "");
  const [body, setBody] = useState(begun.body ?? "");
  const [later, setLater] = useState(/** @type {string | null} */ (null));
  const [ready, setReady] = useState(null);
  const button = useRef(null);
  const field = useRef(null);
  const way = reach.find((one) => one.channel === channel) ?? reach[0];
  const isSms = way.channel === "sms";
  const said = ready?.text ?? body;
  const size = useSize(organization, isSms && !way.refused, said);
  useEffect(() => {
    drafts.set(client, { channel, subject, body });
  }, [client, channel, subject, body]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: its height follows the text
  useEffect(() => {
    if (!field.current) return;
    field.current.style.height = "auto";
    field.current.style.height = `${Math.min(field.current.scrollHeight + 2, TALLEST)}px`;
  }, [body, channel, ready]);
  useEffect(() => {
    if (ready) button.current.focus(); // it may have been disabled until now
  }, [ready]);
  const isReady = said.trim() !== "" && later !== "";
  const send = () => {
    if (!isReady) return;
    const template = ready && { template: ready.name, appointmentId: ready.appointment };
    onSend({
      channel: way.channel,
      to: way.to,
      body: ready?.shown ?? body.trim(),
      ...template,
      ...(!isSms && subject.trim() && { subject: subject.trim() }),
      ...(later && { scheduledFor: instantOf(later, zone) }),
    });
    if (ready) setReady(null);
    else setBody("");
    setSubject("");
    setLater(null);
    field.current?.focus();
  };
  // As in messengers: Enter sends an SMS where there is a keyboard; under a thumb it is a new line.
  const press = (/** @type {import("react").KeyboardEvent} */ event) => {
    if (event.key === "Escape") field.current?.blur();
    if (event.key !== "Enter" || event.nativeEvent.isComposing || event.shiftKey) return;
    const modified = event.ctrlKey || event.metaKey;
    if (!modified && (!isSms || !window.matchMedia("(pointer: fine)").matches)) return;
    event.preventDefault();
    send();
  };
  const choose = (/** @type {{text: string, appointment: string}} */ chosen) => {
    setReady(chosen.appointment ? chosen : null);
    if (chosen.appointment) return;
    setBody((old) => (old.trim() ? `${old.trimEnd()} ${chosen.text}` : chosen.text));
    field.current?.focus();
  };
  const earliest = () => {
    const soon = new Date(Date.now() + 3600000);
    const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    return clock.format(soon).replace(" ", "T");
  };
  const channels = reach.map((one) => (
    <button
      key={one.channel}
      type="button"
      aria-pressed={one.channel === way.channel}
      className={one.channel === way.channel ? classNames.chosen : classNames.channel}
      onClick={() => {
        setChannel(one.channel);
        setReady(null);
      }}
    >
      {labels.channel[one.channel]}
    </button>
  ));
  return (
    <form
      aria-label={labels.write}
      className={classNames.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="flex items-center gap-2">
        {reach.length > 1 && (
          <div role="group" aria-label={labels.by} className="flex gap-1">
            {channels}
          </div>
        )}
        <p className="min-w-0 flex-1 truncate text-xs text-muted tnum">
          {reach.length > 1 ? way.shown : `${labels.channel[way.channel]} · ${way.shown}`}
        </p>
      </div>
      {way.refused ? (
        <Refusal reason={way.refused} channel={way.channel} labels={labels} setup={setup} />
      ) : (
        <>
          {!isSms && (
            <input
              aria-label={labels.subject}
              placeholder={labels.subject}
              value={subject}
              maxLength={255}
              className={classNames.input}
              onChange={(event) => setSubject(event.target.value)}
            />
          )}
          {ready ? (
            <Ready ready={ready} labels={labels} classNames={classNames} onDrop={() => setReady(null)} />
          ) : (
            <textarea
              ref={field}
              id={id}
              rows={1}
              aria-label={labels.text}
              placeholder={isSms ? labels.sms_text : labels.email_text}
              value={body}
              maxLength={isSms ? 1530 : 20000}
              className={classNames.text}
              onChange={(event) => setBody(event.target.value)}
              onKeyDown={press}
            />
          )}
          {later !== null && (
            <div className="flex flex-wrap items-center gap-2">
              <label htmlFor={`${id}-at`} className="text-sm text-muted">
                {labels.send_at}
              </label>
              <input
                id={`${id}-at`}
                type="datetime-local"
                value={later}
                className={classNames.at}
                onChange={(event) => setLater(event.target.value)}
              />
              <button
                type="button"
                className={classNames.tool}
                aria-label={labels.send_now}
                title={labels.send_now}
                onClick={() => setLater(null)}
              >
                <X size={16} aria-hidden="true" />
              </button>
            </div>
          )}
          <div className="flex items-end gap-1 max-sm:flex-wrap">
            {isSms && <Templates texts={texts} labels={labels} classNames={classNames} onChoose={choose} />}
            <button
              type="button"
              className={classNames.tool}
              aria-label={labels.schedule}
              title={labels.schedule}
              aria-expanded={later !== null}
              onClick={() => setLater(later === null ? earliest() : null)}
            >
              <CalendarClock size={18} aria-hidden="true" />
            </button>
            <div className="flex min-h-9 min-w-0 flex-1 items-center px-1.5 max-sm:order-first max-sm:min-h-0 max-sm:basis-full max-sm:px-0">
              <Counter size={size} labels={labels} classNames={classNames} onPlain={ready ? undefined : setBody} />
            </div>
            <button ref={button} type="submit" className={`${classNames.send} ml-auto`} disabled={!isReady}>
              <SendHorizontal size={16} aria-hidden="true" />
              <span className="max-sm:sr-only">{later ? labels.schedule_it : labels.send}</span>
            </button>
          </div>
        </>
      )}
    </form>
  );
}
