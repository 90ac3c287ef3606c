import { mistakesOfAddresses } from "./addresses";
import { mistakesOfApiParents } from "./apiParents";
import { mistakesOfApiRoutes } from "./apiRoutes";
import { mistakesOfApiSettings } from "./apiSettings";
import { mistakesOfBalancing } from "./balancing";
import { mistakesOfBreakers } from "./breakers";
import { mistakesOfClaims } from "./claims";
import { mistakesOfEgress } from "./egress";
import { mistakesOfEntries } from "./entries";
import { mistakesOfGateways } from "./gateways";
import { mistakesOfHeaders } from "./headers";
import { mistakesOfHeadless } from "./headless";
import { mistakesOfLocalities } from "./localities";
import { mistakesOfMatches } from "./matches";
import { mistakesOfMirrors } from "./mirrors";
import type { Mistake } from "./mistake";
import { mistakesOfNames } from "./names";
import { mistakesOfOrigination } from "./origination";
import { mistakesOfPolicies } from "./policies";
import { mistakesOfPortLevels } from "./portLevels";
import { mistakesOfProtocols } from "./protocols";
import { mistakesOfResilience } from "./resilience";
import { mistakesOfRoutes } from "./routes";
import { mistakesOfSecurity } from "./security";
import { mistakesOfSharedHosts } from "./sharedHosts";
import { mistakesOfSidecars } from "./sidecars";
import { mistakesOfSubsets } from "./subsets";
import { mistakesOfTls } from "./tls";

/** Every known mistake, in the order of their reasons in a report. */
export const mistakes: readonly Mistake[] = [
  ...mistakesOfRoutes,
  ...mistakesOfSharedHosts,
  ...mistakesOfApiParents,
  ...mistakesOfApiRoutes,
  ...mistakesOfApiSettings,
  ...mistakesOfMatches,
  ...mistakesOfClaims,
  ...mistakesOfHeaders,
  ...mistakesOfSubsets,
  ...mistakesOfPortLevels,
  ...mistakesOfBalancing,
  ...mistakesOfLocalities,
  ...mistakesOfMirrors,
  ...mistakesOfResilience,
  ...mistakesOfBreakers,
  ...mistakesOfTls,
  ...mistakesOfGateways,
  ...mistakesOfEgress,
  ...mistakesOfEntries,
  ...mistakesOfProtocols,
  ...mistakesOfNames,
  ...mistakesOfSidecars,
  ...mistakesOfHeadless,
  ...mistakesOfOrigination,
  ...mistakesOfSecurity,
  ...mistakesOfAddresses,
  ...mistakesOfPolicies,
];
