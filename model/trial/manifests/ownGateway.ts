import { meshNamespace, gateway as ours } from "../../names";
import type { UserObject } from "./objects";
import { matchesHost } from "./services";
import type { Path } from "./source";

/** The environment's own Gateway, NAMESPACE/NAME. */
export const ownGateway = `${meshNamespace}/${ours.name}`;

interface Parent {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Path at which a VirtualService or a route names the environment's own Gateway. Undefined if it does not. */
export function pathOfOwnGateway({ kind, spec }: UserObject): Path | undefined {
  if (kind === "VirtualService") {
    const index = ((spec?.gateways ?? []) as string[]).indexOf(ownGateway);
    return index < 0 ? undefined : ["spec", "gateways", index];
  }
  if (!kind.endsWith("Route")) return undefined;
  const index = ((spec?.parentRefs ?? []) as Parent[]).findIndex(
    (parent) =>
      (parent.kind ?? "Gateway") === "Gateway" && parent.name === ours.name && parent.namespace === meshNamespace,
  );
  return index < 0 ? undefined : ["spec", "parentRefs", index];
}

/** True if a VirtualService or a route leads requests for a host through the environment's own Gateway. */
export const leadsThroughOwnGateway = (host: string, objects: readonly UserObject[]): boolean =>
  objects.some((object) => {
    const hosts = (object.spec?.hosts ?? object.spec?.hostnames ?? []) as string[];
    return pathOfOwnGateway(object) !== undefined && hosts.some((pattern) => matchesHost(pattern, host));
  });
