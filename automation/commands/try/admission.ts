import type { Api } from "../../../host/kubernetes";
import { ApiRefused, ifFound, listOf } from "../../../host/kubernetes";
import { meshNamespace } from "../../../model/names";
import { type KubeObject, plainObject, titleOf, type UserObject } from "../../../model/trial/manifests/objects";
import type { Path, Problem } from "../../../model/trial/manifests/source";
import { trialLabel } from "../../../model/trial/standIns/pods";
import { outsideAddress } from "../../../model/trial/standIns/substitutions";

/** Address that stands for one that the cluster assigns later (RFC 5737). */
const anyAddress = "192.0.2.1";
/** Requests to the API server that are under way at once. */
const width = 16;

/** Path of the collection that an object belongs to. */
function collection({ apiVersion, $ }: UserObject, namespace: string): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return $.namespace === "" ? `${root}/${$.plural}` : `${root}/namespaces/${namespace}/${$.plural}`;
}

export const objectPath = (object: UserObject): string =>
  `${collection(object, object.$.namespace)}/${object.metadata.name}`;

/** The first field that a message names, such as spec.http[0].route. */
function pathIn(message: string): Path {
  const [field = ""] = /\b(?:spec|metadata|data)(?:\.[\w-]+|\[\d+\])*/.exec(message) ?? [];
  return field
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

const absentKind = (object: UserObject): string =>
  `the cluster does not know ${object.kind} of ${object.apiVersion}${object.apiVersion.startsWith("gateway.") ? ": it has no CRDs of the Gateway API; the key routing = gateway-api installs them (docs/gateway-api.md)" : ""}`;

async function refusal(api: Api, object: UserObject): Promise<Problem[]> {
  // the namespace may not exist yet, and no rule depends on it
  const plain = JSON.parse(JSON.stringify(plainObject(object)).replaceAll(outsideAddress, anyAddress)) as KubeObject;
  const metadata = object.$.namespace === "" ? plain.metadata : { ...plain.metadata, namespace: "default" };
  const path = `${collection(object, "default")}?dryRun=All&fieldValidation=Strict`;
  try {
    await api.create(path, { ...plain, metadata });
    return [];
  } catch (error) {
    if (!(error instanceof ApiRefused)) throw error;
    if (error.status === 409) return [];
    const { name } = object.metadata;
    const refusal = error.message
      .replace(/^\S+ answers \d+: /, "")
      .replaceAll(`${name}.default`, `${name}.${object.$.namespace}`);
    const message = error.status === 404 ? absentKind(object) : refusal;
    return [{ ...object.$.placeOf(pathIn(message)), message: `${titleOf(object)}: ${message}` }];
  }
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R[]>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) results.push(...(await work(item)));
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** Returns everything that the API server and istiod's webhook would reject. Applies nothing. */
export const admissionProblems = (api: Api, objects: readonly UserObject[]): Promise<Problem[]> =>
  inParallel(objects, (object) => refusal(api, object));

interface Existing {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** Namespaces and objects of these names that exist and are not of a run. */
export async function nameConflicts(
  api: Api,
  objects: readonly UserObject[],
  names: readonly string[],
): Promise<Problem[]> {
  const namespaces = await listOf<Existing>(api, "/api/v1/namespaces");
  const foreign = namespaces.filter(
    ({ metadata }) => names.includes(metadata.name) && metadata.labels?.[trialLabel] === undefined,
  );
  const placed = (name: string) =>
    objects.find(({ kind, metadata, $ }) => (kind === "Namespace" && metadata.name === name) || $.namespace === name);
  const taken = foreign.map(({ metadata: { name } }) => ({
    ...(placed(name)?.$.place ?? { file: "-", line: 1 }),
    message: `namespace ${name} exists in the cluster and is not of a run: remove it, or use another name`,
  }));
  const shared = objects.filter(({ $ }) => $.namespace === "default" || $.namespace === meshNamespace);
  const objectsTaken = await inParallel(shared, async (object) => {
    const existing = await ifFound(api.get<Existing>(objectPath(object)));
    if (!existing || existing.metadata.labels?.[trialLabel] !== undefined) return [];
    return [
      { ...object.$.place, message: `${titleOf(object)} exists in the cluster and is not of a run: use another name` },
    ];
  });
  return [...taken, ...objectsTaken];
}

/** Names that inject sidecars in the cluster: tags, and revisions of control planes. */
export async function injectorNames(api: Api): Promise<string[]> {
  const webhooks = await listOf<Existing>(api, "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations");
  const names = webhooks
    .filter(({ metadata }) => metadata.labels?.["app"] === "sidecar-injector")
    .flatMap(({ metadata: { labels = {} } }) => labels["istio.io/tag"] ?? labels["istio.io/rev"] ?? []);
  return [...new Set(names)].sort();
}
