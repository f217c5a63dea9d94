// Runs before the first paint: theme, language and sidebar as this browser last had them.
(function () {
  var root = document.documentElement;
  function read(name) {
    try {
      return localStorage.getItem(name);
    } catch (error) {
      return null;
    }
  }
  var theme = read("theme");
  var dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.classList.add(dark ? "dark" : "light");
  var language = /(?:^|; )lang=(pl|en)(?:;|$)/.exec(document.cookie);
  root.lang = language ? language[1] : "pl";
  if (root.lang !== "pl") {
    root.dataset.wait = "";
    // Never leave the page blank, whatever happens to the rest of the scripts.
    setTimeout(function () {
      delete root.dataset.wait;
    }, 2500);
  }
  if (read("sidebar") === "icons") root.dataset.sidebar = "icons";
})();
