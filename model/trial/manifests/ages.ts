import { fullHosts } from "./hosts";
import type { KubeObject } from "./objects";

const keyOf = ({ metadata: { name, namespace } }: KubeObject): string => `${name}.${namespace}`;
const isRoute = ({ kind }: KubeObject): boolean => kind === "VirtualService";

/** The objects with the VirtualServices last, in the order in which istiod prefers those of one second. */
export const byAge = (objects: readonly KubeObject[]): KubeObject[] => [
  ...objects.filter((object) => !isRoute(object)),
  ...objects.filter(isRoute).sort((object, other) => (keyOf(object) < keyOf(other) ? -1 : 1)),
];

/**
 * The VirtualServices that must be created before another one of the same host. Of several, istiod prefers the oldest, and
 * by name those of one second, so that only this order gives every run the same result.
 */
export function predecessors(objects: readonly KubeObject[]): ReadonlyMap<KubeObject, readonly KubeObject[]> {
  const last = new Map<string, KubeObject>();
  return new Map(
    byAge(objects.filter(isRoute)).map((object) => {
      const hosts = [...new Set(fullHosts(object))];
      const before = hosts.flatMap((host) => last.get(host) ?? []);
      for (const host of hosts) last.set(host, object);
      return [object, before];
    }),
  );
}
