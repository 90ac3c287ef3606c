import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { retryAfter } from "../../model/mesh/webhook";

/** A hook that retries a resource while the webhook that validates it is still starting. */
export function webhookRetry(name: string): pulumi.ErrorHook {
  return new pulumi.ErrorHook(`${name}-webhook-retry`, async ({ errors }) => {
    const milliseconds = retryAfter(errors);
    if (milliseconds === undefined) return false;
    await pause(milliseconds);
    return true;
  });
}
