// @ts-check
// Where a row's detail opens: beside the list as the address has it now, whatever the rows were drawn for.
export function detailHref(location, id, name) {
  const query = new URLSearchParams(location.search);
  query.delete("tab");
  query.set(name, id);
  return `${location.pathname}?${query}`;
}
