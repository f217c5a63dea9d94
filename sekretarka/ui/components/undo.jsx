// @ts-check
// What was just done can be taken back for a while, which does not run while somebody is at the offer or elsewhere.
import { Undo2, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

export const OFFERED_FOR = 10000;
const AT_ONCE = 3;

/** @typedef {{kind: string, id: string, mark: string, text: string}} Offer */

const typing = (/** @type {EventTarget | null} */ target) =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]");

// How long it is still offered; the time stands still while `paused`.
function useTimeLeft(paused, onEnd) {
  const left = useRef(OFFERED_FOR);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    if (paused) return undefined;
    const began = Date.now();
    const timer = setTimeout(() => end.current(), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= Date.now() - began;
    };
  }, [paused]);
}

/** @param {{offer: Offer, paused: boolean, labels: any, classNames: any, onUndo: () => void, onEnd: () => void}} props */
function Line({ offer, paused, labels, classNames, onUndo, onEnd }) {
  useTimeLeft(paused, onEnd);
  return (
    <div className={classNames.line}>
      <span className={classNames.text}>{offer.text}</span>
      <button type="button" className={classNames.undo} onClick={onUndo} aria-keyshortcuts="Control+Z">
        <Undo2 size={16} aria-hidden="true" />
        {labels.undo}
      </button>
      <button type="button" className={classNames.close} onClick={onEnd} aria-label={labels.close} title={labels.close}>
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}

/** @param {{labels: any, classNames: any, onFollowUp: Function, onAppointment: Function, onService: Function, onTask: Function}} props */
export function UndoBar({ labels, classNames, onFollowUp, onAppointment, onService, onTask }) {
  const [offers, setOffers] = useState(/** @type {Offer[]} */ ([]));
  const [here, setHere] = useState(false);
  const [hidden, setHidden] = useState(false);
  const remove = (/** @type {Offer} */ offer) => setOffers((all) => all.filter((other) => other !== offer));
  const undo = (/** @type {Offer} */ offer) => {
    remove(offer);
    if (offer.kind === "follow_up") onFollowUp(offer.id, offer.mark);
    else ({ appointment: onAppointment, service: onService, task: onTask })[offer.kind](offer.id, Number(offer.mark));
  };
  const newest = useRef(/** @type {(() => void) | null} */ (null));
  newest.current = offers.length ? () => undo(offers[offers.length - 1]) : null;
  useEffect(() => {
    // Of one thing only the last change can be taken back.
    const add = (event) =>
      setOffers((all) => [...all.filter((other) => other.id !== event.detail.id), event.detail].slice(-AT_ONCE));
    const press = (event) => {
      const wanted = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
      if (!wanted || typing(event.target) || !newest.current) return;
      event.preventDefault();
      newest.current();
    };
    const look = () => setHidden(document.hidden);
    window.addEventListener("sekretarka:undo", add);
    window.addEventListener("keydown", press);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.removeEventListener("sekretarka:undo", add);
      window.removeEventListener("keydown", press);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  const leave = (event) => setHere(event.currentTarget.contains(event.relatedTarget));
  // The role says it as well, but a dialog hides from screen readers whatever has no such attribute.
  return (
    <div
      role="status"
      aria-live="polite"
      className={classNames.bar}
      onPointerEnter={() => setHere(true)}
      onPointerLeave={() => setHere(false)}
      onFocus={() => setHere(true)}
      onBlur={leave}
    >
      {offers.map((offer) => (
        <Line
          key={`${offer.id}${offer.mark}`}
          offer={offer}
          paused={here || hidden}
          labels={labels}
          classNames={classNames}
          onUndo={() => undo(offer)}
          onEnd={() => remove(offer)}
        />
      ))}
    </div>
  );
}
