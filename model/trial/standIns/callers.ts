import type { CallerSpec, Case, Tests } from "../format/cases";
import { matchesLabels } from "../manifests/labels";
import { objectKey, type Texts, type UserObject } from "../manifests/objects";
import { ownGateway } from "../manifests/ownGateway";
import type { Problem } from "../manifests/source";
import { templateOf } from "../manifests/templates";
import type { StandIn } from "./standIns";

/** Namespace of what belongs to no namespace of the user's: the caller outside the cluster, and hosts outside the mesh. */
export const trialNamespace = "istio-trial";
/** Stand-in for every host outside the mesh, and the pod that callers outside the cluster use. */
export const outsideName = "outside";

/** A pod that sends requests. */
export interface Caller {
  /** As `from` names it. */
  readonly name: string;
  readonly namespace: string;
  /** Deployment whose pod sends. */
  readonly workload: string;
  readonly serviceAccount: string;
  readonly labels: Texts;
  readonly sidecar?: boolean;
  /** True if it connects to a gateway and to nothing else. */
  readonly outside: boolean;
  readonly gateway?: string;
  /** Stand-in whose pod it is: a Service of the user's selects it, so it has to answer too. */
  readonly standIn?: string;
}

const identity = /^([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9.-]*)(?: +\((no sidecar|without sidecar|sidecar)\))?$/;

function askedFor(from: string, tests: Tests): CallerSpec | undefined {
  const named = tests.callers.get(from);
  if (named) return named;
  const nowhere = { file: "", line: 0 };
  if (from === outsideName) return { ...nowhere, gateway: "" };
  const [, namespace, serviceAccount, sidecar] = identity.exec(from) ?? [];
  if (!namespace || !serviceAccount) return undefined;
  return { ...nowhere, namespace, serviceAccount, ...(sidecar && { sidecar: sidecar === "sidecar" }) };
}

function callerFor(
  from: string,
  spec: CallerSpec,
  standIns: readonly StandIn[],
  objects: readonly UserObject[],
): Caller {
  const { namespace, serviceAccount = "default", sidecar, gateway } = spec;
  if (namespace === undefined)
    return {
      name: from,
      namespace: trialNamespace,
      workload: outsideName,
      serviceAccount: "default",
      labels: {},
      outside: true,
      ...(gateway && { gateway }),
      standIn: outsideName,
    };
  const deployment = objects.find(
    ({ kind, metadata, $ }) => kind === "Deployment" && $.namespace === namespace && metadata.name === serviceAccount,
  );
  const labels = spec.labels ?? (deployment ? templateOf(deployment).labels : { app: serviceAccount });
  const local = standIns.filter((standIn) => standIn.namespace === namespace && standIn.replicas > 0);
  const selected = local.find((standIn) => matchesLabels(labels, standIn.labels) && standIn.services.length > 0);
  const same = selected && (sidecar === undefined || sidecar === selected.sidecar) && Object.keys(labels).length > 0;
  const suffix = sidecar === undefined ? "" : sidecar ? "-sidecar" : "-bare";
  const labelSuffix = spec.labels ? `-${from.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}` : "";
  return {
    name: from,
    namespace,
    workload: same ? selected.name : `caller-${serviceAccount}${suffix}${labelSuffix}`.slice(0, 60),
    serviceAccount: deployment?.spec?.template?.spec?.serviceAccountName ?? serviceAccount,
    labels,
    outside: false,
    ...(sidecar !== undefined && { sidecar }),
    ...(same && { standIn: selected.id }),
  };
}

/** The callers of all cases, and the cases whose caller is unknown. */
export function callersFor(
  tests: Tests,
  standIns: readonly StandIn[],
  objects: readonly UserObject[],
): { callers: Caller[]; problems: Problem[] } {
  const names = [...new Set(tests.cases.map(({ from }) => from))];
  const specs = names.map((name) => [name, askedFor(name, tests)] as const);
  const unknown = new Set(specs.filter(([, spec]) => spec === undefined).map(([name]) => name));
  const known = [outsideName, "NAMESPACE/SERVICEACCOUNT", ...tests.callers.keys()].join(", ");
  const problem = ({ file, line, from }: Case): Problem => ({
    file,
    line,
    message: `caller ${from} does not exist; allowed: ${known}`,
  });
  const gateways = [ownGateway, ...objects.filter(({ kind }) => kind === "Gateway").map(objectKey)];
  const gatewayOfCaller = new Map(
    specs.flatMap(([name, spec]) => (spec?.gateway ? [[name, spec.gateway] as const] : [])),
  );
  const absentGateway = ({ file, line, from }: Case): Problem[] => {
    const name = gatewayOfCaller.get(from);
    return name === undefined || gateways.includes(name)
      ? []
      : [
          {
            file,
            line,
            message: `gateway ${name} of caller ${from} does not exist; there are: ${gateways.join(", ")}`,
          },
        ];
  };
  return {
    callers: specs.flatMap(([name, spec]) => (spec ? [callerFor(name, spec, standIns, objects)] : [])),
    problems: [
      ...tests.cases.filter(({ from }) => unknown.has(from)).map(problem),
      ...tests.cases.flatMap(absentGateway),
    ],
  };
}
