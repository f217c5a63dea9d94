// @ts-check
// Going to another provider to sign in: the button is busy until the page changes; what went wrong is shown in one place,
// as is what the address says went wrong with signing in. Wrong credentials are shown by their form.
import { useEffect, useState } from "react";

const ERROR_EVENT = "sekretarka:provider-error";
const BY_THE_FORM = "CredentialsSignin";
const report = (code) => window.dispatchEvent(new CustomEvent(ERROR_EVENT, { detail: code }));

// labels: error of the address, or error.code, → sentence; "default" is for an error without words.
export function ProviderError({ labels, className, children }) {
  const [code, setCode] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    const query = new URLSearchParams(location.search);
    const [error, detail] = [query.get("error") || "", query.get("code")];
    setCode(Object.hasOwn(labels, `${error}.${detail}`) ? `${error}.${detail}` : error);
    const receive = (event) => setCode(event.detail);
    window.addEventListener(ERROR_EVENT, receive);
    return () => window.removeEventListener(ERROR_EVENT, receive);
  }, []);
  const message = code && code !== BY_THE_FORM ? labels[Object.hasOwn(labels, code) ? code : "default"] : "";
  return (
    <p role="alert" className={message ? className : "hidden"}>
      {message ? (
        <>
          {children}
          {message}
        </>
      ) : null}
    </p>
  );
}

export function ProviderButton({ provider, callbackUrl, className, children, ...rest }) {
  const [pending, setPending] = useState(false);
  const [mark, busy, label] = children;
  useEffect(() => {
    // Back from the provider by the browser's own button: the page is as it was left.
    const reset = () => setPending(false);
    window.addEventListener("pageshow", reset);
    return () => window.removeEventListener("pageshow", reset);
  }, []);
  const leave = async () => {
    setPending(true);
    report("");
    const error = await window.sekretarka.signInWith(provider, callbackUrl);
    if (error) {
      setPending(false);
      report(error);
    }
  };
  return (
    <button type="button" className={className} onClick={leave} disabled={pending} aria-busy={pending} {...rest}>
      {pending ? busy : mark}
      {label}
    </button>
  );
}
