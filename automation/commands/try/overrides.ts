import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Api, ifFound } from "../../../host/kubernetes";
import { meshNamespace } from "../../../model/names";
import type { UserObject } from "../../../model/trial/manifests/objects";
import { objectPath } from "./admission";
import { trialFolder } from "./state";

/** An object of the environment that a run changes, and its spec before. */
interface Override {
  readonly path: string;
  readonly spec: unknown;
  /** Generation of the object with the spec of the run. Undefined for a run that was killed before it knew. */
  readonly generation?: number | undefined;
}
interface Live {
  readonly metadata: { readonly generation?: number };
  readonly spec: unknown;
}

const journal = (stack: string): string => path.join(trialFolder(stack), "overrides.json");

/** The mesh-wide PeerAuthentication: the environment has one, and of two the older counts. */
export const replacesEnvironment = ({ kind, metadata, $ }: UserObject): boolean =>
  kind === "PeerAuthentication" && $.namespace === meshNamespace && metadata.name === "default";

/**
 * Restores the objects of the environment that a run changed, also a run that was killed. An object that was changed or
 * removed after the run stays so, as by an up with another `mtlsMode`.
 */
export async function restoreObjects(api: Api, stack: string): Promise<void> {
  const text = await readFile(journal(stack), "utf8").catch(() => "[]");
  for (const { path: object, spec, generation } of JSON.parse(text) as Override[]) {
    const live = await ifFound(api.get<Live>(object));
    const isOfRun = generation === undefined || live?.metadata.generation === generation;
    if (live && isOfRun) await api.replace(object, { ...live, spec });
  }
  await rm(journal(stack), { force: true });
}

/** A change of an object of the environment for the time of a run. */
export interface ObjectChange {
  readonly path: string;
  readonly spec: (before: unknown) => unknown;
}

/** Changes of the environment's objects by objects of the user with the same names. */
export const changesOf = (objects: readonly UserObject[]): ObjectChange[] =>
  objects.filter(replacesEnvironment).map((object) => ({ path: objectPath(object), spec: () => object.spec }));

/** Changes objects of the environment, after it has written their specs to disk. */
export async function overrideObjects(api: Api, stack: string, changes: readonly ObjectChange[]): Promise<void> {
  if (changes.length === 0) return;
  const live = await Promise.all(changes.map(({ path: object }) => api.get<Live>(object)));
  const before = changes.map(({ path: object }, i): Override => ({ path: object, spec: live[i]?.spec }));
  const write = () => writeFile(journal(stack), JSON.stringify(before), { mode: 0o600 });
  await write();
  for (const [i, { path: object, spec }] of changes.entries()) {
    const { metadata } = await api.replace<Live>(object, { ...live[i], spec: spec(live[i]?.spec) });
    before[i] = { path: object, spec: live[i]?.spec, generation: metadata.generation };
  }
  await write();
}
