// @ts-check
// Somebody else changed the same field: both values, whose change it was, and which of them stays.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useEffect, useId, useState } from "react";
import { formatDateTime, relativeTime } from "../text.jsx";
import { labelOf } from "./fields.js";
import { Question } from "./guard.jsx";

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

// JSON that a field of ours holds, or a stored list or object, in lines of text.
function lines(value, nameOf) {
  if (Array.isArray(value)) return value.map((one) => lines(one, nameOf)).join("\n");
  if (value !== null && typeof value === "object") {
    const parts = Object.entries(value).map(([key, one]) => [key, lines(one, nameOf)]);
    const plain = parts.every(([, text]) => !text.includes("\n")) && parts.length < 4;
    return parts
      .map(([key, text]) => (plain ? text : `${nameOf(key)}: ${text.replaceAll("\n", ", ") || "–"}`))
      .join(plain ? " – " : "\n");
  }
  return nameOf(String(value ?? ""));
}

function shown(form, name, value, { lang, zone, labels }) {
  if (value === null || value === "" || value === undefined) return labels.nothing;
  if (typeof value === "string" && INSTANT.test(value)) return formatDateTime(lang, value, "full", zone);
  const found = form.elements.namedItem(name);
  const field = found instanceof RadioNodeList ? found[0] : found;
  if (field?.type === "checkbox") return value === true || value === "on" ? labels.on : labels.off;
  if (typeof value === "boolean") return value ? labels.on : labels.off;
  if (field?.tagName === "SELECT") {
    return [...field.options].find((option) => option.value === String(value))?.textContent ?? String(value);
  }
  if (field?.type === "radio" && typeof value === "string") {
    const one = [...(found instanceof RadioNodeList ? found : [found])].find((radio) => radio.value === value);
    return one?.closest("label")?.textContent?.trim() || value;
  }
  if (field?.type !== "hidden") return typeof value === "object" ? lines(value, String) : String(value);
  const boxed = (text) => form.querySelector(`input[value="${CSS.escape(text)}"]`)?.closest("label")?.textContent;
  const day = (text) => form.querySelector(`[data-day="${CSS.escape(text)}"]`)?.getAttribute("aria-label");
  const nameOf = (text) => boxed(text)?.trim() || day(text) || text;
  try {
    return lines(typeof value === "string" ? JSON.parse(value) : value, nameOf) || labels.nothing;
  } catch {
    return String(value);
  }
}

function Choice({ group, checked, onChoose, title, detail, text }) {
  return (
    <label className="flex min-w-0 flex-1 cursor-pointer items-start gap-2.5 rounded-md border border-border px-3 py-2.5 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft">
      <input type="radio" name={group} checked={checked} onChange={onChoose} className="mt-1 shrink-0 accent-accent" />
      <span className="min-w-0 flex-1">
        <span className="block text-sm font-medium">{title}</span>
        {detail && <span className="block text-xs text-muted">{detail}</span>}
        <span className="mt-1 block max-h-40 overflow-y-auto text-base break-words whitespace-pre-wrap">{text}</span>
      </span>
    </label>
  );
}

// conflict: {fields: [{name, value, by, who, at}]}, null for none; mine: what this form has, by name.
export function ConflictDialog({ form, conflict, mine, onBack, onResolve, lang, zone, labels, classNames }) {
  const id = useId();
  const [theirs, setTheirs] = useState(/** @type {string[]} */ ([]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each conflict begins anew
  useEffect(() => setTheirs([]), [conflict]);
  const who = (field) =>
    ({ me: labels.me, api_key: labels.by_program, system: labels.by_system })[field.by] ?? (field.who || labels.theirs);
  const choose = (name, other) => setTheirs((now) => [...now.filter((one) => one !== name), ...(other ? [name] : [])]);
  return (
    <Question
      open={conflict !== null}
      onOpenChange={(open) => !open && onBack()}
      popup={classNames.wide_popup}
      labels={labels}
      classNames={classNames}
    >
      {conflict?.fields.map((field) => (
        <fieldset key={field.name} className="m-0 mt-4 min-w-0 border-0 p-0">
          <legend className="mb-1.5 text-sm font-medium">{labelOf(form, field.name)}</legend>
          <div className="flex gap-2 max-sm:flex-col">
            <Choice
              group={`${id}${field.name}`}
              checked={!theirs.includes(field.name)}
              onChoose={() => choose(field.name, false)}
              title={labels.mine}
              detail=""
              text={shown(form, field.name, mine[field.name], { lang, zone, labels })}
            />
            <Choice
              group={`${id}${field.name}`}
              checked={theirs.includes(field.name)}
              onChoose={() => choose(field.name, true)}
              title={who(field)}
              detail={relativeTime(lang, field.at, zone)}
              text={shown(form, field.name, field.value, { lang, zone, labels })}
            />
          </div>
        </fieldset>
      ))}
      <div className="mt-5 flex justify-end gap-2 max-sm:flex-col-reverse">
        <AlertDialog.Close className={classNames.secondary}>{labels.back}</AlertDialog.Close>
        <button type="button" className={classNames.primary} onClick={() => onResolve(theirs)}>
          {labels.save}
        </button>
      </div>
    </Question>
  );
}
