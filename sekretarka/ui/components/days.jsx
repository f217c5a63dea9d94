// @ts-check
// Days of the calendar to add and take away, in order; the form gets a JSON list.
import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { formatDateTime } from "../text.jsx";
import { Fault, Hidden } from "./editors.jsx";

export function Days({ name, value, earliest, labels, classNames, lang, error }) {
  const id = useId();
  const [days, setDays] = useState(value);
  const [first, setFirst] = useState("");
  const [last, setLast] = useState("");
  const [announcement, setAnnouncement] = useState("");
  const describe = (day) => `${formatDateTime(lang, day, "weekday", "UTC")} ${day.slice(0, 4)}`;
  const add = () => {
    const fresh = [];
    const end = last && last > first ? last : first;
    for (
      let at = new Date(`${first}T00:00Z`);
      fresh.length < 62 && at.toISOString().slice(0, 10) <= end;
      at.setUTCDate(at.getUTCDate() + 1)
    ) {
      fresh.push(at.toISOString().slice(0, 10));
    }
    setDays((now) => [...new Set([...now, ...fresh])].sort());
    setAnnouncement(fresh.map(describe).join(", "));
    setFirst("");
    setLast("");
  };
  const field = (key, chosen, choose, least) => (
    <div className="flex min-w-0 flex-1 basis-36 flex-col gap-1.5">
      <label htmlFor={`${id}${key}`} className="text-sm font-medium">
        {labels[key]}
      </label>
      <input
        id={`${id}${key}`}
        type="date"
        value={chosen}
        min={least}
        className={classNames.control}
        onChange={(event) => choose(event.target.value)}
      />
    </div>
  );
  return (
    <div className="flex flex-col gap-3">
      <Hidden name={name} label={labels.label} value={days} />
      {days.length === 0 && (
        <p className="rounded-md border border-dashed border-border px-3 py-3 text-sm text-muted">{labels.empty}</p>
      )}
      <ul className="flex flex-wrap gap-2 empty:hidden">
        {days.map((day) => (
          <li
            key={day}
            className="flex items-center gap-0.5 rounded-md border border-border py-0.5 pl-2.5 pr-1 text-base tnum"
          >
            <span>{describe(day)}</span>
            <button
              type="button"
              aria-label={`${labels.remove}: ${describe(day)}`}
              title={labels.remove}
              className="grid size-7 place-items-center rounded text-muted hover:bg-hover hover:text-text in-[:disabled]:hidden max-sm:size-9"
              onClick={() => setDays((now) => now.filter((other) => other !== day))}
            >
              <X size={14} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-end gap-2 in-[:disabled]:hidden">
        {field("first", first, setFirst, earliest)}
        {field("last", last, setLast, first || earliest)}
        <button type="button" className={classNames.press} disabled={!first} onClick={add}>
          <Plus size={16} aria-hidden="true" />
          <span>{labels.add}</span>
        </button>
      </div>
      <Fault id={`${name}-error`} text={error} />
      <p role="status" className="sr-only">
        {announcement}
      </p>
    </div>
  );
}
