// @ts-check
// Which rights a key gets: a line for each resource, and presets that tick the usual ones.
import { useRef } from "react";

export function ScopePicker({ items, presets, granted, described, labels, classNames }) {
  const lines = useRef(null);
  const grantable = (scopes) => scopes.filter((scope) => granted.includes(scope.name));
  const choose = (preset) => {
    for (const box of lines.current.querySelectorAll("input")) box.checked = preset.includes(box.value);
    lines.current.dispatchEvent(new Event("change", { bubbles: true }));
  };
  return (
    <fieldset className="m-0 min-w-0 border-0 p-0" aria-describedby={described}>
      <legend className="p-0 text-sm font-medium">{labels.legend}</legend>
      <div className="flex flex-wrap gap-2 py-2">
        {presets.map((preset) => (
          <button key={preset.label} type="button" className={classNames.preset} onClick={() => choose(preset.scopes)}>
            {preset.label}
          </button>
        ))}
      </div>
      <ul ref={lines} className={classNames.list}>
        {items.map((item) => {
          const scopes = grantable(item.scopes);
          return (
            scopes.length > 0 && (
              <li key={item.label} className={classNames.line}>
                <span className="min-w-0 flex-1 truncate text-base">{item.label}</span>
                {scopes.map((scope) => (
                  <label key={scope.name} className={classNames.box}>
                    <input
                      type="checkbox"
                      name={`scope.${scope.name}`}
                      value={scope.name}
                      aria-label={`${item.label}: ${scope.label}`}
                      className="size-4 accent-(--accent)"
                    />
                    <span aria-hidden="true">{scope.label}</span>
                  </label>
                ))}
              </li>
            )
          );
        })}
      </ul>
    </fieldset>
  );
}
