import { hostsOf } from "../manifests/hosts";
import type { UserObject } from "../manifests/objects";
import { istioHost, matchesHost } from "../manifests/services";

/** Hosts that ServiceEntries place outside the mesh. */
const external = (host: string, objects: readonly UserObject[]): boolean =>
  objects.some(
    (object) =>
      object.kind === "ServiceEntry" &&
      object.spec?.location !== "MESH_INTERNAL" &&
      hostsOf(object).some((name) => matchesHost(name, host) || matchesHost(host, name)),
  );

interface Tls {
  readonly mode?: string;
  readonly caCertificates?: string;
  readonly credentialName?: string;
  readonly insecureSkipVerify?: boolean;
}

/** Lets proxies accept the certificate of the stand-in `outside`. Returns undefined for any other object. */
export function trustOutside(
  object: UserObject,
  { objects }: { readonly objects: readonly UserObject[] },
): { readonly object: UserObject; readonly did: readonly string[] } | undefined {
  const host = istioHost(String(object.spec?.host ?? ""), object.$.namespace);
  if (object.kind !== "DestinationRule" || !external(host, objects)) return undefined;
  let touched = false;
  const policy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(policy);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const tls = inner as Tls;
        if (
          key !== "tls" ||
          !["SIMPLE", "MUTUAL"].includes(tls?.mode ?? "") ||
          tls.caCertificates ||
          tls.credentialName
        )
          return [key, policy(inner)];
        touched = true;
        return [key, { ...tls, insecureSkipVerify: true }];
      }),
    );
  };
  const spec = policy(object.spec) as UserObject["spec"];
  const did = "the certificate of the stand-in `outside` is not verified; whether the real one can be is not tested";
  return touched ? { object: { ...object, spec }, did: [did] } : undefined;
}
