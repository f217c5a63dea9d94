// @ts-check
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { showWaiting, TOUCH_LASTS, useStableList } from "../../../sekretarka/ui/components/stable_list.jsx";

/** @param {{rows: any[], scope?: string, within?: string, more?: {before?: boolean, after?: boolean}}} props */
function List({ rows, scope = "", within, more }) {
  const stable = useStableList(rows, "list", scope, within, more);
  const flat = within ? stable.rows.flatMap((row) => row[within]) : stable.rows;
  return (
    <>
      <div id="list">
        {flat.map((row) => (
          <button key={row.id} type="button">
            {row.id}
            {row.word}
            {row.gone ? "-" : ""}
          </button>
        ))}
      </div>
      <Waiting rows={rows} scope={scope} within={within} />
      <button type="button">elsewhere</button>
    </>
  );
}

/** Another use of the same list: Reflex makes a component of each. @param {{rows: any[], scope: string, within?: string}} props */
function Waiting({ rows, scope, within }) {
  const { waiting } = useStableList(rows, "list", scope, within);
  return waiting ? <Late rows={rows} scope={scope} within={within} /> : <p>0</p>;
}

/** One that is there only when something waits. @param {{rows: any[], scope: string, within?: string}} props */
function Late({ rows, scope, within }) {
  return <p>{useStableList(rows, "list", scope, within).waiting}</p>;
}

/** Another list of the same page. */
function Above() {
  return <section id="above">{useStableList([{ id: "a" }], "above", "").rows.length}</section>;
}

const rows = (/** @type {string} */ ids) => [...ids].map((id) => ({ id }));
const shown = () => document.getElementById("list")?.textContent;
const waiting = () => screen.getByRole("paragraph").textContent;
const list = () => /** @type {HTMLElement} */ (document.getElementById("list"));
const over = (/** @type {Element} */ target, pointerType = "mouse") => fireEvent.pointerOver(target, { pointerType });
const elsewhere = () => screen.getByText("elsewhere");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("the other lists of the page keep their height while somebody is at one", () => {
  render(
    <>
      <Above />
      <List rows={rows("ab")} />
    </>,
  );
  const above = /** @type {HTMLElement} */ (document.getElementById("above"));
  vi.spyOn(above, "offsetHeight", "get").mockReturnValue(80);
  over(list());
  expect([above.style.height, above.style.overflowY, list().style.height]).toEqual(["80px", "auto", ""]);
  over(above);
  expect([above.style.height, list().style.height]).toEqual(["", "0px"]);
  over(elsewhere());
  expect([above.style.height, above.style.overflowY, list().style.height]).toEqual(["", "", ""]);
});

