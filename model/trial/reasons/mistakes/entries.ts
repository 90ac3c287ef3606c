import { rulesForHost } from "../../manifests/hosts";
import { matchesLabels } from "../../manifests/labels";
import type { Texts, UserObject } from "../../manifests/objects";
import { fqdnOf, matchesHost, serviceKey } from "../../manifests/services";
import { urlParts } from "../../requests/urls";
import { type Context, hostOf, objectTitle, ofKind, sentTo } from "../context";
import type { Mistake } from "./mistake";

const entriesFor = ({ objects }: Context, host: string): UserObject[] =>
  ofKind(objects, "ServiceEntry").filter(({ spec }) =>
    ((spec?.hosts ?? []) as string[]).some((pattern) => matchesHost(pattern, host)),
  );

const shown = (labels: Texts): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ") || "none";

/** A ServiceEntry whose selector no workload of its namespace has. */
const noWorkload: Mistake = (context) => {
  if (!context.observation.log.some(({ flags }) => flags.includes("UH"))) return undefined;
  for (const entry of entriesFor(context, sentTo(context)?.host ?? hostOf(context))) {
    const selector = entry.spec?.workloadSelector?.labels as Texts | undefined;
    if (!selector) continue;
    const workloads = ofKind(context.objects, "WorkloadEntry");
    const labelsOf = ({ spec, metadata }: UserObject): Texts => ({ ...metadata.labels, ...(spec?.labels as Texts) });
    const fitting = workloads.filter((workload) => matchesLabels(selector, labelsOf(workload)));
    if (fitting.some(({ $ }) => $.namespace === entry.$.namespace)) continue;
    const place = entry.$.placeOf(["spec", "workloadSelector"]);
    const [elsewhere] = fitting;
    if (elsewhere)
      return {
        text: `${objectTitle(entry)} selects workloads of its own namespace, and ${objectTitle(elsewhere)} is in ${elsewhere.$.namespace}`,
        place,
        fix: `both in one namespace`,
      };
    const there = workloads
      .filter(({ $ }) => $.namespace === entry.$.namespace)
      .map((workload) => shown(labelsOf(workload)));
    return {
      text: `no WorkloadEntry and no pod has the labels that ${objectTitle(entry)} selects (${shown(selector)}); there are: ${there.join("; ") || "none"}`,
      place,
      fix: "give the WorkloadEntry these labels",
    };
  }
  return undefined;
};

/** A ServiceEntry with the host of a Service, whose endpoints proxies then use too or instead. */
const entryOverService: Mistake = (context) => {
  const target = sentTo(context);
  const service = context.services.find((candidate) => fqdnOf(candidate) === target?.host);
  if (!service || !context.testCase.expect.by) return undefined;
  const entry = ofKind(context.objects, "ServiceEntry").find(({ spec }) =>
    ((spec?.hosts ?? []) as string[]).includes(fqdnOf(service)),
  );
  return (
    entry && {
      text: `${objectTitle(entry)} has the host of Service ${serviceKey(service)}, so proxies also send to the endpoints of the entry`,
      place: entry.$.placeOf(["spec", "hosts"]),
      fix: "a host of its own for the ServiceEntry",
    }
  );
};

interface PortSettings {
  readonly port?: { readonly number?: number };
  readonly tls?: object;
}

/** Settings of a port that the host does not have, or of another one than the request goes to. */
const otherPort: Mistake = (context) => {
  const { testCase, observation } = context;
  const target = sentTo(context);
  const { port } = target ?? urlParts(testCase.request.url);
  const isExpected = testCase.expect.tls !== undefined || testCase.expect.peer !== undefined;
  if (!target || (!isExpected && observation.answer.status === 200)) return undefined;
  for (const rule of rulesForHost(target.host, context.objects)) {
    const settings = (rule.spec?.trafficPolicy?.portLevelSettings ?? []) as PortSettings[];
    if (settings.length === 0 || settings.some((setting) => setting.port?.number === port)) continue;
    const numbers = settings.map((setting) => setting.port?.number).join(", ");
    return {
      text: `portLevelSettings of ${objectTitle(rule)} are for port ${numbers}, and the request goes to port ${port} of ${target.host}: they do not apply`,
      place: rule.$.placeOf(["spec", "trafficPolicy", "portLevelSettings"]),
      fix: `port: { number: ${port} }, the port of the Service or ServiceEntry and not its targetPort`,
    };
  }
  return undefined;
};

export const mistakesOfEntries: readonly Mistake[] = [noWorkload, entryOverService, otherPort];
