// @ts-check
// Inside every page, before its first paint: language and sidebar as this browser last had them (the theme is Reflex's),
// and the token of an emailed link taken out of the address before anything could log it or send it anywhere.
(() => {
  const takeToken = () => {
    const token = /^#token=([0-9a-f]{64})$/.exec(location.hash)?.[1];
    if (!token) return;
    window.linkToken = token;
    history.replaceState(history.state, "", location.pathname + location.search);
  };
  takeToken();
  addEventListener("hashchange", takeToken);
  const root = document.documentElement;
  root.lang = /(?:^|; )lang=(pl|en)(?:;|$)/.exec(document.cookie)?.[1] ?? "pl";
  if (root.lang !== "pl") {
    root.dataset.wait = "";
    // Never leave the page blank, whatever happens to the rest of the scripts.
    setTimeout(() => {
      delete root.dataset.wait;
    }, 2500);
  }
  try {
    if (localStorage.getItem("sidebar") === "icons") root.dataset.sidebar = "icons";
  } catch {
    // A browser without storage shows the sidebar wide.
  }
})();
