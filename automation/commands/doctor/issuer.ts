import { fetchFile } from "../../../host/fetch";
import { discoveryUrl, issuerOf, unreachableIssuer } from "../../../model/doctor/issuer";
import { problemOf } from "../../../model/output/remedy";
import { settingKeys } from "../../../model/settings/contract";
import { none } from "../../../model/settings/forms";
import type { Check } from "../../stack/check";
import { configInFile } from "../../stack/fileSettings";

/** Issuer in a stack's file, also if the client secret beside it is encrypted. The default if the value is wrong. */
export async function loginIssuerInFile(stackName: string): Promise<string> {
  const key = settingKeys.loginIssuer;
  const issuer = (await configInFile(stackName)).texts["loginIssuer"] ?? key.default;
  return key.accepts(issuer) ? issuer : key.default;
}

/** Check of the issuer at which browsers log in. */
export const issuerCheck: Check<string> = {
  id: "login-issuer",
  title: (issuer) => `issuer ${issuer}`,
  section: "curl-at-the-ingress",
  run: async (issuer) => {
    if (issuer === none) return undefined;
    return fetchFile(discoveryUrl(issuer), { seconds: 3 }).then(
      (document) => issuerOf(issuer, document.toString()),
      (error: Error) => unreachableIssuer(problemOf(error)),
    );
  },
};
