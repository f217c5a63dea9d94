// @ts-check
// Going to another provider to sign in: the button is busy until the page changes; what went wrong is said in one place,
// as is what the address says went wrong with signing in. Wrong credentials are said by their form.
import { useEffect, useState } from "react";

const ERROR_EVENT = "sekretarka:provider-error";
const BY_THE_FORM = "CredentialsSignin";
const tell = (code) => window.dispatchEvent(new CustomEvent(ERROR_EVENT, { detail: code }));

// labels: error of the address, or error.code, → sentence; "default" is said for an error without words.
export function ProviderError({ labels, className, children }) {
  const [code, setCode] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    const said = new URLSearchParams(location.search);
    const [error, more] = [said.get("error") || "", said.get("code")];
    setCode(Object.hasOwn(labels, `${error}.${more}`) ? `${error}.${more}` : error);
    const hear = (event) => setCode(event.detail);
    window.addEventListener(ERROR_EVENT, hear);
    return () => window.removeEventListener(ERROR_EVENT, hear);
  }, []);
  const said = code && code !== BY_THE_FORM ? labels[Object.hasOwn(labels, code) ? code : "default"] : "";
  return (
    <p role="alert" className={said ? className : "hidden"}>
      {said ? (
        <>
          {children}
          {said}
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
    const again = () => setPending(false);
    window.addEventListener("pageshow", again);
    return () => window.removeEventListener("pageshow", again);
  }, []);
  const leave = async () => {
    setPending(true);
    tell("");
    const error = await window.sekretarka.signInWith(provider, callbackUrl);
    if (error) {
      setPending(false);
      tell(error);
    }
  };
  return (
    <button type="button" className={className} onClick={leave} disabled={pending} aria-busy={pending} {...rest}>
      {pending ? busy : mark}
      {label}
    </button>
  );
}
