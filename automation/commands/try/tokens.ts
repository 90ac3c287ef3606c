import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { TokenSpec } from "../../../model/trial/format/cases";
import type { UserObject } from "../../../model/trial/manifests/objects";
import { trialFolder } from "./state";

const [alg, kid] = ["ES256", "istio-trial"];

/** Key that signs a stack's test tokens. It does not change, so a second run changes no RequestAuthentication. */
export async function tokenKey(stack: string): Promise<{ key: JWK; jwks: string }> {
  const file = path.join(trialFolder(stack), "token-key.json");
  const known = await readFile(file, "utf8").catch(() => undefined);
  const key = known
    ? (JSON.parse(known) as JWK)
    : await exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey);
  if (!known) await writeFile(file, JSON.stringify(key), { mode: 0o600 });
  const { d: _, ...open } = key;
  return { key, jwks: JSON.stringify({ keys: [{ ...open, kid, alg, use: "sig" }] }) };
}

/** Default issuer of tokens: that of the first RequestAuthentication whose keys the run replaces. */
export const issuerOf = (objects: readonly UserObject[]): string =>
  objects
    .filter(({ kind }) => kind === "RequestAuthentication")
    .flatMap(({ spec }) => (spec?.jwtRules ?? []) as { issuer?: string; jwks?: string }[])
    .find(({ jwks }) => jwks?.includes(kid))?.issuer ?? "https://issuer.example.com";

async function issue(spec: TokenSpec, key: JWK, preset: string): Promise<string> {
  const { issuer = preset, subject = "test", audience, claims = {}, expired = false, forged = false } = spec;
  const signer = forged ? (await generateKeyPair(alg)).privateKey : await importJWK(key, alg);
  const now = Math.floor(Date.now() / 1000) - (expired ? 7200 : 0);
  const token = new SignJWT({ ...claims })
    .setProtectedHeader({ alg, kid, typ: "JWT" })
    .setIssuer(issuer)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + 3600);
  return (audience === undefined ? token : token.setAudience([audience].flat() as string[])).sign(signer);
}

/** Tokens for all requests that ask for one, issued before anything is sent. */
export async function tokensFor(
  specs: readonly TokenSpec[],
  key: JWK,
  objects: readonly UserObject[],
): Promise<(spec: TokenSpec) => string> {
  const preset = issuerOf(objects);
  const issued = await Promise.all(
    specs.map(async (spec) => [JSON.stringify(spec), await issue(spec, key, preset)] as const),
  );
  const byText = new Map(issued);
  return (spec) => byText.get(JSON.stringify(spec)) ?? "";
}
