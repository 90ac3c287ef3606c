import { createPublicKey } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentType } from "../model/names";
import { hasLogin } from "../model/security/login";
import { authorizationPolicies, keySet, requestAuthenticationSpec } from "../model/security/tokens";
import type { SettingsGroups } from "../model/settings/groups";
import type { Cluster } from "./cluster";
import { Login } from "./login";
import { istioResource } from "./parts/istioResource";

type AuthenticationSettings = SettingsGroups["authentication"];

export interface AuthenticationArgs extends AuthenticationSettings {
  readonly cluster: Cluster;
  /** Istio's root namespace, where the ingress gateway runs. */
  readonly meshNamespace: pulumi.Input<string>;
}

/**
 * Authentication at the ingress gateway: tokens if `tokens` is set, a login for browsers if `loginIssuer` is set, and
 * none by default.
 */
export class Authentication extends pulumi.ComponentResource {
  /** Key that signs tokens, as PKCS #8 PEM; secret, and empty without `tokens`. */
  readonly tokenKey: pulumi.Output<string>;

  constructor(name: string, args: AuthenticationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Authentication"), name, {}, opts);
    this.tokenKey = pulumi.secret(args.tokens ? this.requireTokens(name, args) : "");
    if (hasLogin(args)) new Login(`${name}-login`, args, { parent: this });
    this.registerOutputs({ tokenKey: this.tokenKey });
  }

  private requireTokens(name: string, args: AuthenticationArgs): pulumi.Output<string> {
    const { cluster, meshNamespace } = args;
    const owner = { cluster, parent: this };
    const metadata = (resource: string) => ({ name: resource, namespace: meshNamespace });
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const jwks = key.publicKeyPem.apply((pem) => keySet(createPublicKey(pem).export({ format: "jwk" })));
    istioResource(
      `${name}-tokens`,
      "RequestAuthentication",
      metadata("tokens"),
      jwks.apply((keys) => requestAuthenticationSpec(args, keys)),
      owner,
    );
    for (const policy of authorizationPolicies(args))
      istioResource(`${name}-${policy.name}`, "AuthorizationPolicy", metadata(policy.name), policy.spec, owner);
    return key.privateKeyPemPkcs8;
  }
}
