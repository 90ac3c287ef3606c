import type { Stack } from "@pulumi/pulumi/automation";
import type { TimedStep } from "./criticalPath";

/** A resource as the state of an up keeps it. */
export interface Kept {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly parent?: string;
  readonly provider?: string;
  readonly dependencies?: readonly string[];
}

export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** The resources of a stack that is up. */
export async function kept(stack: Stack): Promise<Kept[]> {
  const { deployment } = await stack.exportStack();
  return (deployment as { resources?: Kept[] }).resources ?? [];
}

/** Dependencies of each resource, also through its component and its provider, with its own seconds. */
export function timedSteps(resources: readonly Kept[], seconds: ReadonlyMap<string, number>): TimedStep[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return resources.map(({ urn, parent, provider, dependencies = [] }) => {
    const component = byUrn.get(parent ?? "")?.dependencies ?? [];
    const own = provider ? [provider.split("::").slice(0, -1).join("::")] : [];
    return {
      name: nameOf(urn),
      seconds: seconds.get(nameOf(urn)) ?? 0,
      after: [...dependencies, ...component, ...own].map(nameOf),
    };
  });
}
