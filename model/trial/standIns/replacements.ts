import { titleOf, type UserObject } from "../manifests/objects";
import { type Service, serviceTitle } from "../manifests/services";
import { placeText } from "../manifests/source";
import { isGateway, localityOf, placements } from "../manifests/templates";
import { trialNamespace } from "./callers";
import { containerName } from "./pods";
import type { StandIn } from "./standIns";
import type { Substitution } from "./substitutions";

/** True for a workload whose containers a stand-in replaces. */
export const replacedByStandIn = ({ kind, spec }: UserObject): boolean =>
  (kind === "Deployment" || kind === "StatefulSet") && !isGateway(spec?.template);

/** Placements of a workload that a run has no nodes for. */
function placed({ spec }: UserObject): string[] {
  const named = placements.filter((name) => spec?.template?.spec?.[name] !== undefined);
  const [locality] = Object.entries(localityOf(spec?.template)).map(([label, value]) => `${label}: ${value}`);
  const absent = named.filter((name) => !(locality && name === "nodeSelector"));
  return [
    ...(locality ? [`its nodeSelector is replaced by the label ${locality}, from which Istio knows its locality`] : []),
    ...(absent.length > 0 ? [`${absent.join(" and ")} ${absent.length > 1 ? "are" : "is"} left out`] : []),
  ];
}

/** Lists the objects of a run that were added or replaced. Substitutions within objects are listed elsewhere. */
export function replacementsOf(
  applied: readonly UserObject[],
  standIns: readonly StandIn[],
  added: readonly Service[],
  names: readonly string[],
  declared: readonly UserObject[],
  gateways: readonly { readonly namespace: string; readonly name: string }[],
): Substitution[] {
  const isDeclared = (name: string) => declared.some(({ metadata }) => metadata.name === name);
  return [
    ...applied.filter(replacedByStandIn).map((object) => {
      const kept = standIns.some(
        ({ namespace, name }) => namespace === object.$.namespace && name === object.metadata.name,
      );
      const did = kept
        ? `its containers and volumes are replaced by the stand-in container \`${containerName}\``
        : "no Service leads to it and no case sends from it: it is not started";
      return { object: titleOf(object), place: placeText(object.$.place), did: [did, ...placed(object)].join("; ") };
    }),
    ...added.map((service) => ({
      object: serviceTitle(service),
      place: "",
      did: "made because a test file names it under workloads",
    })),
    ...names
      .filter((name) => name !== trialNamespace && !isDeclared(name))
      .map((name) => ({
        object: `Namespace ${name}`,
        place: "",
        did: "not in the manifests: made with istio-injection: enabled",
      })),
    ...gateways.map(({ namespace, name }) => ({
      object: `Deployment ${namespace}/${name}`,
      place: "",
      did: "made because no gateway of the environment has the labels that a Gateway selects",
    })),
  ];
}
