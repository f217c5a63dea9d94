// @ts-check
// The fields of a form as plain values: text by name, null for a box that is not ticked.

/** @typedef {Record<string, string | null>} Values */

/** @param {HTMLFormElement} form */
export function readFields(form) {
  /** @type {Values} */
  const values = {};
  for (const field of /** @type {Iterable<HTMLInputElement>} */ (form.elements)) {
    if (!field.name || field.matches("button, fieldset, output, :disabled")) continue;
    if (field.type === "radio") values[field.name] = field.checked ? field.value : (values[field.name] ?? null);
    else if (field.type === "checkbox") values[field.name] = field.checked ? field.value : null;
    else values[field.name] = field.value;
  }
  return values;
}

// A stored value as its field would have it; undefined where it cannot be told.
export function asField(value) {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "on" : null;
  return typeof value === "object" ? JSON.stringify(value) : value === undefined ? undefined : String(value);
}

// Sets a field as if it had been typed; a field of ours that holds JSON takes it by the event `restore`.
export function writeField(/** @type {HTMLFormElement} */ form, name, value) {
  const found = /** @type {HTMLInputElement | RadioNodeList | null} */ (form.elements.namedItem(name));
  const field = /** @type {HTMLInputElement} */ (
    found instanceof RadioNodeList
      ? [...found].find((one) => /** @type {HTMLInputElement} */ (one).value === value)
      : found
  );
  if (!field || field.matches(":disabled")) return;
  if (field.type === "hidden") {
    field.dispatchEvent(new CustomEvent("restore", { detail: value }));
    return;
  }
  if (field.type === "radio" || field.type === "checkbox") field.checked = value !== null;
  else {
    // React notices only what goes by the element's own setter.
    const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
    own.set.call(field, value ?? "");
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

const isField = (node) => node instanceof HTMLElement && node.matches("input, select, textarea");

// The label of a field as people read it.
export function labelOf(/** @type {HTMLFormElement} */ form, name) {
  const found = form.elements.namedItem(name);
  const field = found instanceof RadioNodeList ? found[0] : found;
  if (!isField(field)) return name;
  const radio = /** @type {HTMLInputElement} */ (field).type === "radio";
  const group = /** @type {HTMLElement} */ (field).closest("fieldset, [role=group], [role=radiogroup]");
  const own =
    form.querySelector(`label[for="${CSS.escape(name)}"]`) ??
    (radio
      ? group?.querySelector("legend")
      : /** @type {HTMLElement} */ (field).closest("label")?.querySelector("span span"));
  const named = group?.getAttribute("aria-label") ?? /** @type {HTMLElement} */ (field).getAttribute("aria-label");
  return own?.textContent?.trim() || named || name;
}
