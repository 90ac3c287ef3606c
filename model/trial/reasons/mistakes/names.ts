import { closest, distance } from "fastest-levenshtein";
import { domainOfServices, fqdnOf, istioHost, matchesHost, serviceByDns } from "../../manifests/services";
import { resultOf } from "../../requests/observation";
import { urlParts } from "../../requests/urls";
import { type Context, calledService, objectTitle, ofKind } from "../context";
import { httpRoutes, routesForHost } from "../routes";
import type { Mistake } from "./mistake";

const isUnresolved = ({ observation }: Context): boolean => resultOf(observation) === "unresolved";

/** A pod's name in front of a headless Service that its StatefulSet does not name. */
const statefulSetName: Mistake = (context) => {
  if (!isUnresolved(context)) return undefined;
  const { host } = urlParts(context.testCase.request.url);
  const [pod = ""] = host.split(".");
  const headless = serviceByDns(host.replace(/^[^.]+\./, ""), context.caller.namespace, context.services);
  const set = ofKind(context.objects, "StatefulSet").find(
    ({ metadata, $ }) => $.namespace === headless?.namespace && metadata.name === pod.replace(/-\d+$/, ""),
  );
  if (!headless || !set || set.spec?.serviceName === headless.name) return undefined;
  return {
    text: `${objectTitle(set)} has serviceName ${set.spec?.serviceName ?? "none"}: its pods have DNS names in that Service, and not in ${headless.name}`,
    place: set.$.placeOf(["spec", "serviceName"]),
    fix: `serviceName: ${headless.name}`,
  };
};

/** A name of a pod in front of a Service that is not headless. */
const notHeadless: Mistake = (context) => {
  if (!isUnresolved(context)) return undefined;
  const { host } = urlParts(context.testCase.request.url);
  const service = serviceByDns(host.replace(/^[^.]+\./, ""), context.caller.namespace, context.services);
  if (!service || service.headless) return undefined;
  const object = context.objects.find(
    ({ kind, metadata, $ }) =>
      kind === "Service" && $.namespace === service.namespace && metadata.name === service.name,
  );
  return {
    text: `Service ${service.namespace}/${service.name} is not headless, so its pods have no DNS names`,
    ...(object && { place: object.$.placeOf(["spec"]) }),
    fix: "clusterIP: None",
  };
};

/** A host that no Service has, with the nearest one that exists. */
const misspelled: Mistake = (context) => {
  if (!isUnresolved(context) || calledService(context)) return undefined;
  const { host } = urlParts(context.testCase.request.url);
  const { namespace } = context.caller;
  const names = context.services.flatMap((service) => [
    `${service.name}.${service.namespace}`,
    ...(service.namespace === namespace ? [service.name] : []),
  ]);
  const wanted = host.replace(/\.svc(\.cluster\.local)?$/, "");
  const same = context.services.filter(({ name }) => name === wanted);
  if (same.length > 0)
    return {
      text: `Service ${wanted} is in namespace ${same.map((service) => service.namespace).join(", ")}, and the caller is in ${namespace}: a short name means the caller's own namespace`,
      fix: `http://${wanted}.${same[0]?.namespace}`,
    };
  const near = names.length > 0 ? closest(wanted, names) : undefined;
  return near && distance(near, wanted) < 4
    ? { text: `no Service has the name ${wanted}; did you mean ${near}?` }
    : undefined;
};

/** A route to an ExternalName, which is a name and has no pods. */
const routeToExternalName: Mistake = (context) => {
  if (!context.observation.log.some(({ flags }) => flags.includes("NC"))) return undefined;
  for (const object of routesForHost(context))
    for (const [i, { route = [] }] of httpRoutes(object).entries())
      for (const [j, { destination = {} }] of route.entries()) {
        const full = istioHost(destination.host ?? "", object.$.namespace);
        const service = context.services.find((candidate) => fqdnOf(candidate) === full);
        const target = String(service?.object.spec?.externalName ?? "");
        if (service?.object.spec?.type !== "ExternalName" || target.endsWith(domainOfServices)) continue;
        const known = ofKind(context.objects, "ServiceEntry").some(({ spec }) =>
          ((spec?.hosts ?? []) as string[]).some((name) => matchesHost(name, target)),
        );
        return {
          text: `Service ${service.namespace}/${service.name} is an ExternalName: for Istio it is another name of ${target}, ${known ? "and a route has to lead to that host" : "which no Service and no ServiceEntry has, so nothing can be routed to it"}`,
          place: object.$.placeOf(["spec", "http", i, "route", j, "destination"]),
          fix: known
            ? `destination: { host: ${target} }`
            : `a ServiceEntry with hosts: [${target}], and destination: { host: ${target} }`,
        };
      }
  return undefined;
};

export const mistakesOfNames: readonly Mistake[] = [statefulSetName, notHeadless, misspelled, routeToExternalName];
