import { existsSync } from "node:fs";
import path from "node:path";

const names = ["chromium", "google-chrome", "google-chrome-stable", "chromium-browser"];

/** Path of a Chromium or Chrome on the PATH, or in the variable `CHROME_PATH`. Undefined without one. */
export const browserPath: string | undefined =
  process.env["CHROME_PATH"] ??
  (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => existsSync(file));
