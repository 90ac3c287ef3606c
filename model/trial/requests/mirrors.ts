import type { UserObject } from "../manifests/objects";
import { domainOfServices, istioHost } from "../manifests/services";
import { isNamed, type StandIn } from "../standIns/standIns";
import { type Arrival, answeredBy, type Observation } from "./observation";

interface Destination {
  readonly host?: string;
  readonly subset?: string;
}
interface Route {
  readonly mirror?: Destination;
  readonly mirrors?: readonly { readonly destination?: Destination }[];
}
interface Filter {
  readonly requestMirror?: { readonly backendRef?: { readonly name: string; readonly namespace?: string } };
}

/** Service of a host of Istio's, NAMESPACE/NAME. */
function serviceOfHost(host: string, namespace: string): string {
  const [name, owner] = istioHost(host, namespace).replace(`.${domainOfServices}`, "").split(".");
  return `${owner}/${name}`;
}

/** Stand-ins to which a route sends copies of requests. */
export function mirrorTargets(objects: readonly UserObject[], standIns: readonly StandIn[]): ReadonlySet<string> {
  const names = objects.flatMap(({ kind, spec = {}, $ }) => {
    if (kind === "VirtualService")
      return ((spec.http ?? []) as Route[])
        .flatMap(({ mirror, mirrors = [] }) => [mirror, ...mirrors.map(({ destination }) => destination)])
        .flatMap((to) =>
          to?.host ? [[serviceOfHost(to.host, $.namespace), to.subset].filter(Boolean).join("/")] : [],
        );
    if (kind !== "HTTPRoute") return [];
    const rules = (spec.rules ?? []) as { filters?: readonly Filter[] }[];
    return rules
      .flatMap(({ filters = [] }) => filters)
      .flatMap(({ requestMirror: { backendRef: to } = {} }) =>
        to ? [`${to.namespace ?? $.namespace}/${to.name}`] : [],
      );
  });
  return new Set(standIns.filter((standIn) => names.some((name) => isNamed(name, standIn))).map(({ id }) => id));
}

/**
 * Marks the arrivals that are copies by a mirror. Istio's proxies send copies with the host name of the original, so that
 * only the place tells: a mirror's target that is not the workload which answered.
 */
export function markCopies(observation: Observation, targets: ReadonlySet<string>): Observation {
  const answering = answeredBy(observation)?.workload;
  const isCopy = ({ workload, shadow }: Arrival) => shadow || (targets.has(workload) && workload !== answering);
  return { ...observation, arrivals: observation.arrivals.map((arrival) => ({ ...arrival, shadow: isCopy(arrival) })) };
}
