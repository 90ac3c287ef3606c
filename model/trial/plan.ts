import { pullSecretName } from "../cluster/registries";
import type { Dataplane } from "../mesh/ambient";
import {
  isPlaceholder,
  missingServerCertificates,
  placeholderCertificates,
  servesTls,
  servingNames,
} from "./certificates/certificates";
import { missingClientCertificates } from "./certificates/clientCredentials";
import { certificateSubstitution } from "./certificates/issuedCertificate";
import type { RunCertificate } from "./certificates/runCertificate";
import type { Tests } from "./format/cases";
import { gatewaysToMake } from "./manifests/gateways";
import { type KubeObject, type LeftOut, plainObject, type UserObject } from "./manifests/objects";
import { nameProblems, namespaceProblems, reservedNamespaces } from "./manifests/rules";
import { type Service, serviceOf } from "./manifests/services";
import type { Problem } from "./manifests/source";
import { accessLogs, declaredServices, injectionOf, namespaceObjects, serviceAccounts } from "./standIns/additions";
import { type Caller, callersFor, outsideName, trialNamespace } from "./standIns/callers";
import { externalServices } from "./standIns/external";
import { gatewayObjects } from "./standIns/gatewayPods";
import { outsideService, outsideStandIn } from "./standIns/outside";
import { podWorkload, servingName, trialLabel } from "./standIns/pods";
import { replacedByStandIn, replacementsOf } from "./standIns/replacements";
import { type StandIn, standInsFor } from "./standIns/standIns";
import { applySubstitutions, type Substitution } from "./standIns/substitutions";
import { programMaps, pullSecrets } from "./standIns/supplies";

/** Inputs of a plan beside the manifests. */
export interface PlanArgs {
  readonly stack: string;
  readonly image: string;
  /** Texts of the programs of stand-ins and callers, by file. */
  readonly programs: Readonly<Record<string, string>>;
  /** Digest of the programs. @default none */
  readonly digest?: string;
  readonly jwks: string;
  /** Credentials with which pods pull, as the text of a Docker config.json. */
  readonly pullSecret?: string | undefined;
  /** Dataplane of the environment. @default sidecar */
  readonly dataplane?: Dataplane;
}

/** Everything that a run applies, sends and lists. */
export interface Plan {
  readonly objects: readonly KubeObject[];
  readonly certificates: readonly RunCertificate[];
  readonly standIns: readonly StandIn[];
  readonly callers: readonly Caller[];
  readonly services: readonly Service[];
  readonly substitutions: readonly Substitution[];
  readonly leftOut: readonly LeftOut[];
  /** The user's objects as they are applied, for reasons and coverage. */
  readonly applied: readonly UserObject[];
}

/** Plans a run of the cases against the manifests. Returns every problem of the input at once. */
export function makePlan(
  manifests: { readonly objects: readonly UserObject[]; readonly leftOut: readonly LeftOut[] },
  tests: Tests,
  { stack, image, programs, digest = "", jwks, pullSecret, dataplane = "sidecar" }: PlanArgs,
): { plan: Plan; problems: Problem[] } {
  const userServices = manifests.objects.filter(({ kind }) => kind === "Service").map(serviceOf);
  const added = declaredServices(tests, userServices);
  const services = [...userServices, ...added];
  const { objects: applied, changes } = applySubstitutions({
    services,
    objects: manifests.objects,
    jwks,
    external: externalServices(tests, services),
  });
  const outside = outsideStandIn(applied);
  const candidates = standInsFor(services, applied, tests);
  const { callers, problems } = callersFor(tests, candidates, applied);
  const standIns = [
    ...candidates.filter(
      ({ services, namespace, name }) =>
        services.length > 0 || callers.some((caller) => caller.namespace === namespace && caller.workload === name),
    ),
    outside,
  ].map((standIn) => withCaller(standIn, callers));
  const issued = [
    ...missingServerCertificates(applied),
    ...missingClientCertificates(applied),
    ...placeholderCertificates(applied),
  ];
  const tls = servesTls(
    applied,
    tests.cases.filter(({ from }) => from !== outsideName).map(({ request }) => request.url),
  );
  const gateways = gatewaysToMake(applied);
  const answering = [...new Set(standIns.map(({ namespace }) => namespace))];
  const certificates = [
    ...issued.map(({ certificate }) => certificate),
    ...(tls
      ? answering.map((namespace) => ({
          namespace,
          secret: servingName,
          names: servingNames(namespace, applied),
          withCa: false,
        }))
      : []),
  ];
  const settings = {
    image,
    digest,
    servesTls: () => tls,
    injection: (namespace: string) => injectionOf(namespace, applied),
    pullSecrets: pullSecret ? [pullSecretName] : [],
    dataplane,
  };
  const pods = [
    ...standIns.map((standIn) => {
      const clients = standIn.id === outsideName && certificates.length > 0;
      return podWorkload({ ...standIn, answers: standIn, clients }, settings);
    }),
    ...distinctCallers(callers).map((caller) => podWorkload({ ...caller, name: caller.workload }, settings)),
  ];
  const declared = applied.filter(({ kind }) => kind === "Namespace");
  const kept = applied.filter(
    (object) => object.kind !== "Namespace" && !replacedByStandIn(object) && !isPlaceholder(object),
  );
  const accounts = serviceAccounts([...standIns, ...callers], kept);
  const namespaced = [
    ...kept.map(plainObject),
    ...added.map(({ object }) => object),
    ...pods,
    ...accounts,
    outsideService(outside),
    ...accessLogs(applied),
    ...gateways.flatMap(gatewayObjects),
  ];
  const used = [
    ...namespaced.map(({ metadata }) => metadata.namespace ?? ""),
    ...declared.map(({ metadata }) => metadata.name),
  ];
  const names = [...new Set([...used, trialNamespace])].filter(
    (name) => name && name !== "default" && (name === trialNamespace || !reservedNamespaces.includes(name)),
  );
  const withPods = [...new Set(pods.map(({ metadata }) => metadata.namespace ?? ""))];
  const label = (object: KubeObject): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, [trialLabel]: stack } },
  });
  const supplied = [...programMaps(withPods, programs), ...pullSecrets(names, pullSecret)];
  const objects = [...namespaceObjects(names, declared), ...supplied, ...namespaced].map(label);
  return {
    plan: {
      objects,
      certificates,
      standIns,
      callers,
      services,
      substitutions: [
        ...changes,
        ...issued.map(certificateSubstitution),
        ...replacementsOf(applied, standIns, added, names, declared, gateways),
      ],
      leftOut: manifests.leftOut,
      applied,
    },
    problems: [...problems, ...namespaceProblems(manifests.objects), ...nameProblems(tests, standIns)],
  };
}

/** A stand-in with the service account of the caller that sends from its pod, unless the manifests name another. */
function withCaller(standIn: StandIn, callers: readonly Caller[]): StandIn {
  const caller = callers.find((candidate) => candidate.standIn === standIn.id && !candidate.outside);
  return caller && !standIn.serviceAccount ? { ...standIn, serviceAccount: caller.serviceAccount } : standIn;
}

const distinctCallers = (callers: readonly Caller[]): Caller[] => [
  ...new Map(
    callers
      .filter(({ standIn }) => standIn === undefined)
      .map((caller) => [`${caller.namespace}/${caller.workload}`, caller]),
  ).values(),
];
