import { ingress, isApiGateway, portsWithoutService } from "../manifests/gateways";
import type { UserObject } from "../manifests/objects";
import { titleOf } from "../manifests/objects";
import { ownGateway } from "../manifests/ownGateway";

/** Providers of Telemetry that every mesh has (https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider). */
const usualProviders = ["envoy", "prometheus", "stackdriver"];

interface Configured {
  readonly providers?: readonly { readonly name?: string }[];
}

/** Providers that a Telemetry names, with the part that names them. */
function telemetryProviders(spec: Readonly<Record<string, unknown>>): { part: string; provider: string }[] {
  return ["tracing", "metrics", "accessLogging"].flatMap((part) =>
    ((spec[part] ?? []) as readonly Configured[])
      .flatMap(({ providers = [] }) => providers)
      .flatMap(({ name }) => (name ? [{ part, provider: name }] : [])),
  );
}

interface TargetRef {
  readonly kind?: string;
  readonly name?: string;
}

/** A target at which only a waypoint can apply a policy, and a run has none. */
function waypointTarget({ spec, $ }: UserObject, applied: readonly UserObject[]): TargetRef | undefined {
  const targets = (spec?.targetRefs ?? (spec?.targetRef ? [spec.targetRef] : [])) as readonly TargetRef[];
  const isGateway = ({ name }: TargetRef) =>
    `${$.namespace}/${name}` === ownGateway ||
    applied.some(
      (candidate) =>
        isApiGateway(candidate) && candidate.$.namespace === $.namespace && candidate.metadata.name === name,
    );
  return targets.find((target) => target.kind !== "Gateway" || !isGateway(target));
}

/** Kinds whose `targetRefs` name where a proxy applies them. */
const policies = ["AuthorizationPolicy", "RequestAuthentication", "WasmPlugin", "Telemetry"];

const atWaypoints = (object: UserObject, applied: readonly UserObject[]): string[] => {
  const target = policies.includes(object.kind) ? waypointTarget(object, applied) : undefined;
  return target
    ? [`${titleOf(object)} applies to ${target.kind} ${target.name} at a waypoint only, and a run has none`]
    : [];
};

/** Ports of a Gateway that clients outside the cluster cannot reach by the Service of the ingress gateway. */
function beyondService(object: UserObject, applied: readonly UserObject[]): string[] {
  const ports = portsWithoutService(object, applied);
  return ports.length > 0
    ? [
        `${titleOf(object)} opens port ${ports.join(", ")}, which the Service ${ingress.service} does not have: callers outside the cluster connect to the gateway's pod, and your own Service needs the port`,
      ]
    : [];
}

/** Parts of an object that name something which only another mesh has. */
function withoutCounterpart(object: UserObject): string[] {
  const title = titleOf(object);
  if (object.kind === "Telemetry")
    return telemetryProviders(object.spec ?? {})
      .filter(({ provider }) => !usualProviders.includes(provider))
      .map(
        ({ part, provider }) =>
          `${title} names provider ${provider} in ${part}: without an extensionProvider of this name in the MeshConfig, ${part} has no effect`,
      );
  if (object.kind === "WasmPlugin") {
    const end =
      object.spec?.failStrategy === "FAIL_OPEN"
        ? "works without it (failStrategy FAIL_OPEN)"
        : "rejects every request (failStrategy FAIL_CLOSE)";
    return [`${title} loads ${object.spec?.url ?? "no module"} into the proxies: one that cannot fetch it ${end}`];
  }
  return [];
}

/** Parts of a user's objects that a run applies and that its environment cannot carry out as another mesh would. */
export const untestedParts = (applied: readonly UserObject[]): string[] =>
  applied.flatMap((object) => [
    ...atWaypoints(object, applied),
    ...beyondService(object, applied),
    ...withoutCounterpart(object),
  ]);
