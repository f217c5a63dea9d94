// Signing in, registering, signing out and changing organisation: fetches the server answers with cookies, then a
// navigation, so that neither the socket nor its log ever sees a password.
(function () {
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

  async function enter(email, password) {
    const callbackUrl = new URLSearchParams(location.search).get("callbackUrl") || "/dashboard";
    const answer = await post("/api/auth/callback/credentials", { email, password, callbackUrl });
    if (answer.status === 429) return "throttled";
    if (!answer.ok) return "unavailable";
    const url = new URL((await answer.json()).url, location.origin);
    const error = url.searchParams.get("error");
    if (error) return error === "CredentialsSignin" ? "credentials" : "unavailable";
    location.assign(url.href); // what the server made of the wish: always a page of ours
    return "";
  }

  // Each answers "" when the page is about to change, otherwise the code of what went wrong.
  window.sekretarka = {
    async signIn(form) {
      try {
        return await enter(form.email, form.password);
      } catch {
        return "offline";
      }
    },

    async register(form) {
      try {
        const answer = await fetch("/api/auth/register", {
          method: "POST",
          credentials: "same-origin",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({
            email: form.email,
            password: form.password,
            name: form.name,
            language: document.documentElement.lang,
            ...(form.organizationName ? { organizationName: form.organizationName } : {}),
          }),
        });
        if (answer.status === 429) return { form: "throttled" };
        const body = await answer.json();
        if (answer.status === 201) {
          const fault = await enter(form.email, form.password);
          return fault ? { form: fault === "credentials" ? "registered" : fault } : {};
        }
        const details = (body.error && body.error.details) || [];
        if (Array.isArray(details) && details.length) {
          return Object.fromEntries(details.map((detail) => [detail.path[detail.path.length - 1], detail.code]));
        }
        return { form: "unavailable" };
      } catch {
        return { form: "offline" };
      }
    },

    async signOut() {
      await post("/api/auth/signout", { callbackUrl: "/login" });
      location.assign("/login");
    },

    async selectOrganization(id) {
      const answer = await fetch(`/api/v1/organizations/${encodeURIComponent(id)}/select`, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json" },
        body: "{}",
      });
      if (answer.ok) location.assign("/dashboard");
    },
  };
})();
