import assert from "node:assert/strict";
import { gatewayApiRoutesLeadSomewhere } from "../../policy/gatewayApiRoutes";
import { routesLeadSomewhere, strictIsEnforced } from "../../policy/meshRules";
import { noPlainSecrets, pinnedVersions, type Resource } from "../../policy/rules";
import { exampleRun } from "./examples";

/** Resources of an example's program, as the engine passes them to a policy. */
export async function resourcesOf(example: string): Promise<Resource[]> {
  const { resources } = await exampleRun(example);
  return structuredClone(resources.map(({ type, name, inputs }) => ({ type, name, props: inputs })));
}

/** Violations of all rules by the resources of an example, after a change to the props of one resource. */
export async function violations(
  example: string,
  name?: string,
  change: (props: never) => void = () => {},
): Promise<string[]> {
  const resources = await resourcesOf(example);
  const changed = resources.find((resource) => resource.name === name);
  assert.ok(name === undefined || changed, name);
  if (changed) change(changed.props as never);
  return rulesOf(resources);
}

/** Violations of all rules by resources. */
export const rulesOf = (resources: readonly Resource[]): string[] => [
  ...resources.flatMap((resource) => [...pinnedVersions(resource), ...noPlainSecrets(resource)]),
  ...[routesLeadSomewhere, gatewayApiRoutesLeadSomewhere, strictIsEnforced].flatMap((rule) =>
    rule(resources).map(({ resource, message }) => `${resource}: ${message}`),
  ),
];
