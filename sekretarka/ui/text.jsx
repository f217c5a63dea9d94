// @ts-check
// Language, plurals, dates, durations and money in the browser, so that switching language needs no reload.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";

const LOCALE = { pl: "pl-PL", en: "en-GB" };
const YEAR = 31536000;
const listeners = new Set();
const cache = new Map();

/** @returns {Lang} */
function cookieLanguage() {
  return /(?:^|; )lang=en(?:;|$)/.test(document.cookie) ? "en" : "pl";
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// The language of this browser: "pl" while the page is being built and hydrated, then the cookie's.
/** @returns {Lang} */
export function useLang() {
  return useSyncExternalStore(subscribe, cookieLanguage, () => "pl");
}

export function setLang(lang) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store
  document.cookie = `lang=${lang}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  for (const listener of listeners) listener();
}

// Keeps <html lang> right and shows the page once its text is in the reader's language.
export function Language({ account }) {
  const lang = useLang();
  useEffect(() => {
    if (account in LOCALE && !/(?:^|; )lang=/.test(document.cookie)) setLang(account);
  }, [account]);
  useEffect(() => {
    document.documentElement.lang = lang;
    delete document.documentElement.dataset.wait;
  }, [lang]);
  return null;
}

// After a language was saved with the profile, the page speaks it.
export function FollowLanguage({ language, revision }) {
  const seen = useRef(revision);
  useEffect(() => {
    if (seen.current === revision) return;
    seen.current = revision;
    if (language in LOCALE && language !== cookieLanguage()) setLang(language);
  }, [revision, language]);
  return null;
}

function intl(kind, lang, options) {
  const key = kind + lang + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl[kind](LOCALE[lang], options));
  return cache.get(key);
}

const APOSTROPHES = /['`´ʹʻʼʽʾʿˈˊˋ՚׳‘’‛′‵ꞌ＇]/g;

/**
 * Lower case without diacritics and apostrophes, words apart by one space, as core/text/search_text.py folds: "lodz"
 * finds "Łódź", "obrien" finds "O’Brien".
 * @param {string} text
 */
export const normalize = (text) =>
  text
    .replace(APOSTROPHES, "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{Diacritic}\p{Default_Ignorable_Code_Point}]/gu, "")
    .replace(/[\p{Pd}−]/gu, "-")
    .replaceAll("ł", "l")
    .replace(/\s+/g, " ")
    .trim();

/**
 * Whether a text has every word of what was typed, in any order.
 * @param {string} text
 * @param {string} query
 */
export const matches = (text, query) => {
  const searched = normalize(text);
  return normalize(query)
    .split(/[\s,;|]+/)
    .every((word) => searched.includes(word));
};

/**
 * A time of day as people type it: "9", "930", "9.30", "9:30" → "09:30"; what is no time stays as typed.
 * @param {string} text
 */
export function parseClockTime(text) {
  const parts = /^\s*(\d{1,2})(?:[:.,\s]?([0-5]\d))?\s*$/.exec(text);
  return parts ? `${parts[1].padStart(2, "0")}:${parts[2] ?? "00"}` : text.trim();
}

/** @typedef {"pl" | "en"} Lang */

/**
 * A number with the language's separators; a dash for nothing.
 * @param {Lang} lang
 * @param {number | null | undefined} value
 */
export function number(lang, value, digits = 0) {
  if (value === null || value === undefined) return "–";
  return intl("NumberFormat", lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/**
 * 12 → "12%", written as the language writes it; a dash for nothing.
 * @param {Lang} lang
 * @param {number | null | undefined} value
 */
export function percent(lang, value) {
  if (value === null || value === undefined) return "–";
  return intl("NumberFormat", lang, { style: "percent", maximumFractionDigits: 0 }).format(value / 100);
}

/**
 * @param {Lang} lang
 * @param {number | null | undefined} amount in minor units; a dash for nothing
 * @param {string} currency as "pln"
 */
export function money(lang, amount, currency) {
  if (amount === null || amount === undefined) return "–";
  return intl("NumberFormat", lang, { style: "currency", currency: (currency || "pln").toUpperCase() }).format(
    amount / 100,
  );
}

/**
 * Fills `{name}` and picks the plural form by the value called `n`.
 * @param {Lang} lang
 * @param {string | Record<string, string>} text or its plural forms, by the names of Intl.PluralRules
 * @param {Record<string, any>} values
 */
export function fill(lang, text, values) {
  const form = () => intl("PluralRules", lang, {}).select(Number(values.n));
  const chosen = typeof text === "object" ? (text[form()] ?? text.many ?? text.other) : text;
  return chosen.replace(/\{(\w+)\}/g, (_, name) => (name === "n" ? number(lang, values.n) : (values[name] ?? "")));
}

/**
 * @param {Lang} lang
 * @param {number | null | undefined} seconds a dash for nothing
 */
export function duration(lang, seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const hour = () => intl("NumberFormat", lang, { style: "unit", unit: "hour" }).format(hours);
  if (hours) return `${hour()} ${two(minutes)}\u00a0min`;
  return minutes ? `${minutes}\u00a0min ${two(whole % 60)}\u00a0s` : `${whole}\u00a0s`;
}

const STYLES = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  seconds: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  day: { day: "numeric", month: "short" },
  short_weekday: { weekday: "short", day: "numeric", month: "numeric" },
  date: { day: "numeric", month: "long", year: "numeric" },
  month: { month: "long", year: "numeric" },
  weekday: { weekday: "long", day: "numeric", month: "long" },
  full: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/**
 * @param {Lang} lang
 * @param {string | number} instant RFC 3339 or milliseconds; a dash for what is none
 * @param {keyof typeof STYLES} style
 * @param {string} [zone] Warsaw's by default
 */
export function formatDateTime(lang, instant, style, zone) {
  if (!instant) return "–";
  const moment = new Date(instant);
  if (Number.isNaN(moment.getTime())) return "–";
  return intl("DateTimeFormat", lang, { ...STYLES[style], timeZone: zone || "Europe/Warsaw" }).format(moment);
}

// "14:05" today, "wczoraj 14:05", "20 lis, 14:05" before that: short enough for a table.
export function relativeTime(lang, instant, zone) {
  if (!instant) return "–";
  const day = (value) => formatDateTime("en", value, "date", zone);
  const time = formatDateTime(lang, instant, "time", zone);
  const now = Date.now();
  if (day(instant) === day(now)) return time;
  if (day(instant) === day(now - 86400000)) {
    return `${intl("RelativeTimeFormat", lang, { numeric: "auto" }).format(-1, "day")} ${time}`;
  }
  return `${formatDateTime(lang, instant, "day", zone)}, ${time}`;
}

// The present minute, known only in the browser: a page built yesterday must not show yesterday.
export function useToday() {
  const [now, setNow] = useState("");
  useEffect(() => {
    const tell = () => setNow(`${new Date().toISOString().slice(0, 16)}Z`);
    tell();
    const timer = setInterval(tell, 60000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

// A running clock since an instant: the length of a live call.
export function Elapsed({ since, className }) {
  const [now, setNow] = useState(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = now === null ? 0 : Math.max(0, Math.floor((now - new Date(since).getTime()) / 1000));
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return <span className={className}>{text}</span>;
}
