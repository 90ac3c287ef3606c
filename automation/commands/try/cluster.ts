import { type Api, listOf } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { type Condition, isRunning } from "../../../model/kubernetes";
import { injectLabel, injectorOf } from "../../../model/mesh/injection";
import { meshNamespace } from "../../../model/names";
import type { Texts } from "../../../model/trial/manifests/objects";
import type { Plan } from "../../../model/trial/plan";
import { containerName, trialLabel, workloadLabel } from "../../../model/trial/standIns/pods";
import { exitCodes, OperationFailed } from "../../stack/operation";

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly spec: { readonly containers: readonly Named[]; readonly initContainers?: readonly Named[] };
  readonly status: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly containerStatuses?: readonly Waiting[];
    readonly initContainerStatuses?: readonly Waiting[];
  };
}
interface Named {
  readonly name: string;
}
interface Waiting extends Named {
  readonly image: string;
  readonly state: { readonly waiting?: { readonly reason: string; readonly message?: string } };
}
interface Workload {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** Seconds for an answer of a proxy: the pods of a run that start may keep a small machine busy. */
export const answerSeconds = 20;
/** Seconds in which the pods of a run start: a part for the first, and a part for each workload. */
const startSeconds = (workloads: number): number => 120 + 10 * workloads;

const hopeless = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainerConfigError|CrashLoopBackOff)$/;

export const hasProxy = ({ spec }: Pick<Pod, "spec">): boolean =>
  [...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === "istio-proxy");

/** True for a sidecar or a gateway. ztunnel's container has the same name, and is no Envoy. */
export const isEnvoy = (pod: Pick<Pod, "metadata" | "spec">): boolean =>
  hasProxy(pod) && pod.metadata.labels?.["app"] !== "ztunnel";

/** Workload that makes a pod, NAMESPACE/NAME. A ReplicaSet has the name of its Deployment and a hash. */
const workloadOf = ({ metadata }: Pod): string | undefined => {
  const [owner] = metadata.ownerReferences ?? [];
  return (
    owner && `${metadata.namespace}/${owner.kind === "ReplicaSet" ? owner.name.replace(/-[^-]+$/, "") : owner.name}`
  );
};

/** Reason why a pod will not start, with the place of its workload in the manifests. Undefined while it may start. */
function obstacle(pod: Pod, placeOf: (workload: string) => string | undefined): string | undefined {
  const { metadata, status } = pod;
  const place = placeOf(workloadOf(pod) ?? "");
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const stuck = statuses.find(({ state }) => hopeless.test(state.waiting?.reason ?? ""));
  const { reason, message = "" } = stuck?.state.waiting ?? {};
  const text = stuck && `pod ${metadata.namespace}/${metadata.name}: ${reason} ${stuck.image} ${message}`.trim();
  return text && (place ? `${place}: ${text}` : text);
}

const ready = ({ metadata, spec, status }: Workload): boolean =>
  (status.observedGeneration ?? 0) >= metadata.generation &&
  (status.replicas ?? 0) === spec.replicas &&
  (status.updatedReplicas ?? 0) === spec.replicas &&
  (status.readyReplicas ?? 0) === spec.replicas;

const key = ({ metadata }: { metadata: { name: string; namespace: string } }): string =>
  `${metadata.namespace}/${metadata.name}`;

/** Every pod of the cluster that runs. */
export const allPods = async (api: Api): Promise<Pod[]> => (await listOf<Pod>(api, "/api/v1/pods")).filter(isRunning);

/**
 * Waits until every workload of a run is ready.
 *
 * @param names - workloads that have to be there, NAMESPACE/NAME
 * @param placeOf - place in the manifests of a workload whose containers are the user's, FILE:LINE
 * @throws OperationFailed with every pod that does not start, and why
 */
export async function waitForPods(
  api: Api,
  stack: string,
  names: readonly string[],
  placeOf: (workload: string) => string | undefined = () => undefined,
): Promise<void> {
  const selector = `${trialLabel}=${stack}`;
  const observe = async () => {
    const kinds = ["deployments", "statefulsets"];
    const lists = await Promise.all(kinds.map((kind) => listOf<Workload>(api, `/apis/apps/v1/${kind}`, selector)));
    const workloads = lists.flat();
    const missing = names.filter((name) => !workloads.some((workload) => key(workload) === name && ready(workload)));
    const pods =
      missing.length === 0
        ? []
        : // a gateway of the user's own, or one that istiod makes, has no label of the run
          (await listOf<Pod>(api, "/api/v1/pods")).filter(
            (pod) => pod.metadata.labels?.[workloadLabel] !== undefined || missing.includes(workloadOf(pod) ?? ""),
          );
    const refused = workloads.flatMap(({ metadata, status }) =>
      (status.conditions ?? [])
        .filter(({ type, status }) => type === "ReplicaFailure" && status === "True")
        .map(({ message }) => `${metadata.namespace}/${metadata.name}: ${message}`),
    );
    return { missing, stuck: [...pods.flatMap((pod) => obstacle(pod, placeOf) ?? []), ...refused] };
  };
  const seconds = startSeconds(names.length);
  const { missing, stuck } = await poll(
    seconds,
    observe,
    (observation) => observation.missing.length === 0 || observation.stuck.length > 0,
  );
  if (stuck.length > 0) throw new OperationFailed(`not every pod starts:\n${stuck.join("\n")}`, exitCodes.environment);
  if (missing.length > 0)
    throw new OperationFailed(
      `not ready after ${seconds} s: ${missing.map((name) => [placeOf(name), name].filter(Boolean).join(" ")).join(", ")}`,
      exitCodes.environment,
    );
}

/** Pods in the namespaces of a run, and those of the mesh's own, such as gateways. */
export function podsOfRun({ objects }: Pick<Plan, "objects">, pods: readonly Pod[]): Pod[] {
  const namespaces = new Set([meshNamespace, ...objects.map(({ metadata }) => metadata.namespace)]);
  return pods.filter(({ metadata }) => namespaces.has(metadata.namespace));
}

/** Pods of a workload of a run, NAMESPACE/NAME. */
export const podsOf = (pods: readonly Pod[], workload: string): Pod[] =>
  pods.filter(({ metadata }) => `${metadata.namespace}/${metadata.labels?.[workloadLabel]}` === workload);

/** Pods that should have a sidecar and have none: what they show would be of a mesh that is not there. */
export function withoutSidecar(plan: Plan, pods: readonly Pod[]): string[] {
  const namespaces = new Map(
    plan.objects
      .filter(({ kind }) => kind === "Namespace")
      .map(({ metadata: { name, labels = {} } }) => [name, labels] as const),
  );
  const senders = plan.callers.map((caller) => ({ ...caller, name: caller.workload, annotations: {} }));
  return [...plan.standIns, ...senders]
    .filter(({ namespace, sidecar, labels, annotations }) => {
      // the annotation is the old form of the label, which counts if both are there
      const { [injectLabel]: inject } = annotations as Texts;
      const podLabels = { ...(inject !== undefined && { [injectLabel]: inject }), ...labels };
      return sidecar ?? injectorOf(namespaces.get(namespace) ?? {}, podLabels) !== undefined;
    })
    .flatMap(({ namespace, name }) => podsOf(pods, `${namespace}/${name}`))
    .filter((pod) => !hasProxy(pod))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

export { containerName };
