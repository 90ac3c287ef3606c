import { pullSecretName } from "../cluster/registries";
import { meshNamespace } from "../names";
import { type Caller, callersFor, outsideName, trialNamespace } from "./callers";
import type { Tests } from "./cases";
import {
  type Certificate,
  isPlaceholder,
  missingCredentials,
  placeholders,
  servesTls,
  servingNames,
} from "./certificates";
import { externalServices } from "./external";
import { gatewaysToMake } from "./gateways";
import { type KubeObject, type LeftOut, plainObject, titleOf, type UserObject } from "./objects";
import { containerName, gatewayObjects, podWorkload, programsName, servingName, trialLabel } from "./pods";
import { nameProblems, namespaceProblems, reserved } from "./rules";
import { type Service, serviceKey, serviceOf } from "./services";
import type { Problem } from "./source";
import { at } from "./source";
import { isGateway, type StandIn, standInsFor } from "./standIns";
import { type Substitution, substitute } from "./substitutions";

/** What a plan is made from, beside the manifests. */
export interface PlanArgs {
  readonly stack: string;
  readonly image: string;
  /** Texts of the programs of stand-ins and callers, by file. */
  readonly programs: Readonly<Record<string, string>>;
  readonly jwks: string;
  /** Credentials with which pods pull, as the text of a Docker config.json. */
  readonly pullSecret?: string | undefined;
}

/** Everything that a run applies, sends and lists. */
export interface Plan {
  readonly objects: readonly KubeObject[];
  readonly certificates: readonly Certificate[];
  readonly standIns: readonly StandIn[];
  readonly callers: readonly Caller[];
  readonly services: readonly Service[];
  readonly substitutions: readonly Substitution[];
  readonly leftOut: readonly LeftOut[];
  /** The user's objects as they are applied, for reasons and coverage. */
  readonly applied: readonly UserObject[];
}

/** The stand-in for everything outside the mesh, which is also where callers outside the cluster send from. */
function outsideStandIn(objects: readonly UserObject[]): StandIn {
  interface Port {
    readonly number?: number;
    readonly targetPort?: number;
  }
  const ports = objects
    .filter(({ kind }) => kind === "ServiceEntry")
    .flatMap(({ spec }) => ((spec?.ports ?? []) as Port[]).flatMap(({ number, targetPort }) => [number, targetPort]))
    .filter((port): port is number => port !== undefined);
  return {
    id: outsideName,
    namespace: trialNamespace,
    name: outsideName,
    kind: "Deployment",
    version: "",
    labels: { app: outsideName },
    annotations: {},
    services: [`${trialNamespace}/${outsideName}`],
    ports: [...new Set([80, 443, ...ports])].map((number) => ({ number })),
    replicas: 1,
    sidecar: false,
  };
}

const outsideService = ({ ports }: StandIn): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  // invisible to the mesh, as a host outside it is: proxies must not know its address as a Service of theirs
  metadata: {
    name: outsideName,
    namespace: trialNamespace,
    annotations: { "networking.istio.io/exportTo": "~" },
  },
  spec: {
    selector: { app: outsideName },
    ports: ports.map(({ number }) => ({ name: `tcp-${number}`, port: number, targetPort: number })),
  },
});

/** Access logs of all proxies, from which reports tell why; the user's own mesh-wide setting counts instead where there is one. */
function accessLogs(objects: readonly UserObject[]): KubeObject[] {
  const own = objects.some(
    ({ kind, $, spec }) => kind === "Telemetry" && $.namespace === meshNamespace && !spec?.selector,
  );
  const spec = { accessLogging: [{ providers: [{ name: "envoy" }] }] };
  const metadata = { name: "istio-trial-access-log", namespace: meshNamespace };
  return own ? [] : [{ apiVersion: "telemetry.istio.io/v1", kind: "Telemetry", metadata, spec }];
}

