// @ts-check
// Unpacks the Chromium of @sparticuz/chromium, with the libraries it needs, into $TMPDIR and prints its path.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs24.x"; // unpack the shared libraries too, as for a bare system
const { default: chromium } = await import("@sparticuz/chromium");
const path = await chromium.executablePath();
writeFileSync(
  join(dirname(path), "fonts", "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="relative">cache</cachedir>
</fontconfig>
`,
);
console.log(path);
