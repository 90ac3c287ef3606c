import { valueAt } from "../../../json";
import { titleOf } from "../../manifests/objects";
import { type Context, ofKind } from "../context";
import { placedRoutes } from "../httpRoutes";
import { misplacedReason } from "../policyScope";
import { checksTokens, virtualServicesForHost } from "../routes";
import type { Mistake } from "./mistake";

/** Names of claims that the routes for the host match, with their lines. */
const claimsOf = (context: Context) =>
  virtualServicesForHost(context)
    .flatMap(placedRoutes)
    .flatMap(({ route: { match = [] }, placeOf }) =>
      match.flatMap(({ headers = {} }, i) =>
        Object.keys(headers)
          .filter((name) => name.startsWith("@request.auth.claims"))
          .map((name) => ({ name, place: placeOf("match", i, "headers", name) })),
      ),
    );

/** Routes by claims at a gateway that checks no tokens. */
const uncheckedClaims: Mistake = (context) => {
  const [first] = claimsOf(context);
  if (!first || !context.testCase.request.token || checksTokens(context)) return undefined;
  const rules = ofKind(context.objects, "RequestAuthentication");
  const [misplaced] = rules.flatMap((rule) => misplacedReason(rule, context) ?? []);
  if (misplaced) return misplaced;
  return {
    text: `${first.name} needs a RequestAuthentication for the gateway, and ${rules[0] ? `${titleOf(rules[0])} is for others` : "there is none"}: a claim of a token that the gateway did not check is absent`,
    place: first.place,
    fix: "a RequestAuthentication in the gateway's namespace, with its labels in the selector",
  };
};

/** A dot in the name of a claim, where the token has claims within claims. */
const dottedClaim: Mistake = (context) => {
  const claims = context.testCase.request.token?.claims ?? {};
  for (const { name, place } of claimsOf(context)) {
    const parts = /^@request\.auth\.claims\[([^\]]+\.[^\]]+)\]$/.exec(name)?.[1]?.split(".") ?? [];
    if (parts.length === 0 || valueAt(claims, parts) === undefined) continue;
    return {
      text: `a dot within brackets is part of the claim's name: ${name} is not the claim ${parts.at(-1)} within ${parts.slice(0, -1).join(".")}`,
      place,
      fix: `"@request.auth.claims[${parts.join("][")}]"`,
    };
  }
  return undefined;
};

export const mistakesOfClaims: readonly Mistake[] = [uncheckedClaims, dottedClaim];
