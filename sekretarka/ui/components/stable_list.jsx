// @ts-check
// Rows that do not move under a hand: while pointer, finger or keyboard is at the list, present rows refresh in place,
// those that are gone stay as such, and new ones wait.
import { useSyncExternalStore } from "react";

// After a touch, somebody may be about to touch again.
export const TOUCH_LASTS = 2000;

/** @typedef {{id?: string, day?: string, gone?: boolean, [name: string]: any}} Row */
/** @typedef {{before?: boolean, after?: boolean}} More whether the list goes on beyond its rows */

const keyOf = (/** @type {Row} */ row) => row.id ?? row.day;

/** @param {Row[]} rows @param {string} [within] */
const keys = (rows, within) => (within ? rows.flatMap((row) => row[within]) : rows).map(keyOf);

/**
 * Rows that may only have moved beyond an end of the list: the last ones, where nothing new stands at that end.
 * @param {Row[]} before @param {Row[]} fresh @param {More} more @param {string} [within]
 */
function movedOut(before, fresh, more, within) {
  const [was, now] = [keys(before, within), keys(fresh, within)];
  const first = was.indexOf(now[0]);
  const last = was.indexOf(now.at(-1));
  return new Set([
    ...(more.before && first >= 0 ? was.slice(0, first) : []),
    ...(more.after && last >= 0 ? was.slice(last + 1) : []),
  ]);
}

/**
 * The rows as they stood, with what is known of them now.
 * @param {Row[]} before
 * @param {Row[]} fresh
 * @param {Set<string | undefined>} kept those that are missing and yet not gone
 * @param {string} [within] the name of rows inside the rows
 * @returns {Row[]}
 */
function inPlace(before, fresh, kept, within) {
  return before.map((row) => {
    const now = fresh.find((other) => keyOf(other) === keyOf(row));
    if (within) return { ...(now ?? row), [within]: inPlace(row[within], now?.[within] ?? [], kept) };
    return now ?? (kept.has(keyOf(row)) ? row : { ...row, gone: true });
  });
}

/**
 * Tells whenever somebody comes to the element with the id `place` or leaves it; returns how to stop.
 * @param {string} place
 * @param {(held: boolean) => void} tell
 */
function watch(place, tell) {
  const at = { pointer: false, focus: false, touch: false };
  let keyboard = false;
  let timer;
  const inside = (target) => target instanceof Element && !!target.closest(`#${place}`);
  const note = (change) => {
    Object.assign(at, change);
    tell(at.pointer || at.focus || at.touch);
  };
  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(() => note({ touch: false }), TOUCH_LASTS);
  };
  const listeners = {
    pointerover: (event) => event.pointerType === "mouse" && note({ pointer: inside(event.target) }),
    pointerdown: (event) => {
      // A click focuses as well, but what it focused matters no more once the pointer has left.
      keyboard = false;
      if (event.pointerType === "mouse") return;
      clearTimeout(timer);
      note({ touch: inside(event.target), focus: false });
    },
    pointerup: (event) => event.pointerType !== "mouse" && rest(),
    pointercancel: rest,
    keydown: () => {
      keyboard = true;
      if (inside(document.activeElement)) note({ focus: true });
    },
    focusin: (event) => note({ focus: keyboard && inside(event.target) }),
    focusout: (event) => note({ focus: keyboard && inside(event.relatedTarget) }),
  };
  const leave = () => note({ pointer: false });
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener, true);
  document.documentElement.addEventListener("pointerleave", leave);
  return () => {
    clearTimeout(timer);
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener, true);
    document.documentElement.removeEventListener("pointerleave", leave);
  };
}

// What stands above a list would push it: meanwhile the other lists of the page keep their height.
function keepHeights() {
  const places = [...stores.values()].map((store) => ({ store, element: document.getElementById(store.place) }));
  const held = places.filter(({ store, element }) => store.held && element).map(({ element }) => element);
  for (const { element } of places) {
    if (!element) continue;
    const pushes = held.some((list) => !list.contains(element) && !element.contains(list));
    if (pushes && element.style.height) continue;
    element.style.height = pushes ? `${element.offsetHeight}px` : "";
    element.style.overflowY = pushes ? "auto" : "";
  }
}

// One for each list: Reflex makes of every use of its vars a component of its own, and all must show the same rows.
class Store {
  held = false;
  version = 0;
  /** @type {{rows: Row[], scope: string} | null} */
  shown = null;
  /** @type {Set<() => void>} */
  listeners = new Set();
  stop = () => {};

  constructor(/** @type {string} */ place) {
    this.place = place;
  }

  changed() {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  subscribe = (/** @type {() => void} */ listener) => {
    if (!this.listeners.size) this.stop = watch(this.place, this.hold);
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size) return;
      this.stop();
      this.held = false;
      keepHeights();
    };
  };

  hold = (/** @type {boolean} */ held) => {
    if (held === this.held) return;
    this.held = held;
    keepHeights();
    this.changed();
  };

  getVersion = () => this.version;
}

/** @type {Map<string, Store>} */
const stores = new Map();

function storeOf(/** @type {string} */ place) {
  const store = stores.get(place) ?? new Store(place);
  stores.set(place, store);
  return store;
}

/**
 * @param {Row[] | null} rows
 * @param {string} place the id of the element they are in
 * @param {string} scope which list it is: another one is shown at once
 * @param {string} [within] the name of rows inside the rows
 * @param {More} [more]
 */
export function useStableList(rows, place, scope, within, more = {}) {
  const store = storeOf(place);
  useSyncExternalStore(store.subscribe, store.getVersion, store.getVersion);
  const fresh = rows ?? [];
  const before = store.shown;
  if (!store.held || before?.scope !== scope || !before.rows.length) {
    store.shown = { rows: fresh, scope };
    return { rows: fresh, waiting: 0 };
  }
  const known = new Set(keys(before.rows, within));
  return {
    rows: inPlace(before.rows, fresh, movedOut(before.rows, fresh, more, within), within),
    waiting: keys(fresh, within).filter((key) => !known.has(key)).length,
  };
}

// Shows the rows that wait, and keeps the keyboard at the list.
export function showWaiting(/** @type {string} */ place) {
  const store = storeOf(place);
  store.shown = null;
  store.changed();
  const list = document.getElementById(place);
  if (!list?.contains(document.activeElement)) return;
  list.tabIndex = -1;
  list.focus({ preventScroll: true });
}
