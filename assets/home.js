// @ts-check
// The bare address shows nothing of its own: on to the dashboard, or to sign-in.
fetch("/api/auth/session", { credentials: "same-origin", cache: "no-store" })
  .then((answer) => answer.json())
  .then((session) => location.replace(session?.user ? "/dashboard" : "/login"))
  .catch(() => location.replace("/login"));
