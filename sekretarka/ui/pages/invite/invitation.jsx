// The link of an invitation. Its token stays in this tab, out of addresses and logs; what it offers decides the face.
import { createContext, useContext, useEffect, useState } from "react";

const KEPT = "sekretarka:invitation";
const Found = createContext({ face: "loading" });

// What start.js took out of the address; kept over signing in and out.
function takeToken() {
  if (window.linkToken) sessionStorage.setItem(KEPT, window.linkToken);
  return sessionStorage.getItem(KEPT) || "";
}

function refusal(status, error) {
  if (status === 410) return { face: error?.details?.status ?? "revoked" };
  if (status === 409) return { face: "member" };
  return { face: { 403: "other", 404: "unknown", 429: "throttled" }[status] ?? "offline" };
}

async function look() {
  const token = takeToken();
  if (!token) return { face: "unknown" };
  const [answer, session] = await Promise.all([
    window.sekretarka.ask("/api/auth/invitation", { token }),
    fetch("/api/auth/session", { credentials: "same-origin", cache: "no-store" }),
  ]);
  const { data: offer, error } = await answer.json();
  if (!answer.ok) return refusal(answer.status, error);
  const me = (await session.json())?.user?.email ?? "";
  if (!me) return { face: offer.hasAccount ? "signIn" : "register", offer, me };
  return { face: me.toLowerCase() === offer.email.toLowerCase() ? "accept" : "other", offer, me };
}

export function Invitation({ children }) {
  const [found, setFound] = useState({ face: "loading" });
  const again = () => look().then(setFound, () => setFound({ face: "offline" }));
  useEffect(() => {
    again();
    window.addEventListener("hashchange", again); // another link opened in this tab
    return () => window.removeEventListener("hashchange", again);
  }, []);
  const accept = async () => {
    setFound({ ...found, pending: true });
    try {
      const answer = await window.sekretarka.ask("/api/v1/invitations/accept", { token: sessionStorage.getItem(KEPT) });
      const { data: member, error } = await answer.json();
      if (!answer.ok) return setFound({ ...found, ...refusal(answer.status, error), pending: false });
      sessionStorage.removeItem(KEPT);
      await window.sekretarka.selectOrganization(member.organizationId);
    } catch {
      setFound({ ...found, face: "offline", pending: false });
    }
  };
  return <Found.Provider value={{ ...found, again, accept }}>{children}</Found.Provider>;
}

// Shown while the invitation is in one of the states named by `faces`.
export function Face({ faces, children }) {
  const { face } = useContext(Found);
  return faces.includes(face) ? <div className="flex flex-col gap-4">{children}</div> : null;
}

// A sentence with the invitation's values in it: {inviter}, {organization}, {email}, {role}, {me}.
export function Said({ text, roles, className }) {
  const { offer, me } = useContext(Found);
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
  const { offer } = useContext(Found);
  return <input id="email" name="email" type="email" autoComplete="username" readOnly value={offer?.email ?? ""} className={className} />;
}

export function Act({ what, className, label, children }) {
  const found = useContext(Found);
  const acts = { ...found, signOut: () => window.sekretarka.signOut("/login?callbackUrl=/invite") };
  return (
    <button type="button" className={className} disabled={found.pending} aria-busy={Boolean(found.pending)} onClick={() => acts[what]()}>
      {found.pending ? children : null}
      {label}
    </button>
  );
}
