// @ts-check
import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";

const SOURCE = ["entry.js", "auth.js"].map((name) => readFileSync(`sekretarka/ui/${name}`, "utf8")).join("\n");
const LOCAL = "https://sekretarka.example";

/** @typedef {Record<string, Response | Error>} Responses by "METHOD /path" */

/**
 * The scripts as a page of ours runs them, in front of a server that answers with `responses`.
 * @param {Responses} responses
 * @param {string} [search] of the page's address
 * @param {((event: Event) => boolean) | null} [unsaved] what forms answer to leaving; null when there is nothing unsaved
 */
function load(responses, search = "", unsaved = null) {
  /** @type {{path: string, body: any}[]} */
  const requests = [];
  const fetch = async (/** @type {string} */ path, /** @type {RequestInit} */ { method = "GET", body } = {}) => {
    const parsed = body instanceof URLSearchParams ? Object.fromEntries(body) : body && JSON.parse(String(body));
    if (method === "POST") requests.push({ path, body: parsed });
    const response = responses[`${method} ${path}`];
    if (!response || response instanceof Error) throw response ?? new TypeError(`no answer to ${method} ${path}`);
    return response.clone();
  };
  const location = { search, origin: LOCAL, href: `${LOCAL}/login${search}`, assign: vi.fn(), reload: vi.fn() };
  const window = /** @type {Pick<Window, "sekretarka" | "sekretarkaEntry" | "linkToken" | "dispatchEvent">} */ ({
    linkToken: "f".repeat(64),
    dispatchEvent: (event) => unsaved?.(event) ?? true,
  });
  const document = { documentElement: { lang: "pl" } };
  const stored = { getItem: () => "invitation-token", setItem: () => {} };
  new Function("window", "location", "document", "fetch", "sessionStorage", SOURCE)(
    window,
    location,
    document,
    fetch,
    stored,
  );
  return { auth: window.sekretarka, entry: window.sekretarkaEntry, requests, location };
}

const json = (/** @type {object | null} */ body, status = 200) => Response.json(body, { status });
const CSRF = { "GET /api/auth/csrf": json({ csrfToken: "token-1" }) };
const SIGN_IN = "POST /api/auth/callback/credentials";
const FORM = { email: "iga@example.com", password: "tajne" };

describe("signIn", () => {
  test("posts the form with the CSRF token and goes where the server says", async () => {
    const { auth, requests, location } = load(
      { ...CSRF, [SIGN_IN]: json({ url: "/dashboard/agents" }) },
      "?callbackUrl=/dashboard/agents",
    );
    expect(await auth.signIn(FORM)).toBe("");
    expect(requests).toEqual([
      {
        path: "/api/auth/callback/credentials",
        body: { ...FORM, callbackUrl: "/dashboard/agents", csrfToken: "token-1" },
      },
    ]);
    expect(location.assign.mock.calls).toEqual([[`${LOCAL}/dashboard/agents`]]);
  });

  test.each([
    ["credentials", json({ url: "/login?error=CredentialsSignin&code=credentials" })],
    ["email_not_verified", json({ url: "/login?error=CredentialsSignin&code=email_not_verified" })],
    ["unavailable", json({ url: "/login?error=Configuration" })],
    ["unavailable", json({}, 500)],
    ["throttled", json({}, 429)],
  ])("answers %s and stays on the page", async (code, response) => {
    const { auth, location } = load({ ...CSRF, [SIGN_IN]: response });
    expect(await auth.signIn(FORM)).toBe(code);
    expect(location.assign).not.toHaveBeenCalled();
  });

  test("is offline without a network", async () => {
    const { auth } = load({ "GET /api/auth/csrf": new TypeError("Failed to fetch") });
    expect(await auth.signIn(FORM)).toEqual({ form: "offline" });
  });
});

describe("errors of a form", () => {
  const detail = (/** @type {string[]} */ ...path) => ({ error: { details: [{ path, code: "string_too_short" }] } });

  test.each([
    ["stand at their field", json(detail("body", "password"), 422), { password: "string_too_short" }],
    ["of the token mean the link", json(detail("body", "token"), 422), { form: "link" }],
    ["of a used link mean the link", json({}, 410), { form: "link" }],
    ["of too many tries are throttled", json({}, 429), { form: "throttled" }],
    ["that name no field are unavailable", json({ error: { details: null } }, 500), { form: "unavailable" }],
  ])("%s", async (_name, response, errors) => {
    const { auth, location } = load({ "POST /api/auth/password/reset": response });
    expect(await auth.setPassword({ password: "krótkie" })).toEqual(errors);
    expect(location.assign).not.toHaveBeenCalled();
  });
});

