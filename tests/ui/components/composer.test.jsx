// @ts-check
import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Composer, instantOf, SmsSize } from "../../../sekretarka/ui/components/composer.jsx";
import { byDay, MessageThread } from "../../../sekretarka/ui/components/message_thread.jsx";

const SMS = { channel: "sms", to: "+48601000111", shown: "601 000 111", refused: "" };
const EMAIL = { channel: "email", to: "anna@poczta.example", shown: "anna@poczta.example", refused: "" };
const forms = { one: "{n} SMS", other: "{n} SMS" };
const both = (/** @type {any} */ text) => ({ pl: text, en: text });
const words = "send schedule schedule_it send_at send_now plain templates subject text sms_text email_text write by";
const more =
  "link_later write_own withdraw trying scheduled set_up resend resent drop not_sent loading failed empty messages newest ours theirs whole earlier";
const READY = { name: "reply_yes", text: "Do zobaczenia!", shown: "Do zobaczenia!", appointment: "" };
const labels = {
  ...Object.fromEntries(`${words} ${more}`.split(" ").map((word) => [word, word])),
  left: both("{n} left"),
  parts: both(forms),
  channel: { sms: "SMS", email: "E-mail" },
  status: { pending: "pending", sent: "sent", failed: "failed" },
  refused: { "sms.opted_out": "wrote STOP" },
  failure: { landline: "a landline", offline: "no connection", unknown: "unknown", withdrawn: "taken back" },
  template: { reply_yes: "Answer to YES" },
};
const SENT = {
  id: "m1",
  channel: "sms",
  direction: "outbound",
  status: "sent",
  sentAt: "2026-11-28T10:00:00Z",
  body: "Hej",
};

/** @type {{method: string, path: string, body: any, key: string | undefined, organization: string}[]} */
let posts = [];
/** @type {(path: string, body: any) => [number, any]} */
let answer = () => [201, { data: { id: "m1" } }];
let listed = [];
let fine = true;

