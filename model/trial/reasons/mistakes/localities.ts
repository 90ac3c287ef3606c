import { rulesForHost } from "../../manifests/hosts";
import type { Texts } from "../../manifests/objects";
import { fqdnOf } from "../../manifests/services";
import { arrivalOf } from "../../requests/observation";
import { isNamed, type StandIn } from "../../standIns/standIns";
import { type Context, objectTitle, sentTo } from "../context";
import { httpRoutes, takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

/** Labels by which a pod of a test has a locality. */
const localityLabels = ["istio-locality", "topology.istio.io/locality"];

/** Stand-ins behind the Service to which the last proxy sent the request. */
function candidates(context: Context): StandIn[] {
  const target = sentTo(context);
  const keys = context.services
    .filter((service) => fqdnOf(service) === target?.host)
    .map(({ namespace, name }) => `${namespace}/${name}`);
  return context.standIns.filter(({ services }) => services.some((key) => keys.includes(key)));
}

const localitiesOf = (standIns: readonly StandIn[]): Set<string> =>
  new Set(standIns.flatMap(({ labels }) => localityLabels.flatMap((label) => labels[label] ?? [])));

/** Localities that have no effect, since the proxy does not watch the health of pods. */
const noLocality: Mistake = (context) => {
  const { by, reached, share } = context.testCase.expect;
  const target = sentTo(context);
  if (!(by ?? reached ?? share) || !target) return undefined;
  const [rule] = rulesForHost(target.host, context.objects);
  const text = JSON.stringify(rule?.spec ?? {});
  if (localitiesOf(candidates(context)).size < 2 || /"outlierDetection"|"distribute"/.test(text)) return undefined;
  return {
    text: `${rule ? `${objectTitle(rule)} has no` : "no DestinationRule of the host has an"} outlierDetection, so the proxy neither prefers its own locality nor fails over`,
    ...(rule && { place: rule.$.placeOf(["spec", "trafficPolicy"]) }),
    fix: "outlierDetection: { consecutive5xxErrors: 3, interval: 1s, baseEjectionTime: 30s }",
  };
};

/** Labels with those of the locality, which istiod adds to each proxy and endpoint. */
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

/** Pods that failoverPriority puts first, or on one level with those that a case expects. */
const failoverOrder: Mistake = (context) => {
  const target = sentTo(context);
  const answering = candidates(context).find(({ id }) => id === arrivalOf(context.observation)?.workload);
  const expected = candidates(context).find((standIn) =>
    (context.testCase.expect.by ?? []).some((name) => isNamed(name, standIn)),
  );
  const [rule] = target ? rulesForHost(target.host, context.objects) : [];
  const path = ["spec", "trafficPolicy", "loadBalancer", "localityLbSetting", "failoverPriority"];
  const entries = (rule?.spec?.trafficPolicy?.loadBalancer?.localityLbSetting?.failoverPriority ?? []) as string[];
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
    const read = (labels: Texts): string => withTopology(labels)[label] ?? "none";
    return `${entry} (caller ${read(context.caller.labels)}, ${expected.id} ${read(expected.labels)}, ${answering.id} ${read(answering.labels)})`;
  });
  return {
    text: `failoverPriority of ${objectTitle(rule)} ${level(answering) > level(expected) ? `prefers ${answering.id} to ${expected.id}` : `prefers neither ${expected.id} nor ${answering.id}`}: ${values.join(", ")}`,
    place: rule.$.placeOf(path),
  };
};

interface Retries {
  readonly attempts?: number;
  readonly retryRemoteLocalities?: boolean;
}

/** Retries that stay in one locality, although its pods fail. */
const localRetries: Mistake = (context) => {
  const arrivals = context.observation.arrivals.filter(({ shadow }) => !shadow);
  const [first] = arrivals;
  const expected = candidates(context).some(
    (standIn) =>
      standIn.id !== first?.workload && (context.testCase.expect.by ?? []).some((name) => isNamed(name, standIn)),
  );
  const isOnePlace = arrivals.length > 1 && arrivals.every(({ workload }) => workload === first?.workload);
  if (!isOnePlace || !expected || localitiesOf(candidates(context)).size < 2) return undefined;
  const [taken] = takenRoutes(context);
  const { retries } = (taken ? (httpRoutes(taken.object)[taken.index] ?? {}) : {}) as { readonly retries?: Retries };
  if (!taken || retries?.retryRemoteLocalities) return undefined;
  return {
    text: `retries go to pods of the locality that the caller's proxy prefers only, and all ${arrivals.length} tries reached ${first?.workload}`,
    place: taken.object.$.placeOf(["spec", "http", taken.index, ...(retries ? ["retries"] : [])]),
    fix: "retryRemoteLocalities: true in retries",
  };
};

export const mistakesOfLocalities: readonly Mistake[] = [noLocality, failoverOrder, localRetries];
