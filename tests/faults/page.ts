import { writeFile } from "node:fs/promises";
import { markdownTable } from "../../model/output/table";
import { type MeasuredOn, noteLine } from "../support/measuredOn";
import { isDone, type Row, rowName } from "./fault";

/** A text on one line and without the folder of this checkout. */
const cell = (text: string): string => text.replaceAll(`${process.cwd()}/`, "").replaceAll(/\s+/g, " ");
/** At most 160 characters of a text, and no part of a word: half a command is none. */
const shortened = (text: string): string =>
  text.length > 160 ? `${text.slice(0, 157).replace(/\s+\S*$/, "")}...` : text;

const heads = ["fault", "where", "seen", "outcome", "changes of a second up", "left after destroy", "took"];

const cells = (row: Row): string[] => {
  const changes = row.changes === undefined ? "" : String(row.changes);
  const left = row.left === undefined ? "unknown" : row.left.join(", ") || "nothing";
  return [row.kind, row.where, shortened(row.seen), row.outcome, changes, left, `${row.seconds} s`].map(cell);
};

function rest(missing: number, bad: readonly string[]): string {
  const texts = [
    missing > 0 ? `; ${missing} were not made yet` : "",
    bad.length > 0 ? `; not these: ${bad.join("; ")}` : "",
  ];
  return texts.join("");
}

/** Machine of most rows with the sentence about it, and for each other machine its rows. */
function measurements(rows: readonly Row[], { machine, note }: MeasuredOn): string {
  const byMachine = new Map<string, Row[]>();
  for (const row of rows)
    byMachine.set(row.machine ?? machine, [...(byMachine.get(row.machine ?? machine) ?? []), row]);
  const [[first = machine] = [], ...others] = [...byMachine].sort(([, a], [, b]) => b.length - a.length);
  const lists = others.map(
    ([other, some]) => `\n\nThese ran on ${other}:\n\n${some.map((row) => `- ${rowName(row)}`).join("\n")}`,
  );
  return `Measured on ${first}.${noteLine(note)}${lists.join("")}`;
}

/**
 * The page of the fault table in Markdown.
 *
 * @param all - number of faults in the table, also of those that the log has no row for
 * @param measured - machine of the rows that do not name theirs
 */
export function page(rows: readonly Row[], all: number, measured: MeasuredOn): string {
  const sorted = [...rows].sort((a, b) => a.kind.localeCompare(b.kind));
  const minutes = Math.round(rows.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
  const bad = rows.filter((row) => !isDone(row)).map(rowName);
  return `# What happens when something goes wrong

\`npm run faults\` makes ${all} faults on purpose, one after the other. It kills commands, stops and removes containers,
loses the state, and puts objects of somebody else in the way. After each fault, one of three things has to happen:

- \`converged\`: one more \`npm start\` repairs the environment, and a second one changes nothing.
- \`refused\`: the command ends with an error and a fix. The cluster's containers are the same as before.
- \`destroyed\`: \`npm run destroy\` removes the environment.

The next \`npm run destroy\` must leave nothing. A network, a volume and a container of somebody else are on the machine all
the time, with names that begin as the cluster's do. \`docker inspect\` must show them unchanged after each fault.

**${rows.length - bad.length} of ${all} faults ended so**${rest(all - rows.length, bad)}. They took ${minutes} minutes,
without the first \`npm start\` that some of them need. ${measurements(rows, measured)}

Run it yourself. The stack needs a configuration of its own, with free ports and the default of one agent:

    npm run faults -- --stack faults
    npm run faults -- --stack faults --resume            # goes on after an interruption, and repeats what failed
    npm run faults -- --stack faults --row "SIGKILL"     # only the rows whose text has this
    npm run faults -- --stack faults --document          # writes this page from report/faults.jsonl

${markdownTable([heads, ...sorted.map(cells)]).join("\n")}
`;
}

/** Writes docs/faults.md. */
export const writeDocument = (...measured: Parameters<typeof page>): Promise<void> =>
  writeFile("docs/faults.md", page(...measured)).then(() => {
    process.stdout.write("wrote docs/faults.md\n");
    process.exitCode = 0;
  });
