/** Prints what this project's rule and the defaults of others make of many rollouts: `npm run simulate [-- RUNS]`. */
import { simulate } from "./simulate";

const runs = Number(process.argv[2] ?? 10_000);
const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
const row = (cells: readonly string[]) =>
  `| ${cells.map((cell, i) => cell.padEnd([16, 13, 10, 11, 9, 12, 8][i] ?? 0)).join(" | ")} |\n`;

process.stdout.write(row(["canary", "rule", "promoted", "rolled back", "paused", "bad answers", "seconds"]));
process.stdout.write(row(["---", "---", "---", "---", "---", "---", "---"]));
for (const result of simulate(runs))
  process.stdout.write(
    row([
      result.scenario,
      result.policy,
      percent(result.promoted),
      percent(result.rolledBack),
      percent(result.paused),
      result.bad.toFixed(1),
      result.seconds.toFixed(0),
    ]),
  );
process.stdout.write(`${runs} rollouts each, at 200 requests a second, steps 5, 25, 50 and 100 %\n`);
