// @ts-check
// Where a row's detail opens: beside the list as the address has it now, whatever the rows were drawn for.
export function detailHref(location, id) {
  const query = new URLSearchParams(location.search);
  query.delete("tab");
  query.set("id", id);
  return `${location.pathname}?${query}`;
}
