// @ts-check
// Inside every page: a tab that seems signed out asks for the session before it shows the sign-in page. A tab's socket
// keeps the cookie it was opened with, and another tab may have renewed it since.
(() => {
  const RELOADED_AT = "sekretarka:entered";
  const RELOAD_INTERVAL_MS = 30000;
  let leaving = false;

  /** @returns {Promise<boolean>} whether this browser has a session; false when the server cannot be asked */
  const isSignedIn = () =>
    fetch("/api/auth/session", { credentials: "same-origin", cache: "no-store" })
      .then((response) => response.json())
      .then((session) => Boolean(session?.user))
      .catch(() => false);

  // Once in a while: where the dashboard and the session disagree, nobody is sent back and forth between page and sign-in.
  const mayEnter = () => {
    try {
      if (Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < RELOAD_INTERVAL_MS) return false;
      sessionStorage.setItem(RELOADED_AT, String(Date.now()));
      return true;
    } catch {
      return false;
    }
  };

  /** @returns {string} where sign-in was asked to lead; the dashboard when that is no page of ours */
  const destination = () => {
    try {
      const url = new URL(new URLSearchParams(location.search).get("callbackUrl") || "/dashboard", location.origin);
      if (url.origin === location.origin) return url.href;
    } catch {
      // Not an address at all.
    }
    return "/dashboard";
  };

  window.sekretarkaEntry = {
    // The server knows no user in this tab: with a session all the same the page is loaded again, otherwise sign-in is next.
    async leave(login) {
      if (leaving) return;
      leaving = true;
      if ((await isSignedIn()) && mayEnter()) location.reload();
      else location.assign(login);
    },

    // The page is on its way out already: that its session ended is no reason to go elsewhere.
    setOut() {
      leaving = true;
    },

    // Too many tabs are open: the bar of the frame says so until this one is looked at again.
    full() {
      document.documentElement.dataset.full = "";
      dispatchEvent(new Event("sekretarka:full"));
    },

    // The sign-in page: a user who is signed in goes on, unless the page has something to tell.
    async goOn() {
      const query = new URLSearchParams(location.search);
      if (query.has("error") || query.has("notice")) return;
      if ((await isSignedIn()) && mayEnter()) location.replace(destination());
    },
  };
})();
