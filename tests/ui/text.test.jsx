// @ts-check
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  duration,
  fill,
  formatDateTime,
  matches,
  money,
  normalize,
  percent,
  relativeTime,
} from "../../sekretarka/ui/text.jsx";

const VISITS = { one: "{n} wizyta", few: "{n} wizyty", many: "{n} wizyt" };

// Which spaces do not break is the browser's.
const spaced = (/** @type {string} */ text) => text.replace(/\s/g, " ");

afterEach(() => vi.useRealTimers());

test.each([
  [0, "0 wizyt"],
  [1, "1 wizyta"],
  [2, "2 wizyty"],
  [5, "5 wizyt"],
  [12, "12 wizyt"],
  [22, "22 wizyty"],
])("%i takes its Polish plural form", (n, text) => expect(fill("pl", VISITS, { n })).toBe(text));

test("values fill a text, and a missing one leaves nothing", () => {
  expect(fill("en", "{who} called {n} times{more}", { who: "Anna", n: 1234 })).toBe("Anna called 1,234 times");
});

describe("money, percent and duration", () => {
  test.each([
    [money("pl", 12345, "pln"), `123,45 zł`],
    [money("en", 12345, "eur"), "€123.45"],
    [money("pl", null, "pln"), "–"],
    [percent("pl", 12), "12%"],
    [duration("pl", 45), `45 s`],
    [duration("pl", 62), `1 min 02 s`],
    [duration("pl", 7500), `2 godz. 05 min`],
    [duration("pl", -3), `0 s`],
    [duration("pl", undefined), "–"],
  ])("%s", (written, expected) => expect(spaced(written)).toBe(spaced(expected)));
});

test("times are the organization's, whatever the browser's zone", () => {
  expect(formatDateTime("pl", "2026-11-28T23:30:00Z", "time", "Europe/Warsaw")).toBe("00:30");
  expect(formatDateTime("pl", "2026-11-28T23:30:00Z", "weekday", "Europe/Warsaw")).toBe("niedziela, 29 listopada");
  expect(formatDateTime("pl", "not a time", "time", "Europe/Warsaw")).toBe("–");
});

test.each([
  ["2026-11-28T13:05:00Z", "14:05"],
  ["2026-11-27T13:05:00Z", "wczoraj 14:05"],
  ["2026-11-20T13:05:00Z", "20 lis, 14:05"],
])("%s is told as a table shows it", (instant, expected) => {
  vi.useFakeTimers({ now: new Date("2026-11-28T15:00:00Z") });
  expect(relativeTime("pl", instant, "Europe/Warsaw")).toBe(expected);
});

test.each([
  ["ŁÓDŹ, Święty Żółw", "lodz, swiety zolw"],
  ["Z\u0307aneta \u00a0 Ko\u00adwalska–Nowak", "zaneta kowalska-nowak"],
  ["ﬁ ＡＢＣ\u200b", "fi abc"],
  ...["'", "’", "‘", "ʼ", "`", "´", "′", ""].map((sign) => [`O${sign}Brien`, "obrien"]),
])("search folds %s", (text, folded) => expect(normalize(text)).toBe(folded));

test.each([
  ["Kowalska Anna", true],
  [" anna  kowal ", true],
  ["kowalska, anna", true],
  ["Anna Nowak", false],
  ["", true],
])("words in any order find: %s", (query, found) => expect(matches("Anna Kowalska", query)).toBe(found));
