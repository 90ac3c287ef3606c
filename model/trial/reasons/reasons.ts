import type { Reason } from "../report/result";
import type { AccessEntry } from "../requests/accessLog";
import { answeredBy, resultOf } from "../requests/observation";
import type { Context } from "./context";
import { destinationReasons } from "./destinations";
import { entranceReasons } from "./entrances";
import { flagMeaning } from "./flags";
import { hostReasons } from "./hosts";
import { inwardReasons } from "./inward";
import { mistakesOfAddresses } from "./mistakes/addresses";
import { mistakesOfApiParents } from "./mistakes/apiParents";
import { mistakesOfApiRoutes } from "./mistakes/apiRoutes";
import { mistakesOfApiSettings } from "./mistakes/apiSettings";
import { mistakesOfBalancing } from "./mistakes/balancing";
import { mistakesOfBreakers } from "./mistakes/breakers";
import { mistakesOfClaims } from "./mistakes/claims";
import { mistakesOfEgress } from "./mistakes/egress";
import { mistakesOfEntries } from "./mistakes/entries";
import { mistakesOfGateways } from "./mistakes/gateways";
import { mistakesOfHeaders } from "./mistakes/headers";
import { mistakesOfHeadless } from "./mistakes/headless";
import { mistakesOfLocalities } from "./mistakes/localities";
import { mistakesOfMatches } from "./mistakes/matches";
import { mistakesOfMirrors } from "./mistakes/mirrors";
import { mistakesOfNames } from "./mistakes/names";
import { mistakesOfOrigination } from "./mistakes/origination";
import { mistakesOfPolicies } from "./mistakes/policies";
import { mistakesOfPortLevels } from "./mistakes/portLevels";
import { mistakesOfProtocols } from "./mistakes/protocols";
import { mistakesOfResilience } from "./mistakes/resilience";
import { mistakesOfRoutes } from "./mistakes/routes";
import { mistakesOfSecurity } from "./mistakes/security";
import { mistakesOfSharedHosts } from "./mistakes/sharedHosts";
import { mistakesOfSidecars } from "./mistakes/sidecars";
import { mistakesOfSubsets } from "./mistakes/subsets";
import { mistakesOfTls } from "./mistakes/tls";
import { peerReasons } from "./peers";
import { policyReasons } from "./policies";
import { isOpenQuestion, routeReasons } from "./routeReasons";
import { streamReasons } from "./streamRoutes";

const where = ({ proxy, cluster, sni }: AccessEntry): string =>
  `proxy of ${proxy}${cluster ? `, cluster ${cluster}` : ""}${sni ? `, SNI ${sni}` : ""}`;

const isDenial = (details: string): boolean => /rbac_access_denied|jwt_authn_access_denied/.test(details);

/** Reasons from the line that one proxy logged. */
function entryReasons(entry: AccessEntry): Reason[] {
  const meanings = entry.flags.map((flag) => ({ text: `${flagMeaning(flag)} (${where(entry)})` }));
  const transport = entry.transport
    ? [
        {
          text: `${/TLS|SSL|CERT/i.test(entry.transport) ? "TLS" : "the connection"} to the pod failed: ${entry.transport.slice(0, 160)}`,
        },
      ]
    : [];
  const isPolicy = isDenial(entry.details);
  const isPlain = entry.details === "" || /^(via_upstream|direct_response)$/.test(entry.details);
  const detail = isPolicy || isPlain || meanings.length > 0 ? [] : [{ text: `${entry.details} (${where(entry)})` }];
  return [...meanings, ...transport, ...detail];
}

/** A line without the flags and details of a connection that ended after its answer. */
const withoutEnd = (entry: AccessEntry): AccessEntry => ({
  ...entry,
  flags: entry.flags.filter((flag) => !/^(DC|UC)$/.test(flag)),
  details: /downstream_remote_disconnect|upstream_reset_after_response/.test(entry.details) ? "" : entry.details,
});

const mistakes = [
  ...mistakesOfRoutes,
  ...mistakesOfSharedHosts,
  ...mistakesOfApiParents,
  ...mistakesOfApiRoutes,
  ...mistakesOfApiSettings,
  ...mistakesOfMatches,
  ...mistakesOfClaims,
  ...mistakesOfHeaders,
  ...mistakesOfSubsets,
  ...mistakesOfPortLevels,
  ...mistakesOfBalancing,
  ...mistakesOfLocalities,
  ...mistakesOfMirrors,
  ...mistakesOfResilience,
  ...mistakesOfBreakers,
  ...mistakesOfTls,
  ...mistakesOfGateways,
  ...mistakesOfEgress,
  ...mistakesOfEntries,
  ...mistakesOfProtocols,
  ...mistakesOfNames,
  ...mistakesOfSidecars,
  ...mistakesOfHeadless,
  ...mistakesOfOrigination,
  ...mistakesOfSecurity,
  ...mistakesOfAddresses,
  ...mistakesOfPolicies,
];

/** Why a request ended as it did: the lines that answered it, what the proxies logged, and the known mistakes that fit. */
export function reasonsFor(context: Context): Reason[] {
  const { observation } = context;
  const isAnswered =
    observation.answer.status !== undefined && observation.answer.status < 500 && answeredBy(observation) !== undefined;
  const logged = observation.log.map((entry) => (isAnswered ? withoutEnd(entry) : entry)).flatMap(entryReasons);
  // a proxy names the cluster of the route also where a policy ends the request before
  const forwarding = observation.log.filter(({ details }) => !isDenial(details));
  const clusters = [...new Set(forwarding.map(({ cluster }) => cluster).filter(Boolean))];
  const entrance = entranceReasons(context);
  const rules = [
    ...entrance,
    ...policyReasons(context),
    // no route has an effect on a request that does not reach it
    ...(entrance.length > 0 ? [] : [...routeReasons(context), ...streamReasons(context), ...hostReasons(context)]),
    ...inwardReasons(context),
    ...destinationReasons(context),
    ...peerReasons(context),
    ...mistakes.flatMap((mistake) => mistake(context) ?? []),
  ];
  const taken =
    clusters.length > 0 && logged.length === 0 ? [{ text: `went to cluster ${clusters.join(", then ")}` }] : [];
  const silent =
    observation.log.length === 0 && answeredBy(observation) === undefined
      ? [
          {
            text:
              resultOf(observation) === "unresolved"
                ? `the caller finds no address: ${observation.answer.detail}`
                : `no proxy logged the request; the caller saw: ${observation.answer.detail ?? resultOf(observation)}`,
          },
        ]
      : [];
  const open = rules.filter(isOpenQuestion);
  const answers = rules.filter((reason) => !isOpenQuestion(reason));
  const allReasons = [...answers, ...open, ...logged, ...taken, ...silent];
  return [...new Map(allReasons.map((reason) => [reason.text, reason])).values()];
}
