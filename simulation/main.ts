/**
 * Prints the outcomes of many rollouts by this project's rule and by the defaults of others: `npm run simulate [-- RUNS]`.
 *
 * With `--document`, the tables replace those at the end of docs/canary.md. Each setting runs in a separate process.
 */
import { fork } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { missesOf, missHead } from "./goals";
import { settings, simulate } from "./simulate";
import { tableOf } from "./table";

/** Results of one setting as Markdown. */
interface Part {
  readonly table: string;
  readonly misses: readonly string[];
}

const marker = "<!-- from here on written by: npm run simulate -- --document -->\n";
const page = "docs/canary.md";

/** Option with the index of the setting that a child process simulates. */
const ownSetting = "--setting";

const simulated = (index: number, runs: number): Promise<Part> =>
  new Promise((resolve, reject) => {
    const child = fork(__filename, [String(runs), ownSetting, String(index)]);
    let part: Part | undefined;
    child.on("message", (message) => {
      part = message as Part;
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (part) resolve(part);
      else reject(new Error(`the simulation ended with ${code} and no table`));
    });
  });

async function main(words: readonly string[]): Promise<void> {
  const runs = Number(words.find((word) => /^\d+$/.test(word)) ?? 10_000);
  const setting = settings[Number(words[words.indexOf(ownSetting) + 1])];
  if (words.includes(ownSetting) && setting) {
    const results = simulate(runs, setting);
    process.send?.({ table: tableOf(setting, results), misses: missesOf(setting, results) } satisfies Part);
    return;
  }
  const parts = await Promise.all(settings.map((_, index) => simulated(index, runs)));
  const misses = parts.flatMap((part) => part.misses);
  const missText = ["### Where a goal is not met", "", ...missHead, ...misses].join("\n");
  const tables = parts.map(({ table }) => table).join("\n\n");
  const text = `${missText}\n\n${tables}\n\n${runs} rollouts in each row and of each rule.\n`;
  process.stdout.write(text);
  if (!words.includes("--document")) return;
  const [before] = readFileSync(page, "utf8").split(marker);
  writeFileSync(page, `${before}${marker}\n${text}`);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
