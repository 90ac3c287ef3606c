import { type Condition, hasCondition } from "../kubernetes";
import type { PodRow } from "./state";

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: { readonly waiting?: { readonly reason?: string } };
}

/** The fields of a Pod that the page needs, as the API server returns them. */
export interface Pod {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/**
 * A pod as `kubectl get pods` shows it. A native sidecar, an init container that keeps running, counts as a container.
 *
 * The containers of a node that stopped reporting keep their last state, so the pod's condition Ready decides: Kubernetes
 * makes it False when the node is not Ready (https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller).
 */
export function podRow({ metadata, spec, status }: Pod): PodRow {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const names = [...spec.containers, ...sidecars].map(({ name }) => name);
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const counted = statuses.filter(({ name }) => names.includes(name));
  const ready = counted.filter((container) => container.ready).length;
  const waiting = statuses.find(({ state }) => state?.waiting?.reason)?.state?.waiting?.reason;
  const phase = status.phase ?? "Unknown";
  const shown = metadata.deletionTimestamp ? "Terminating" : (waiting ?? phase);
  const isReady = hasCondition({ status }, "Ready");
  const runs = shown === "Running" && ready === names.length;
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    ready: `${ready}/${names.length}`,
    status: runs && !isReady ? `${shown}, not Ready (node ${spec.nodeName ?? "unknown"})` : shown,
    healthy: runs && isReady,
    restarts: counted.reduce((sum, { restartCount }) => sum + restartCount, 0),
  };
}
