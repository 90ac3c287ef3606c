import { injectionLabel, revisionLabel } from "../../mesh/injection";
import { app, meshNamespace, metallbNamespace } from "../../names";
import type { Tests } from "../format/cases";
import { trialNamespace } from "../standIns/callers";
import { isNamed, type StandIn } from "../standIns/standIns";
import { configuresMesh } from "./kinds";
import { type Manifests, type Texts, titleOf, type UserObject } from "./objects";
import { didYouMean, keyOfDnsName } from "./services";
import type { Problem } from "./source";

/** Namespaces of the environment and of the cluster, in which nothing of a test may live. */
export const reservedNamespaces: readonly string[] = [
  meshNamespace,
  metallbNamespace,
  app.namespace,
  trialNamespace,
  "kube-system",
  "kube-public",
  "kube-node-lease",
];

/** Largest number of objects in a run: each is a request to the API server, and a step of Pulumi's. */
const maxObjects = 1000;
/** Largest number of pods in a run: a node starts 110, and the environment has some of its own. */
const maxPods = 90;

/** Problems of objects in namespaces that belong to the environment. */
export function namespaceProblems(objects: readonly UserObject[]): Problem[] {
  return objects.flatMap((object) => {
    const namespace = object.kind === "Namespace" ? object.metadata.name : object.$.namespace;
    if (!reservedNamespaces.includes(namespace)) return [];
    const mesh = configuresMesh(object.apiVersion) || object.kind === "Secret";
    if (namespace === meshNamespace && mesh) return [];
    const allowed = namespace === meshNamespace ? "; allowed there: Istio's kinds and Secrets" : "";
    const place = object.$.placeOf(object.kind === "Namespace" ? ["metadata", "name"] : ["metadata", "namespace"]);
    return [
      {
        ...place,
        message: `${titleOf(object)} lies in ${namespace}, which belongs to the environment${allowed}; use a namespace of your own`,
      },
    ];
  });
}

/** Leaves out Roles and RoleBindings in namespaces of the environment, so that no file changes the rights there. */
export function withoutRightsOfOthers({ objects, leftOut, problems }: Manifests): Manifests {
  const isOfOthers = ({ kind, $ }: UserObject): boolean =>
    /^Role(Binding)?$/.test(kind) && reservedNamespaces.includes($.namespace);
  const rights = objects.filter(isOfOthers).map((object) => ({
    ...object.$.place,
    object: titleOf(object),
    why: `namespace ${object.$.namespace} belongs to the environment`,
  }));
  return { objects: objects.filter((object) => !isOfOthers(object)), leftOut: [...leftOut, ...rights], problems };
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Texts };
}

/**
 * Revisions that namespaces and pods name and that inject no sidecar in this environment.
 *
 * @param known - revisions, and tags of revisions, that inject
 */
export function revisionProblems(objects: readonly UserObject[], known: readonly string[]): Problem[] {
  return objects.flatMap((object) => {
    const isPod = object.kind === "Deployment" || object.kind === "StatefulSet";
    const template = (object.spec as { template?: PodTemplate } | undefined)?.template;
    const labels = isPod
      ? template?.metadata?.labels
      : object.kind === "Namespace"
        ? object.metadata.labels
        : undefined;
    const revision = labels?.[revisionLabel];
    if (revision === undefined || known.includes(revision)) return [];
    const path = [...(isPod ? ["spec", "template"] : []), "metadata", "labels", revisionLabel];
    return [
      {
        ...object.$.placeOf(path),
        message: `${titleOf(object)} has ${revisionLabel}: ${revision}, which injects no sidecar here; allowed: ${known.join(", ")}, or ${injectionLabel}: enabled on the namespace`,
      },
    ];
  });
}

/** Problems of a run without a test, or with too many. */
export function sizeProblems(folder: string, objects: readonly UserObject[], tests: Tests, pods = 0): Problem[] {
  const place = { file: folder, line: 1 };
  return [
    ...(objects.length > maxObjects
      ? [
          {
            ...place,
            message: `${objects.length} objects are more than the ${maxObjects} that one run applies; try a folder with fewer`,
          },
        ]
      : []),
    ...(pods > maxPods
      ? [
          {
            ...place,
            message: `${pods} pods are more than the ${maxPods} that one run starts: one for each workload behind a Service, and for each caller; try a folder with fewer Services`,
          },
        ]
      : []),
    ...(tests.cases.length === 0
      ? [{ ...place, message: "no case: write one into a file named *.test.yaml, see docs/try.md" }]
      : []),
  ];
}

/** Problems of workloads that cases name and that have no stand-in. */
export function nameProblems(tests: Tests, standIns: readonly StandIn[]): Problem[] {
  const known = [...new Set(standIns.map(({ id }) => id))].join(", ") || "none";
  return tests.cases.flatMap(({ file, line, expect, given }) => {
    const shares = Object.keys({ ...expect.share, ...expect.mirroredShare }).filter((name) => !/^\d{3}$/.test(name));
    const mirrored = (expect.mirrored ?? []).filter((name) => name !== "none");
    const names = [...(expect.by ?? []), ...(expect.reached ?? []), ...shares, ...mirrored, ...Object.keys(given)];
    return names
      .filter((name) => !standIns.some((standIn) => isNamed(name, standIn)))
      .map((name) => {
        const key = keyOfDnsName(name);
        const isOther = key !== undefined && standIns.some((standIn) => isNamed(key, standIn));
        const message = `workload ${name} does not exist${isOther ? didYouMean(key) : `; there are: ${known}`}`;
        return { file, line, message };
      });
  });
}
