import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { binomialBand } from "../../../model/canary/share";
import { app, meshNamespace } from "../../../model/names";
import { type Target, targets } from "../../../model/security/mtls";
import { hboneConnections } from "../../../model/verification/hbone";
import { subsetsOf } from "./callers";
import type { Check } from "./check";
import { callMatrix } from "./meshChecks";
import { runningPods } from "./proxyChecks";

/** Port of ztunnel's statistics. */
const statisticsPort = 15020;
/** Seconds in which ztunnel counts a connection. */
const timeout = 10;

/** Statistics of every ztunnel. @throws Error if none runs, or one does not answer */
async function ztunnelStatistics(api: Api): Promise<string[]> {
  const pods = await runningPods(api, "ztunnel");
  if (pods.length === 0) throw new Error("no ztunnel is running");
  const path = (name: string) => `/api/v1/namespaces/${meshNamespace}/pods/${name}:${statisticsPort}/proxy/metrics`;
  return Promise.all(pods.map(({ metadata }) => api.text(path(metadata.name))));
}

/** Targets that belong to the run, so that nobody else called them. */
const ofRun = (Object.keys(targets) as Target[]).filter((target) => target !== "appPort").length;

const requests = 500;

/** The check that a waypoint splits the calls of pods, which the ingress gateway never sees. */
const meshShare: Check = {
  step: 9,
  id: "mesh-share",
  title: "version 2 gets its share of the calls of pods, by the waypoint",
  section: "ambient",
  remedy: [`kubectl get gateway,pods -n ${app.namespace}`],
  when: ({ waypoint }) => waypoint,
  run: async ({ api, scratch, settings }) => {
    const counts = await subsetsOf(api, scratch, "share", settings.dataplane, requests);
    const [stable, canary] = [counts.get("v1") ?? 0, counts.get("v2") ?? 0];
    const { low, high } = binomialBand(requests, settings.canaryWeight / 100);
    const others = requests - stable - canary;
    return {
      passed: others === 0 && canary >= low && canary <= high,
      evidence: `${canary} of ${requests}, band ${low} to ${high}${others > 0 ? `; ${others} without a version` : ""}`,
    };
  },
};

/**
 * Checks of ambient. The first one proves that it encrypts: the matrix of calls would also pass if everything were plain text.
 */
export const ambientChecks: readonly Check[] = [
  {
    step: 8,
    id: "mtls-hbone",
    title: "ztunnel encrypts calls of the gateway and of pods in ambient",
    section: "ambient",
    remedy: [`kubectl logs -n ${meshNamespace} daemonset/ztunnel`],
    when: ({ dataplane }) => dataplane === "ambient",
    run: async (context) => {
      await callMatrix(context);
      const connections = await poll(
        timeout,
        async () => hboneConnections(await ztunnelStatistics(context.api), context.scratch),
        ({ fromGateway, fromMember }) => fromGateway.length === ofRun && fromMember.length === ofRun,
      );
      return {
        passed: connections.fromGateway.length === ofRun && connections.fromMember.length === ofRun,
        evidence: `HBONE with both identities to ${connections.fromGateway.length} of ${ofRun} targets from the ingress gateway, and to ${connections.fromMember.length} of ${ofRun} from the pod in ambient`,
      };
    },
  },
  meshShare,
];
