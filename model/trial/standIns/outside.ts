import type { KubeObject, UserObject } from "../manifests/objects";
import { outsideName, trialNamespace } from "./callers";
import type { StandIn } from "./standIns";

/** The stand-in for everything outside the mesh, which is also where callers outside the cluster send from. */
export function outsideStandIn(objects: readonly UserObject[]): StandIn {
  interface Port {
    readonly number?: number;
    readonly targetPort?: number;
  }
  interface Workload {
    readonly ports?: Readonly<Record<string, number>>;
  }
  const entries = objects.filter(({ kind }) => kind === "ServiceEntry");
  const workloads = [
    ...entries.flatMap(({ spec }) => (spec?.endpoints ?? []) as Workload[]),
    ...objects.filter(({ kind }) => kind === "WorkloadEntry").map(({ spec }) => (spec ?? {}) as Workload),
  ];
  const ports = [
    ...entries.flatMap(({ spec }) =>
      ((spec?.ports ?? []) as Port[]).flatMap(({ number, targetPort }) => [number, targetPort]),
    ),
    ...workloads.flatMap((workload) => Object.values(workload.ports ?? {})),
  ].filter((port): port is number => port !== undefined);
  return {
    id: outsideName,
    namespace: trialNamespace,
    name: outsideName,
    kind: "Deployment",
    version: "",
    labels: { app: outsideName },
    annotations: {},
    services: [`${trialNamespace}/${outsideName}`],
    ports: [...new Set([80, 443, ...ports])].map((number) => ({ number })),
    replicas: 1,
    sidecar: false,
  };
}

export const outsideService = ({ ports }: StandIn): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  // invisible to the mesh, as a host outside it is: proxies must not know its address as a Service of theirs
  metadata: {
    name: outsideName,
    namespace: trialNamespace,
    annotations: { "networking.istio.io/exportTo": "~" },
  },
  spec: {
    selector: { app: outsideName },
    ports: ports.map(({ number }) => ({ name: `tcp-${number}`, port: number, targetPort: number })),
  },
});
