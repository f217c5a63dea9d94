// @ts-check
// A select with search for long lists: time zones and countries, named in the reader's language by the browser.
import { Combobox } from "@base-ui/react/combobox";
import { Check, ChevronDown } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { matches } from "../text.jsx";

function zoneWord(lang, zone, style) {
  const parts = new Intl.DateTimeFormat(lang, { timeZone: zone, timeZoneName: style }).formatToParts(new Date());
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

function zones(lang, value) {
  const names = new Set(Intl.supportedValuesOf("timeZone"));
  if (value) names.add(value);
  return [...names]
    .sort((a, b) => a.localeCompare(b, lang))
    .map((zone) => {
      const word = zoneWord(lang, zone, "longGeneric");
      return {
        value: zone,
        label: zone.replaceAll("_", " "),
        detail: `${word} · ${zoneWord(lang, zone, "shortOffset")}`,
      };
    });
}

function countries(lang, codes) {
  const names = new Intl.DisplayNames([lang], { type: "region", fallback: "none" });
  return codes
    .map((code) => ({ value: code, label: names.of(code), detail: code }))
    .filter((item) => item.label)
    .sort((a, b) => a.label.localeCompare(b.label, lang));
}

export function SearchSelect({ id, name, value, kind, codes, labels, classNames, lang, wrong, describedBy }) {
  const field = useRef(null);
  const first = useRef(true);
  const [chosen, setChosen] = useState(value || "");
  const items = useMemo(
    () => (typeof window === "undefined" ? [] : kind === "zone" ? zones(lang, value) : countries(lang, codes)),
    [kind, lang, value, codes],
  );
  const current = items.find((item) => item.value === chosen) ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    if (!first.current) field.current.dispatchEvent(new Event("change", { bubbles: true }));
    first.current = false;
  }, [chosen]);
  const fits = (item, query) => matches(`${item.label} ${item.detail}`, query);
  return (
    <>
      <input ref={field} type="hidden" name={name} value={chosen} readOnly />
      <Combobox.Root
        items={items}
        value={current}
        onValueChange={(item) => item && setChosen(item.value)}
        filter={fits}
        itemToStringLabel={(item) => item?.label ?? ""}
        isItemEqualToValue={(a, b) => a?.value === b?.value}
        autoHighlight
      >
        <Combobox.Trigger id={id} className={classNames.trigger} aria-invalid={wrong} aria-describedby={describedBy}>
          <span className="min-w-0 flex-1 truncate text-left">{current ? current.label : chosen || labels.none}</span>
          <ChevronDown size={16} aria-hidden="true" className="shrink-0 text-muted" />
        </Combobox.Trigger>
        <Combobox.Portal>
          <Combobox.Positioner sideOffset={6} align="start" className="z-50 outline-none">
            <Combobox.Popup aria-label={labels.search} className={classNames.popup}>
              <div className="border-b border-border p-1.5">
                <Combobox.Input placeholder={labels.search} aria-label={labels.search} className={classNames.search} />
              </div>
              <Combobox.Empty className="px-3 py-3 text-sm text-muted empty:hidden">{labels.nothing}</Combobox.Empty>
              <Combobox.List className="scroll-fade max-h-72 overflow-y-auto p-1 empty:p-0">
                {(item) => (
                  <Combobox.Item key={item.value} value={item} className={classNames.item}>
                    <Combobox.ItemIndicator className="col-start-1 text-accent-ink">
                      <Check size={14} aria-hidden="true" />
                    </Combobox.ItemIndicator>
                    <span className="col-start-2 min-w-0">
                      <span className="block truncate">{item.label}</span>
                      {item.detail !== item.value && (
                        <span className="block truncate text-xs text-muted">{item.detail}</span>
                      )}
                    </span>
                  </Combobox.Item>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
    </>
  );
}
