// @ts-check
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { environment: "jsdom", include: ["tests/**/*.test.{js,jsx}"], env: { TZ: "America/New_York" } },
});
