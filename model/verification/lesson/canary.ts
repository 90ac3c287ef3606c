import { app, gateway, meshNamespace } from "../../names";
import { hasLogin } from "../../security/login";
import { adminGroup, adminPath } from "../../security/tokens";
import type { Settings } from "../../settings/contract";
import { gatewayApiCanary } from "./gatewayApi";
import { istioDocs, type LessonCommands, type LessonStep, type StepEnd } from "./step";

/** The way from a 503 to its cause, by the configuration of the ingress gateway. */
function findTheCause(meshTest: LessonCommands["meshTest"]): StepEnd {
  const gatewayPods = `deploy/${gateway.release} -n ${meshNamespace}`;
  return {
    title: "How to find the cause of a 503",
    text: `Apply the first folder again, and follow the request through the ingress gateway. The Gateway opens the port for the host, because without it the connection would be reset, or the answer would be 404. The VirtualService has a route for the host, because without it the answer would be 404. Such a route leads to clusters: a cluster is Envoy's word for the pods of a Service, or of one subset of it. The name \`outbound|80|v1|${app.name}.lesson.svc.cluster.local\` has the port, the subset and the host. The list of the gateway's clusters for this host has one without a subset, and none for v1 or v2. So no DestinationRule defines these subsets for the host, and the one that should do it names another host.`,
    commands: [
      meshTest("examples/lesson/09-canary/1-rule-for-the-external-name --keep"),
      `istioctl proxy-config routes ${gatewayPods} -o json | grep '"name": "outbound.*lesson'`,
      `istioctl proxy-config clusters ${gatewayPods} --fqdn ${app.name}.lesson.svc.cluster.local`,
      meshTest("--remove"),
    ],
    output: [
      `"name": "outbound|80|v1|${app.name}.lesson.svc.cluster.local",`,
      `"name": "outbound|80|v2|${app.name}.lesson.svc.cluster.local",`,
      "SERVICE FQDN                            PORT     SUBSET     DIRECTION     TYPE     DESTINATION RULE",
      `${app.name}.lesson.svc.cluster.local     80       -          outbound      EDS`,
    ],
  };
}

/** Steps 9 and 10: the canary and tokens. */
export function canarySteps(
  settings: Settings,
  { set, curl, status, rollout, meshTest }: LessonCommands,
): readonly LessonStep[] {
  const count = `for i in $(seq 200); do ${curl({ flags: "-s" })} | grep Version; done | sort | uniq -c`;
  const { canaryWeight, routing, tokens } = settings;
  return [
    {
      step: 9,
      title: "The canary",
      commandSeconds: 289,
      text: `One Service selects the pods of both versions. A DestinationRule for the Service's name divides them into two subsets, and the VirtualService gives each subset a weight. Version 2 has ${canaryWeight} % now. Ten requests are too few to see that: at 10 %, ${(0.9 ** 10 * 100).toFixed(0)} % of such runs reach no version 2.`,
      resources: ["DestinationRule"],
      commands: [count, set("canaryWeight", 25), count, rollout("--steps 50,100"), set("canaryWeight", canaryWeight)],
      expected:
        "The share follows the weight. The rollout takes about two minutes, and measures each step before it takes the next one.",
      output: [
        "    177 Version: 1.0.0",
        "     23 Version: 2.0.0",
        "    146 Version: 1.0.0",
        "     54 Version: 2.0.0",
        "weight 50 %: pass, …",
        "weight 100 %: pass, …",
        "promoted: every step passed, and version 2 gets 100 % of the requests",
      ],
      mistakes: ["rule-for-the-external-name", "unknown-subset", "weights-are-no-percentages"],
      learned: "The gateway chooses the version, so a canary needs no sidecar and no more pods.",
      links: [
        istioDocs("Traffic shifting", "tasks/traffic-management/traffic-shifting"),
        istioDocs("DestinationRule", "reference/config/networking/destination-rule"),
      ],
      ...(routing === "istio" ? { afterwards: findTheCause(meshTest) } : gatewayApiCanary(settings)),
    },
    {
      step: 10,
      title: "Tokens at the ingress gateway",
      commandSeconds: 76,
      text: "A RequestAuthentication names the issuer whose tokens are valid. It does not require a token. AuthorizationPolicies decide which requests need one, and which claims it must have.",
      commands: [
        set("tokens", "true"),
        status({ token: undefined }),
        status({ token: "" }),
        status({ token: `--group ${adminGroup}`, path: adminPath }),
        set("tokens", String(tokens)),
      ],
      expected: `${hasLogin(settings) ? "302 to the login" : "403"} without a token, 200 with one, and 200 for ${adminPath} with a token of the group ${adminGroup}.`,
      output: [hasLogin(settings) ? "302" : "403", "200", "200"],
      learned: "Authentication says who sends a request. Authorization says what the sender may do.",
      links: [
        istioDocs("JWT tokens", "tasks/security/authorization/authz-jwt"),
        istioDocs("AuthorizationPolicy", "reference/config/security/authorization-policy"),
      ],
    },
  ];
}
