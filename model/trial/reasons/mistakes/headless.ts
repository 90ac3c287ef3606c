import { serviceTitle } from "../../manifests/services";
import { resultOf } from "../../requests/observation";
import { urlParts } from "../../requests/urls";
import { calledService, placeInService, sentTo, serviceSentTo } from "../context";
import type { Mistake } from "./mistake";

/** The port of a headless Service that its pods do not listen on. */
const headlessPort: Mistake = (context) => {
  const service = calledService(context);
  const result = resultOf(context.observation);
  if (!service?.headless || (typeof result === "number" && result < 500)) return undefined;
  const { port } = urlParts(context.testCase.request.url);
  const index = service.ports.findIndex(({ number }) => number === port);
  const target = service.ports[index]?.target;
  if (target === undefined || target === port) return undefined;
  return {
    text: `${serviceTitle(service)} is headless: DNS answers with the addresses of pods, so that a caller connects to port ${port} of a pod, and targetPort ${target} is not used`,
    ...placeInService(context, service, ["spec", "ports", index]),
    fix: typeof target === "number" ? `port: ${target}, as the pods listen` : "the port on which the pods listen",
  };
};

/** A subset of a headless Service, whose pod the caller has chosen already. */
const headlessSubset: Mistake = (context) => {
  const service = serviceSentTo(context);
  const { by, reached, share, sameWorkload } = context.testCase.expect;
  if (!service?.headless || !(by ?? reached ?? share ?? sameWorkload)) return undefined;
  if (calledService(context) !== service) return undefined;
  const { subset } = sentTo(context) ?? {};
  const choice = subset ? `subset ${subset} does not choose another` : "no load balancing takes place";
  return {
    text: `${serviceTitle(service)} is headless: the caller connects to a pod that DNS names, and its proxy keeps that pod, so that ${choice}`,
    ...placeInService(context, service, ["spec", "clusterIP"]),
    fix: "remove clusterIP: None, or add a Service with a cluster address for these routes",
  };
};

export const mistakesOfHeadless: readonly Mistake[] = [headlessPort, headlessSubset];
