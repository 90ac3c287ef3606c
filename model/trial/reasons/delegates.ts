import type { UserObject } from "../manifests/objects";
import { type Context, objectTitle, ofKind } from "./context";
import type { HttpMatch } from "./httpMatch";
import { type HttpRoute, httpRoutes } from "./routes";

export interface DelegatingRoute extends HttpRoute {
  readonly delegate?: { readonly name?: string; readonly namespace?: string };
}

const shown = (uri: object): string =>
  Object.entries(uri)
    .map(([kind, value]) => `${kind} ${value}`)
    .join();

/** Reason for which istiod drops a match of a delegate: the root's match does not include its path. Undefined if it does. */
function outsideOf(root: HttpMatch, delegateMatch: HttpMatch): string | undefined {
  if (!root.uri || !delegateMatch.uri) return undefined;
  const [path = ""] = Object.values(delegateMatch.uri);
  const { prefix } = root.uri as { prefix?: string };
  if (prefix === undefined) return `its ${shown(delegateMatch.uri)} cannot refine the root's ${shown(root.uri)}`;
  return String(path).startsWith(prefix)
    ? undefined
    : `its ${shown(delegateMatch.uri)} lies outside of the root's ${shown(root.uri)}`;
}

/** Why a root's route that matches a request has no route of its delegate for it; undefined for a route without delegate. */
export function delegateProblem({ delegate, match = [] }: DelegatingRoute, root: UserObject, { objects }: Context) {
  if (!delegate) return undefined;
  const namespace = delegate.namespace ?? root.$.namespace;
  const name = `${namespace}/${delegate.name}`;
  const object = ofKind(objects, "VirtualService").find(
    ({ metadata, $ }) => $.namespace === namespace && metadata.name === delegate.name,
  );
  if (!object) return `matches, but its delegate ${name} does not exist`;
  if (object.spec?.hosts) return `matches, but ${objectTitle(object)} has hosts, and a delegate must not have any`;
  const scope = object.spec?.exportTo as string[] | undefined;
  const seesAll = (namespaceName: string) =>
    namespaceName === "*" ||
    namespaceName === root.$.namespace ||
    (namespaceName === "." && namespace === root.$.namespace);
  if (scope && !scope.some(seesAll))
    return `matches, but its delegate ${name} is exported to ${scope.join(", ")} only, and not to ${root.$.namespace}`;
  const outside = httpRoutes(object).flatMap(({ match: matches = [] }, i) =>
    matches.flatMap((candidate) => {
      const problems = match.map((whole) => outsideOf(whole, candidate));
      const [first] = problems;
      return first && problems.every(Boolean) ? [`in http route ${i + 1}, ${first}`] : [];
    }),
  );
  const detail = outside.length > 0 ? ` (${outside.join("; ")})` : "";
  return `matches, but its delegate ${name} has no route for the request: matches of a delegate must lie within those of its root${detail}`;
}
