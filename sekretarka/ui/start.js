// Inside every page, before its first paint: language and sidebar as this browser last had them (theme is Reflex's part),
// and the token of a mailed link taken out of the address before anything could log it or send it anywhere.
(function () {
  function takeToken() {
    var found = /^#token=([0-9a-f]{64})$/.exec(location.hash);
    if (!found) return;
    window.linkToken = found[1];
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  takeToken();
  addEventListener("hashchange", takeToken);
  var root = document.documentElement;
  var language = /(?:^|; )lang=(pl|en)(?:;|$)/.exec(document.cookie);
  root.lang = language ? language[1] : "pl";
  if (root.lang !== "pl") {
    root.dataset.wait = "";
    // Never leave the page blank, whatever happens to the rest of the scripts.
    setTimeout(function () {
      delete root.dataset.wait;
    }, 2500);
  }
  try {
    if (localStorage.getItem("sidebar") === "icons") root.dataset.sidebar = "icons";
  } catch (error) {
    // A browser that keeps nothing shows the sidebar wide.
  }
})();
