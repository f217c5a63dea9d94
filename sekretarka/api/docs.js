// @ts-check
const search = document.getElementById("search");
const entries = [...document.querySelectorAll("[data-words]")];
const groups = [...document.querySelectorAll("[data-group]")];
const nothing = document.getElementById("nothing");
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
  for (const group of groups) group.hidden = !group.querySelector("[data-words]:not([hidden])");
  nothing.hidden = groups.some((group) => !group.hidden);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});
