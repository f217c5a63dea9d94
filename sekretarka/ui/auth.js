// @ts-check
// Signing in, registering, emailed links, a new password, signing out and changing organisation: fetches the server answers with cookies,
// then a navigation, so that neither the socket nor its log ever sees a password or a link's token.
(() => {
  async function token() {
    const answer = await fetch("/api/auth/csrf", { credentials: "same-origin", cache: "no-store" });
    return (await answer.json()).csrfToken;
  }

  async function post(path, fields) {
    return fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Auth-Return-Redirect": "1" },
      body: new URLSearchParams({ ...fields, csrfToken: await token() }),
    });
  }

  // Strict JSON to one of our own additions.
  function ask(path, fields) {
    return fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
  }

  // The same: null when it was taken, otherwise field → code of what went wrong.
  async function send(path, fields) {
    const answer = await ask(path, fields);
    if (answer.ok) return null;
    if (answer.status === 429) return { form: "throttled" };
    if (answer.status === 409 || answer.status === 410) return { form: "link" };
    const body = await answer.json();
    const details = body.error?.details || [];
    if (!Array.isArray(details) || !details.length) return { form: "unavailable" };
    const errors = Object.fromEntries(details.map((detail) => [detail.path[detail.path.length - 1], detail.code]));
    return "token" in errors ? { form: "link" } : errors;
  }

  async function enter(email, password) {
    const callbackUrl = new URLSearchParams(location.search).get("callbackUrl") || "/dashboard";
    const answer = await post("/api/auth/callback/credentials", { email, password, callbackUrl });
    if (answer.status === 429) return "throttled";
    if (!answer.ok) return "unavailable";
    const url = new URL((await answer.json()).url, location.origin);
    const error = url.searchParams.get("error");
    if (error === "CredentialsSignin" && url.searchParams.get("code") === "email_not_verified")
      return "email_not_verified";
    if (error) return error === "CredentialsSignin" ? "credentials" : "unavailable";
    location.assign(url.href); // what the server made of the target: always a page of ours
    return "";
  }

  // What a form of its page calls: an offline browser is an error like any other.
  const online = (action) => async (form) => {
    try {
      return await action(form);
    } catch {
      return { form: "offline" };
    }
  };

  // Forms with unsaved changes ask first (components/guard.jsx), and go on by themselves.
  const unlessUnsaved = (go) =>
    window.dispatchEvent(new CustomEvent("sekretarka:leave", { detail: go, cancelable: true })) && go();

  // Drafts (components/drafts.js) are the user's who signs out.
  function dropDrafts() {
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith("sekretarka:draft:")) sessionStorage.removeItem(key);
      }
    } catch {
      // A browser without storage has none.
    }
  }

  // Each answers "" or {} when the page is about to change, {done: true} when the form has served, otherwise the code of
  // what went wrong or field → code.
  window.sekretarka = {
    signIn: online((form) => enter(form.email, form.password)),

    register: online(async (form) => {
      const errors = await send("/api/auth/register", {
        email: form.email,
        password: form.password,
        name: form.name,
        language: document.documentElement.lang,
        ...(form.organizationName ? { organizationName: form.organizationName } : {}),
      });
      if (errors) return errors;
      const failure = await enter(form.email, form.password);
      if (!failure) return {};
      // An email is on its way: with the link, or saying that there was an account already. Only its reader learns which.
      if (["credentials", "email_not_verified"].includes(failure)) location.assign("/login?notice=verify-request");
      else return { form: failure };
      return {};
    }),

    askForReset: online(async (form) => {
      return (await send("/api/auth/password/forgot", { email: form.email })) || { done: true };
    }),

    setPassword: online(async (form) => {
      const fields = { token: window.linkToken || "", password: form.password };
      const errors = await send("/api/auth/password/reset", fields);
      if (!errors) location.assign("/login?notice=password-changed");
      return errors || {};
    }),

    verifyEmail: online(async () => {
      const errors = await send("/api/auth/verify-email", { token: window.linkToken || "" });
      if (errors) return errors;
      const session = await (
        await fetch("/api/auth/session", { credentials: "same-origin", cache: "no-store" })
      ).json();
      location.assign(session ? "/dashboard" : "/login?notice=verified");
      return {};
    }),

    askForVerification: online(async (form) => {
      return (await send("/api/auth/verify-email/resend", { email: form.email })) || { done: true };
    }),

    changePassword: online(async (form) => {
      const fields = { currentPassword: form.currentPassword, newPassword: form.newPassword };
      const errors = await send("/api/v1/users/me/password", fields);
      // The socket still holds the session's old id: the page begins anew with the new one.
      if (!errors) location.assign("/dashboard/settings/security?notice=password-changed");
      return errors || {};
    }),

    // To a provider and back; whoever is signed in goes there to link an account. The answer is an error of Auth.js.
    async signInWith(provider, callbackUrl) {
      try {
        const target = callbackUrl || new URLSearchParams(location.search).get("callbackUrl") || "/dashboard";
        const answer = await post(`/api/auth/signin/${provider}`, { callbackUrl: target });
        if (!answer.ok) return "OAuthSignin";
        const url = new URL((await answer.json()).url);
        const isOurs = url.origin === location.origin;
        if (isOurs) return url.searchParams.get("error") === "MissingCSRF" ? "OAuthCallbackError" : "OAuthSignin";
        location.assign(url.href);
        return "";
      } catch {
        return "offline";
      }
    },

    // By the link of an invitation, whose token this tab stores.
    registerInvited: online(async (form) => {
      const errors = await send("/api/auth/invitation/register", {
        token: sessionStorage.getItem("sekretarka:invitation") || "",
        name: form.name,
        password: form.password,
        language: document.documentElement.lang,
      });
      if (errors) return errors;
      const failure = await enter(form.email, form.password);
      return failure ? { form: failure } : {};
    }),

    createOrganization: online(async (form) => {
      const answer = await ask("/api/v1/organizations", { name: form.name });
      if (answer.status === 401) location.assign("/login?callbackUrl=/dashboard/organizations/new");
      else if (answer.ok) await window.sekretarka.selectOrganization((await answer.json()).data.id);
      else return { form: "unavailable" };
      return {};
    }),

    ask,

    async signOut(to = "/login") {
      await unlessUnsaved(async () => {
        dropDrafts();
        window.sekretarkaEntry.setOut();
        const answer = await post("/api/auth/signout", { callbackUrl: "/login" }).catch(() => null);
        // Whoever is still signed in is not told otherwise: the page without scripts asks again.
        location.assign(answer?.ok ? to : "/api/auth/signout");
      });
    },

    // The session works elsewhere or as somebody else now: under a new id, then on to a page that has it.
    async renew(to) {
      try {
        await post("/api/auth/session", {});
      } finally {
        location.assign(to);
      }
    },

    async selectOrganization(id) {
      await unlessUnsaved(async () => {
        const answer = await ask(`/api/v1/organizations/${encodeURIComponent(id)}/select`, {});
        // A user who is no longer a member sees the list as it is now.
        if (answer.ok) location.assign("/dashboard");
        else location.reload();
      });
    },
  };
})();
