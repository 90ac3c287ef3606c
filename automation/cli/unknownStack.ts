import { backendFolder } from "../stack/backend";

/**
 * Refuses a stack that does not exist, before anything is downloaded or written. Only Pulumi, which may have to be
 * downloaded, can look into a backend that is not files.
 *
 * @throws NoSuchStack that lists the stacks there are
 */
export async function refuseUnknownStack({ stack }: { readonly stack: string }): Promise<undefined> {
  if (backendFolder() === undefined) return undefined;
  const { refuseUnknown } = await import("../stack/knownStacks");
  await refuseUnknown(stack);
  return undefined;
}
