import versions from "../../versions.json";
import type { CheckResult } from "../checks/result";
import { app, gateway, meshNamespace, metallbNamespace, publicHost } from "../names";
import { configSet, forNpm, run } from "../output/remedy";
import { hasLogin } from "../security/login";
import { adminGroup, adminPath } from "../security/tokens";
import type { Settings } from "../settings/contract";
import { type CurlOptions, curlLine, curlTo, hostAddress } from "../traffic/urls";

/** One step of the first lesson. */
export interface LessonStep {
  readonly step: number;
  readonly title: string;
  readonly text: string;
  /** Commands to type, one a line. */
  readonly commands: readonly string[];
  readonly see: string;
}

/**
 * The first lesson, step by step, for one environment.
 *
 * @param ingressIp - address of the ingress gateway
 * @param stack - the stack whose commands the lesson shows; undefined for the default one
 */
export function lessonSteps(settings: Settings, ingressIp: string, stack?: string): readonly LessonStep[] {
  const commands = forNpm(stack);
  const set = (key: string, value: string | number): string =>
    `${commands(configSet(key, value))} && ${commands(run("up"))}`;
  const output = (args: string): string => commands({ command: "pulumi", args: `stack output ${args}`, silent: true });
  const { domain, httpPort, canaryWeight } = settings;
  const host = publicHost(domain);
  const ask = (options: CurlOptions = {}) => curlLine(settings, ingressIp, { ...(stack && { stack }), ...options });
  const status = (options: CurlOptions = {}) => ask({ ...options, flags: "-s -o /dev/null -w '%{http_code}\\n'" });
  const count = `for i in $(seq 200); do ${ask({ flags: "-s" })} | grep Version; done | sort | uniq -c`;
  const pod = (name: string, sidecar: boolean): string =>
    [
      `kubectl run ${name} --rm -i --restart=Never --image=${versions.curlImage}`,
      `--labels=sidecar.istio.io/inject=${sidecar}`,
      ...(sidecar ? [`--annotations='proxy.istio.io/config={"holdApplicationUntilProxyStarts":true}'`] : []),
      `-- -sS -m 5 http://${app.name}.${app.namespace}/`,
    ].join(" ");
  return [
    {
      step: 1,
      title: "The cluster",
      text: "k3d runs Kubernetes' nodes as containers. Your own kube contexts are untouched; this cluster's kubeconfig is an output, and a secret.",
      commands: [
        `(umask 077; ${output("kubeconfig --show-secrets")} > kubeconfig.yaml)`,
        'export KUBECONFIG="$PWD/kubeconfig.yaml"',
        "kubectl get nodes -o wide",
      ],
      see: "every node is Ready, and its address lies in the subnet that is configured",
    },
    {
      step: 2,
      title: "The load balancer",
      text: "A Service of type LoadBalancer stays pending until something gives it an address. Here MetalLB does, from a pool inside the cluster's Docker network, and answers for it on the network itself (layer 2).",
      commands: [
        `kubectl get ipaddresspools,l2advertisements -n ${metallbNamespace}`,
        `kubectl get service ${gateway.release} -n ${meshNamespace}`,
      ],
      see: "EXTERNAL-IP is an address of the pool",
    },
    {
      step: 3,
      title: "The mesh",
      text: "Istio is a control plane, istiod, and Envoy proxies that it configures. The ingress gateway is such a proxy, alone in its pod, at the edge.",
      commands: [`kubectl get pods -n ${meshNamespace}`, output("ingressIp")],
      see: "istiod and the ingress gateway run",
    },
    {
      step: 4,
      title: "Why a Gateway and not an Ingress",
      text: "This gateway listens for Istio's own resources only.",
      commands: [
        `kubectl create ingress plain -n ${app.namespace} --rule='plain.${domain}/*=${app.name}:${app.port}'`,
        status({ name: "plain" }),
        `kubectl delete ingress plain -n ${app.namespace}`,
      ],
      see: "404",
    },
    {
      step: 5,
      title: "Gateway and VirtualService",
      text: `The Gateway opens ports for hosts, the VirtualService says where requests go. It names the Gateway with its namespace, ${gateway.reference}: the bare name would be looked for beside the VirtualService, and the answer would be 404.`,
      commands: ["kubectl get gateways,virtualservices,destinationrules -A", ask()],
      see: 'the answer "Hello, world!"',
    },
    {
      step: 6,
      title: "TLS",
      text: "A private CA has signed a certificate for the wildcard and the domain itself. The gateway reads it from a Secret in its own namespace; in any other it would not be found, and the connection would be reset.",
      commands: [
        `curl -si ${curlTo(host, httpPort, hostAddress(settings, ingressIp))} http://${host}:${httpPort}/ | head -n 2`,
        ask({ ca: undefined }),
        ask(),
      ],
      see: "301 to https; then curl ends with 60, since it does not know the CA; then 200",
    },
    {
      step: 7,
      title: "Sidecars",
      text: "A sidecar is injected when a pod is made, so a change rolls the pods. Without one the app still answers: the gateway speaks plain text to it.",
      commands: [
        set("sidecarInjection", "off"),
        `kubectl get pods -n ${app.namespace}`,
        set("sidecarInjection", settings.sidecarInjection),
        `kubectl get pods -n ${app.namespace}`,
        "istioctl proxy-status",
      ],
      see: "1/1, then 2/2 containers ready; the gateway and both pods among the proxies that istiod serves",
    },
    {
      step: 8,
      title: "Mutual TLS",
      text: "Between sidecars mTLS is automatic. PERMISSIVE also takes plain text, STRICT does not. A change restarts no pod. The mode can be narrowed: mtlsNamespaceMode, mtlsWorkloadMode, mtlsPortMode; the narrower one wins.",
      commands: [
        pod("before", false),
        set("mtlsMode", "STRICT"),
        pod("plain", false),
        pod("meshed", true),
        status(),
        set("mtlsMode", settings.mtlsMode),
      ],
      see: "an answer; then, under STRICT, a reset for the pod without sidecar, an answer for the pod with one, and 200 at the gateway",
    },
    {
      step: 9,
      title: "The canary",
      text: `One Service over both versions, two subsets in a DestinationRule whose host is the Service's name, and weights in the VirtualService. ${canaryWeight} % go to version 2 now; ten requests would show none of it in ${(0.9 ** 10 * 100).toFixed(0)} % of runs at 10 %.`,
      commands: [
        count,
        set("canaryWeight", 25),
        count,
        commands(run("rollout", "--steps 50,100")),
        set("canaryWeight", canaryWeight),
      ],
      see: "the share follows the weight; the rollout measures each step before it goes on",
    },
    {
      step: 10,
      title: "Tokens at the ingress gateway",
      text: "A RequestAuthentication says whose tokens are good, AuthorizationPolicies who needs one, and for what.",
      commands: [
        set("tokens", "true"),
        status({ token: undefined }),
        status({ token: "" }),
        status({ token: `--group ${adminGroup}`, path: adminPath }),
        set("tokens", String(settings.tokens)),
      ],
      see: `${hasLogin(settings) ? "302 to the login" : "403"} without a token, 200 with one, and 200 below /admin for the group alone`,
    },
  ];
}

