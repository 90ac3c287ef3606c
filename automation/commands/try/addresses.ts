import { type Api, listOf } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { matchesLabels } from "../../../model/trial/manifests/labels";
import type { Addresses } from "../../../model/trial/requests/destination";
import { outsideName, trialNamespace } from "../../../model/trial/standIns/callers";
import type { Pod } from "./cluster";

interface ClusterService {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly clusterIP?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly port: number }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

/** Seconds in which MetalLB assigns an address to a Service, or reports why it does not. */
const allocation = 20;

interface Event {
  readonly reason: string;
  readonly message: string;
}

/** Waits for the external address of a Service. Returns the address, or the reason why there is none. */
async function externalAddress(api: Api, key: string): Promise<{ address: string } | { unresolved: string }> {
  const [namespace, name] = key.split("/");
  const query = encodeURIComponent(`involvedObject.kind=Service,involvedObject.name=${name}`);
  const observe = async () => {
    const { status } = await api.get<ClusterService>(`/api/v1/namespaces/${namespace}/services/${name}`);
    const events = await listOf<Event>(api, `/api/v1/namespaces/${namespace}/events?fieldSelector=${query}`);
    const refusal = events.find(({ reason }) => reason === "AllocationFailed")?.message;
    return { ip: status?.loadBalancer?.ingress?.[0]?.ip, refusal };
  };
  const { ip, refusal } = await poll(allocation, observe, (observation) =>
    Boolean(observation.ip ?? observation.refusal),
  );
  if (ip) return { address: ip };
  return { unresolved: `Service ${key} has no external address: ${refusal ?? `none after ${allocation} s`}` };
}

/** Addresses of the Services and pods of the running cluster. */
export async function clusterAddresses(
  api: Api,
  pods: readonly Pod[],
  token: Addresses["token"],
  called: readonly string[] = [],
): Promise<Addresses> {
  const external = new Map(
    await Promise.all(called.map(async (key) => [key, await externalAddress(api, key)] as const)),
  );
  const existing = await listOf<ClusterService>(api, "/api/v1/services");
  const services = new Map(
    existing.map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service]),
  );
  const behind = (service: ClusterService | undefined): Pod[] => {
    const selector = service?.spec.selector ?? {};
    if (!service || Object.keys(selector).length === 0) return [];
    return pods.filter(
      ({ metadata: { namespace, labels = {} } }) =>
        namespace === service.metadata.namespace && matchesLabels(selector, labels),
    );
  };
  const address = (key: string): string | undefined => {
    const [namespace, name, pod] = key.split("/");
    const service = services.get(`${namespace}/${name}`);
    if (pod !== undefined) return behind(service).find(({ metadata }) => metadata.name === pod)?.status.podIP;
    const ip = service?.spec.clusterIP;
    return ip === "None" ? behind(service)[0]?.status.podIP : ip;
  };
  return {
    service: address,
    hasPort: (key, port) => services.get(key)?.spec.ports?.some((candidate) => candidate.port === port) ?? false,
    gatewayPod: (key) => behind(services.get(key))[0]?.status.podIP,
    outside: address(`${trialNamespace}/${outsideName}`) ?? "",
    external: (key) => external.get(key) ?? { unresolved: `Service ${key} has no external address` },
    token,
  };
}
