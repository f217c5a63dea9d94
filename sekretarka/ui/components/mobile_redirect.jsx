// @ts-check
// A phone has no room for columns: where the address names no view, it gets the list.
import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";

export function ListViewOnMobile() {
  const location = useLocation();
  const navigate = useNavigate();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows these values and nothing else
  useEffect(() => {
    const query = new URLSearchParams(location.search);
    if (query.has("view") || !window.matchMedia("(max-width: 639px)").matches) return;
    query.set("view", "list");
    navigate(`${location.pathname}?${query}`, { replace: true });
  }, [location.search]);
  return null;
}
