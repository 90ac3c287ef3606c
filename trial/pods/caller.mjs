// @ts-check
/**
 * A caller: reads its plan, one line of JSON, from standard input, sends its requests, and writes a line of JSON for each
 * answer. It runs inside a pod by `kubectl exec`, so that no policy of the mesh stands between it and its reader.
 */
import { setTimeout as wait } from "node:timers/promises";
import { send } from "./send.mjs";

/** @typedef {import("./connection.mjs").Planned} Planned */

/**
 * @param {{ groups: Planned[][][], parallel: number, pause?: number }} plan - each group is sent step by step, each step at
 *   once, with a pause in milliseconds after it
 */
async function run({ groups, parallel, pause = 0 }) {
  const waiting = [...groups];
  const worker = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift())
      for (const step of group) {
        await Promise.all(
          step.map(async (planned) => process.stdout.write(`${JSON.stringify(await send(planned))}\n`)),
        );
        if (pause > 0) await wait(pause);
      }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, groups.length) }, worker));
  process.stdout.write('{"end":true}\n', () => process.exit(0));
}

let input = "";
process.stdin.on("data", (chunk) => {
  input += chunk;
  if (!input.includes("\n")) return;
  process.stdin.pause();
  run(JSON.parse(input.slice(0, input.indexOf("\n"))));
});
process.stdin.on("end", () => process.exit(input.includes("\n") ? undefined : 1));
