// @ts-check
// Every form: what differs from the values it was filled with is marked, and leaving with it asks first.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { CircleDot, LoaderCircle } from "lucide-react";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { ConflictDialog } from "./conflict.jsx";
import { draftKey, dropDraft, loadDraft, storeDraft } from "./drafts.js";
import { asField, readFields, writeField } from "./fields.js";
import { LeavePrompt, useGuard } from "./guard.jsx";

const PATIENCE = 8000;
const LONG = "textarea, [data-long]";
const pick = (from, names) => Object.fromEntries(names.map((name) => [name, from[name] ?? null]));

// What a form was filled with: its fields (`filled`), the record's values and version that they stand for, and which of
// them were touched since.
class Filled {
  constructor(/** @type {HTMLFormElement} */ form, record, revision) {
    this.filled = readFields(form);
    this.names = Object.keys(this.filled);
    // Those that show what is stored as it is: typing what is stored by now changes nothing.
    this.plain = new Set(this.names.filter((name) => record && this.filled[name] === asField(record.values[name])));
    this.base = { ...record?.values };
    this.id = record?.id ?? "";
    this.version = record?.version ?? 0;
    this.revision = revision;
    this.touched = new Set();
    this.seen = this.signature(record);
  }

  // Whether the record is another one for this form.
  signature(record) {
    return JSON.stringify([record?.id ?? "", this.names.map((name) => record?.values[name])]);
  }

  // A field that nobody touched shows what the server says: from then on it was read so.
  follow(form, record) {
    const now = readFields(form);
    for (const name of this.names) {
      if (this.touched.has(name) || now[name] === this.filled[name]) continue;
      this.filled[name] = now[name];
      this.base[name] = record.values[name];
    }
    this.seen = this.signature(record);
  }

  // A field that appeared since belongs to what was changed, unless it is as stored.
  changes(form, record) {
    const now = readFields(form);
    const differs = (name) => {
      const isStored = now[name] === asField(record?.values[name]);
      if (!(name in this.filled)) return record !== undefined && !isStored;
      return this.touched.has(name) && now[name] !== this.filled[name] && !(isStored && this.plain.has(name));
    };
    return pick(now, Object.keys(now).filter(differs));
  }
}

