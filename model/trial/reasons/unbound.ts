import { distance } from "fastest-levenshtein";
import { listed } from "../../output/text";
import { isIstioGateway } from "../manifests/gateways";
import { objectKey, titleOf, type UserObject } from "../manifests/objects";
import { ownGateway } from "../manifests/ownGateway";
import type { Reason } from "../report/result";
import type { Context } from "./context";
import { entranceGatewayNames, gatewaysOf } from "./routes";

/** Reason for a Gateway of a VirtualService that does not exist. */
function absentReason(object: UserObject, absent: string, gateways: readonly UserObject[]): Reason {
  const index = gatewaysOf(object).indexOf(absent);
  const isBare = !String(object.spec?.gateways?.[index]).includes("/");
  const [, wanted = ""] = absent.split("/");
  const sameName = gateways.find(({ metadata }) => metadata.name === wanted);
  const near = gateways.find(({ metadata }) => distance(metadata.name, wanted) <= 2);
  const meant = sameName ?? near;
  const why = isBare && sameName ? ": a name without namespace means the VirtualService's own" : "";
  const known = meant ? "" : `; there are: ${listed(gateways.map(objectKey))}`;
  return {
    text: `${titleOf(object)} names the Gateway ${absent}, which does not exist${why}${known}`,
    place: object.$.placeOf(["spec", "gateways", index]),
    ...(meant && { fix: `gateways: [${objectKey(meant)}]` }),
  };
}

/** Reason why a VirtualService with the request's host has no effect at the gateway that the request comes through. */
export function unboundReason(object: UserObject, context: Context): Reason {
  const gateways = context.objects.filter(isIstioGateway);
  const entrances = entranceGatewayNames(context).filter((name) => name !== ownGateway);
  const absent = gatewaysOf(object).find(
    (name) => name !== "mesh" && name !== ownGateway && !gateways.some((gateway) => objectKey(gateway) === name),
  );
  if (absent) return absentReason(object, absent, gateways);
  return {
    text: `${titleOf(object)} has the host, but applies to ${gatewaysOf(object).join(", ")} and not to ${entrances.join(", ") || "any gateway of the manifests"}`,
    place: object.$.placeOf(["spec", object.spec?.gateways ? "gateways" : "hosts"]),
    fix: `add ${entrances[0] ?? "a Gateway"} to gateways`,
  };
}
