// @ts-check
// Messages on their way to the API: shown at once, sent once however often the line breaks, kept with a reason if refused.
import { useState } from "react";

/**
 * `body` of a template is how it is shown: its text is made when it leaves.
 * @typedef {{channel: string, to: string, subject?: string, body: string, scheduledFor?: string, template?: string,
 *   appointmentId?: string}} Draft
 * @typedef {Draft & {key: string, at: string, id?: string, reason?: string}} Sending
 */

// Also where `crypto.randomUUID` is missing, as on a plain address in the local network.
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A POST to the API, in the organization that the page shows. */
export async function post(path, organization, body, more = {}) {
  const { headers, ...options } = more;
  const response = await fetch(`/api/v1${path}`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-Organization-Id": organization, ...headers },
    body: body && JSON.stringify(body),
    ...options,
  });
  const { data, error } = await response.json();
  return { data, reason: response.ok ? "" : reasonOf(error) };
}

/** Why the API refused something: the code of a message's failure, of a wrong field, or the error's own. */
export function reasonOf(error) {
  const { code, details } = error ?? {};
  if (details?.reason) return details.reason;
  return (Array.isArray(details) && details[0]?.code) || code || "unknown";
}

/** What was written here and is not among `lines` yet. @param {string} organization @param {{id: string}[]} lines */
export function useOutbox(organization, lines) {
  const [sending, setSending] = useState(/** @type {Sending[]} */ ([]));
  const change = (/** @type {string} */ key, /** @type {Partial<Sending>} */ values) =>
    setSending((all) => all.map((one) => (one.key === key ? { ...one, ...values } : one)));
  const hand = async (/** @type {Sending} */ one) => {
    const { channel, to, subject, body, scheduledFor, template, appointmentId } = one;
    const said = template ? { template, appointmentId } : { subject, body };
    const headers = { "Idempotency-Key": one.key };
    try {
      const answer = await post("/messages", organization, { channel, to, scheduledFor, ...said }, { headers });
      // A refusal is stored under its key: the next try is another one.
      change(one.key, answer.reason ? { reason: answer.reason, key: newKey() } : { id: answer.data.id });
    } catch {
      change(one.key, { reason: "offline" }); // it may have arrived: the same key makes it one message
    }
  };
  const known = new Set(lines.map((line) => line.id));
  return {
    sending: sending.filter((one) => !one.id || !known.has(one.id)),
    send: (/** @type {Draft} */ draft) => {
      const one = { ...draft, key: newKey(), at: new Date().toISOString() };
      setSending((all) => [...all, one]);
      return hand(one);
    },
    retry: (/** @type {Sending} */ one) => {
      change(one.key, { reason: undefined });
      return hand(one);
    },
    drop: (/** @type {string} */ key) => setSending((all) => all.filter((one) => one.key !== key)),
  };
}
