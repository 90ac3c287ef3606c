import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { retryAfter } from "../../model/mesh/webhook";

/** A hook that tries a resource again while the webhook that has to admit it is still starting. */
export function webhookRetry(name: string): pulumi.ErrorHook {
  return new pulumi.ErrorHook(`${name}-webhook-retry`, async ({ errors }) => {
    const wait = retryAfter(errors);
    if (wait === undefined) return false;
    await pause(wait);
    return true;
  });
}
