// @ts-check
// Two soft notes when a call begins, where this browser's owner wants them: made here, no file is fetched.
import { useEffect, useRef, useState } from "react";

const KEY = "call-sound";
const CHANGED = "sekretarka:call-sound";
const NOTES = [659.25, 880];
const ASLEEP_MS = 300;
let audio = null;

function isWanted() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

function note(frequency, at) {
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.08, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.45);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.5);
}

// A page that nobody touched yet may not make a sound; a ring that comes late would tell of a call long answered.
async function ring() {
  audio ??= new AudioContext();
  if (audio.state !== "running")
    await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, ASLEEP_MS))]);
  if (audio.state !== "running") return;
  for (const [index, frequency] of NOTES.entries()) note(frequency, audio.currentTime + index * 0.18);
}

// Of several open tabs one rings.
function ringOnce() {
  if (!navigator.locks) return ring();
  return navigator.locks.request(KEY, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    await ring();
    await new Promise((done) => setTimeout(done, 1000));
  });
}

// begun: how many calls have begun since the page was opened.
export function CallSound({ begun }) {
  const heard = useRef(begun);
  useEffect(() => {
    if (begun > heard.current && isWanted()) ringOnce();
    heard.current = begun;
  }, [begun]);
  return null;
}

// Kept by the browser, not the account: the one at the reception rings, the phone in the pocket does not.
export function SoundSwitch({ label, className, thumb }) {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const read = () => setOn(isWanted());
    read();
    window.addEventListener(CHANGED, read);
    return () => window.removeEventListener(CHANGED, read);
  }, []);
  const toggle = () => {
    try {
      localStorage.setItem(KEY, on ? "off" : "on");
    } catch {
      return; // a browser without storage stays silent
    }
    window.dispatchEvent(new Event(CHANGED));
    if (!on) ring();
  };
  const state = on ? { "data-checked": "" } : { "data-unchecked": "" };
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      className={className}
      onClick={toggle}
      {...state}
    >
      <span className={thumb} {...state} />
    </button>
  );
}
