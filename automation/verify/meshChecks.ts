import { setTimeout as pause } from "node:timers/promises";
import type { Api } from "../../k3d/apiClient";
import { effectiveModes } from "../../model/mtls";
import { app, serviceHost } from "../../model/names";
import versions from "../../versions.json";
import type { Check } from "./check";

interface Pod {
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state: {
        readonly terminated?: { readonly exitCode: number; readonly message?: string };
        readonly waiting?: { readonly reason?: string };
      };
    }[];
  };
}

const seconds = 60;

/** A pod that asks the app once and ends; the answer is its termination message. */
const caller = (name: string, injected: boolean, url: string) => ({
  metadata: {
    name,
    labels: { "sidecar.istio.io/inject": String(injected) },
    annotations: { "proxy.istio.io/config": JSON.stringify({ holdApplicationUntilProxyStarts: true }) },
  },
  spec: {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: "caller",
        image: versions.curlImage,
        command: ["sh", "-c", `curl -s -m 5 -o /dev/null -w '%{http_code}' ${url} > /dev/termination-log`],
      },
    ],
  },
});

/**
 * What a pod gets from the app, or from another URL: a status, or "reset".
 *
 * @throws Error where the pod could not ask at all
 */
export async function answerTo(
  api: Api,
  namespace: string,
  name: string,
  injected: boolean,
  url = `http://${serviceHost}:${app.port}/`,
): Promise<string> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await api.create(pods, caller(name, injected, url));
  for (const until = Date.now() + seconds * 1000; Date.now() < until; await pause(500)) {
    const { status } = await api.get<Pod>(`${pods}/${name}`);
    const ended = status.containerStatuses?.find((container) => container.name === "caller")?.state.terminated;
    if (!ended) continue;
    if (injected && (status.containerStatuses?.length ?? 0) < 2) throw new Error("the pod got no sidecar");
    if (ended.exitCode === 0) return ended.message ?? "no status";
    if ([52, 56].includes(ended.exitCode)) return "reset";
    throw new Error(`curl ended with ${ended.exitCode}`);
  }
  throw new Error(`the pod did not ask within ${seconds} s`);
}

const from = (who: string, injected: boolean): Check => ({
  step: 8,
  name: `the app answers a pod ${who} as the mTLS mode says`,
  see: async ({ api, scratch, settings }) => {
    const answer = await answerTo(api, scratch, injected ? "with-sidecar" : "without-sidecar", injected);
    const { mode, scope } = effectiveModes(settings).appPort;
    const wanted = mode === "STRICT" && !injected ? "reset" : "200";
    return { holds: answer === wanted, evidence: `${answer}, mode ${mode} by ${scope}` };
  },
});

/** Steps that only a pod in the cluster can see. */
export const meshChecks: readonly Check[] = [from("without sidecar", false), from("with sidecar", true)];
