import { meshNamespace, gateway as ours } from "../../names";
import type { Settings } from "../../settings/contract";
import { isApiGateway, isIstioGateway, ownGateway } from "./gateways";
import type { UserObject } from "./objects";
import type { Problem } from "./source";

type Routing = Settings["routing"];

interface Parent {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Place at which an object names the environment's own Gateway; undefined if it does not. */
function namesOurs({ kind, spec, $ }: UserObject) {
  if (kind === "VirtualService") {
    const index = ((spec?.gateways ?? []) as string[]).indexOf(ownGateway);
    return index < 0 ? undefined : $.placeOf(["spec", "gateways", index]);
  }
  if (!kind.endsWith("Route")) return undefined;
  const index = ((spec?.parentRefs ?? []) as Parent[]).findIndex(
    (parent) =>
      (parent.kind ?? "Gateway") === "Gateway" && parent.name === ours.name && parent.namespace === meshNamespace,
  );
  return index < 0 ? undefined : $.placeOf(["spec", "parentRefs", index]);
}

/**
 * Routes that name the environment's own Gateway of the other API: the environment has it as one kind only.
 *
 * @param remedy - command that changes `routing`
 */
export function gatewayProblems(
  objects: readonly UserObject[],
  routing: Routing,
  remedy: (routing: Routing) => string,
): Problem[] {
  const isOwn = routing === "istio" ? isApiGateway : isIstioGateway;
  const isDefined = objects.some(
    (gateway) => isOwn(gateway) && gateway.$.namespace === meshNamespace && gateway.metadata.name === ours.name,
  );
  if (isDefined) return [];
  return objects.flatMap((object): Problem[] => {
    const isIstioRoute = object.kind === "VirtualService";
    const place = isIstioRoute === (routing === "istio") ? undefined : namesOurs(object);
    if (!place) return [];
    const kind = isIstioRoute ? "Istio Gateway" : "Gateway of the Gateway API";
    const needed = isIstioRoute ? "istio" : "gateway-api";
    return [
      {
        ...place,
        message: `${object.kind} ${object.$.namespace}/${object.metadata.name} names ${ownGateway}, and this environment has no ${kind} of that name (routing = ${routing}); fix: a Gateway in your manifests, or ${remedy(needed)}`,
      },
    ];
  });
}
