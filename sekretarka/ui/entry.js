// Inside every page: whoever seems signed out is asked for after before she is shown the door. A tab's socket keeps the cookie it was
// opened with, and another tab may have renewed it since.
(function () {
  var KEY = "sekretarka:entered";
  var PAUSE = 30000;
  var leaving = false;

  function session() {
    return fetch("/api/auth/session", { credentials: "same-origin", cache: "no-store" })
      .then(function (answer) { return answer.json(); })
      .then(function (found) { return Boolean(found && found.user); })
      .catch(function () { return false; });
  }

  // Once in a while: where the dashboard and the session disagree, nobody is sent back and forth between page and sign-in.
  function mayEnter() {
    try {
      if (Date.now() - Number(sessionStorage.getItem(KEY)) < PAUSE) return false;
      sessionStorage.setItem(KEY, String(Date.now()));
      return true;
    } catch (error) {
      return false;
    }
  }

  // Where sign-in was asked to lead; what is not a page of ours leads home.
  function wanted() {
    try {
      var url = new URL(new URLSearchParams(location.search).get("callbackUrl") || "/dashboard", location.origin);
      if (url.origin === location.origin) return url.href;
    } catch (error) {
      // Not an address at all.
    }
    return "/dashboard";
  }

  window.sekretarkaEntry = {
    // The server knows nobody in this tab: with a session all the same the page begins anew, otherwise sign-in is next.
    leave: function (login) {
      if (leaving) return;
      leaving = true;
      session().then(function (isSignedIn) {
        if (isSignedIn && mayEnter()) location.reload();
        else location.assign(login);
      });
    },

    // There are too many tabs already: the bar of the frame says so until this one is looked at again.
    full: function () {
      document.documentElement.dataset.full = "";
      dispatchEvent(new Event("sekretarka:full"));
    },

    // The sign-in page: who is signed in goes on, unless it has something to tell.
    goOn: function () {
      var said = new URLSearchParams(location.search);
      if (said.has("error") || said.has("notice")) return;
      session().then(function (isSignedIn) {
        if (isSignedIn && mayEnter()) location.replace(wanted());
      });
    },
  };
})();
