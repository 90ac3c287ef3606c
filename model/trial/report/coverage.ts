import { objectKey, type UserObject } from "../manifests/objects";
import { istioHost } from "../manifests/services";
import { isLogged } from "../reasons/routes";
import type { AccessEntry } from "../requests/accessLog";
import { routeName } from "../standIns/substitutions";
import type { Coverable } from "./result";

/**
 * Routes, subsets and rules of policies, and which of them requests used.
 *
 * @param allowing - rules of ALLOW policies that requests met, NAMESPACE/NAME/INDEX
 * @param isComplete - false if an access log is missing, so that it is not known what was not used
 */
export function coverageOf(
  objects: readonly UserObject[],
  log: readonly AccessEntry[],
  allowing: ReadonlySet<string>,
  isComplete = true,
): Coverable[] {
  const known = (isUsed: boolean) => isUsed || (isComplete ? false : undefined);
  const routes = new Set(log.map(({ route }) => route));
  const clusters = new Set(log.map(({ cluster }) => cluster));
  const denials = new Set(log.flatMap(({ details }) => /matched_policy\[(ns\[.*\])\]/.exec(details)?.[1] ?? []));
  const usedRoute = (name: string) => [...routes].some((route) => isLogged(route, name));
  return objects.flatMap((object): Coverable[] => {
    const { kind, spec = {}, metadata, $ } = object;
    const title = `${kind} ${objectKey(object)}`;
    if (kind === "VirtualService")
      return ((spec.http ?? []) as { name?: string }[]).map(({ name }, i) => ({
        ...$.placeOf(["spec", "http", i]),
        what: `${title}, http route ${i + 1}`,
        touched: known(usedRoute(name ?? routeName(object, i))),
      }));
    if (kind === "DestinationRule")
      return ((spec.subsets ?? []) as { name: string }[]).map(({ name }, i) => ({
        ...$.placeOf(["spec", "subsets", i]),
        what: `${title}, subset ${name}`,
        touched: known(
          [...clusters].some((cluster) => {
            const [, , subset, host] = cluster.split("|");
            return subset === name && host === istioHost(String(spec.host), $.namespace);
          }),
        ),
      }));
    if (kind === "AuthorizationPolicy" && ["ALLOW", "DENY"].includes(spec.action ?? "ALLOW"))
      return ((spec.rules ?? []) as object[]).map((_, i) => ({
        ...$.placeOf(["spec", "rules", i]),
        what: `${title}, rule ${i + 1}`,
        touched: known(
          allowing.has(`${objectKey(object)}/${i}`) ||
            denials.has(`ns[${$.namespace}]-policy[${metadata.name}]-rule[${i}]`),
        ),
      }));
    return [];
  });
}
