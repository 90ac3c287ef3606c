import { isMapping } from "../../mapping";
import { parseDocuments } from "../manifests/documents";
import { hostsOf } from "../manifests/hosts";
import type { UserObject } from "../manifests/objects";
import { domainOfServices, istioHost, matchesHost } from "../manifests/services";
import type { Problem, Source } from "../manifests/source";
import type { Case, Expectation } from "./cases";

/** A case of getyourguide/istio-config-validator, as its `testCases` have it. */
interface ForeignCase {
  readonly description?: string;
  readonly wantMatch?: boolean;
  readonly request?: {
    readonly authority?: readonly string[];
    readonly method?: readonly string[];
    readonly uri?: readonly string[];
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly route?: readonly { readonly destination?: { readonly host?: string; readonly subset?: string } }[];
  readonly redirect?: {
    readonly uri?: string;
    readonly authority?: string;
    readonly scheme?: string;
    readonly redirectCode?: number;
  };
  readonly rewrite?: { readonly uri?: string; readonly authority?: string };
  readonly headers?: unknown;
  readonly fault?: unknown;
  readonly delegate?: unknown;
}

/** True if a file contains such cases. */
export const isForeign = ({ text }: Source): boolean => /^testCases:/m.test(text);

const or = <T>(values: readonly T[] | undefined, preset: T): readonly T[] =>
  values && values.length > 0 ? values : [preset];

/** Workload of a destination: the Service's, and the subset as its version. */
function workloadOf({ host = "", subset }: { host?: string; subset?: string }): string {
  const [name = "", namespace = ""] = istioHost(host, "default").replace(`.${domainOfServices}`, "").split(".");
  return [namespace, name, subset].filter(Boolean).join("/");
}

/** Caller for such a case: outside the cluster if a Gateway serves the host, or else a pod in the mesh. */
function callerFor(authority: string, objects: readonly UserObject[]): string {
  const routes = objects.filter(
    (object) => object.kind === "VirtualService" && hostsOf(object).some((host) => matchesHost(host, authority)),
  );
  const gateways = routes.flatMap(({ spec }) => (spec?.gateways ?? ["mesh"]) as string[]);
  return gateways.some((name) => name !== "mesh") ? "outside" : `${routes[0]?.$.namespace ?? "default"}/caller`;
}

/** Target of a redirect as the caller receives it: what the redirect leaves out stays as it was requested. */
const locationOf = (
  { scheme = "http", authority, uri }: NonNullable<ForeignCase["redirect"]>,
  host: string,
  path: string,
): string => `${scheme}://${authority ?? host}${uri ?? path}`;

function expectationOf(testCase: ForeignCase, host: string, path: string): Expectation {
  const { route = [], redirect, rewrite, wantMatch = true } = testCase;
  const by = route.flatMap(({ destination }) => (destination?.host ? [workloadOf(destination)] : []));
  if (!wantMatch) {
    if (by.length > 0) return { notBy: by };
    return redirect ? { notLocation: locationOf(redirect, host, path) } : { status: [404] };
  }
  if (redirect) return { status: [redirect.redirectCode ?? 301], location: locationOf(redirect, host, path) };
  return { ...(by.length > 0 ? { by } : { status: [200] }), ...(rewrite?.authority && { host: rewrite.authority }) };
}

/** Reads cases of that format unchanged: each combination of authority, method and uri is one. */
export function readForeign(source: Source, objects: readonly UserObject[]): { cases: Case[]; problems: Problem[] } {
  const { documents, problems } = parseDocuments(source);
  const wrong: Problem[] = [];
  const cases = documents.flatMap(({ value, placeOf }) => {
    const { testCases = [] } = value as { testCases?: unknown };
    if (!Array.isArray(testCases) || !testCases.every(isMapping)) {
      wrong.push({ ...placeOf(["testCases"]), message: "testCases must be a list of mappings" });
      return [];
    }
    return (testCases as readonly ForeignCase[]).flatMap((testCase, i) => {
      const { authority, method, uri, headers = {} } = testCase.request ?? {};
      const requests = or(authority, "example.com").flatMap((host) =>
        or(method, "GET").flatMap((verb) => or(uri, "/").map((path) => ({ host, verb, path }))),
      );
      return requests.map(
        ({ host, verb, path }): Case => ({
          ...placeOf(["testCases", i]),
          it: `${testCase.description ?? "case"}: ${verb} ${host}${path}`,
          from: callerFor(host, objects),
          request: { url: `http://${host}${path}`, method: verb, headers },
          times: 1,
          concurrent: 1,
          given: {},
          expect: expectationOf(testCase, host, path),
        }),
      );
    });
  });
  return { cases, problems: [...problems, ...wrong] };
}