describe("a list under the pointer", () => {
  test("keeps its order, its gone rows and its place, and counts what is new", () => {
    const { rerender } = render(<List rows={rows("abc")} />);
    over(list());
    rerender(<List rows={[{ id: "n" }, { id: "c", word: "!" }, { id: "a" }]} />);
    expect([shown(), waiting()]).toEqual(["ab-c!", "1"]);
    rerender(<List rows={rows("nmb")} />);
    expect([shown(), waiting()]).toEqual(["a-bc-", "2"]);
    over(elsewhere());
    expect([shown(), waiting()]).toEqual(["nmb", "0"]);
  });

  test("holds a list of one or two rows as well", () => {
    const { rerender } = render(<List rows={rows("ab")} />);
    over(list());
    rerender(<List rows={rows("cd")} />);
    expect([shown(), waiting()]).toEqual(["a-b-", "2"]);
  });

  test("is another one at once in another scope, and fills an empty one", () => {
    const { rerender } = render(<List rows={[]} scope="1" />);
    over(list());
    rerender(<List rows={rows("ab")} scope="1" />);
    expect(shown()).toBe("ab");
    rerender(<List rows={rows("cd")} scope="2" />);
    expect([shown(), waiting()]).toEqual(["cd", "0"]);
  });

  test("shows what waits when asked, and holds again", () => {
    const { rerender } = render(<List rows={rows("ab")} />);
    over(list());
    rerender(<List rows={rows("xab")} />);
    act(() => showWaiting("list"));
    expect([shown(), waiting()]).toEqual(["xab", "0"]);
    rerender(<List rows={rows("yxab")} />);
    expect([shown(), waiting()]).toEqual(["xab", "1"]);
  });

  test("holds the rows inside its rows", () => {
    const days = (/** @type {Record<string, string>} */ all) =>
      Object.entries(all).map(([day, ids]) => ({ day, visits: rows(ids) }));
    const { rerender } = render(<List rows={days({ mon: "ab", tue: "c" })} within="visits" />);
    over(list());
    rerender(<List rows={days({ sun: "z", mon: "bx" })} within="visits" />);
    expect(shown()).toBe("a-bc-");
    expect(waiting()).toBe("2");
  });

  test("calls nothing gone that new rows may have moved to another page", () => {
    const { rerender } = render(<List rows={rows("abc")} />);
    over(list());
    const show = (/** @type {string} */ ids, /** @type {any} */ more) => {
      rerender(<List rows={rows(ids)} more={more} />);
      return shown();
    };
    expect(show("xab", { after: true })).toBe("abc");
    expect(show("xab", { after: false })).toBe("abc-");
    expect(show("abd", { after: true })).toBe("abc-"); // the next one came in its place
    expect(show("acd", { after: true })).toBe("ab-c");
    expect(show("bcd", { before: true, after: true })).toBe("abc");
    expect(show("bcd", { after: true })).toBe("a-bc");
    expect(show("xyz", { before: true, after: true })).toBe("a-b-c-");
  });

  test("calls nothing gone inside its rows, either", () => {
    const days = (/** @type {Record<string, string>} */ all) =>
      Object.entries(all).map(([day, ids]) => ({ day, visits: rows(ids) }));
    const { rerender } = render(<List rows={days({ mon: "ab", tue: "c" })} within="visits" />);
    over(list());
    rerender(<List rows={days({ mon: "xab" })} within="visits" more={{ after: true }} />);
    expect(shown()).toBe("abc");
    rerender(<List rows={days({ mon: "b", tue: "cd" })} within="visits" more={{ before: true }} />);
    expect(shown()).toBe("abc");
  });

  test("is let go when the pointer leaves the window", () => {
    const { rerender } = render(<List rows={rows("ab")} />);
    over(list());
    rerender(<List rows={rows("xab")} />);
    fireEvent.pointerLeave(document.documentElement);
    expect(shown()).toBe("xab");
  });
});

describe("a list with the keyboard in it", () => {
  test("is held until the focus leaves", () => {
    const { rerender } = render(<List rows={rows("ab")} />);
    fireEvent.keyDown(document.body, { key: "Tab" });
    act(() => screen.getByText("a").focus());
    rerender(<List rows={rows("xb")} />);
    expect([shown(), waiting()]).toEqual(["a-b", "1"]);
    act(() => elsewhere().focus());
    expect(shown()).toBe("xb");
  });

  test("is not held by what a click left focused", () => {
    const { rerender } = render(<List rows={rows("ab")} />);
    over(list());
    fireEvent.pointerDown(screen.getByText("a"), { pointerType: "mouse" });
    act(() => screen.getByText("a").focus());
    over(elsewhere());
    rerender(<List rows={rows("xb")} />);
    expect(shown()).toBe("xb");
  });
});

describe("a list under a finger", () => {
  test("is held while it is touched and a moment longer", () => {
    const { rerender } = render(<List rows={rows("ab")} />);
    fireEvent.pointerDown(screen.getByText("a"), { pointerType: "touch" });
    rerender(<List rows={rows("xb")} />);
    fireEvent.pointerUp(screen.getByText(/a/), { pointerType: "touch" });
    act(() => vi.advanceTimersByTime(TOUCH_LASTS - 1));
    expect([shown(), waiting()]).toEqual(["a-b", "1"]);
    act(() => vi.advanceTimersByTime(1));
    expect(shown()).toBe("xb");
  });
});
