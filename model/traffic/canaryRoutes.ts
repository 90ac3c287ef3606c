import { app, type Subset, serviceHost, subsetHeader } from "../names";
import type { Settings } from "../settings/contract";
import { noHeader } from "../settings/forms";
import type { Route } from "./redirect";

/** Settings by which requests reach version 2 independently of the weight. */
export type ChoiceSettings = Pick<Settings, "canaryHeader" | "canaryAffinity" | "mirrorPercent">;

/** True if some requests reach version 2 independently of the weight. */
export const hasUnweightedRoutes = ({ canaryHeader, canaryAffinity, mirrorPercent }: ChoiceSettings): boolean =>
  canaryHeader !== noHeader || canaryAffinity > 0 || mirrorPercent > 0;

/** Route destination of a subset. A response header names the subset. */
export const subsetDestination = (subset: Subset) => ({
  destination: { host: serviceHost, subset, port: { number: app.port } },
  headers: { response: { set: { [subsetHeader]: subset } } },
});

/** Cookie of a client that stays with version 2. Its value is the weight at which the client got version 2. */
export const affinityCookie = `${app.name}-canary`;

/** Regular expression for the numbers from 1 to `last`, which is at most 100. */
export function upTo(last: number): string {
  const [tens, ones] = [Math.floor(last / 10), last % 10];
  if (last < 10) return `[1-${last}]`;
  if (last === 100) return "[1-9]|[1-9][0-9]|100";
  return ["[1-9]", ...(tens > 1 ? [`[1-${tens - 1}][0-9]`] : []), `${tens}[0-${ones}]`].join("|");
}

/** Value of `set-cookie` on responses of version 2 when `canaryAffinity` is set. */
export const affinityAnswer = (canaryWeight: number, seconds: number): string =>
  `${affinityCookie}=${canaryWeight}; Max-Age=${seconds}; Path=/; HttpOnly; Secure; SameSite=Lax`;

/** Regular expression for the `cookie` header of a client that stays with version 2 at this weight. */
export const affinityPattern = (canaryWeight: number): string =>
  `(.*;\\s*)?${affinityCookie}=(${upTo(canaryWeight)})(;.*)?`;

/**
 * Routes that precede the weighted route: first by request header, then by the affinity cookie.
 *
 * Envoy draws a weighted destination for each request, and consistent hashing balances only within one subset, so affinity
 * needs its own route. It matches cookies set at the current weight or a smaller one, so a rollback releases the others.
 */
export function choiceRoutes(canaryWeight: number, { canaryHeader, canaryAffinity }: ChoiceSettings): Route[] {
  const byHeader = (value: string, subset: Subset): Route => ({
    name: value,
    match: [{ headers: { [canaryHeader]: { exact: value } } }],
    route: [subsetDestination(subset)],
  });
  const stay: Route = {
    name: "stay",
    match: [{ headers: { cookie: { regex: affinityPattern(canaryWeight) } } }],
    route: [subsetDestination("v2")],
  };
  return [
    ...(canaryHeader === noHeader ? [] : [byHeader("always", "v2"), byHeader("never", "v1")]),
    ...(canaryAffinity > 0 && canaryWeight > 0 ? [stay] : []),
  ];
}
