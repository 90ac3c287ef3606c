import type { Api } from "../../../host/kubernetes";
import { watch } from "../../../host/wait";
import { app } from "../../../model/names";
import { type Bystander, bystanderRoutes, bystanders } from "../../../model/verification/probeTargets";
import type { Subject } from "./check";

interface Pod {
  readonly spec: object;
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const seconds = 60;

const started = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status }) => type === "ContainersReady" && status === "True") ?? false;

/** Whether a pod carries Istio's proxy, as a container or, since Kubernetes 1.29, as an init container that goes on. */
export const hasSidecar = ({ spec }: Pick<Pod, "spec">): boolean =>
  JSON.stringify(spec).includes('"name":"istio-proxy"');

/** The image that version 1 of the app runs. */
export async function stableImage(api: Api): Promise<string> {
  interface Deployment {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly { image: string; name: string }[] } };
    };
  }
  const path = `/apis/apps/v1/namespaces/${app.namespace}/deployments/${app.name}-v1`;
  const { spec } = await api.get<Deployment>(path);
  return spec.template.spec.containers.find(({ name }) => name === app.name)?.image ?? "";
}

/** A pod that is there to be called, and whether it lacks the sidecar that it should have. */
export interface Called extends Bystander {
  readonly bare: boolean;
}

/**
 * Makes a pod to call for each target beside the app's own port, and the ingress gateway's routes to them.
 *
 * @throws Error where one does not start
 */
export async function makeBystanders({ api, scratch, settings }: Subject, host: string): Promise<Called[]> {
  const { metadata } = await api.get<{ metadata: { uid: string } }>(`/api/v1/namespaces/${scratch}`);
  const them = bystanders({ name: scratch, uid: metadata.uid }, settings, await stableImage(api));
  for (const { namespace, pod, service } of them) {
    await api.create(`/api/v1/namespaces/${namespace}/pods`, pod);
    await api.create(`/api/v1/namespaces/${namespace}/services`, service);
  }
  const called: Called[] = [];
  for (const one of them) {
    const path = `/api/v1/namespaces/${one.namespace}/pods/${one.name}`;
    const seen = await watch(seconds, () => api.get<Pod>(path), started);
    if (!started(seen)) throw new Error(`a pod to call did not start within ${seconds} s`);
    called.push({ ...one, bare: one.injected && !hasSidecar(seen) });
  }
  await api.create(`/apis/networking.istio.io/v1/namespaces/${scratch}/virtualservices`, bystanderRoutes(host, them));
  return called;
}
