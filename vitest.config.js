// @ts-check
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{js,jsx}"],
    env: { TZ: "America/New_York" },
    isolate: false, // a document for all files of a worker: each leaves it as it found it
  },
});
