import { app } from "../../names";
import type { Settings } from "../../settings/contract";
import { istioDocs, type LessonCommands, type LessonStep, type StepEnd } from "./step";

/** The bytes of a call with and without mutual TLS, which a pod between caller and app prints. */
const wire = ({ pod, callFrom }: LessonCommands): StepEnd => ({
  title: "The bytes on the wire",
  text: "The pod `tap` has no sidecar. It listens on a port, passes every byte on to helloworld, and prints the beginning of what each side sends. So it sees what anybody on the network between two pods sees. The pod `readable` calls it by plain HTTP. Then a DestinationRule makes sidecars use mutual TLS for this host, and the pod `encrypted` sends its request through a sidecar. Both get the answer of helloworld. `16 03 01` is the beginning of a TLS handshake, the ClientHello, and `16 03 03` the answer of the other sidecar. The certificate of that sidecar names the identity that the DestinationRule expects, so the tap can pass the bytes on, and can neither read nor change them.",
  commands: [
    "kubectl apply -f examples/wire/tap.yaml",
    "kubectl rollout status deployment/tap -n wire",
    ...pod("readable", false),
    callFrom("readable", "http://tap.wire/"),
    "kubectl apply -f examples/wire/mutual-tls.yaml",
    ...pod("encrypted", true),
    callFrom("encrypted", "http://tap.wire/"),
  ],
  inspection: {
    command: "kubectl logs deployment/tap -n wire",
    output: [
      "caller sent  47 45 54 …  GET / HTTP/1.1",
      "app    sent  48 54 54 …  HTTP/1.1 200 OK",
      "caller sent  16 03 01 …  (no text)",
      "app    sent  16 03 03 …  (no text)",
    ],
  },
  cleanup: ["kubectl delete pod readable encrypted --now", "kubectl delete namespace wire"],
});

/** Steps 7 and 8: sidecars and mutual TLS. */
export const meshSteps = (settings: Settings, commands: LessonCommands): readonly LessonStep[] => {
  const { set, status, pod, callFrom } = commands;
  return [
    {
      step: 7,
      title: "Sidecars",
      commandSeconds: 103,
      text: "A webhook of istiod adds the sidecar when a pod is created. So a change of the injection replaces the pods. Without sidecars the app still answers: the gateway sends plain text to it.",
      commands: [
        set("sidecarInjection", "off"),
        `kubectl get pods -n ${app.namespace}`,
        set("sidecarInjection", settings.sidecarInjection),
        `kubectl get pods -n ${app.namespace}`,
        "istioctl proxy-status",
      ],
      expected:
        "First 1/1 containers are ready in each pod, then 2/2. The pods that were replaced can stand there as Terminating for half a minute. The gateway and both pods are among the proxies of istiod.",
      output: [
        "helloworld-v1-…   1/1   Running   0   …",
        "helloworld-v2-…   1/1   Running   0   …",
        "helloworld-v1-…   2/2   Running   0   …",
        "helloworld-v2-…   2/2   Running   0   …",
        "NAME   CLUSTER   ISTIOD   VERSION   SUBSCRIBED TYPES",
        "helloworld-v1-….helloworld             Kubernetes   istiod-…   …",
        "helloworld-v2-….helloworld             Kubernetes   istiod-…   …",
        "istio-ingressgateway-….istio-system    Kubernetes   istiod-…   …",
      ],
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
      commandSeconds: 302,
      text: "Between sidecars, mutual TLS is automatic. In the mode PERMISSIVE a sidecar also accepts plain text. In the mode STRICT it resets such connections. A change of the mode restarts no pod. `mtlsNamespaceMode`, `mtlsWorkloadMode` and `mtlsPortMode` set the mode of a narrower scope, and the narrowest scope wins. The exercises show all four scopes, and `peer` in their cases is the certificate that the sidecar of the target saw: without one, the request was plain text on the wire.",
      resources: ["PeerAuthentication"],
      commands: [
        ...pod("plain", false),
        ...pod("meshed", true),
        callFrom("plain"),
        callFrom("meshed"),
        set("mtlsMode", "STRICT"),
        callFrom("plain"),
        callFrom("meshed"),
        status(),
        set("mtlsMode", settings.mtlsMode),
        "kubectl delete pod plain meshed --now",
      ],
      expected:
        "Both pods get an answer first. Under STRICT, the pod without sidecar is reset (curl exits with 56). The pod with a sidecar gets an answer, and the ingress gateway answers 200. None of the pods was restarted.",
      output: [
        "pod/plain created",
        "pod/plain condition met",
        "pod/meshed created",
        "pod/meshed condition met",
        "Hello, world!",
        "curl: (56) Recv failure: Connection reset by peer",
        "command terminated with exit code 56",
        "Hello, world!",
        "200",
      ],
      afterwards: wire(commands),
      mistakes: ["strict-without-sidecar", "mutual-tls-by-service-port"],
      learned:
        "The sidecar of the target enforces the mode. STRICT has no effect on a pod without a sidecar, and breaks callers without one.",
      links: [
        istioDocs("Mutual TLS migration", "tasks/security/authentication/mtls-migration"),
        istioDocs("PeerAuthentication", "reference/config/security/peer_authentication"),
      ],
    },
  ];
};
