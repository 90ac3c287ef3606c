import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import type { Dataplane } from "../../../model/mesh/ambient";
import { memberLabels } from "../../../model/mesh/injection";
import { app, serviceHost, subsetHeader } from "../../../model/names";
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

/** Script that writes how many of so many answers had which subset, one a line: "     50 v1". */
const countingScript = (url: string, requests: number): string =>
  `curl -s -m ${seconds - 10} -o /dev/null -w '%header{${subsetHeader}}\\n' '${url}?[1-${requests}]' | sort | uniq -c > /dev/termination-log`;

/** A status, "reset", or an error if curl's exit code says nothing about the server. */
function answer(line: string): string | Error {
  const [code = "", status = "no status"] = line.split(" ");
  if (code === "0") return status;
  return ["52", "56"].includes(code) ? "reset" : new Error(`curl ended with ${code}`);
}

interface Membership {
  readonly dataplane: Dataplane;
  readonly isMember: boolean;
}

/** Runs a script in a new pod, and returns the lines that it wrote. @throws Error if the pod did not run as it should */
async function runPod(
  api: Api,
  namespace: string,
  name: string,
  { dataplane, isMember }: Membership,
  command: string,
): Promise<{ readonly lines: readonly string[]; readonly exitCode: number }> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await api.create(pods, callerPod(name, command, memberLabels(dataplane, isMember)));
  const endOf = ({ status }: Pod) =>
    status.containerStatuses?.find(({ name }) => name === callerContainer)?.state.terminated;
  const pod = await poll(
    seconds,
    () => api.get<Pod>(`${pods}/${name}`),
    (observed) => endOf(observed) !== undefined,
  );
  const ended = endOf(pod);
  if (!ended) throw new Error(`the pod did not ask within ${seconds} s`);
  if (isMember && !isInMesh(pod, dataplane)) throw new Error(notInMesh[dataplane]);
  return { lines: ended.message?.trim().split("\n") ?? [], exitCode: ended.exitCode };
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
  membership: Membership,
  urls: readonly string[],
): Promise<(string | Error)[]> {
  const { lines, exitCode } = await runPod(api, namespace, name, membership, script(urls));
  if (lines.length !== urls.length) throw new Error(`the pod ended with ${exitCode} before it had asked`);
  return lines.map(answer);
}

/** Calls the app from a new pod of the mesh. Returns the number of answers by subset; "" for answers without a subset. */
export async function subsetsOf(
  api: Api,
  namespace: string,
  name: string,
  dataplane: Dataplane,
  requests: number,
): Promise<ReadonlyMap<string, number>> {
  const command = countingScript(`http://${serviceHost}:${app.port}/`, requests);
  const { lines } = await runPod(api, namespace, name, { dataplane, isMember: true }, command);
  return new Map(
    lines.map((line) => {
      const [count = "0", subset = ""] = line.trim().split(/\s+/);
      return [subset, Number(count)];
    }),
  );
}
