import { hasLogin } from "../../security/login";
import { adminGroup, adminPath } from "../../security/tokens";
import type { Settings } from "../../settings/contract";
import { gatewayApiCanary } from "./gatewayApi";
import { istioDocs, type LessonCommands, type LessonStep } from "./step";

/** Steps 9 and 10: the canary and tokens. */
export function canarySteps(settings: Settings, { set, curl, status, rollout }: LessonCommands): readonly LessonStep[] {
  const count = `for i in $(seq 200); do ${curl({ flags: "-s" })} | grep Version; done | sort | uniq -c`;
  const { canaryWeight, routing, tokens } = settings;
  return [
    {
      step: 9,
      title: "The canary",
      text: `One Service selects the pods of both versions. A DestinationRule for the Service's name divides them into two subsets, and the VirtualService gives each subset a weight. Version 2 has ${canaryWeight} % now. Ten requests are too few to see that: at 10 %, ${(0.9 ** 10 * 100).toFixed(0)} % of such runs reach no version 2. The first exercise answers 503. Such an error is found by going along the request: the Gateway opened the port and the host, since its absence would be a reset or a 404; the VirtualService has a route, since its absence would be a 404; so the route leads to something that does not exist. The lines after \`why\` say what: the subset of the DestinationRule.`,
      resources: ["DestinationRule"],
      commands: [count, set("canaryWeight", 25), count, rollout("--steps 50,100"), set("canaryWeight", canaryWeight)],
      see: "The share follows the weight. The rollout measures each step before it takes the next one.",
      mistakes: ["rule-for-the-external-name", "unknown-subset", "weights-are-no-percentages"],
      learned: "The gateway chooses the version, so a canary needs no sidecar and no more pods.",
      links: [
        istioDocs("Traffic shifting", "tasks/traffic-management/traffic-shifting"),
        istioDocs("DestinationRule", "reference/config/networking/destination-rule"),
      ],
      ...(routing === "gateway-api" && gatewayApiCanary(settings)),
    },
    {
      step: 10,
      title: "Tokens at the ingress gateway",
      text: "A RequestAuthentication names the issuer whose tokens are valid. It does not require a token. AuthorizationPolicies decide which requests need one, and which claims it must have.",
      commands: [
        set("tokens", "true"),
        status({ token: undefined }),
        status({ token: "" }),
        status({ token: `--group ${adminGroup}`, path: adminPath }),
        set("tokens", String(tokens)),
      ],
      see: `${hasLogin(settings) ? "302 to the login" : "403"} without a token, 200 with one, and 200 for ${adminPath} with a token of the group ${adminGroup}.`,
      learned: "Authentication says who sends a request. Authorization says what the sender may do.",
      links: [
        istioDocs("JWT tokens", "tasks/security/authorization/authz-jwt"),
        istioDocs("AuthorizationPolicy", "reference/config/security/authorization-policy"),
      ],
    },
  ];
}
