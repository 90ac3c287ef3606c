import type { Api } from "../../../host/kubernetes";
import { outsideName, trialNamespace } from "../../../model/trial/callers";
import type { Addresses } from "../../../model/trial/send";
import type { Pod } from "./cluster";

interface ClusterService {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly clusterIP?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly port: number }[];
  };
}

/** Addresses of the Services and pods of the running cluster. */
export async function clusterAddresses(api: Api, pods: readonly Pod[], token: Addresses["token"]): Promise<Addresses> {
  const { items } = await api.get<{ items: readonly ClusterService[] }>("/api/v1/services");
  const services = new Map(items.map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service]));
  const behind = (service: ClusterService | undefined): Pod[] => {
    const selector = Object.entries(service?.spec.selector ?? {});
    if (!service || selector.length === 0) return [];
    return pods.filter(
      ({ metadata: { namespace, labels = {} } }) =>
        namespace === service.metadata.namespace && selector.every(([key, value]) => labels[key] === value),
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
    hasPort: (key, port) => services.get(key)?.spec.ports?.some((one) => one.port === port) ?? false,
    gatewayPod: (key) => behind(services.get(key))[0]?.status.podIP,
    outside: address(`${trialNamespace}/${outsideName}`) ?? "",
    token,
  };
}
