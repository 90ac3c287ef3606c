import { watch } from "../../../host/wait";
import { format, parseSubnet } from "../../../model/cluster/addressPool";
import { app } from "../../../model/names";
import { effectiveModes } from "../../../model/security/mtls";
import type { Settings } from "../../../model/settings/contract";
import { meshMistakes } from "../../../model/verification/mistakes";
import { stableImage } from "../verify/bystanders";
import { answerTo } from "../verify/callers";
import type { Exercise } from "./exercise";

const peerAuthentications = (namespace: string): string =>
  `/apis/security.istio.io/v1/namespaces/${namespace}/peerauthentications`;

const peerAuthentication = (name: string, spec: object) => ({
  apiVersion: "security.istio.io/v1",
  kind: "PeerAuthentication",
  metadata: { name },
  spec,
});

const addressOutside: Exercise = {
  ...meshMistakes.addressOutside,
  make: async ({ api, scratch, settings }) => {
    const network = parseSubnet(settings.subnet);
    const node = format((network?.first ?? 0) + 2);
    const services = `/api/v1/namespaces/${scratch}/services`;
    await api.create(services, {
      metadata: { name: "outside", annotations: { "metallb.io/loadBalancerIPs": node } },
      spec: { type: "LoadBalancer", allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] },
    });
    interface Events {
      readonly items: readonly { readonly reason: string; readonly message: string }[];
    }
    const refusal = await watch(
      20,
      async () => {
        const { items } = await api.get<Events>(`/api/v1/namespaces/${scratch}/events`);
        return items.find(({ reason }) => reason === "AllocationFailed")?.message;
      },
      (message) => message !== undefined,
    );
    const { status } = await api.get<{ status: { loadBalancer: { ingress?: object[] } } }>(`${services}/outside`);
    const pending = status.loadBalancer.ingress === undefined;
    return {
      holds: pending && refusal !== undefined,
      evidence: `EXTERNAL-IP ${pending ? "pending" : "given"}; ${refusal ?? "no event tells why"}`,
    };
  },
};

const strictWithoutSidecar: Exercise = {
  ...meshMistakes.strictWithoutSidecar,
  make: async ({ api, scratch }) => {
    const pods = `/api/v1/namespaces/${scratch}/pods`;
    await api.create(peerAuthentications(scratch), peerAuthentication("default", { mtls: { mode: "STRICT" } }));
    await api.create(pods, {
      metadata: { name: "plain", labels: { "sidecar.istio.io/inject": "false" } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: app.name, image: await stableImage(api) }],
      },
    });
    const ip = await watch(
      60,
      async () => (await api.get<{ status: { podIP?: string } }>(`${pods}/plain`)).status.podIP,
      (address) => address !== undefined,
    );
    if (!ip) throw new Error("the pod did not start within 60 s");
    const answer = await answerTo(api, scratch, "strict", false, `http://${ip}:${app.containerPort}/`);
    return { holds: answer === "200", evidence: `a pod without sidecar still gets ${answer}` };
  },
};

/** Whether plain text reaches the app now, and no other PeerAuthentication of the workload would hide this one. */
const open = (settings: Settings): boolean =>
  effectiveModes(settings).appPort.mode === "PERMISSIVE" &&
  settings.mtlsWorkloadMode === "UNSET" &&
  settings.mtlsPortMode === "UNSET" &&
  settings.sidecarInjection !== "off";

const servicePort: Exercise = {
  ...meshMistakes.servicePort,
  when: open,
  make: async ({ api, scratch }, onUndo) => {
    const path = peerAuthentications(app.namespace);
    const selector = { matchLabels: { app: app.name } };
    const strict = (port: number) =>
      peerAuthentication("lesson", { selector, portLevelMtls: { [port]: { mode: "STRICT" } } });
    await api.create(path, strict(app.port));
    onUndo(() => api.remove(`${path}/lesson`));
    const wrong = await answerTo(api, scratch, "by-service-port", false);
    await api.remove(`${path}/lesson`);
    await api.create(path, strict(app.containerPort));
    let asked = 0;
    const right = await watch(
      30,
      () => answerTo(api, scratch, `by-container-port-${asked++}`, false),
      (answer) => answer === "reset",
    );
    return {
      holds: wrong === "200" && right === "reset",
      evidence: `by ${app.port} a pod without sidecar still gets ${wrong}; by ${app.containerPort}: ${right}`,
    };
  },
};

/** Exercises that need pods and Services of their own. */
export const meshExercises: readonly Exercise[] = [addressOutside, strictWithoutSidecar, servicePort];