/** Services that test files ask for and that the manifests do not have. */
function askedServices(tests: Tests, given: readonly Service[]): Service[] {
  const known = new Set(given.map(serviceKey));
  return [...tests.workloads]
    .filter(([key]) => !known.has(key))
    .map(([key, { ports = { http: 80 } }]) => {
      const [namespace = "", name = ""] = key.split("/");
      const spec = {
        selector: { app: name },
        ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: number })),
      };
      return serviceOf({ apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec });
    });
}

function namespaceObjects(names: readonly string[], declared: readonly UserObject[]): KubeObject[] {
  return names.map((name) => {
    const own = declared.find(({ metadata }) => metadata.name === name);
    if (own) return plainObject(own);
    const labels = { "istio-injection": name === trialNamespace ? "disabled" : "enabled" };
    return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
  });
}

/** Turns manifests and cases into what is applied and sent, with every problem at once. */
export function makePlan(
  manifests: { readonly objects: readonly UserObject[]; readonly leftOut: readonly LeftOut[] },
  tests: Tests,
  { stack, image, programs, jwks, pullSecret }: PlanArgs,
): { plan: Plan; problems: Problem[] } {
  const given = manifests.objects.filter(({ kind }) => kind === "Service").map(serviceOf);
  const added = askedServices(tests, given);
  const services = [...given, ...added];
  const { objects: applied, list } = substitute({
    services,
    objects: manifests.objects,
    jwks,
    external: externalServices(tests, services),
  });
  const outside = outsideStandIn(applied);
  const found = standInsFor(services, applied, tests);
  const { callers, problems } = callersFor(tests, found, applied);
  const standIns = [
    ...found.filter(
      ({ services, namespace, name }) =>
        services.length > 0 || callers.some((caller) => caller.namespace === namespace && caller.workload === name),
    ),
    outside,
  ].map((one) => withCaller(one, callers));
  const credentials = missingCredentials(applied);
  const empty = placeholders(applied);
  const tls = servesTls(
    applied,
    tests.cases.filter(({ from }) => from !== outsideName).map(({ request }) => request.url),
  );
  const gateways = gatewaysToMake(applied);
  const answering = [...new Set(standIns.map(({ namespace }) => namespace))];
  const certificates = [
    ...credentials.certificates,
    ...empty.certificates,
    ...(tls
      ? answering.map((namespace) => ({
          namespace,
          secret: servingName,
          names: servingNames(namespace, applied),
          withCa: false,
        }))
      : []),
  ];
  const settings = { image, servesTls: () => tls, pullSecrets: pullSecret ? [pullSecretName] : [] };
  const pods = [
    ...standIns.map((one) =>
      podWorkload({ ...one, answers: one, clients: one.id === outsideName && certificates.length > 0 }, settings),
    ),
    ...distinctCallers(callers).map((caller) => podWorkload({ ...caller, name: caller.workload }, settings)),
  ];
  const declared = applied.filter(({ kind }) => kind === "Namespace");
  const own = applied.filter(
    (object) => object.kind !== "Namespace" && !replacedByStandIn(object) && !isPlaceholder(object),
  );
  const accounts = serviceAccounts([...standIns, ...callers], own);
  const others = [
    ...own.map(plainObject),
    ...added.map(({ object }) => object),
    ...pods,
    ...accounts,
    outsideService(outside),
    ...accessLogs(applied),
    ...gateways.flatMap(gatewayObjects),
  ];
  const used = [
    ...others.map(({ metadata }) => metadata.namespace ?? ""),
    ...declared.map(({ metadata }) => metadata.name),
  ];
  const names = [...new Set([...used, trialNamespace])].filter(
    (name) => name && name !== "default" && (name === trialNamespace || !reserved.includes(name)),
  );
  const withPods = [...new Set(pods.map(({ metadata }) => metadata.namespace ?? ""))];
  const pullSecrets = names.flatMap((namespace) =>
    pullSecret
      ? [
          {
            apiVersion: "v1",
            kind: "Secret",
            type: "kubernetes.io/dockerconfigjson",
            metadata: { name: pullSecretName, namespace },
            stringData: { ".dockerconfigjson": pullSecret },
          },
        ]
      : [],
  );
  const programMaps = withPods.map((namespace) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: programsName, namespace },
    data: programs,
  }));
  const label = (object: KubeObject): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, [trialLabel]: stack } },
  });
  const objects = [...namespaceObjects(names, declared), ...programMaps, ...pullSecrets, ...others].map(label);
  return {
    plan: {
      objects,
      certificates,
      standIns,
      callers,
      services,
      substitutions: [
        ...list,
        ...credentials.list,
        ...empty.list,
        ...replacements(applied, standIns, added, names, declared, gateways),
      ],
      leftOut: manifests.leftOut,
      applied,
    },
    problems: [...problems, ...namespaceProblems(manifests.objects), ...nameProblems(tests, standIns)],
  };
}

