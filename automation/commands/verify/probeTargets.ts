import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { hasCondition, type WithConditions } from "../../../model/kubernetes";
import { type Dataplane, redirectionAnnotation } from "../../../model/mesh/ambient";
import { app } from "../../../model/names";
import { type ProbeTarget, probeRoutes, probeTargets } from "../../../model/verification/probeTargets";
import type { CheckContext } from "./check";

interface Pod extends WithConditions {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: object;
}

const seconds = 60;

const isStarted = (pod: Pod): boolean => hasCondition(pod, "ContainersReady");

/** True if a pod has Istio's proxy, as a container or, since Kubernetes 1.29, as an init container that keeps running. */
export const hasSidecar = ({ spec }: Pick<Pod, "spec">): boolean =>
  JSON.stringify(spec).includes('"name":"istio-proxy"');

/** True if a pod is a member of the mesh: it has a sidecar, or ztunnel has its traffic. */
export const isInMesh = (pod: Pick<Pod, "spec" | "metadata">, dataplane: Dataplane): boolean =>
  dataplane === "ambient" ? pod.metadata.annotations?.[redirectionAnnotation] === "enabled" : hasSidecar(pod);

/** The image that version 1 of the app runs. */
async function stableImage(api: Api): Promise<string> {
  interface Deployment {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly { image: string; name: string }[] } };
    };
  }
  const path = `/apis/apps/v1/namespaces/${app.namespace}/deployments/${app.name}-v1`;
  const { spec } = await api.get<Deployment>(path);
  return spec.template.spec.containers.find(({ name }) => name === app.name)?.image ?? "";
}

/** A probe target whose pod runs. */
export interface RunningTarget extends ProbeTarget {
  /** True if the pod should be a member of the mesh, and is none. */
  readonly isLeftOut: boolean;
}

/**
 * Creates a pod for each target other than the app's own port, and the ingress gateway's routes to them.
 *
 * @throws Error if a pod does not start
 */
export async function createProbeTargets(
  { api, scratch, settings }: CheckContext,
  host: string,
): Promise<RunningTarget[]> {
  const { metadata } = await api.get<{ metadata: { uid: string } }>(`/api/v1/namespaces/${scratch}`);
  const targets = probeTargets({ name: scratch, uid: metadata.uid }, settings, await stableImage(api));
  for (const { namespace, pod, service } of targets) {
    await api.create(`/api/v1/namespaces/${namespace}/pods`, pod);
    await api.create(`/api/v1/namespaces/${namespace}/services`, service);
  }
  const called: RunningTarget[] = [];
  for (const target of targets) {
    const path = `/api/v1/namespaces/${target.namespace}/pods/${target.name}`;
    const pod = await poll(seconds, () => api.get<Pod>(path), isStarted);
    if (!isStarted(pod)) throw new Error(`a probe target did not start within ${seconds} s`);
    called.push({ ...target, isLeftOut: target.isMember && !isInMesh(pod, settings.dataplane) });
  }
  for (const { collection, route } of probeRoutes(host, scratch, targets, settings))
    await api.create(collection, route);
  return called;
}