const word = { passed: "yes", failed: "**no**", unknown: "unknown" } as const;

function observed(findings: readonly CheckResult[]): string[] {
  if (findings.length === 0) return [];
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = findings.map(
    ({ title, outcome, evidence }) => `| ${cell(title)} | ${word[outcome]} | ${cell(evidence)} |`,
  );
  return ["", "| check | passed | observed here |", "| --- | --- | --- |", ...rows];
}

/** The lesson as Markdown. With results of checks, each step also shows what was observed in this environment. */
export function lessonPage(steps: readonly LessonStep[], findings: readonly CheckResult[] = []): string {
  const sections = steps.flatMap(({ step, title, text, commands, see }) => [
    "",
    `## ${step}. ${title}`,
    "",
    text,
    "",
    "```sh",
    ...commands,
    "```",
    "",
    `You see: ${see}.`,
    ...observed(findings.filter((finding) => finding.step === step)),
  ]);
  return [
    "# The lesson, step by step",
    "",
    "For an environment that is up (`npm start`). `npm run verify` makes the same observations by itself and writes this page",
    "anew as `report/lesson.md`, with your addresses and what was observed; `npm run verify -- --lesson` makes the mistakes that",
    "belong to the steps.",
    ...sections,
    "",
  ].join("\n");
}
