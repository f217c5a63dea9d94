// @ts-check
// The unchanged client of Auth.js signs in, reads the session and signs out; what each step answered is printed.
// NEXTAUTH_URL says where; arguments: the package, e-mail, password.
const [client, email, password] = process.argv.slice(2);
const jar = new Map();
const statuses = [];
let away = "";
const plainFetch = globalThis.fetch;

// The one thing a browser has and Node has not.
globalThis.fetch = async (resource, options = {}) => {
  const headers = new Headers(options.headers);
  if (jar.size) headers.set("Cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
  const answer = await plainFetch(resource, { ...options, headers, redirect: "manual" });
  statuses.push(answer.status);
  if (String(resource).includes("/signin/local")) away = (await answer.clone().json()).url;
  for (const cookie of answer.headers.getSetCookie()) {
    const [pair, ...attributes] = cookie.split(";");
    const [name, value] = [pair.slice(0, pair.indexOf("=")).trim(), pair.slice(pair.indexOf("=") + 1)];
    const expires = attributes.find((part) => part.trim().toLowerCase().startsWith("expires="));
    if (expires && new Date(expires.split("=")[1]) < new Date()) jar.delete(name);
    else jar.set(name, value);
  }
  return answer;
};

const { getCsrfToken, getProviders, getSession, signIn, signOut } = await import(`${client}/react`);
const home = new URL(process.env.NEXTAUTH_URL).origin;
const told = {};

told.providers = await getProviders();
told.before = await getSession();
told.wrong = await signIn("credentials", {
  email,
  password: "złe hasło",
  redirect: false,
  callbackUrl: `${home}/dashboard`,
});
told.stillNobody = await getSession();
told.right = await signIn("credentials", { email, password, redirect: false, callbackUrl: `${home}/dashboard/agents` });
told.session = await getSession();
told.token = await getCsrfToken();
told.evil = await signIn("credentials", { email, password, redirect: false, callbackUrl: "https://evil.example/" });
told.out = await signOut({ redirect: false, callbackUrl: `${home}/login` });
told.after = await getSession();
// Version 4 leaves the page whatever it is asked, which Node has none of: what the server told it is what counts.
await signIn("local", { redirect: false, callbackUrl: `${home}/dashboard` }).catch(() => {});
told.away = away;
told.cookies = [...jar.keys()].sort();
told.statuses = [...new Set(statuses)];
// Version 5 leaves channels to other tabs open, which would keep Node waiting.
process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0));
