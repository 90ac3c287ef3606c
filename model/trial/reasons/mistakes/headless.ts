import { fqdnOf } from "../../manifests/services";
import { resultOf } from "../../requests/observation";
import { urlParts } from "../../requests/urls";
import { type Context, calledService, objectTitle, sentTo } from "../context";
import type { Mistake } from "./mistake";

const objectOf = ({ objects }: Context, { namespace, name }: { namespace: string; name: string }) =>
  objects.find(({ kind, metadata, $ }) => kind === "Service" && $.namespace === namespace && metadata.name === name);

/** The port of a headless Service that its pods do not listen on. */
const headlessPort: Mistake = (context) => {
  const service = calledService(context);
  const result = resultOf(context.observation);
  if (!service?.headless || (typeof result === "number" && result < 500)) return undefined;
  const { port } = urlParts(context.testCase.request.url);
  const index = service.ports.findIndex(({ number }) => number === port);
  const target = service.ports[index]?.target;
  const object = objectOf(context, service);
  if (target === undefined || target === port) return undefined;
  return {
    text: `Service ${service.namespace}/${service.name} is headless: DNS answers with the addresses of pods, so that a caller connects to port ${port} of a pod, and targetPort ${target} is not used`,
    ...(object && { place: object.$.placeOf(["spec", "ports", index]) }),
    fix: typeof target === "number" ? `port: ${target}, as the pods listen` : "the port on which the pods listen",
  };
};

/** A subset of a headless Service, whose pod the caller has chosen already. */
const headlessSubset: Mistake = (context) => {
  const target = sentTo(context);
  const service = context.services.find((candidate) => candidate.headless && fqdnOf(candidate) === target?.host);
  const { by, reached, share, sameWorkload } = context.testCase.expect;
  if (!service || !(by ?? reached ?? share ?? sameWorkload)) return undefined;
  if (calledService(context) !== service) return undefined;
  const object = objectOf(context, service);
  const choice = target?.subset ? `subset ${target.subset} does not choose another` : "no load balancing takes place";
  return {
    text: `${object ? objectTitle(object) : `Service ${service.namespace}/${service.name}`} is headless: the caller connects to a pod that DNS names, and its proxy keeps that pod, so that ${choice}`,
    ...(object && { place: object.$.placeOf(["spec", "clusterIP"]) }),
    fix: "remove clusterIP: None, or add a Service with a cluster address for these routes",
  };
};

export const mistakesOfHeadless: readonly Mistake[] = [headlessPort, headlessSubset];
