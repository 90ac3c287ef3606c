/**
 * Prints what this project's rule and the defaults of others make of many rollouts: `npm run simulate [-- RUNS]`.
 *
 * With `--document`, the tables replace those at the end of docs/canary.md. Each setting has a process of its own.
 */
import { fork } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { settings, simulate } from "./simulate";
import { tableOf } from "./table";

const marker = "<!-- from here on written by: npm run simulate -- --document -->\n";
const page = "docs/canary.md";

/** Index of the setting that a process of its own simulates. */
const ownSetting = "--setting";

const tableBy = (index: number, runs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = fork(__filename, [String(runs), ownSetting, String(index)]);
    let table: string | undefined;
    child.on("message", (message) => {
      table = String(message);
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (table === undefined) reject(new Error(`the simulation ended with ${code} and no table`));
      else resolve(table);
    });
  });

async function main(words: readonly string[]): Promise<void> {
  const runs = Number(words.find((word) => /^\d+$/.test(word)) ?? 10_000);
  const own = settings[Number(words[words.indexOf(ownSetting) + 1])];
  if (words.includes(ownSetting) && own) {
    process.send?.(tableOf(own, simulate(runs, own)));
    return;
  }
  const tables = await Promise.all(settings.map((_, index) => tableBy(index, runs)));
  const text = `${tables.join("\n\n")}\n\n${runs} rollouts in each row and of each rule.\n`;
  process.stdout.write(text);
  if (!words.includes("--document")) return;
  const [before] = readFileSync(page, "utf8").split(marker);
  writeFileSync(page, `${before}${marker}\n${text}`);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
