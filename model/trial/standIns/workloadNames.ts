import { isApiGateway } from "../manifests/gateways";
import { type KubeObject, objectKey, type UserObject } from "../manifests/objects";
import { placeText } from "../manifests/source";
import { replacedByStandIn } from "./replacements";

/** Class of the Gateways for which istiod makes pods and a Service. */
const madeClass = "istio";

/** Workloads that have to be ready before a run sends requests, NAMESPACE/NAME: those of the run, and those that istiod makes. */
export const workloadNames = ({
  objects,
  applied,
}: {
  readonly objects: readonly KubeObject[];
  readonly applied: readonly UserObject[];
}): string[] => [
  ...objects
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  ...applied
    // nobody makes pods for a class that no controller serves
    .filter((object) => isApiGateway(object) && !object.spec?.addresses && object.spec?.gatewayClassName === madeClass)
    .map((gateway) => `${objectKey(gateway)}-${madeClass}`),
];

/** Returns the place of a workload whose containers are the user's own, such as a gateway. Undefined for any other workload. */
export const ownContainers =
  ({ applied }: { readonly applied: readonly UserObject[] }) =>
  (workload: string): string | undefined => {
    const object = applied.find(
      (candidate) =>
        /^(Deployment|StatefulSet)$/.test(candidate.kind) &&
        !replacedByStandIn(candidate) &&
        `${candidate.$.namespace}/${candidate.metadata.name}` === workload,
    );
    return object && placeText(object.$.place);
  };
