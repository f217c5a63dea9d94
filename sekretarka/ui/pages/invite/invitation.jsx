// @ts-check
// The link of an invitation. Its token stays in this tab, out of addresses and logs; what it offers decides what is shown.
import { createContext, useContext, useEffect, useState } from "react";

const STORAGE_KEY = "sekretarka:invitation";
/**
 * @typedef {object} InvitationState
 * @property {string} face which of the page's states is shown
 * @property {{email: string, organizationName: string, invitedBy?: string, role: string, hasAccount: boolean}} [offer]
 * @property {string} [me] email of the user who is signed in; empty for nobody
 * @property {boolean} [pending]
 * @property {() => void} [again]
 * @property {() => void} [accept]
 */
const InvitationContext = createContext(/** @type {InvitationState} */ ({ face: "loading" }));

// What start.js took out of the address; stored over signing in and out.
function takeToken() {
  if (window.linkToken) sessionStorage.setItem(STORAGE_KEY, window.linkToken);
  return sessionStorage.getItem(STORAGE_KEY) || "";
}

/** @param {number} status of the API's answer @param {any} [error] its error */
function rejection(status, error) {
  if (status === 410) return { face: error?.details?.status ?? "revoked" };
  if (status === 409) return { face: "member" };
  return { face: { 403: "other", 404: "unknown", 429: "throttled" }[status] ?? "offline" };
}

/** @returns {Promise<InvitationState>} what the invitation offers to this browser's user */
async function load() {
  const token = takeToken();
  if (!token) return { face: "unknown" };
  const [response, session] = await Promise.all([
    window.sekretarka.ask("/api/auth/invitation", { token }),
    fetch("/api/auth/session", { credentials: "same-origin", cache: "no-store" }),
  ]);
  const { data: offer, error } = await response.json();
  if (!response.ok) return rejection(response.status, error);
  const me = (await session.json())?.user?.email ?? "";
  if (!me) return { face: offer.hasAccount ? "signIn" : "register", offer, me };
  return { face: me.toLowerCase() === offer.email.toLowerCase() ? "accept" : "other", offer, me };
}

export function Invitation({ children }) {
  const [state, setState] = useState(/** @type {InvitationState} */ ({ face: "loading" }));
  const reload = () => load().then(setState, () => setState({ face: "offline" }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address and the page are read once, when it appears
  useEffect(() => {
    reload();
    window.addEventListener("hashchange", reload); // another link opened in this tab
    return () => window.removeEventListener("hashchange", reload);
  }, []);
  const accept = async () => {
    setState({ ...state, pending: true });
    try {
      const response = await window.sekretarka.ask("/api/v1/invitations/accept", {
        token: sessionStorage.getItem(STORAGE_KEY),
      });
      const { data: member, error } = await response.json();
      if (!response.ok) return setState({ ...state, ...rejection(response.status, error), pending: false });
      sessionStorage.removeItem(STORAGE_KEY);
      await window.sekretarka.selectOrganization(member.organizationId);
    } catch {
      setState({ ...state, face: "offline", pending: false });
    }
  };
  return (
    <InvitationContext.Provider value={{ ...state, again: reload, accept }}>{children}</InvitationContext.Provider>
  );
}

// Shown while the invitation is in one of the states named by `faces`.
export function Face({ faces, children }) {
  const { face } = useContext(InvitationContext);
  return faces.includes(face) ? <div className="flex flex-col gap-4">{children}</div> : null;
}

// A sentence with the invitation's values in it: {inviter}, {organization}, {email}, {role}, {me}.
export function Said({ text, roles, className }) {
  const { offer, me } = useContext(InvitationContext);
  const values = {
    inviter: offer?.invitedBy ?? offer?.organizationName,
    organization: offer?.organizationName,
    email: offer?.email,
    role: roles?.[offer?.role],
    me,
  };
  return <p className={className}>{text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")}</p>;
}

export function InvitedEmail({ className }) {
  const { offer } = useContext(InvitationContext);
  return (
    <input
      id="email"
      name="email"
      type="email"
      autoComplete="username"
      readOnly
      value={offer?.email ?? ""}
      className={className}
    />
  );
}

export function Act({ what, className, label, children }) {
  const invitation = useContext(InvitationContext);
  const actions = { ...invitation, signOut: () => window.sekretarka.signOut("/login?callbackUrl=/invite") };
  return (
    <button
      type="button"
      className={className}
      disabled={invitation.pending}
      aria-busy={Boolean(invitation.pending)}
      onClick={() => actions[what]()}
    >
      {invitation.pending ? children : null}
      {label}
    </button>
  );
}
