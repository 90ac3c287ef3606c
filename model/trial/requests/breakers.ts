import type { Case } from "../format/cases";
import { destinationRulesFor } from "../manifests/hosts";
import type { UserObject } from "../manifests/objects";
import { fqdnOf, type Service, serviceKey } from "../manifests/services";
import { outsideName } from "../standIns/callers";
import { isNamed, type StandIn } from "../standIns/standIns";

/** Objects of a run that decide how a proxy treats workloads that fail. */
export interface BreakerObjects {
  readonly services: readonly Service[];
  readonly objects: readonly UserObject[];
  readonly standIns: readonly StandIn[];
}

/** DestinationRules for the workloads that a case makes fail. */
function rulesOfFailing({ given }: Pick<Case, "given">, { services, objects, standIns }: BreakerObjects): UserObject[] {
  const failing = Object.entries(given).flatMap(([name, { status = 200, reset = false }]) =>
    status >= 500 || reset ? standIns.filter((standIn) => isNamed(name, standIn)) : [],
  );
  // hosts outside the mesh share one stand-in
  if (failing.some(({ id }) => id === outsideName)) return objects.filter(({ kind }) => kind === "DestinationRule");
  return services
    .filter((service) => failing.some((standIn) => standIn.services.includes(serviceKey(service))))
    .flatMap((service) => destinationRulesFor(fqdnOf(service), objects));
}

/** True if a case disturbs others: it fills connection pools, or makes a proxy eject pods of the workload that misbehaves. */
export const runsAlone = (testCase: Pick<Case, "concurrent" | "given">, surroundings: BreakerObjects): boolean =>
  testCase.concurrent > 1 ||
  rulesOfFailing(testCase, surroundings).some(({ spec }) =>
    /outlierDetection|connectionPool/.test(JSON.stringify(spec)),
  );

interface Detection {
  readonly consecutive5xxErrors?: number;
  readonly consecutiveGatewayErrors?: number;
  readonly baseEjectionTime?: string;
}

/** Every value of a key, at any depth. */
const valuesOf = (value: unknown, key: string): unknown[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(inner, key)]);

/**
 * Milliseconds that a proxy needs to stop sending to a pod that it has ejected. Envoy applies the first ejection at once,
 * and collects later ones for a second
 * (https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto, update_merge_window).
 */
const mergeWindow = 1100;

/**
 * Failures of one pod in a row after which a proxy ejects it, and the milliseconds to wait then; undefined if the case
 * makes no proxy eject a pod.
 */
export function ejectionOf(
  testCase: Pick<Case, "given">,
  surroundings: BreakerObjects,
): { failures: number; pause: number } | undefined {
  const limits = rulesOfFailing(testCase, surroundings)
    .flatMap(({ spec }) => valuesOf(spec, "outlierDetection") as Detection[])
    // a pod that comes back sooner would do so during the pause
    .filter(({ baseEjectionTime = "30s" }) => !/^[0-2](\.\d+)?s$|ms$/.test(baseEjectionTime))
    .flatMap(({ consecutive5xxErrors = 5, consecutiveGatewayErrors = 0 }) => [
      consecutive5xxErrors,
      consecutiveGatewayErrors,
    ])
    .filter((count) => count > 0);
  return limits.length > 0 ? { failures: Math.min(...limits), pause: mergeWindow } : undefined;
}
