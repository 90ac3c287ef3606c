import type { Api } from "../../../host/kubernetes";
import { watch } from "../../../host/wait";
import { meshNamespace } from "../../../model/names";
import { type Target, targets } from "../../../model/security/mtls";
import { hboneConnections } from "../../../model/verification/hbone";
import type { Check } from "./check";
import { callMatrix } from "./meshChecks";
import { running } from "./proxyChecks";

/** Port of ztunnel's statistics. */
const statisticsPort = 15020;
/** Seconds in which ztunnel counts a connection. */
const reach = 10;

/** Statistics of every ztunnel. @throws Error if none runs, or one does not answer */
async function ztunnelStatistics(api: Api): Promise<string[]> {
  const pods = await running(api, `/api/v1/namespaces/${meshNamespace}/pods?labelSelector=app%3Dztunnel`);
  if (pods.length === 0) throw new Error("no ztunnel is running");
  const path = (name: string) => `/api/v1/namespaces/${meshNamespace}/pods/${name}:${statisticsPort}/proxy/metrics`;
  return Promise.all(pods.map(({ metadata }) => api.text(path(metadata.name))));
}

/** Targets that belong to the run, so that nobody else called them. */
const ofRun = (Object.keys(targets) as Target[]).filter((target) => target !== "appPort").length;

/** The check that ambient encrypts: the matrix of calls alone would also pass if everything were plain text. */
export const hboneChecks: readonly Check[] = [
  {
    step: 8,
    id: "mtls-hbone",
    title: "ztunnel encrypts calls of the gateway and of pods in ambient",
    section: "ambient",
    remedy: [`kubectl logs -n ${meshNamespace} daemonset/ztunnel`],
    when: ({ dataplane }) => dataplane === "ambient",
    run: async (context) => {
      await callMatrix(context);
      const seen = await watch(
        reach,
        async () => hboneConnections(await ztunnelStatistics(context.api), context.scratch),
        ({ fromGateway, fromMember }) => fromGateway.length === ofRun && fromMember.length === ofRun,
      );
      return {
        passed: seen.fromGateway.length === ofRun && seen.fromMember.length === ofRun,
        evidence: `HBONE with both identities to ${seen.fromGateway.length} of ${ofRun} targets from the ingress gateway, and to ${seen.fromMember.length} of ${ofRun} from the pod in ambient`,
      };
    },
  },
];
