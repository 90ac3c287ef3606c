import { app } from "../../names";
import type { Settings } from "../../settings/contract";
import { istioDocs, type LessonCommands, type LessonStep } from "./step";

/** Steps 7 and 8: sidecars and mutual TLS. */
export const meshSteps = (settings: Settings, { set, status, pod }: LessonCommands): readonly LessonStep[] => [
  {
    step: 7,
    title: "Sidecars",
    text: "A webhook of istiod adds the sidecar when a pod is created. So a change of the injection replaces the pods. Without sidecars the app still answers: the gateway sends plain text to it.",
    commands: [
      set("sidecarInjection", "off"),
      `kubectl get pods -n ${app.namespace}`,
      set("sidecarInjection", settings.sidecarInjection),
      `kubectl get pods -n ${app.namespace}`,
      "istioctl proxy-status",
    ],
    see: "First 1/1 containers are ready in each pod, then 2/2. The gateway and both pods are among the proxies of istiod.",
    learned:
      "A workload without a sidecar can be reached, but has no policies. You can move workloads into the mesh one by one.",
    links: [
      istioDocs("Sidecar injection", "setup/additional-setup/sidecar-injection"),
      istioDocs("Debugging Envoy and istiod", "ops/diagnostic-tools/proxy-cmd"),
    ],
  },
  {
    step: 8,
    title: "Mutual TLS",
    text: "Between sidecars, mutual TLS is automatic. In the mode PERMISSIVE a sidecar also accepts plain text. In the mode STRICT it resets such connections. A change of the mode restarts no pod. `mtlsNamespaceMode`, `mtlsWorkloadMode` and `mtlsPortMode` set the mode of a narrower scope, and the narrowest scope wins. The exercises show all four scopes, and `peer` in their cases is the certificate that the sidecar of the target saw: without one, the request was plain text on the wire. To read the wire yourself, capture in a pod of an exercise, for example by `kubectl debug` with an image that has tcpdump: between two sidecars you see TLS records, and no HTTP.",
    resources: ["PeerAuthentication"],
    commands: [
      pod("before", false),
      set("mtlsMode", "STRICT"),
      pod("plain", false),
      pod("meshed", true),
      status(),
      set("mtlsMode", settings.mtlsMode),
    ],
    see: "The first pod gets an answer. Under STRICT, the pod without sidecar is reset, the pod with a sidecar gets an answer, and the ingress gateway answers 200.",
    mistakes: ["strict-without-sidecar", "mutual-tls-by-service-port"],
    learned:
      "The sidecar of the target enforces the mode. STRICT has no effect on a pod without a sidecar, and breaks callers without one.",
    links: [
      istioDocs("Mutual TLS migration", "tasks/security/authentication/mtls-migration"),
      istioDocs("PeerAuthentication", "reference/config/security/peer_authentication"),
    ],
  },
];
