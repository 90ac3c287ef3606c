import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { app, type Subset, serviceHost, subsetHeader } from "../names";
import type { Settings } from "../settings/contract";
import { noHeader } from "../settings/forms";

type Route = NonNullable<NonNullable<IVirtualService["spec"]>["http"]>[number];

/** How requests reach version 2 beside the draw by weight. */
export type Choices = Pick<Settings, "canaryHeader" | "canaryAffinity" | "mirrorPercent">;

/** Whether some requests reach version 2 that were not drawn by weight. */
export const chosenBeside = ({ canaryHeader, canaryAffinity, mirrorPercent }: Choices): boolean =>
  canaryHeader !== noHeader || canaryAffinity > 0 || mirrorPercent > 0;

/** One subset of the app as a destination; the answer tells which it was. */
export const destination = (subset: Subset) => ({
  destination: { host: serviceHost, subset, port: { number: app.port } },
  headers: { response: { set: { [subsetHeader]: subset } } },
});

/** Cookie of a client that stays with version 2; its value is the weight by which it came there. */
export const affinityCookie = `${app.name}-canary`;

/** Numbers from 1 to `last`, at most 100, as a regular expression. */
export function upTo(last: number): string {
  const [tens, ones] = [Math.floor(last / 10), last % 10];
  if (last < 10) return `[1-${last}]`;
  if (last === 100) return "[1-9]|[1-9][0-9]|100";
  return ["[1-9]", ...(tens > 1 ? [`[1-${tens - 1}][0-9]`] : []), `${tens}[0-${ones}]`].join("|");
}

/** What version 2 says beside its answer when a client has to stay with it. */
export const affinityAnswer = (canaryWeight: number, seconds: number): string =>
  `${affinityCookie}=${canaryWeight}; Max-Age=${seconds}; Path=/; HttpOnly; Secure; SameSite=Lax`;

/**
 * Routes before the draw by weight: the header's choice, then the clients that stay with version 2.
 *
 * Weights choose anew for each request, and consistent hashing only among the pods of one subset, so staying needs a
 * route of its own. It is for those whom this weight or a smaller one sent there: a rollback lets the others go.
 */
export function choiceRoutes(canaryWeight: number, { canaryHeader, canaryAffinity }: Choices): Route[] {
  const byHeader = (value: string, subset: Subset): Route => ({
    name: value,
    match: [{ headers: { [canaryHeader]: { exact: value } } }],
    route: [destination(subset)],
  });
  const stay: Route = {
    name: "stay",
    match: [{ headers: { cookie: { regex: `(.*;\\s*)?${affinityCookie}=(${upTo(canaryWeight)})(;.*)?` } } }],
    route: [destination("v2")],
  };
  return [
    ...(canaryHeader === noHeader ? [] : [byHeader("always", "v2"), byHeader("never", "v1")]),
    ...(canaryAffinity > 0 && canaryWeight > 0 ? [stay] : []),
  ];
}
