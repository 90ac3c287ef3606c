import * as pulumi from "@pulumi/pulumi";
import { runAuthority } from "../model/trial/certificates/authorities";
import { byAge, predecessors } from "../model/trial/manifests/ages";
import type { KubeObject } from "../model/trial/manifests/objects";
import { outsideName, trialNamespace } from "../model/trial/standIns/callers";
import { outsideAddress } from "../model/trial/standIns/substitutions";

/** A resource of any type. */
class Resource extends pulumi.CustomResource {}

/** Type token of a kind, as the provider reads it. */
const typeOf = ({ apiVersion, kind }: KubeObject): string =>
  `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;

const nameOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): string =>
  // two APIs have a kind Gateway
  [apiVersion.startsWith("gateway.") ? `${kind}-api` : kind, namespace, name].filter(Boolean).join("-").toLowerCase();

/**
 * An object of any kind, by the provider's own type and without its SDK's classes, which take half a second to load.
 *
 * The driver waits for pods itself, all at once and with the reason of what does not start.
 */
export function createObject(
  object: KubeObject,
  spec: unknown,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const { metadata, data, stringData } = object as KubeObject & { data?: object; stringData?: object };
  const annotations = { ...metadata.annotations, "pulumi.com/skipAwait": "true", "pulumi.com/patchForce": "true" };
  const isSecret = object.kind === "Secret";
  const props = {
    ...object,
    metadata: { ...metadata, annotations },
    ...(spec !== undefined && { spec }),
    ...(isSecret && data && { data: pulumi.secret(data) }),
    ...(isSecret && stringData && { stringData: pulumi.secret(stringData) }),
  };
  const secrets = isSecret ? { additionalSecretOutputs: ["data", "stringData"] } : {};
  return new Resource(typeOf(object), nameOf(object), props, { ...opts, ...secrets });
}

export type Namespaces = ReadonlyMap<string, pulumi.Resource>;

/** The namespaces of a run, by name. */
export function createNamespaces(objects: readonly KubeObject[], provider: pulumi.ProviderResource): Namespaces {
  const namespaceObjects = objects.filter(({ kind }) => kind === "Namespace" || kind === "NamespacePatch");
  return new Map(
    namespaceObjects.map((object) => [object.metadata.name, createObject(object, object.spec, { provider })]),
  );
}

export interface ResourcesArgs {
  readonly provider: pulumi.ProviderResource;
  readonly namespaces: Namespaces;
  /** Secrets that pods of a namespace mount. */
  readonly mounted: ReadonlyMap<string, readonly pulumi.Resource[]>;
  /** Certificate of the run's CA. */
  readonly authority: pulumi.Output<string>;
}

/** A Secret with the certificate of the run's CA in its place. */
function trusting(object: KubeObject, authority: pulumi.Output<string>): KubeObject {
  const data = (object["stringData"] ?? {}) as Readonly<Record<string, string>>;
  if (!Object.values(data).includes(runAuthority)) return object;
  const filled = Object.entries(data).map(([key, value]) => [key, value === runAuthority ? authority : value]);
  return { ...object, stringData: Object.fromEntries(filled) };
}

/** Applies every object of a run but its namespaces: what pods need first, then all the rest at once. */
export function createObjects(
  objects: readonly KubeObject[],
  { provider, namespaces, mounted, authority }: ResourcesArgs,
): void {
  const needs = new Map<string, pulumi.Resource[]>([...mounted].map(([name, secrets]) => [name, [...secrets]]));
  const before = predecessors(objects);
  const routes = new Map<KubeObject, pulumi.Resource>();
  const make = (object: KubeObject, spec: unknown = object.spec): pulumi.CustomResource => {
    const { namespace = "" } = object.metadata;
    const isPod = object.kind === "Deployment" || object.kind === "StatefulSet";
    const dependsOn = [
      namespaces.get(namespace),
      ...(isPod ? (needs.get(namespace) ?? []) : []),
      ...(before.get(object) ?? []).map((older) => routes.get(older)),
    ];
    const made = createObject(object, spec, {
      provider,
      dependsOn: dependsOn.filter((resource) => resource !== undefined),
    });
    if (before.has(object)) routes.set(object, made);
    return made;
  };
  const first = ["ServiceAccount", "ConfigMap", "Service", "Secret"];
  let address: pulumi.Output<string> = pulumi.output("");
  for (const object of objects.filter(({ kind }) => first.includes(kind))) {
    const made = make(trusting(object, authority)) as pulumi.CustomResource & {
      spec: pulumi.Output<{ clusterIP?: string }>;
    };
    const { name, namespace = "" } = object.metadata;
    if (object.kind !== "Service") needs.set(namespace, [...(needs.get(namespace) ?? []), made]);
    if (name === outsideName && namespace === trialNamespace && object.kind === "Service")
      address = made.spec.apply(({ clusterIP = "" }) => clusterIP);
  }
  for (const object of byAge(objects).filter(({ kind }) => !["Namespace", "NamespacePatch", ...first].includes(kind))) {
    const text = JSON.stringify(object.spec ?? null);
    const filled = address.apply((ip) => JSON.parse(text.replaceAll(outsideAddress, ip)));
    make(object, text.includes(outsideAddress) ? filled : object.spec);
  }
}
