// Going to another provider to sign in: the button is busy until the page changes; what went wrong is said in one place,
// as is what the address says went wrong with signing in. Wrong credentials are said by their form.
import { useEffect, useState } from "react";

const FAULT = "sekretarka:provider-fault";
const BY_THE_FORM = "CredentialsSignin";
const tell = (code) => window.dispatchEvent(new CustomEvent(FAULT, { detail: code }));

// words: error of the address, or error.code, → sentence; "default" is said for an error without words.
export function ProviderFault({ words, className, children }) {
  const [code, setCode] = useState("");
  useEffect(() => {
    const said = new URLSearchParams(location.search);
    const [error, more] = [said.get("error") || "", said.get("code")];
    setCode(Object.hasOwn(words, `${error}.${more}`) ? `${error}.${more}` : error);
    const hear = (event) => setCode(event.detail);
    window.addEventListener(FAULT, hear);
    return () => window.removeEventListener(FAULT, hear);
  }, []);
  const said = code && code !== BY_THE_FORM ? words[Object.hasOwn(words, code) ? code : "default"] : "";
  return (
    <p role="alert" className={said ? className : "hidden"}>
      {said ? <>{children}{said}</> : null}
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
    const fault = await window.sekretarka.signInWith(provider, callbackUrl);
    if (fault) {
      setPending(false);
      tell(fault);
    }
  };
  return (
    <button type="button" className={className} onClick={leave} disabled={pending} aria-busy={pending} {...rest}>
      {pending ? busy : mark}
      {label}
    </button>
  );
}
