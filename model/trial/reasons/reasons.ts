import type { Reason } from "../report/result";
import type { AccessEntry } from "../requests/accessLog";
import { answeredBy, type Observation, resultOf } from "../requests/observation";
import type { Context } from "./context";
import { destinationReasons } from "./destinations";
import { entranceReasons } from "./entrances";
import { flagMeaning } from "./flags";
import { hostReasons } from "./hosts";
import { inwardReasons } from "./inward";
import { mistakes } from "./mistakes/all";
import { peerReasons } from "./peers";
import { policyReasons } from "./policies";
import { isOpenQuestion, routeReasons } from "./routeReasons";
import { streamReasons } from "./streamRoutes";

/** True for a line of a proxy that ended the request by a policy. */
const isDenial = ({ details }: AccessEntry): boolean => /rbac_access_denied|jwt_authn_access_denied/.test(details);

/** A line without the flags and details of a connection that ended after its answer. */
const withoutEnd = (entry: AccessEntry): AccessEntry => ({
  ...entry,
  flags: entry.flags.filter((flag) => !/^(DC|UC)$/.test(flag)),
  details: /downstream_remote_disconnect|upstream_reset_after_response/.test(entry.details) ? "" : entry.details,
});

/** Reasons from the line that one proxy logged: its response flags and a failed connection to the pod, or else its details. */
function entryReasons(entry: AccessEntry): Reason[] {
  const { proxy, cluster, sni, flags, transport, details } = entry;
  const where = `proxy of ${proxy}${cluster ? `, cluster ${cluster}` : ""}${sni ? `, SNI ${sni}` : ""}`;
  const meanings = flags.map((flag) => ({ text: `${flagMeaning(flag)} (${where})` }));
  const layer = /TLS|SSL|CERT/i.test(transport) ? "TLS" : "the connection";
  const failure = transport ? [{ text: `${layer} to the pod failed: ${transport.slice(0, 160)}` }] : [];
  const saysNothing = details === "" || /^(via_upstream|direct_response)$/.test(details) || isDenial(entry);
  const detail = saysNothing || flags.length > 0 ? [] : [{ text: `${details} (${where})` }];
  return [...meanings, ...failure, ...detail];
}

/** Reasons from the lines of all proxies, or the clusters that the request went to if the lines say nothing else. */
function logReasons(observation: Observation): Reason[] {
  const { answer, log } = observation;
  const isAnswered = answer.status !== undefined && answer.status < 500 && answeredBy(observation) !== undefined;
  const reasons = log.map((entry) => (isAnswered ? withoutEnd(entry) : entry)).flatMap(entryReasons);
  // a proxy names the cluster of the route also where a policy ends the request before
  const forwarding = log.filter((entry) => !isDenial(entry) && entry.cluster);
  const clusters = [...new Set(forwarding.map(({ cluster }) => cluster))];
  return reasons.length > 0 || clusters.length === 0
    ? reasons
    : [{ text: `went to cluster ${clusters.join(", then ")}` }];
}

/** Reason for a request that no proxy logged and no workload answered: what its caller saw. */
function silentReasons(observation: Observation): Reason[] {
  const { answer, log } = observation;
  if (log.length > 0 || answeredBy(observation) !== undefined) return [];
  const result = resultOf(observation);
  return [
    {
      text:
        result === "unresolved"
          ? `the caller finds no address: ${answer.detail}`
          : `no proxy logged the request; the caller saw: ${answer.detail ?? result}`,
    },
  ];
}

/**
 * Reasons why a request ended as it did, each text once: the lines of the manifests that answered it, the known mistakes that
 * fit, and what the proxies logged.
 */
export function reasonsFor(context: Context): Reason[] {
  const { observation } = context;
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
  const reasons = [
    ...rules.filter((reason) => !isOpenQuestion(reason)),
    ...rules.filter(isOpenQuestion),
    ...logReasons(observation),
    ...silentReasons(observation),
  ];
  return [...new Map(reasons.map((reason) => [reason.text, reason])).values()];
}
