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
  /** Route to oauth2-proxy. @default none, without a login */
  readonly loginRoute?: pulumi.Resource | undefined;
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
    const accepted = args.tokens ? this.acceptTokens(name, args) : undefined;
    const login = hasLogin(args)
      ? new Login(`${name}-login`, args, { parent: this, ...(accepted && { dependsOn: [accepted.resource] }) })
      : undefined;
    if (accepted) this.requireTokens(name, args, login);
    this.tokenKey = pulumi.secret(accepted?.key ?? "");
    this.registerOutputs({ tokenKey: this.tokenKey });
  }

  /** Creates the key of the tokens, and the RequestAuthentication that accepts them. */
  private acceptTokens(name: string, args: AuthenticationArgs) {
    const { cluster, meshNamespace } = args;
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const jwks = key.publicKeyPem.apply((pem) => keySet(createPublicKey(pem).export({ format: "jwk" })));
    const resource = istioResource(
      `${name}-tokens`,
      "RequestAuthentication",
      { name: "tokens", namespace: meshNamespace },
      jwks.apply((keys) => requestAuthenticationSpec(args, keys)),
      { cluster, parent: this },
    );
    return { key: key.privateKeyPemPkcs8, resource };
  }

  /**
   * Creates the policies that require a token. With a login, they let requests without a token pass. So the policy of the
   * login has to exist before, and the route to oauth2-proxy, whose paths that policy leaves out.
   */
  private requireTokens(name: string, args: AuthenticationArgs, login: Login | undefined): void {
    const { cluster, meshNamespace, loginRoute } = args;
    const before = [login?.policy, loginRoute].filter((resource) => resource !== undefined);
    const owner = { cluster, parent: this, ...(before.length > 0 && { dependsOn: before }) };
    for (const { name: policy, spec } of authorizationPolicies(args))
      istioResource(
        `${name}-${policy}`,
        "AuthorizationPolicy",
        { name: policy, namespace: meshNamespace },
        spec,
        owner,
      );
  }
}
