/**
 * Prints what this project's rule and the defaults of others make of many rollouts: `npm run simulate [-- RUNS]`.
 *
 * With `--document`, the tables replace those at the end of docs/canary.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { settings, simulate } from "./simulate";
import { tableOf } from "./table";

const marker = "<!-- from here on written by: npm run simulate -- --document -->\n";
const page = "docs/canary.md";
const words = process.argv.slice(2);
const runs = Number(words.find((word) => /^\d+$/.test(word)) ?? 10_000);

const tables = settings.map((setting) => {
  const table = tableOf(setting, simulate(runs, setting));
  process.stdout.write(`${table}\n\n`);
  return table;
});
const note = `${runs} rollouts in each row and of each rule.\n`;
process.stdout.write(note);
if (words.includes("--document")) {
  const [text] = readFileSync(page, "utf8").split(marker);
  writeFileSync(page, `${text}${marker}\n${tables.join("\n\n")}\n\n${note}`);
}