/** A stand-in that also sends has the caller's service account, where the manifests give it none. */
function withCaller(standIn: StandIn, callers: readonly Caller[]): StandIn {
  const caller = callers.find((one) => one.standIn === standIn.id && !one.outside);
  return caller && !standIn.serviceAccount ? { ...standIn, serviceAccount: caller.serviceAccount } : standIn;
}

const distinctCallers = (callers: readonly Caller[]): Caller[] => [
  ...new Map(
    callers.filter(({ standIn }) => standIn === undefined).map((one) => [`${one.namespace}/${one.workload}`, one]),
  ).values(),
];

const replacedByStandIn = ({ kind, spec }: UserObject): boolean =>
  (kind === "Deployment" || kind === "StatefulSet") && !isGateway(spec?.template);

function serviceAccounts(
  users: readonly { readonly namespace: string; readonly serviceAccount?: string }[],
  objects: readonly UserObject[],
): KubeObject[] {
  const known = new Set(
    objects.filter(({ kind }) => kind === "ServiceAccount").map(({ $, metadata }) => `${$.namespace}/${metadata.name}`),
  );
  const wanted = users.flatMap(({ namespace, serviceAccount }) =>
    serviceAccount && serviceAccount !== "default" ? [`${namespace}/${serviceAccount}`] : [],
  );
  return [...new Set(wanted)]
    .filter((key) => !known.has(key))
    .map((key) => {
      const [namespace = "", name = ""] = key.split("/");
      return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } };
    });
}

function replacements(
  applied: readonly UserObject[],
  standIns: readonly StandIn[],
  added: readonly Service[],
  names: readonly string[],
  declared: readonly UserObject[],
  gateways: readonly { readonly namespace: string; readonly name: string }[],
): Substitution[] {
  const isDeclared = (name: string) => declared.some(({ metadata }) => metadata.name === name);
  return [
    ...applied.filter(replacedByStandIn).map((object) => {
      const kept = standIns.some(
        ({ namespace, name }) => namespace === object.$.namespace && name === object.metadata.name,
      );
      const did = kept
        ? `its containers and volumes are replaced by the stand-in container \`${containerName}\``
        : "no Service leads to it and no case sends from it: it is not started";
      return { object: titleOf(object), place: at(object.$.place), did };
    }),
    ...added.map((service) => ({
      object: `Service ${serviceKey(service)}`,
      place: "",
      did: "made because a test file names it under workloads",
    })),
    ...names
      .filter((name) => name !== trialNamespace && !isDeclared(name))
      .map((name) => ({
        object: `Namespace ${name}`,
        place: "",
        did: "not in the manifests: made with istio-injection: enabled",
      })),
    ...gateways.map(({ namespace, name }) => ({
      object: `Deployment ${namespace}/${name}`,
      place: "",
      did: "made because no gateway of the environment has the labels that a Gateway selects",
    })),
  ];
}
