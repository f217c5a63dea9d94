// @ts-check
// A button that writes into a text field, as if it had been typed: at the cursor, or in place of the whole text.

export function TextTool({ target, text, whole, label, hint, className }) {
  const write = () => {
    const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById(target));
    if (!field) return;
    field.focus();
    const [from, to] = whole ? [0, field.value.length] : [field.selectionStart, field.selectionEnd];
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return (
    <button type="button" className={className} onClick={write} title={hint}>
      {label}
    </button>
  );
}
