// Inside every page, before its first paint: language and sidebar as this browser last had them (theme is Reflex's part).
(function () {
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