// record: {id, version, values}, undefined for something new; attempt: the server answered a submission, saved: and
// stored it; revision: what something new starts from became something else.
export function EditForm(props) {
  const { name, owner, record, revision, attempt, saved, conflict, readOnly, mayBeBlank, labels, classNames } = props;
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const filled = useRef(/** @type {Filled | null} */ (null));
  const focused = useRef("");
  const answered = useRef({ attempt, saved });
  const [round, setRound] = useState(0); // of filling the fields
  const filledIn = useRef(-1);
  const [dirty, setDirty] = useState(false);
  const [restored, setRestored] = useState(false);
  const [pending, setPending] = useState(false);
  const [late, setLate] = useState(false); // the answer
  const [way, setWay] = useState(/** @type {import("./guard.jsx").Way | null} */ (null));
  const [clash, setClash] = useState(null);
  const key = draftKey(owner, name, record?.id ?? "");
  const latest = useRef({ record, key });
  latest.current = { record, key };

  const compare = () => {
    const { current: node } = form;
    const { record: stored, key: place } = latest.current;
    if (!node || !filled.current) return;
    const mine = filled.current.changes(node, stored);
    const names = Object.keys(mine);
    setDirty(names.length > 0);
    if (!names.length) return dropDraft(place);
    const { base, version } = filled.current;
    if (node.querySelector(LONG)) storeDraft(place, { version, base: pick(base, names), changes: mine });
  };
  const refill = () => {
    const active = document.activeElement;
    focused.current = form.current?.contains(active) ? /** @type {HTMLInputElement} */ (active).name : "";
    setRound((now) => now + 1);
  };
  const restore = () => {
    const draft = loadDraft(key);
    if (!draft || readOnly) return;
    filled.current.version = Math.min(filled.current.version, draft.version);
    for (const [field, value] of Object.entries(draft.changes)) {
      filled.current.touched.add(field);
      filled.current.base[field] = draft.base[field];
      writeField(form.current, field, value);
    }
    setRestored(true);
    compare();
  };

  // What arrives from elsewhere replaces the fields only while nobody is editing them.
  useLayoutEffect(() => {
    if (filledIn.current !== round) {
      filledIn.current = round;
      filled.current = new Filled(form.current, record, revision);
      setDirty(false);
      setRestored(false);
      restore();
      const again = /** @type {HTMLElement} */ (form.current.elements.namedItem(focused.current));
      if (focused.current) again?.focus?.();
      return;
    }
    const { current: before } = filled;
    if (before.revision === revision && before.seen === before.signature(record)) return;
    if (!dirty || before.id !== (record?.id ?? "") || before.revision !== revision) return refill();
    before.follow(form.current, record);
    compare();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: it reads what is latest
  useEffect(() => {
    const { current: node } = form;
    const touch = (event) => {
      // What says that it changed without a name has changed the fields inside.
      const named = event.target.name ? [event.target] : event.target.querySelectorAll("[name]");
      for (const field of named) filled.current.touched.add(field.name);
      compare();
    };
    node.addEventListener("input", touch);
    node.addEventListener("change", touch);
    return () => {
      node.removeEventListener("input", touch);
      node.removeEventListener("change", touch);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    const isSaved = answered.current.saved !== saved;
    const isAnswered = isSaved || answered.current.attempt !== attempt;
    answered.current = { attempt, saved };
    if (!pending || !isAnswered) return; // of another form of the page
    setPending(false);
    if (isSaved) {
      dropDraft(key);
      refill();
      setWay(null);
      way?.proceed();
      return;
    }
    stay();
    const wrong = /** @type {HTMLElement | null} */ (form.current.querySelector('[aria-invalid="true"]'));
    if (conflict) setClash({ ...conflict, stored: record });
    else wrong?.focus();
  }, [attempt, saved]);
  useEffect(() => {
    if (!pending) return undefined;
    setLate(false);
    // A server that hangs (line.js) still has what was sent: a second time it would be done twice. One can leave, though.
    const wait = () => (document.documentElement.dataset.line ? setLate(true) : setPending(false));
    const timer = setInterval(wait, PATIENCE);
    return () => clearInterval(timer);
  }, [pending]);

  const send = (mine) => {
    setPending(true);
    const { id, version, base } = filled.current;
    const edit = { id, version, base: pick(base, Object.keys(mine)), changes: mine };
    const ticked = Object.entries(readFields(form.current)).filter(([, value]) => value !== null);
    props.onSubmit(record ? edit : Object.fromEntries(ticked));
  };
  const submit = (event) => {
    event?.preventDefault();
    const mine = filled.current.changes(form.current, record);
    if (!pending && (mayBeBlank || Object.keys(mine).length)) send(mine);
  };
  const discard = () => {
    dropDraft(key);
    refill();
    props.onDiscard?.();
  };
  const stay = () => {
    setWay(null);
    way?.stay();
  };
  // What is theirs is not sent, what is mine is sent against what they wrote, as it was shown.
  const resolve = (theirs) => {
    const { current: mine } = filled;
    const { fields, stored } = clash;
    for (const { name: field } of fields) mine.base[field] = stored.values[field];
    mine.version = stored.version;
    setClash(null);
    const kept = mine.changes(form.current, record);
    for (const field of theirs) delete kept[field];
    if (Object.keys(kept).length) send(kept);
    else discard();
  };

  const guarded = useRef(/** @type {import("./guard.jsx").Guarded} */ ({})).current;
  const hung = pending && late;
  const saving = pending && !late;
  Object.assign(guarded, { unsaved: dirty && !saving, busy: saving, ask: setWay, leave: discard });
  useGuard(guarded);
  const asked = useRef(way);
  asked.current = way;
  useEffect(() => () => asked.current?.stay(), []);
  return (
    <form ref={form} onSubmit={submit} noValidate autoComplete="off" data-form={name} data-dirty={dirty || undefined}>
      <fieldset key={round} disabled={readOnly} className="m-0 min-w-0 border-0 p-0">
        {props.children}
      </fieldset>
      {!readOnly && (
        <div className={record ? classNames.footer : classNames.bare} data-dirty={dirty || undefined}>
          <p role="status" className="mr-auto flex min-w-0 items-center gap-1.5 text-sm text-warning">
            {dirty && (record || restored) && (
              <>
                <CircleDot size={14} aria-hidden="true" className="shrink-0" />
                <span className="truncate">{restored ? labels.restored : labels.unsaved}</span>
              </>
            )}
          </p>
          {dirty && (record || restored) && (
            <button type="button" className={classNames.ghost} disabled={pending} onClick={discard}>
              {labels.discard}
            </button>
          )}
          {labels.back && (
            <button type="button" className={classNames.secondary} disabled={pending} onClick={discard}>
              {labels.back}
            </button>
          )}
          <button
            type="submit"
            className={props.danger ? classNames.danger : classNames.primary}
            disabled={!dirty && !mayBeBlank}
            aria-disabled={pending}
            aria-busy={pending}
          >
            {pending && <LoaderCircle size={16} aria-hidden="true" className="spin" />}
            <span>{labels.save}</span>
          </button>
        </div>
      )}
      <LeavePrompt
        way={way}
        onStay={stay}
        onLeave={() => {
          setWay(null);
          way.proceed();
        }}
        onSave={record && way?.alone && !hung ? () => submit() : null}
        busy={saving}
        labels={labels.leave}
        classNames={classNames}
      />
      <ConflictDialog
        form={form.current}
        conflict={clash}
        mine={clash ? readFields(form.current) : {}}
        onBack={() => setClash(null)}
        onResolve={resolve}
        lang={props.lang}
        zone={props.zone}
        labels={labels.conflict}
        classNames={classNames}
      />
    </form>
  );
}

// Asks for the thing's name in writing before it is gone for good.
export function TypedConfirm({ name, label, onConfirm, labels, classNames, trigger }) {
  const field = useId();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const right = typed.trim() === name.trim();
  const submit = (event) => {
    event.preventDefault();
    if (!right) return;
    setOpen(false);
    onConfirm(typed.trim());
  };
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(now) => {
        setOpen(now);
        setTyped("");
      }}
    >
      <AlertDialog.Trigger className={classNames.quiet_danger}>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={classNames.over} />
        <AlertDialog.Popup className={classNames.popup}>
          <form onSubmit={submit}>
            <AlertDialog.Title className="text-lg font-semibold text-balance">{labels.title}</AlertDialog.Title>
            <AlertDialog.Description className="mt-2 text-base text-muted">{labels.text}</AlertDialog.Description>
            <label htmlFor={field} className="mt-4 block text-sm font-medium">
              {label}
            </label>
            <input
              id={field}
              value={typed}
              autoComplete="off"
              spellCheck="false"
              placeholder={name}
              onChange={(event) => setTyped(event.target.value)}
              className={classNames.control}
            />
            <div className="mt-5 flex justify-end gap-2 max-sm:flex-col-reverse">
              <AlertDialog.Close className={classNames.secondary}>{labels.cancel}</AlertDialog.Close>
              <button type="submit" className={classNames.danger} disabled={!right}>
                {labels.confirm}
              </button>
            </div>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