beforeEach(() => {
  [posts, listed, fine] = [[], [], true];
  answer = () => [201, { data: { id: "m1" } }];
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
  vi.stubGlobal("matchMedia", () => ({ matches: fine }));
  vi.stubGlobal("fetch", async (/** @type {string} */ path, /** @type {any} */ options) => {
    if (!options.method)
      return { ok: true, json: async () => ({ data: [...listed].reverse(), metadata: { total: 0 } }) };
    const [headers, body] = [options.headers, options.body && JSON.parse(options.body)];
    if (path.endsWith("/preview")) {
      const size = { parts: 2, left: 10, price: { amount: 32, currency: "pln" } };
      const plain = body.body.includes("ż") ? { body: "zolw", parts: 1, price: { amount: 16, currency: "pln" } } : null;
      return { ok: true, json: async () => ({ data: { size, plain } }) };
    }
    posts.push({
      method: options.method,
      path,
      body,
      key: headers["Idempotency-Key"],
      organization: headers["X-Organization-Id"],
    });
    const [status, told] = answer(path, body);
    if (status === 0) throw new TypeError("offline");
    return { ok: status < 400, status, json: async () => told };
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

let client = 0;
/** @param {any} props */
function write(props = {}) {
  const onSend = vi.fn();
  const shared = { organization: "o", texts: [], zone: "Europe/Warsaw", setup: "/setup", labels, classNames: {} };
  client += 1; // what was begun for one stays
  const composer = <Composer client={`c${client}`} reach={[SMS, EMAIL]} {...shared} onSend={onSend} {...props} />;
  render(<MemoryRouter>{composer}</MemoryRouter>);
  return { onSend, user: userEvent.setup(), text: () => screen.getByRole("textbox", { name: "text" }) };
}

/** @param {any} props */
function open(props = {}) {
  const shared = {
    organization: "o",
    revision: 0,
    unread: 0,
    zone: "Europe/Warsaw",
    closed: "/",
    texts: [],
    setup: "",
  };
  client += 1;
  const thread = (/** @type {any} */ more) => (
    <MemoryRouter>
      <MessageThread
        client={`c${client}`}
        writable
        reach={[SMS]}
        labels={labels}
        classNames={{}}
        {...shared}
        {...props}
        {...more}
      />
    </MemoryRouter>
  );
  const { rerender } = render(thread({}));
  return { user: userEvent.setup(), again: (/** @type {any} */ more) => rerender(thread(more)) };
}

test.each([
  ["2026-11-28T18:30", "2026-11-28T17:30:00.000Z"],
  ["2026-07-01T08:00", "2026-07-01T06:00:00.000Z"],
  ["2026-10-25T00:30", "2026-10-24T22:30:00.000Z"],
  ["2026-10-25T12:00", "2026-10-25T11:00:00.000Z"],
])("%s on Warsaw's clocks is %s", (wall, instant) => {
  expect(instantOf(wall, "Europe/Warsaw")).toBe(instant);
});

test("messages are grouped by the organization's days", () => {
  const at = ["2026-11-27T22:59:00Z", "2026-11-27T23:01:00Z", "2026-11-28T10:00:00Z"];
  const messages = at.map((sentAt, id) => ({ ...SENT, id: String(id), sentAt, subject: null, conversationId: null }));
  expect(byDay(messages, "Europe/Warsaw").map((day) => day.messages.length)).toEqual([1, 2]);
});

test("Enter sends where there is a keyboard, with Shift it is a new line", async () => {
  const { onSend, user, text } = write();
  await user.type(text(), "Raz{Shift>}{Enter}{/Shift}dwa{Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith({ channel: "sms", to: SMS.to, body: "Raz\ndwa" });
  expect(text()).toHaveProperty("value", "");
});

test("under a thumb Enter is a new line, and the button sends", async () => {
  fine = false;
  const { onSend, user, text } = write();
  await user.type(text(), "Raz{Enter}dwa");
  expect(onSend).not.toHaveBeenCalled();
  await user.click(screen.getByRole("button", { name: "send" }));
  expect(onSend.mock.calls[0][0].body).toBe("Raz\ndwa");
});

test("nothing visible is not sent", async () => {
  const { onSend, user, text } = write();
  await user.type(text(), "  {Enter}");
  expect(onSend).not.toHaveBeenCalled();
  expect(screen.getByRole("button", { name: "send" })).toHaveProperty("disabled", true);
});

test("an email has a subject, and is sent by Ctrl and Enter", async () => {
  const { onSend, user, text } = write();
  await user.click(screen.getByRole("button", { name: "E-mail" }));
  await user.type(screen.getByRole("textbox", { name: "subject" }), "Wizyta");
  await user.type(text(), "Raz{Enter}dwa{Control>}{Enter}{/Control}");
  const sent = { channel: "email", to: EMAIL.to, subject: "Wizyta", body: "Raz\ndwa" };
  expect(onSend).toHaveBeenCalledExactlyOnceWith(sent);
});

test("the counter says what it takes, and one click takes Polish letters away", async () => {
  const { user, text } = write();
  await user.type(text(), "żółw");
  await screen.findByText(/10 left · 2 SMS · 0,32/);
  await user.click(screen.getByRole("button", { name: /plain: 1 SMS, −0,16/ }));
  expect(text()).toHaveProperty("value", "zolw");
});

test("a text is put in, and it can leave later", async () => {
  const { onSend, user, text } = write({ texts: [READY] });
  await user.type(text(), "Dziękujemy.");
  await user.click(screen.getByRole("button", { name: "templates" }));
  await user.click(within(screen.getByRole("list", { name: "templates" })).getByRole("button"));
  await user.click(screen.getByRole("button", { name: "schedule" }));
  const at = screen.getByLabelText("send_at");
  await user.clear(at);
  await user.type(at, "2026-12-01T09:00");
  await user.click(screen.getByRole("button", { name: "schedule_it" }));
  const [sent] = onSend.mock.calls[0];
  expect([sent.body, sent.scheduledFor]).toEqual(["Dziękujemy. Do zobaczenia!", "2026-12-01T08:00:00.000Z"]);
});

test("a text with a link is sent as the template of the appointment, or not at all", async () => {
  const linked = { ...READY, text: "O 10: http://x/c/1234", shown: "O 10: http://x/c/…", appointment: "a1" };
  const { onSend, user, text } = write({ texts: [linked] });
  await user.type(text(), "Zaczęte");
  const choose = async () => {
    await user.click(screen.getByRole("button", { name: "templates" }));
    await user.click(within(screen.getByRole("list", { name: "templates" })).getByRole("button"));
  };
  await choose();
  expect(screen.queryByRole("textbox")).toBeNull();
  await user.click(screen.getByRole("button", { name: "write_own" }));
  expect(text()).toHaveProperty("value", "Zaczęte");
  await choose();
  await user.keyboard("{Enter}");
  const about = { template: "reply_yes", appointmentId: "a1" };
  expect(onSend).toHaveBeenCalledExactlyOnceWith({ channel: "sms", to: SMS.to, body: linked.shown, ...about });
  expect(text()).toHaveProperty("value", "Zaczęte");
});

test("of a template the API gets the name alone, and the thread shows its text", async () => {
  const linked = { ...READY, shown: "O 10", appointment: "a1" };
  const { user } = open({ texts: [linked] });
  await user.click(await screen.findByRole("button", { name: "templates" }));
  await user.click(within(screen.getByRole("list", { name: "templates" })).getByRole("button"));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(posts).toHaveLength(1));
  await screen.findByText("O 10");
  expect(posts[0].body).toEqual({ channel: "sms", to: SMS.to, template: "reply_yes", appointmentId: "a1" });
});

test("a field of a form is counted, too", async () => {
  const user = userEvent.setup();
  render(
    <form>
      <textarea id="body" aria-label="text" defaultValue="Zaczęte" />
      <SmsSize target="body" organization="o" labels={labels} classNames={{}} />
    </form>,
  );
  await screen.findByText(/10 left · 2 SMS/);
  await user.type(screen.getByRole("textbox"), " ż");
  await user.click(await screen.findByRole("button", { name: /plain/ }));
  expect(screen.getByRole("textbox")).toHaveProperty("value", "zolw");
});

test("who wants no SMS is not written to, and that is explained", () => {
  write({ reach: [{ ...SMS, refused: "opted_out" }] });
  expect(screen.getByText("wrote STOP")).toBeTruthy();
  expect(screen.queryByRole("textbox")).toBeNull();
});

test("what was begun for one client is there again", async () => {
  const { user, text } = write({ client: "same" });
  await user.type(text(), "Zaczęte");
  cleanup();
  expect(write({ client: "same" }).text()).toHaveProperty("value", "Zaczęte");
});

test("a message is shown at once, once it is listed only once", async () => {
  const { user, again } = open();
  await user.type(await screen.findByRole("textbox", { name: "text" }), "Hej{Enter}");
  await screen.findByText("Hej");
  expect(screen.getByTitle("pending")).toBeTruthy();
  expect(posts[0]).toMatchObject({ path: "/api/v1/messages", organization: "o", body: { channel: "sms", to: SMS.to } });
  listed = [SENT];
  again({ revision: 1 });
  await screen.findByTitle("sent");
  expect(screen.getAllByText("Hej")).toHaveLength(1);
});

test("after a broken line the same key is used again, after a refusal another", async () => {
  answer = () => [0, null];
  const { user } = open();
  await user.type(await screen.findByRole("textbox", { name: "text" }), "Hej{Enter}");
  await screen.findByText("no connection");
  answer = () => [422, { error: { details: [{ path: ["body", "to"], code: "landline" }] } }];
  await user.click(screen.getByRole("button", { name: "resend" }));
  await screen.findByText("a landline");
  answer = () => [429, { error: { code: "RATE_LIMITED" } }];
  await user.click(screen.getByRole("button", { name: "resend" }));
  await screen.findByText("not_sent");
  const [first, second, third] = posts.map((post) => post.key);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
  await user.click(screen.getByRole("button", { name: "drop" }));
  expect(screen.queryByText("Hej")).toBeNull();
});

test("a message that failed is sent anew", async () => {
  listed = [{ ...SENT, status: "failed", failure: "landline" }];
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "resend" }));
  await screen.findByText("resent");
  expect(posts.map((post) => post.path)).toEqual(["/api/v1/messages/m1/retry"]);
});

test("a message that waits for its time is taken back", async () => {
  listed = [{ ...SENT, status: "pending", sentAt: new Date(Date.now() + 3600000).toISOString() }];
  const { user, again } = open();
  await user.click(await screen.findByRole("button", { name: "withdraw" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "withdraw" })).toBeNull());
  expect(posts.map((post) => `${post.method} ${post.path}`)).toEqual(["DELETE /api/v1/messages/m1"]);
  listed = [{ ...listed[0], status: "failed", failure: "withdrawn" }];
  again({ revision: 1 });
  await screen.findByTitle("taken back");
});

test("who may not write sees neither composer nor buttons", async () => {
  listed = [{ ...SENT, status: "failed", failure: "landline" }];
  open({ writable: false });
  await screen.findByText("a landline");
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(screen.queryByRole("button", { name: "resend" })).toBeNull();
});

test("what is unread counts as read once it is looked at", async () => {
  listed = [SENT];
  const onRead = vi.fn();
  const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  open({ unread: 1, onRead });
  await screen.findByText("Hej");
  expect(onRead).not.toHaveBeenCalled();
  hidden.mockRestore();
  document.dispatchEvent(new Event("visibilitychange"));
  await waitFor(() => expect(onRead).toHaveBeenCalledOnce());
});
