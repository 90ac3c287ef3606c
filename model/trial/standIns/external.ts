import type { Tests } from "../format/cases";
import { type Service, serviceByDns, serviceKey } from "../manifests/services";
import { urlParts } from "../requests/urls";
import { outsideName } from "./callers";

/** Service of type LoadBalancer that a host name means for somebody outside the cluster: NAME.NAMESPACE, or its full name. */
export function externalService(host: string, services: readonly Service[]): Service | undefined {
  const service = host.includes(".") ? serviceByDns(host, "", services) : undefined;
  return service?.object.spec?.type === "LoadBalancer" ? service : undefined;
}

/** Services that cases call from outside the cluster by name, NAMESPACE/NAME. */
export const externalServices = ({ cases, callers }: Tests, services: readonly Service[]): ReadonlySet<string> =>
  new Set(
    cases
      .filter(({ from }) => from === outsideName || callers.get(from)?.gateway !== undefined)
      .flatMap(({ request }) => externalService(urlParts(request.url).host, services) ?? [])
      .map(serviceKey),
  );
