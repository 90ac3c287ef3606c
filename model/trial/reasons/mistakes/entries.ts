import { listed } from "../../../output/text";
import { destinationRulesFor, hostsOf, serviceEntriesFor } from "../../manifests/hosts";
import { labelText, matchesLabels } from "../../manifests/labels";
import type { Texts, UserObject } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import { fqdnOf, serviceTitle } from "../../manifests/services";
import { urlParts } from "../../requests/urls";
import { hasFlag, hostOf, ofKind, sentTo, serviceSentTo } from "../context";
import { policyOf } from "../trafficPolicies";
import type { Mistake } from "./mistake";

/** Labels of a WorkloadEntry by which a ServiceEntry selects it. */
const workloadLabels = ({ spec, metadata }: UserObject): Texts => ({ ...metadata.labels, ...(spec?.labels as Texts) });

/** A ServiceEntry whose selector no workload of its namespace has. */
const noWorkload: Mistake = (context) => {
  if (!hasFlag(context, "UH")) return undefined;
  const workloads = ofKind(context.objects, "WorkloadEntry");
  for (const entry of serviceEntriesFor(sentTo(context)?.host ?? hostOf(context), context.objects)) {
    const selector = entry.spec?.workloadSelector?.labels as Texts | undefined;
    if (!selector) continue;
    const fitting = workloads.filter((workload) => matchesLabels(selector, workloadLabels(workload)));
    if (fitting.some(({ $ }) => $.namespace === entry.$.namespace)) continue;
    const place = entry.$.placeOf(["spec", "workloadSelector"]);
    const [elsewhere] = fitting;
    if (elsewhere)
      return {
        text: `${titleOf(entry)} selects workloads of its own namespace, and ${titleOf(elsewhere)} is in ${elsewhere.$.namespace}`,
        place,
        fix: "both in one namespace",
      };
    const present = workloads
      .filter(({ $ }) => $.namespace === entry.$.namespace)
      .map((workload) => labelText(workloadLabels(workload)) || "none");
    return {
      text: `no WorkloadEntry and no pod has the labels that ${titleOf(entry)} selects (${labelText(selector) || "none"}); there are: ${listed(present, "; ")}`,
      place,
      fix: "give the WorkloadEntry these labels",
    };
  }
  return undefined;
};

/** A ServiceEntry with the host of a Service, whose endpoints proxies then use too or instead. */
const entryOverService: Mistake = (context) => {
  const service = serviceSentTo(context);
  if (!service || !context.testCase.expect.by) return undefined;
  const entry = ofKind(context.objects, "ServiceEntry").find((object) => hostsOf(object).includes(fqdnOf(service)));
  return (
    entry && {
      text: `${titleOf(entry)} has the host of ${serviceTitle(service)}, so proxies also send to the endpoints of the entry`,
      place: entry.$.placeOf(["spec", "hosts"]),
      fix: "a host of its own for the ServiceEntry",
    }
  );
};

/** Settings of ports among which the one that the request goes to is not. */
const otherPort: Mistake = (context) => {
  const { testCase, observation } = context;
  const target = sentTo(context);
  const { port } = target ?? urlParts(testCase.request.url);
  const isExpected = testCase.expect.tls !== undefined || testCase.expect.peer !== undefined;
  if (!target || (!isExpected && observation.answer.status === 200)) return undefined;
  for (const rule of destinationRulesFor(target.host, context.objects)) {
    const settings = policyOf(rule).portLevelSettings ?? [];
    if (settings.length === 0 || settings.some((setting) => setting.port?.number === port)) continue;
    const numbers = settings.map((setting) => setting.port?.number).join(", ");
    return {
      text: `portLevelSettings of ${titleOf(rule)} are for port ${numbers}, and the request goes to port ${port} of ${target.host}: they do not apply`,
      place: rule.$.placeOf(["spec", "trafficPolicy", "portLevelSettings"]),
      fix: `port: { number: ${port} }, the port of the Service or ServiceEntry and not its targetPort`,
    };
  }
  return undefined;
};

export const mistakesOfEntries: readonly Mistake[] = [noWorkload, entryOverService, otherPort];
