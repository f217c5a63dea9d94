// @ts-check
// What was typed and not saved, in this tab only: it survives a reload, and neither a sign-out nor another user.
const PREFIX = "sekretarka:draft:"; // sekretarka/ui/auth.js drops them by it

// owner: "user|organization"; id: of the record, "" for something new. "" where nobody is known yet.
export const draftKey = (owner, name, id) => (owner && !owner.startsWith("|") ? `${PREFIX}${owner}|${name}|${id}` : "");

export function loadDraft(key) {
  try {
    return key ? JSON.parse(sessionStorage.getItem(key)) : null;
  } catch {
    return null; // no storage, or not of this version
  }
}

export function storeDraft(key, draft) {
  try {
    if (key) sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A browser without storage, or one that is full, still has the form.
  }
}

export function dropDraft(key) {
  try {
    if (key) sessionStorage.removeItem(key);
  } catch {
    // There was none.
  }
}

// Whoever signed in here after somebody else does not get their drafts, nor keeps them.
export function keepDraftsOf(user) {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${user}|`)) sessionStorage.removeItem(key);
    }
  } catch {
    // There are none.
  }
}
