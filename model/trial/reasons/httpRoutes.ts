import type { UserObject } from "../manifests/objects";
import { titleOf } from "../manifests/objects";
import { istioHost } from "../manifests/services";
import type { Path, Place } from "../manifests/source";

import type { HttpMatch, StringMatch } from "./httpMatch";

export interface Destination {
  readonly host?: string;
  readonly subset?: string;
  readonly port?: { readonly number?: number };
}
interface HeaderChanges {
  readonly set?: object;
  readonly add?: object;
  readonly remove?: readonly string[];
}
export interface Headers {
  readonly request?: HeaderChanges;
  readonly response?: HeaderChanges;
}
interface Percentage {
  readonly value?: number;
}

/** Fields of a VirtualService's http route that explain what it does to a request. */
export interface HttpRoute {
  readonly name?: string;
  readonly match?: readonly HttpMatch[];
  readonly route?: readonly { readonly destination?: Destination; readonly headers?: Headers }[];
  readonly delegate?: { readonly name?: string; readonly namespace?: string };
  readonly timeout?: string;
  readonly retries?: {
    readonly attempts?: number;
    readonly perTryTimeout?: string;
    readonly retryOn?: string;
    readonly retryRemoteLocalities?: boolean;
  };
  readonly fault?: {
    readonly abort?: { readonly httpStatus?: number; readonly percentage?: Percentage };
    readonly delay?: { readonly percentage?: Percentage };
  };
  readonly redirect?: { readonly redirectCode?: number; readonly uri?: string; readonly derivePort?: string };
  readonly directResponse?: { readonly status?: number };
  readonly rewrite?: {
    readonly uri?: string;
    readonly uriRegexRewrite?: { readonly rewrite?: string };
    readonly authority?: string;
  };
  readonly headers?: Headers;
  readonly corsPolicy?: { readonly allowOrigins?: readonly StringMatch[] };
  readonly mirror?: Destination;
  readonly mirrors?: readonly { readonly destination?: Destination; readonly percentage?: Percentage }[];
  readonly mirrorPercentage?: Percentage;
}

/** An http route with the VirtualService that has it. */
export interface PlacedRoute {
  readonly object: UserObject;
  readonly index: number;
  readonly route: HttpRoute;
  /** Line of a field of the route. */
  readonly placeOf: (...path: Path) => Place;
}

export const httpRoutes = (object: UserObject): readonly HttpRoute[] => (object.spec?.http ?? []) as HttpRoute[];

/** The http routes of a VirtualService, in their order. */
export const placedRoutes = (object: UserObject): PlacedRoute[] =>
  httpRoutes(object).map((route, index) => ({
    object,
    index,
    route,
    placeOf: (...path) => object.$.placeOf(["spec", "http", index, ...path]),
  }));

/** The route as reasons name it. */
export const routeTitle = ({ object, index }: Pick<PlacedRoute, "object" | "index">): string =>
  `http route ${index + 1} of ${titleOf(object)}`;

export type RouteKind = "http" | "tcp" | "tls";

/** Destinations of a VirtualService's routes of one kind, each with its route's index, the full name of its host, and its line. */
export const destinationsOf = (object: UserObject, kind: RouteKind = "http") =>
  ((object.spec?.[kind] ?? []) as Pick<HttpRoute, "route">[]).flatMap(({ route = [] }, i) =>
    route.map(({ destination = {} }, j) => ({
      index: i,
      destination,
      fqdn: istioHost(destination.host ?? "", object.$.namespace),
      place: object.$.placeOf(["spec", kind, i, "route", j, "destination"]),
    })),
  );
