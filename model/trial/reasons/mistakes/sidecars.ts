import { matchesLabels } from "../../manifests/labels";
import type { Texts } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import { namespaceOf } from "../../manifests/services";
import { triesOf } from "../../requests/observation";
import type { StandIn } from "../../standIns/standIns";
import { type Context, isInbound, ofKind } from "../context";
import { targetPolicies } from "../policyScope";
import type { Mistake } from "./mistake";

interface Ingress {
  readonly port?: { readonly number?: number };
  readonly defaultEndpoint?: string;
}

/** Stand-in whose sidecar got no connection to its own pod. */
function unreached({ observation, standIns, labelsOf }: Context): StandIn | undefined {
  const line = observation.log.find((entry) => isInbound(entry) && entry.flags.includes("UF"));
  if (!line) return undefined;
  const labels = labelsOf(line.proxy);
  return standIns.find(
    (standIn) => standIn.namespace === namespaceOf(line.proxy) && matchesLabels(standIn.labels, labels),
  );
}

/** A Sidecar that forwards to a port on which nothing of the pod listens. */
const deadEndpoint: Mistake = (context) => {
  const standIn = unreached(context);
  if (!standIn) return undefined;
  const ports = standIn.ports.map(({ number }) => number);
  for (const sidecar of ofKind(context.objects, "Sidecar").filter(({ $ }) => $.namespace === standIn.namespace)) {
    if (!matchesLabels((sidecar.spec?.workloadSelector?.labels ?? {}) as Texts, standIn.labels)) continue;
    for (const [i, { port, defaultEndpoint = "" }] of ((sidecar.spec?.ingress ?? []) as Ingress[]).entries()) {
      const target = Number(/:(\d+)$/.exec(defaultEndpoint)?.[1] ?? 0);
      if (!target || ports.includes(target)) continue;
      const right = ports.find((number) => number !== port?.number) ?? ports[0];
      return {
        text: `${titleOf(sidecar)} forwards port ${port?.number} to ${defaultEndpoint}, where ${standIn.id} does not listen; its ports are: ${ports.join(", ")}`,
        place: sidecar.$.placeOf(["spec", "ingress", i, "defaultEndpoint"]),
        fix: `defaultEndpoint: ${defaultEndpoint.replace(/\d+$/, String(right))}`,
      };
    }
  }
  return undefined;
};

/** A PeerAuthentication with the labels of the called workload, in another namespace. */
const modeElsewhere: Mistake = (context) => {
  const { testCase, observation, objects, standIns } = context;
  const expectsPeer = testCase.expect.status?.includes("reset") || testCase.expect.peer !== undefined;
  const receiver = triesOf(observation)[0]?.workload;
  const standIn = standIns.find(({ id }) => id === receiver);
  if (!expectsPeer || !standIn) return undefined;
  const misplaced = ofKind(objects, "PeerAuthentication").find(({ spec, $ }) => {
    const labels = (spec?.selector?.matchLabels ?? {}) as Texts;
    const selects = Object.keys(labels).length > 0 && matchesLabels(labels, standIn.labels);
    return selects && $.namespace !== standIn.namespace;
  });
  const hasOwn = targetPolicies(context, "PeerAuthentication").some(
    ({ spec, $ }) => spec?.selector && $.namespace === standIn.namespace,
  );
  return misplaced && !hasOwn
    ? {
        text: `${titleOf(misplaced)} has a selector, so it applies to pods of its own namespace only, and ${standIn.id} is in ${standIn.namespace}`,
        place: misplaced.$.placeOf(["metadata", "namespace"]),
        fix: `namespace: ${standIn.namespace}`,
      }
    : undefined;
};

export const mistakesOfSidecars: readonly Mistake[] = [deadEndpoint, modeElsewhere];
