import { meshNamespace } from "../../names";
import { parseDocuments, renderFirst, type YamlDocument } from "./documents";
import { type Kind, kindOf } from "./kinds";
import { shapeProblems } from "./manifestShape";
import type { Path, Place, Problem, Source } from "./source";

/** Labels or annotations. */
export type Texts = Readonly<Record<string, string>>;

/** An object as it is sent to the API server. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Texts;
    readonly annotations?: Texts;
  };
  // biome-ignore lint/suspicious/noExplicitAny: the API server judges the fields of a spec, and each reader knows its kind
  readonly spec?: any;
  readonly [field: string]: unknown;
}

/** An object of the user's, with where it stands. */
export interface UserObject extends KubeObject {
  readonly $: {
    readonly place: Place;
    readonly placeOf: (path: Path) => Place;
    readonly plural: string;
    /** Namespace that it lives in; empty for one that lives in none. */
    readonly namespace: string;
  };
}

/** An object that a run leaves out, and why. */
export interface LeftOut extends Place {
  readonly object: string;
  readonly why: string;
}

/** Everything that the manifests hold. */
export interface Manifests {
  readonly objects: readonly UserObject[];
  readonly leftOut: readonly LeftOut[];
  readonly problems: readonly Problem[];
}

/** Name of an object in messages. */
export const titleOf = ({ kind, metadata: { name, namespace } }: KubeObject): string =>
  `${kind} ${namespace ? `${namespace}/` : ""}${name}`;

/** NAMESPACE/NAME of an object, by which others refer to it. */
export const objectKey = ({ $, metadata }: UserObject): string => `${$.namespace}/${metadata.name}`;

/** The object as it is applied, without what this project keeps beside it. */
export function plainObject({ $: _, ...object }: UserObject): KubeObject {
  return object as unknown as KubeObject;
}

function items(document: YamlDocument): YamlDocument[] {
  const value = document.value as { kind?: unknown; items?: unknown } | null;
  // List, and that of one kind such as VirtualServiceList
  if (!/List$/.test(String(value?.kind)) || !Array.isArray(value?.items)) return [document];
  return value.items.flatMap((item, i) =>
    items({
      value: item,
      place: document.placeOf(["items", i]),
      placeOf: (path: Path) => document.placeOf(["items", i, ...path]),
    }),
  );
}

type Read = { object: UserObject } | { leftOut: LeftOut } | { problem: Problem };

function read({ value, place, placeOf }: YamlDocument): Read {
  const problem = (message: string, path: Path = []): Read => ({ problem: { ...placeOf(path), message } });
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return problem("not a Kubernetes object: it must be a mapping with apiVersion, kind and metadata");
  const { apiVersion, kind, metadata } = value as Partial<KubeObject>;
  if (typeof apiVersion !== "string" || typeof kind !== "string")
    return problem("not a Kubernetes object: apiVersion and kind must be texts");
  const verdict = kindOf(apiVersion, kind);
  const name = metadata?.name;
  if ("leftOut" in verdict)
    return {
      leftOut: { ...place, object: `${kind} ${metadata?.namespace ?? ""}/${name ?? "?"}`, why: verdict.leftOut },
    };
  if ("unknown" in verdict) return problem(verdict.unknown, ["kind"]);
  if (name === undefined)
    return problem(
      `metadata.name is missing${metadata && "generateName" in metadata ? ": a run needs names by which the next one finds its objects, and generateName makes new ones" : ""}`,
      ["metadata"],
    );
  for (const key of ["name", "namespace"] as const)
    if (typeof metadata?.[key] === "boolean")
      return problem(
        `metadata.${key} = ${metadata?.[key]} must be a text: kubectl reads y, n, yes, no, on and off as true or false; put it in quotes`,
        ["metadata", key],
      );
  if (typeof name === "object") return problem(`metadata.name must be a text; ${renderFirst}`, ["metadata", "name"]);
  if (typeof name !== "string" || !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(name))
    return problem(`metadata.name = ${JSON.stringify(name)} must be lower-case letters, digits, dashes and dots`, [
      "metadata",
      "name",
    ]);
  const namespace = metadata?.namespace ?? "default";
  if (typeof namespace !== "string" || !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    return problem(
      `metadata.namespace = ${JSON.stringify(namespace)} must be lower-case letters, digits and dashes, at most 63`,
      ["metadata", "namespace"],
    );
  return { object: placed(value as KubeObject, verdict.kind, namespace, { place, placeOf }) };
}

function placed(
  value: KubeObject,
  { plural, clusterScoped = false }: Kind,
  namespace: string,
  where: Pick<YamlDocument, "place" | "placeOf">,
): UserObject {
  const { namespace: _, ...metadata } = value.metadata;
  return {
    ...value,
    metadata: clusterScoped ? metadata : { ...metadata, namespace },
    $: { ...where, plural, namespace: clusterScoped ? "" : namespace },
  };
}

/** Two objects with the same name. One of them would silently replace the other. */
function duplicates(objects: readonly UserObject[]): Problem[] {
  const firstByKey = new Map<string, UserObject>();
  return objects.flatMap((object) => {
    const key = `${object.$.plural} ${object.apiVersion.split("/")[0]} ${objectKey(object)}`;
    const first = firstByKey.get(key);
    if (!first) firstByKey.set(key, object);
    const { file, line } = first?.$.place ?? {};
    return first ? [{ ...object.$.place, message: `${titleOf(object)} stands already in ${file}:${line}` }] : [];
  });
}

/** Reads the objects of all files, with every problem at once. */
export function readManifests(sources: readonly Source[]): Manifests {
  const parsed = sources.map(parseDocuments);
  const outcomes = parsed.flatMap(({ documents }) => documents.flatMap(items)).map(read);
  const objectsRead = outcomes.flatMap((outcome) => ("object" in outcome ? [outcome.object] : []));
  const wrong = new Map(
    objectsRead.map((object) => [object, shapeProblems(object.kind, object.spec, object.$.placeOf)]),
  );
  const wellFormed = objectsRead.filter((object) => wrong.get(object)?.length === 0);
  // the environment makes the mesh's root namespace
  const root = wellFormed.filter(({ kind, metadata }) => kind === "Namespace" && metadata.name === meshNamespace);
  const objects = wellFormed.filter((object) => !root.includes(object));
  return {
    objects,
    leftOut: [
      ...outcomes.flatMap((outcome) => ("leftOut" in outcome ? [outcome.leftOut] : [])),
      ...root.map((object) => ({ ...object.$.place, object: titleOf(object), why: "the environment has it already" })),
    ],
    problems: [
      ...parsed.flatMap(({ problems }) => problems),
      ...outcomes.flatMap((outcome) => ("problem" in outcome ? [outcome.problem] : [])),
      ...[...wrong.values()].flat(),
      ...duplicates(objects),
    ],
  };
}
