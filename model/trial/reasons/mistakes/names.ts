import { closest, distance } from "fastest-levenshtein";
import { serviceEntriesFor } from "../../manifests/hosts";
import { objectKey, titleOf } from "../../manifests/objects";
import { domainOfServices, type Service, serviceByDns, serviceByFqdn, serviceTitle } from "../../manifests/services";
import { urlParts } from "../../requests/urls";
import { type Context, calledService, endedWith, hasFlag, ofKind, placeInService } from "../context";
import { destinationsOf } from "../httpRoutes";
import { virtualServicesForHost } from "../routes";
import { type Mistake, onlyIf } from "./mistake";

const isUnresolved = (context: Context): boolean => endedWith(context, "unresolved");

/** Pod and Service of a host such as web-0.web.shop, the DNS name of a StatefulSet's pod. */
function podOfHost({ caller, services, testCase }: Context): { pod: string; service: Service | undefined } {
  const { host } = urlParts(testCase.request.url);
  const [pod = ""] = host.split(".");
  return { pod, service: serviceByDns(host.replace(/^[^.]+\./, ""), caller.namespace, services) };
}

/** A pod's name in front of a headless Service that its StatefulSet does not name. */
const statefulSetName: Mistake = (context) => {
  const { pod, service } = podOfHost(context);
  if (!service) return undefined;
  const key = `${service.namespace}/${pod.replace(/-\d+$/, "")}`;
  const set = ofKind(context.objects, "StatefulSet").find((object) => objectKey(object) === key);
  if (!set || set.spec?.serviceName === service.name) return undefined;
  return {
    text: `${titleOf(set)} has serviceName ${set.spec?.serviceName ?? "none"}: its pods have DNS names in that Service, and not in ${service.name}`,
    place: set.$.placeOf(["spec", "serviceName"]),
    fix: `serviceName: ${service.name}`,
  };
};

/** A name of a pod in front of a Service that is not headless. */
const notHeadless: Mistake = (context) => {
  const { service } = podOfHost(context);
  if (!service || service.headless) return undefined;
  return {
    text: `${serviceTitle(service)} is not headless, so its pods have no DNS names`,
    ...placeInService(context, service, ["spec"]),
    fix: "clusterIP: None",
  };
};

/** A host that no Service has, with the nearest one that exists. */
const misspelled: Mistake = (context) => {
  if (calledService(context)) return undefined;
  const { host } = urlParts(context.testCase.request.url);
  const { namespace } = context.caller;
  const names = context.services.flatMap((service) => [
    `${service.name}.${service.namespace}`,
    ...(service.namespace === namespace ? [service.name] : []),
  ]);
  const wanted = host.replace(/\.svc(\.cluster\.local)?$/, "");
  const namespaces = context.services.filter(({ name }) => name === wanted).map((service) => service.namespace);
  if (namespaces.length > 0)
    return {
      text: `Service ${wanted} is in namespace ${namespaces.join(", ")}, and the caller is in ${namespace}: a short name means the caller's own namespace`,
      fix: `http://${wanted}.${namespaces[0]}`,
    };
  const near = names.length > 0 ? closest(wanted, names) : undefined;
  return near && distance(near, wanted) < 4
    ? { text: `no Service has the name ${wanted}; did you mean ${near}?` }
    : undefined;
};

/** A route to an ExternalName, which is a name and has no pods. */
const routeToExternalName: Mistake = (context) => {
  if (!hasFlag(context, "NC")) return undefined;
  for (const { fqdn, place } of virtualServicesForHost(context).flatMap((object) => destinationsOf(object))) {
    const service = serviceByFqdn(fqdn, context.services);
    const target = String(service?.object.spec?.externalName ?? "");
    if (service?.object.spec?.type !== "ExternalName" || target.endsWith(domainOfServices)) continue;
    const alias = `${serviceTitle(service)} is an ExternalName: for Istio it is another name of ${target}`;
    return serviceEntriesFor(target, context.objects).length > 0
      ? {
          text: `${alias}, and a route has to lead to that host`,
          place,
          fix: `destination: { host: ${target} }`,
        }
      : {
          text: `${alias}, which no Service and no ServiceEntry has, so nothing can be routed to it`,
          place,
          fix: `a ServiceEntry with hosts: [${target}], and destination: { host: ${target} }`,
        };
  }
  return undefined;
};

export const mistakesOfNames: readonly Mistake[] = [
  ...onlyIf(isUnresolved, [statefulSetName, notHeadless, misspelled]),
  routeToExternalName,
];
