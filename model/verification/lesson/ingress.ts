import { app, gateway, meshNamespace, publicHost } from "../../names";
import type { Settings } from "../../settings/contract";
import { appUrls, curlTo, hostAddress } from "../../traffic/urls";
import { gatewayApiStep } from "./gatewayApi";
import { istioDocs, type LessonCommands, type LessonStep } from "./step";

/** Options with which curl repeats a request for some seconds, as long as the answer is a redirect or a status from 400. */
const retry = "-fL --max-redirs 0 --retry 9 --retry-delay 1 --retry-all-errors";

/** Steps 4 to 6: Ingress, Gateway and VirtualService, and TLS. */
export function ingressSteps(
  settings: Settings,
  ingressIp: string,
  { curl, status, update, meshTest }: LessonCommands,
): readonly LessonStep[] {
  const { domain, httpPort, routing } = settings;
  const ofGatewayApi = routing === "gateway-api" && gatewayApiStep(settings, ingressIp, { curl, update, meshTest });
  const host = publicHost(domain);
  const address = hostAddress(settings, ingressIp);
  const plainHttp = `${curlTo(host, httpPort, address)} http://${host}:${httpPort}/`;
  return [
    {
      step: 4,
      title: "Why a Gateway and not an Ingress",
      commandSeconds: 50,
      text: "You know the Ingress of Kubernetes. The ingress gateway answers 404 for this one, because it names no class. By default istiod reads only Ingresses of the class `istio`, so an annotation changes the answer. istiod needs a moment to read it. Until then the environment's own Gateway redirects the request to HTTPS, so the last curl repeats it until it gets 200. Istio's own resources can do more, and the rest of the lesson uses them.",
      commands: [
        `kubectl create ingress plain -n ${app.namespace} --rule='plain.${domain}/*=${app.name}:${app.port}'`,
        status({ name: "plain" }),
        `kubectl annotate ingress plain -n ${app.namespace} kubernetes.io/ingress.class=istio`,
        `curl -s -o /dev/null -w '%{http_code}\\n' ${retry} ${curlTo(`plain.${domain}`, httpPort, address)} http://plain.${domain}:${httpPort}/`,
        `kubectl delete ingress plain -n ${app.namespace}`,
      ],
      expected: "The status is 404 without the class, and 200 with it.",
      output: [
        "ingress.networking.k8s.io/plain created",
        "404",
        "ingress.networking.k8s.io/plain annotated",
        "200",
        'ingress.networking.k8s.io "plain" deleted…',
      ],
      learned: "A controller reads only the Ingresses of its own class.",
      links: [
        istioDocs("Kubernetes Ingress", "tasks/traffic-management/ingress/kubernetes-ingress"),
        ["Ingress class", "https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class"],
      ],
    },
    {
      step: 5,
      title: "Gateway and VirtualService",
      commandSeconds: 209,
      text: `The Gateway opens ports of the ingress gateway for hosts. The VirtualService routes the requests for a host. It names the Gateway with its namespace, \`${gateway.reference}\`. Istio looks for a bare name in the namespace of the VirtualService, and the answer is 404. Without any Gateway nothing listens on the ports, and the connection is reset. You can see that when you delete the Gateway; Pulumi then creates it again. The Ingress of step 4 opens port 80 too, so the first command removes it. The exercises build an ingress gateway of your own, in the order in which most people find out.`,
      resources: ["Gateway", "VirtualService"],
      commands: [
        meshTest("--remove"),
        "kubectl get gateways,virtualservices,destinationrules -A",
        `kubectl delete gateway ${gateway.name} -n ${meshNamespace}`,
        `while curl -s -o /dev/null ${plainHttp}; do sleep 1; done`,
        `curl ${plainHttp}`,
        update("--refresh --yes --skip-preview"),
        curl(),
      ],
      expected:
        'The loop ends as soon as the port is closed. Without the Gateway, curl exits with 56, "Connection reset by peer", or with 52, "Empty reply from server". Either way the connection ends without an answer. With the Gateway, the answer is "Hello, world!".',
      output: [
        "nothing of a run is left",
        `gateway.networking.istio.io "${gateway.name}" deleted…`,
        "curl: (56) Recv failure: Connection reset by peer",
        "    + 1 created",
        "Hello, world!",
        "Version: 1.0.0",
      ],
      mistakes: ["gateway-without-namespace"],
      learned: "The Gateway is about ports, hosts and certificates. The VirtualService is about routes.",
      links: [
        istioDocs("Gateway", "reference/config/networking/gateway"),
        istioDocs("VirtualService", "reference/config/networking/virtual-service"),
      ],
      ...ofGatewayApi,
    },
    {
      step: 6,
      title: "TLS",
      commandSeconds: 173,
      text: "A private CA has signed a certificate for the domain and for all names below it. The gateway reads the certificate from a Secret in its own namespace. It would not find a Secret in another namespace, and would reset the connection. Port 80 redirects to HTTPS.",
      commands: [`curl -si ${plainHttp} | head -n 2`, curl({ ca: undefined }), curl()],
      expected:
        "The first request gets 301 to https. The second one fails: curl exits with 60, because it does not trust the CA. The third one gets 200.",
      output: [
        "HTTP/1.1 301 Moved Permanently",
        `location: ${appUrls(settings, ingressIp)[0]?.url}`,
        "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        "…",
        "Hello, world!",
        "Version: 1.0.0",
      ],
      mistakes: ["secret-in-another-namespace", "redirect-on-the-https-server"],
      learned: "The gateway terminates TLS, so the app needs no certificate.",
      links: [istioDocs("Secure gateways", "tasks/traffic-management/ingress/secure-ingress")],
    },
  ];
}
