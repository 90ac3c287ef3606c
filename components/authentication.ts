import { createPublicKey } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentType } from "../model/names";
import { loginAsked } from "../model/security/login";
import { authorizationPolicies, keySet, requestAuthenticationSpec } from "../model/security/tokens";
import type { Settings } from "../model/settings/contract";
import { Login, type LoginArgs } from "./login";
import { webhookRetry } from "./parts/webhookRetry";

export interface AuthenticationArgs extends LoginArgs, Pick<Settings, "tokens"> {}

/** Whom the ingress gateway lets in: who has a token or a login, where they are asked for, and everyone otherwise. */
export class Authentication extends pulumi.ComponentResource {
  /** Key that signs tokens, PKCS #8 PEM, empty where none are asked for; secret. */
  readonly tokenKey: pulumi.Output<string>;

  constructor(name: string, args: AuthenticationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Authentication"), name, {}, opts);
    this.tokenKey = pulumi.secret(args.tokens ? this.askForTokens(name, args) : "");
    if (loginAsked(args)) new Login(`${name}-login`, args, { parent: this });
    this.registerOutputs({ tokenKey: this.tokenKey });
  }

  private askForTokens(name: string, args: AuthenticationArgs): pulumi.Output<string> {
    const { cluster, meshNamespace } = args;
    const options = { ...cluster.within(this), hooks: { onError: [webhookRetry(name)] } };
    const resource = (kind: string, resourceName: string, spec: pulumi.Inputs) =>
      new k8s.apiextensions.CustomResource(
        `${name}-${resourceName}`,
        { apiVersion: "security.istio.io/v1", kind, metadata: { name: resourceName, namespace: meshNamespace }, spec },
        options,
      );
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const jwks = key.publicKeyPem.apply((pem) => keySet(createPublicKey(pem).export({ format: "jwk" })));
    resource(
      "RequestAuthentication",
      "tokens",
      jwks.apply((keys) => requestAuthenticationSpec(args, keys)),
    );
    for (const policy of authorizationPolicies(args)) resource("AuthorizationPolicy", policy.name, policy.spec);
    return key.privateKeyPemPkcs8;
  }
}
