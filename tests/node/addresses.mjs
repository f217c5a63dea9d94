// @ts-check
// Where addresses lead by the URL standard: each one's origin, and the origin its path alone leads to.
import { readFileSync } from "node:fs";

const [listed, home] = process.argv.slice(2);
const told = JSON.parse(readFileSync(listed, "utf8")).map((address) => {
  const url = new URL(address);
  return [url.origin, new URL(url.pathname + url.search + url.hash, home).origin];
});
console.log(JSON.stringify(told));
