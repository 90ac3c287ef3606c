import { objectKey, titleOf, type UserObject } from "../manifests/objects";
import { type Context, ofKind } from "./context";
import type { HttpMatch } from "./httpMatch";
import { type HttpRoute, httpRoutes } from "./httpRoutes";

const uriText = (uri: object): string =>
  Object.entries(uri)
    .map(([kind, value]) => `${kind} ${value}`)
    .join();

/**
 * Reason why istiod drops a match of a delegate: the root's match does not include its path. Undefined if the root's match
 * includes it.
 */
function outsideOf(root: HttpMatch, delegateMatch: HttpMatch): string | undefined {
  if (!root.uri || !delegateMatch.uri) return undefined;
  const [path = ""] = Object.values(delegateMatch.uri);
  const { prefix } = root.uri as { prefix?: string };
  if (prefix === undefined) return `its ${uriText(delegateMatch.uri)} cannot refine the root's ${uriText(root.uri)}`;
  return String(path).startsWith(prefix)
    ? undefined
    : `its ${uriText(delegateMatch.uri)} lies outside of the root's ${uriText(root.uri)}`;
}

/** True if `exportTo` of a delegate includes the namespace of its root. */
const isExportedTo = (scope: readonly string[], delegate: string, root: string): boolean =>
  scope.some((namespace) => namespace === "*" || namespace === root || (namespace === "." && delegate === root));

/**
 * Reason why the delegate of a root's route has no route for a request that the root's route matches. Undefined for a route
 * without a delegate.
 */
export function delegateProblem({ delegate, match = [] }: HttpRoute, root: UserObject, { objects }: Context) {
  if (!delegate) return undefined;
  const namespace = delegate.namespace ?? root.$.namespace;
  const name = `${namespace}/${delegate.name}`;
  const object = ofKind(objects, "VirtualService").find((candidate) => objectKey(candidate) === name);
  if (!object) return `matches, but its delegate ${name} does not exist`;
  if (object.spec?.hosts) return `matches, but ${titleOf(object)} has hosts, and a delegate must not have any`;
  const scope = object.spec?.exportTo as string[] | undefined;
  if (scope && !isExportedTo(scope, namespace, root.$.namespace))
    return `matches, but its delegate ${name} is exported to ${scope.join(", ")} only, and not to ${root.$.namespace}`;
  const outside = httpRoutes(object).flatMap(({ match: delegateMatches = [] }, i) =>
    delegateMatches.flatMap((delegateMatch) => {
      const problems = match.map((rootMatch) => outsideOf(rootMatch, delegateMatch));
      const [first] = problems;
      return first && problems.every(Boolean) ? [`in http route ${i + 1}, ${first}`] : [];
    }),
  );
  const detail = outside.length > 0 ? ` (${outside.join("; ")})` : "";
  return `matches, but its delegate ${name} has no route for the request: matches of a delegate must lie within those of its root${detail}`;
}
