import { destinationRulesFor } from "../../manifests/hosts";
import type { Texts } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import { serviceKey } from "../../manifests/services";
import { arrivalOf, triesOf } from "../../requests/observation";
import { isNamed, type StandIn } from "../../standIns/standIns";
import { type Context, sentTo, serviceSentTo } from "../context";
import { takenRoutes } from "../routes";
import { policyOf } from "../trafficPolicies";
import type { Mistake } from "./mistake";

/** Labels by which a pod of a test has a locality. */
const localityLabels = ["istio-locality", "topology.istio.io/locality"];

/** Stand-ins behind the Service to which the last proxy sent the request. */
function candidates(context: Context): StandIn[] {
  const service = serviceSentTo(context);
  return context.standIns.filter(({ services }) => service && services.includes(serviceKey(service)));
}

const localitiesOf = (standIns: readonly StandIn[]): Set<string> =>
  new Set(standIns.flatMap(({ labels }) => localityLabels.flatMap((label) => labels[label] ?? [])));

/** Localities without effect: a proxy prefers a locality only if it watches the health of pods (outlierDetection). */
const noLocality: Mistake = (context) => {
  const { by, reached, share } = context.testCase.expect;
  const target = sentTo(context);
  if (!(by ?? reached ?? share) || !target) return undefined;
  const [rule] = destinationRulesFor(target.host, context.objects);
  const text = JSON.stringify(rule?.spec ?? {});
  if (localitiesOf(candidates(context)).size < 2 || /"outlierDetection"|"distribute"/.test(text)) return undefined;
  return {
    text: `${rule ? `${titleOf(rule)} has no` : "no DestinationRule of the host has an"} outlierDetection, so the proxy neither prefers its own locality nor fails over`,
    ...(rule && { place: rule.$.placeOf(["spec", "trafficPolicy"]) }),
    fix: "outlierDetection: { consecutive5xxErrors: 3, interval: 1s, baseEjectionTime: 30s }",
  };
};

/** Labels of a pod, and those for its locality that istiod adds to each proxy and endpoint. */
function withTopology(labels: Texts): Texts {
  const [locality = ""] = localityLabels.flatMap((label) => labels[label] ?? []);
  const [region, zone, subzone] = locality.split(".");
  return {
    ...(region && { "topology.kubernetes.io/region": region }),
    ...(zone && { "topology.kubernetes.io/zone": zone }),
    ...(subzone && { "topology.istio.io/subzone": subzone }),
    ...labels,
  };
}

/** A failoverPriority that prefers the pods that answered, or does not prefer the ones that the case expects. */
const failoverOrder: Mistake = (context) => {
  const target = sentTo(context);
  const answering = candidates(context).find(({ id }) => id === arrivalOf(context.observation)?.workload);
  const expected = candidates(context).find((standIn) =>
    (context.testCase.expect.by ?? []).some((name) => isNamed(name, standIn)),
  );
  const [rule] = target ? destinationRulesFor(target.host, context.objects) : [];
  const entries = (rule && policyOf(rule).loadBalancer?.localityLbSetting?.failoverPriority) ?? [];
  if (!rule || !answering || !expected || answering === expected || entries.length === 0) return undefined;
  const caller = withTopology(context.caller.labels);
  // LABEL=VALUE asks for that value, and LABEL for the caller's
  const matches = (entry: string, { labels }: StandIn): boolean => {
    const [label = "", value = caller[label]] = entry.split("=");
    return withTopology(labels)[label] === value;
  };
  const level = (standIn: StandIn): number => {
    const unmatched = entries.findIndex((entry) => !matches(entry, standIn));
    return unmatched < 0 ? entries.length : unmatched;
  };
  if (level(answering) < level(expected)) return undefined;
  const values = entries.map((entry) => {
    const [label = ""] = entry.split("=");
    const valueFor = (labels: Texts): string => withTopology(labels)[label] ?? "none";
    return `${entry} (caller ${valueFor(context.caller.labels)}, ${expected.id} ${valueFor(expected.labels)}, ${answering.id} ${valueFor(answering.labels)})`;
  });
  const preference =
    level(answering) > level(expected)
      ? `${answering.id} to ${expected.id}`
      : `neither ${expected.id} nor ${answering.id}`;
  return {
    text: `failoverPriority of ${titleOf(rule)} prefers ${preference}: ${values.join(", ")}`,
    place: rule.$.placeOf(["spec", "trafficPolicy", "loadBalancer", "localityLbSetting", "failoverPriority"]),
  };
};

/** Retries that stay in one locality, although its pods fail. */
const localRetries: Mistake = (context) => {
  const arrivals = triesOf(context.observation);
  const [first] = arrivals;
  const expected = candidates(context).some(
    (standIn) =>
      standIn.id !== first?.workload && (context.testCase.expect.by ?? []).some((name) => isNamed(name, standIn)),
  );
  const isOnePlace = arrivals.length > 1 && arrivals.every(({ workload }) => workload === first?.workload);
  if (!isOnePlace || !expected || localitiesOf(candidates(context)).size < 2) return undefined;
  const [taken] = takenRoutes(context);
  if (!taken || taken.route.retries?.retryRemoteLocalities) return undefined;
  return {
    text: `retries go to pods of the locality that the caller's proxy prefers only, and all ${arrivals.length} tries reached ${first?.workload}`,
    place: taken.placeOf(...(taken.route.retries ? ["retries"] : [])),
    fix: "retryRemoteLocalities: true in retries",
  };
};

export const mistakesOfLocalities: readonly Mistake[] = [noLocality, failoverOrder, localRetries];
