import { meshNamespace, gateway as ours } from "../../names";
import type { Settings } from "../../settings/contract";
import { isApiGateway, isIstioGateway } from "./gateways";
import { objectKey, type UserObject } from "./objects";
import { ownGateway, pathOfOwnGateway } from "./ownGateway";
import type { Problem } from "./source";

type Routing = Settings["routing"];

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
    const path = isIstioRoute === (routing === "istio") ? undefined : pathOfOwnGateway(object);
    if (!path) return [];
    const kind = isIstioRoute ? "Istio Gateway" : "Gateway of the Gateway API";
    const needed = isIstioRoute ? "istio" : "gateway-api";
    return [
      {
        ...object.$.placeOf(path),
        message: `${object.kind} ${objectKey(object)} names ${ownGateway}, and this environment has no ${kind} of that name (routing = ${routing}); fix: a Gateway in your manifests, or ${remedy(needed)}`,
      },
    ];
  });
}
