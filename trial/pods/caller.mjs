// @ts-check
/**
 * A caller: reads its plan, one line of JSON, from standard input, sends its requests, and writes a line of JSON for each
 * answer. It runs inside a pod by `kubectl exec`, so that no policy of the mesh stands between it and its reader.
 */
import { setTimeout as wait } from "node:timers/promises";
import { send } from "./send.mjs";

/** @typedef {import("./connection.mjs").Planned} Planned */

/** Pod that answered, and "" for an answer of a proxy. @param {{ headers?: Record<string, unknown> }} answer */
function podOf({ headers }) {
  try {
    return String(JSON.parse(String(headers?.["x-trial-answer"])).pod);
  } catch {
    return "";
  }
}

/** Long pauses of one run at most: a stand-in has at most five pods. */
const longPauses = 8;

/**
 * Counts failures of each pod in a row, as a proxy does that ejects pods.
 *
 * @param {number} limit - failures in a row after which a proxy ejects a pod
 * @returns {(answer: Awaited<ReturnType<typeof send>>) => boolean} true for the answer that reaches the limit
 */
function failureCounter(limit) {
  /** @type {Map<string, number>} */
  const failures = new Map();
  let reached = 0;
  return (answer) => {
    const pod = podOf(/** @type {{ headers?: Record<string, unknown> }} */ (answer));
    const { status } = /** @type {{ status?: number }} */ (answer);
    const count = status === undefined || status >= 500 ? (failures.get(pod) ?? 0) + 1 : 0;
    failures.set(pod, count % limit);
    return count === limit && ++reached <= longPauses;
  };
}

/**
 * @param {{ groups: Planned[][][], parallel: number, pause?: number, ejection?: { failures: number, pause: number } }} plan -
 *   each group is sent step by step, each step at once, with a pause in milliseconds after it, or the longer one after
 *   as many failures of a pod in a row as make a proxy eject it
 */
async function run({ groups, parallel, pause = 0, ejection }) {
  const waiting = [...groups];
  const ejects = ejection ? failureCounter(ejection.failures) : () => false;
  const worker = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift())
      for (const step of group) {
        const answers = await Promise.all(
          step.map(async (planned) => {
            const answer = await send(planned);
            process.stdout.write(`${JSON.stringify(answer)}\n`);
            return answer;
          }),
        );
        const isLong = answers.map(ejects).includes(true);
        const length = isLong && ejection ? ejection.pause : pause;
        if (length > 0) await wait(length);
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
