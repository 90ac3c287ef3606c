import { ingress, portsWithoutService } from "./gateways";
import type { UserObject } from "./objects";
import { objectTitle } from "./reasons/context";

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

/** Parts of a user's objects that a run applies and that its environment cannot carry out as another mesh would. */
export const untestedParts = (applied: readonly UserObject[]): string[] =>
  applied.flatMap((object) => {
    const title = objectTitle(object);
    if (object.kind === "Telemetry")
      return telemetryProviders(object.spec ?? {})
        .filter(({ provider }) => !usualProviders.includes(provider))
        .map(
          ({ part, provider }) =>
            `${title} names provider ${provider} in ${part}: without an extensionProvider of this name in the MeshConfig, ${part} has no effect`,
        );
    const ports = portsWithoutService(object, applied);
    if (ports.length > 0)
      return [
        `${title} opens port ${ports.join(", ")}, which the Service ${ingress.service} does not have: callers outside the cluster connect to the gateway's pod, and your own Service needs the port`,
      ];
    if (object.kind === "WasmPlugin") {
      const end =
        object.spec?.failStrategy === "FAIL_OPEN"
          ? "works without it (failStrategy FAIL_OPEN)"
          : "rejects every request (failStrategy FAIL_CLOSE)";
      return [`${title} loads ${object.spec?.url ?? "no module"} into the proxies: one that cannot fetch it ${end}`];
    }
    return [];
  });
