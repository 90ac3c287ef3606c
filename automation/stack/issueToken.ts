import { importPKCS8, SignJWT } from "jose";
import { publicHost } from "../../model/names";
import { groupClaim, tokenHeader, tokenIssuer } from "../../model/security/tokens";

/** Claims of a token. */
export interface TokenClaims {
  readonly domain: string;
  /** Group of the user. @default none */
  readonly group?: string;
  /** Minutes until it expires; negative for a token that has expired. @default 60 */
  readonly minutes?: number;
}

/**
 * A token that the ingress gateway lets in.
 *
 * @param key - PKCS #8 PEM, as the output `tokenKey` has it
 */
export async function issueToken(key: string, { domain, group, minutes = 60 }: TokenClaims): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT(group === undefined ? {} : { [groupClaim]: group })
    .setProtectedHeader(tokenHeader)
    .setIssuer(tokenIssuer(domain))
    .setSubject("test")
    .setAudience(publicHost(domain))
    .setIssuedAt(now + Math.min(0, minutes) * 60)
    .setExpirationTime(now + minutes * 60)
    .sign(await importPKCS8(key, tokenHeader.alg));
}