describe("register", () => {
  const REGISTER = { "POST /api/auth/register": json({}) };
  const form = { ...FORM, name: "Iga", organizationName: "" };

  test("sends the page's language and no empty organization, and signs in", async () => {
    const { auth, requests, location } = load({ ...CSRF, ...REGISTER, [SIGN_IN]: json({ url: "/dashboard" }) });
    expect(await auth.register(form)).toEqual({});
    expect(requests[0].body).toEqual({ ...FORM, name: "Iga", language: "pl" });
    expect(location.assign.mock.calls).toEqual([[`${LOCAL}/dashboard`]]);
  });

  test("does not tell whether there was an account already", async () => {
    const refused = { ...CSRF, ...REGISTER, [SIGN_IN]: json({ url: "/login?error=CredentialsSignin" }) };
    const { auth, location } = load(refused);
    expect(await auth.register(form)).toEqual({});
    expect(location.assign.mock.calls).toEqual([["/login?notice=verify-request"]]);
  });
});

describe("signInWith", () => {
  const POST = "POST /api/auth/signin/google";

  test("goes to the provider", async () => {
    const { auth, location } = load({ ...CSRF, [POST]: json({ url: "https://accounts.example/authorize?x=1" }) });
    expect(await auth.signInWith("google")).toBe("");
    expect(location.assign.mock.calls).toEqual([["https://accounts.example/authorize?x=1"]]);
  });

  test.each([
    ["OAuthCallbackError", `${LOCAL}/login?error=MissingCSRF`],
    ["OAuthSignin", `${LOCAL}/login?error=OAuthSignin`],
  ])("answers %s instead of a page of ours", async (code, url) => {
    const { auth, location } = load({ ...CSRF, [POST]: json({ url }) });
    expect(await auth.signInWith("google")).toBe(code);
    expect(location.assign).not.toHaveBeenCalled();
  });
});

test("a verified email leads to the dashboard of who is signed in, otherwise to sign-in", async () => {
  const verified = { "POST /api/auth/verify-email": json({}) };
  for (const [session, path] of /** @type {const} */ ([
    [{ user: {} }, "/dashboard"],
    [null, "/login?notice=verified"],
  ])) {
    const { auth, location } = load({ ...verified, "GET /api/auth/session": json(session) });
    expect(await auth.verifyEmail({})).toEqual({});
    expect(location.assign.mock.calls).toEqual([[path]]);
  }
});

describe("signOut", () => {
  const SIGN_OUT = "POST /api/auth/signout";
  const NOBODY = { "GET /api/auth/session": json(null) };

  test("leads to sign-in, whatever the server says of the session that ended", async () => {
    const { auth, entry, location } = load({ ...CSRF, ...NOBODY, [SIGN_OUT]: json({ url: "/login" }) });
    const done = auth.signOut();
    await entry.leave("/login?callbackUrl=/dashboard/clients");
    await done;
    expect(location.assign.mock.calls).toEqual([["/login"]]);
  });

  test.each([
    ["cannot now", json({}, 503)],
    ["is away", new TypeError("Failed to fetch")],
  ])("leads to the page without scripts when the server %s", async (_, response) => {
    const { auth, location } = load({ ...CSRF, [SIGN_OUT]: response });
    await auth.signOut();
    expect(location.assign.mock.calls).toEqual([["/api/auth/signout"]]);
  });
});

test("unsaved changes keep an organization until they are let go", async () => {
  const select = "POST /api/v1/organizations/o1/select";
  const { auth, requests, location } = load({ [select]: json({}) }, "", () => false);
  await auth.selectOrganization("o1");
  expect([requests.length, location.assign.mock.calls.length]).toEqual([0, 0]);
});

test("an organization that is no longer the user's reloads the list", async () => {
  const { auth, location } = load({ "POST /api/v1/organizations/o%2F1/select": json({}, 404) });
  await auth.selectOrganization("o/1");
  expect(location.reload).toHaveBeenCalledTimes(1);
  expect(location.assign).not.toHaveBeenCalled();
});
