// @ts-check
// A form that talks to /api/auth from the browser: pending state, errors beside their fields, nothing on the socket.
import { createContext, useContext, useEffect, useRef, useState } from "react";

const Answer = createContext({ errors: {}, pending: false, done: false, form: null });
const FORM_ERRORS = ["email_not_verified", "throttled"];

// What the browser can tell by itself, under the codes the server would answer with.
function errorOf(control) {
  if (!control.name || !control.willValidate) return "";
  if (control.required && !control.value.trim()) return "missing";
  if (control.validity.typeMismatch) return "invalid_email";
  const length = [...control.value].length;
  if (length && length < Number(control.dataset.min || 0)) return "string_too_short";
  return "";
}

export function AuthForm({ kind, action, needsToken, children }) {
  const [errors, setErrors] = useState({});
  const [pending, setPending] = useState(false);
  const [done, setDone] = useState(false);
  const form = useRef(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the address and the page are read once, when it appears
  useEffect(() => {
    const query = new URLSearchParams(location.search);
    const code = FORM_ERRORS.includes(query.get("code")) ? query.get("code") : "credentials";
    // Every other error of the address is shown above the form, until the next try.
    if (kind === "signIn" && query.get("error") === "CredentialsSignin") setErrors({ form: code });
    if (kind === "signIn") window.sekretarkaEntry.goOn();
    if (needsToken && !window.linkToken) setErrors({ form: "link" });
  }, []);
  useEffect(() => {
    let first = null;
    for (const control of form.current.elements) {
      if (!control.name) continue;
      control.setAttribute("aria-invalid", errors[control.name] ? "true" : "false");
      if (errors[control.name] && !first) first = control;
    }
    if (first) first.focus();
  }, [errors]);

  const submit = async (event) => {
    event.preventDefault();
    if (pending) return;
    const fields = Object.fromEntries(new FormData(form.current));
    const invalid = [...form.current.elements]
      .map((control) => [control.name, errorOf(control)])
      .filter(([, code]) => code);
    if (invalid.length) {
      setErrors(Object.fromEntries(invalid));
      return;
    }
    setErrors({});
    window.dispatchEvent(new CustomEvent("sekretarka:provider-error", { detail: "" }));
    setPending(true);
    const result = await window.sekretarka[kind](fields);
    const { done: completed, ...failures } = typeof result === "string" ? (result ? { form: result } : {}) : result;
    setErrors(failures);
    setDone(Boolean(completed));
    // Without an error the page is about to change: the button stays busy until it does.
    setPending(Object.keys(failures).length === 0);
  };
  return (
    <form ref={form} method="post" action={action} onSubmit={submit} noValidate>
      <Answer.Provider value={{ errors, pending, done, form }}>{children}</Answer.Provider>
    </form>
  );
}

// What is filled in, until the form has served.
export function Fields({ className, children }) {
  const { done } = useContext(Answer);
  return <div className={done ? "hidden" : className}>{children}</div>;
}

// What is shown in its place afterwards.
export function Completed({ className, children }) {
  const { done } = useContext(Answer);
  const place = useRef(null);
  useEffect(() => {
    if (done && place.current) place.current.focus();
  }, [done]);
  return (
    <div ref={place} role="status" tabIndex={-1} className={done ? className : "hidden"}>
      {done ? children : null}
    </div>
  );
}

// What happened before, by the code in the address; labels: code → sentence.
export function Notice({ labels, className, children }) {
  const [code, setCode] = useState("");
  useEffect(() => setCode(new URLSearchParams(location.search).get("notice") || ""), []);
  return (
    <p role="status" className={labels[code] ? className : "hidden"}>
      {labels[code] ? (
        <>
          {children}
          <span>{labels[code]}</span>
        </>
      ) : null}
    </p>
  );
}

// Under one error of the whole form: sends something for the address that was filled in.
export function Resend({ error, kind, label, sent, className }) {
  const { errors, form } = useContext(Answer);
  const [state, setState] = useState("");
  if (errors.form !== error) return null;
  const send = async () => {
    setState("pending");
    const answer = await window.sekretarka[kind](Object.fromEntries(new FormData(form.current)));
    setState(answer.done ? "sent" : "");
  };
  return state === "sent" ? (
    <p role="status" className="text-sm text-muted">
      {sent}
    </p>
  ) : (
    <button type="button" onClick={send} disabled={state === "pending"} className={className}>
      {label}
    </button>
  );
}

// labels: code → sentence; "other" is for a code without a sentence.
export function FieldError({ name, labels, className, children }) {
  const { errors } = useContext(Answer);
  const code = errors[name];
  return (
    <p id={`${name}-error`} role="alert" className={code ? className : "hidden"}>
      {code ? (
        <>
          {children}
          {labels[code] ?? labels.other}
        </>
      ) : null}
    </p>
  );
}

export function SubmitButton({ label, className, children }) {
  const { pending } = useContext(Answer);
  const [ready, setReady] = useState(false);
  // Before the scripts run a submission would be a plain post without its token, and a click would be lost.
  useEffect(() => setReady(true), []);
  return (
    <button type="submit" className={className} aria-busy={pending} disabled={pending || !ready}>
      {pending ? children : null}
      {label}
    </button>
  );
}

export function PasswordField({ id, name, className, showLabel, hideLabel, children, ...rest }) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <input id={id} name={name} type={shown ? "text" : "password"} className={className} {...rest} />
      <button
        type="button"
        aria-label={shown ? hideLabel : showLabel}
        title={shown ? hideLabel : showLabel}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute right-1 top-1/2 grid size-7 -translate-y-1/2 place-items-center rounded text-muted hover:text-text max-sm:size-9"
      >
        {children[shown ? 1 : 0]}
      </button>
    </div>
  );
}
