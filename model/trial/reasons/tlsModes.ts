import { meshNamespace } from "../../names";
import { destinationRulesFor } from "../manifests/hosts";
import { matchesLabels } from "../manifests/labels";
import type { Texts, UserObject } from "../manifests/objects";
import type { Path } from "../manifests/source";
import type { StandIn } from "../standIns/standIns";
import { ofKind } from "./context";
import { policyOf, portSettings, subsetPolicy } from "./trafficPolicies";

/** TLS mode that applies to a connection. `setBy` is the object that sets it, and is absent for a default. */
export interface EffectiveMode {
  readonly mode: string;
  readonly setBy?: UserObject;
  readonly path: Path;
}

/**
 * Mode in which a workload accepts connections on a port, from the narrowest PeerAuthentication that sets one.
 *
 * @param meshMode - mode if no PeerAuthentication sets one
 */
export function serverMode(
  { namespace, labels }: StandIn,
  port: number | undefined,
  objects: readonly UserObject[],
  meshMode: string,
): EffectiveMode {
  const policies = ofKind(objects, "PeerAuthentication");
  const selectorOf = ({ spec }: UserObject) => (spec?.selector?.matchLabels ?? {}) as Texts;
  const hasNoSelector = (candidate: UserObject) => Object.keys(selectorOf(candidate)).length === 0;
  const ofWorkload = policies.find(
    (candidate) =>
      candidate.$.namespace === namespace && !hasNoSelector(candidate) && matchesLabels(selectorOf(candidate), labels),
  );
  const ofNamespace = policies.find((candidate) => candidate.$.namespace === namespace && hasNoSelector(candidate));
  const ofMesh = policies.find((candidate) => candidate.$.namespace === meshNamespace && hasNoSelector(candidate));
  const portMode = port === undefined ? undefined : ofWorkload?.spec?.portLevelMtls?.[port]?.mode;
  if (ofWorkload && portMode && portMode !== "UNSET")
    return { mode: portMode, setBy: ofWorkload, path: ["spec", "portLevelMtls", String(port)] };
  for (const policy of [ofWorkload, ofNamespace, ofMesh]) {
    const mode = policy?.spec?.mtls?.mode;
    if (policy && mode && mode !== "UNSET") return { mode, setBy: policy, path: ["spec", "mtls", "mode"] };
  }
  return { mode: meshMode, path: [] };
}

/**
 * TLS mode that a DestinationRule sets for a Service's port. As in Istio, a rule of the caller's namespace comes first, then
 * one of the Service's, then one of the mesh's root namespace.
 */
export function clientMode(
  host: string,
  port: number,
  subset: string,
  from: string,
  objects: readonly UserObject[],
): EffectiveMode | undefined {
  const owner = host.split(".")[1] ?? "";
  const rules = destinationRulesFor(host, objects);
  const rule = [from, owner, meshNamespace]
    .map(
      (namespace) =>
        rules
          .filter(({ $ }) => $.namespace === namespace)
          .sort((a, b) => String(b.spec?.host).length - String(a.spec?.host).length)[0],
    )
    .find(Boolean);
  if (!rule) return undefined;
  const ofSubset = subsetPolicy(rule, subset);
  const policy = policyOf(rule);
  // settings of a port replace all settings of the rule, so a port without a mode has none
  const ofPort = portSettings(policy, port);
  const [{ tls }, path] = ofSubset.policy.tls?.mode
    ? [ofSubset.policy, ofSubset.path]
    : [ofPort?.settings ?? policy, ["spec", "trafficPolicy", ...(ofPort?.path ?? [])]];
  return tls?.mode ? { mode: tls.mode, setBy: rule, path: [...path, "tls"] } : undefined;
}
