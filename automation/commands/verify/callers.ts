import type { Api } from "../../../host/kubernetes";
import { watch } from "../../../host/wait";
import type { Dataplane } from "../../../model/mesh/ambient";
import { memberLabels } from "../../../model/mesh/injection";
import { callerContainer, callerPod } from "../../../model/security/callerPod";
import { isInMesh } from "./probeTargets";

interface Container {
  readonly name: string;
  readonly state: { readonly terminated?: { readonly exitCode: number; readonly message?: string } };
}
interface Pod {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: object;
  readonly status: { readonly containerStatuses?: readonly Container[] };
}

const seconds = 60;

/** Reason why a pod that should be a member of the mesh is none. */
export const notInMesh: Readonly<Record<Dataplane, string>> = {
  sidecar: "the pod got no sidecar",
  ambient: "ztunnel did not get the traffic of the pod",
};

/** Script that writes one line for each URL to the termination message: curl's exit code and the status of the answer. */
const script = (urls: readonly string[]): string =>
  `for url in ${urls.join(" ")}; do status=$(curl -s -m 5 -o /dev/null -w '%{http_code}' "$url"); echo "$? $status"; done > /dev/termination-log`;

/** A status, "reset", or an error if curl's exit code says nothing about the server. */
function answer(line: string): string | Error {
  const [code = "", status = "no status"] = line.split(" ");
  if (code === "0") return status;
  return ["52", "56"].includes(code) ? "reset" : new Error(`curl ended with ${code}`);
}

/**
 * Calls URLs from a new pod, and returns for each a status, "reset", or the reason why the pod could not call it.
 *
 * @throws Error if the pod could not call any URL
 */
export async function answersTo(
  api: Api,
  namespace: string,
  name: string,
  { dataplane, isMember }: { readonly dataplane: Dataplane; readonly isMember: boolean },
  urls: readonly string[],
): Promise<(string | Error)[]> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await api.create(pods, callerPod(name, script(urls), memberLabels(dataplane, isMember)));
  const endOf = ({ status }: Pod) =>
    status.containerStatuses?.find(({ name }) => name === callerContainer)?.state.terminated;
  const pod = await watch(
    seconds,
    () => api.get<Pod>(`${pods}/${name}`),
    (seen) => endOf(seen) !== undefined,
  );
  const ended = endOf(pod);
  if (!ended) throw new Error(`the pod did not ask within ${seconds} s`);
  if (isMember && !isInMesh(pod, dataplane)) throw new Error(notInMesh[dataplane]);
  const lines = ended.message?.trim().split("\n") ?? [];
  if (lines.length !== urls.length) throw new Error(`the pod ended with ${ended.exitCode} before it had asked`);
  return lines.map(answer);
}
