import type { Stack } from "@pulumi/pulumi/automation";
import { type Remedy, remedy, run } from "../../../model/output/remedy";
import { isCanaryRoute } from "../../../model/traffic/canaryRoute";
import { exitCodes, OperationFailed, runPreview } from "../../stack/operation";

/** Operations that are not counted: those that change nothing, and the two parts of a replacement, counted as `replace`. */
const uncounted = new Set(["same", "read", "refresh", "create-replacement", "delete-replaced"]);
/** Largest number of changes that a message lists. */
const named = 5;

const ofRollout = remedy`and a rollout changes the route alone; fix: ${run("up")}, then ${run("rollout")}`;

/**
 * Refuses a rollout while the configuration has changes that are not applied. The rollout would measure the old
 * configuration.
 *
 * @param consequence - end of the message: the reason why the work cannot begin, and the commands that fix it
 * @throws OperationFailed with every resource that would change
 */
export async function refusePending(
  stack: Stack,
  say: (line: string) => void,
  consequence: Remedy = ofRollout,
): Promise<void> {
  const pending: string[] = [];
  await runPreview(stack, say, (options) =>
    stack.preview({
      ...options,
      onEvent: ({ resourcePreEvent: event }) => {
        const { op = "same", urn = "" } = event?.metadata ?? {};
        if (!uncounted.has(op) && !isCanaryRoute(urn)) pending.push(`${op} ${urn.split("::").at(-1)}`);
      },
    }),
  );
  const remainder = pending.length > named ? ` and ${pending.length - named} more` : "";
  if (pending.length > 0)
    throw new OperationFailed(
      [
        `the configuration has changes that are not applied (${pending.slice(0, named).join(", ")}${remainder}), `,
        ...consequence,
      ],
      exitCodes.config,
    );
}
