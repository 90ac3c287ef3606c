import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { app, componentType, type Subset } from "../model/names";
import { auto } from "../model/settings/forms";
import type { SettingsGroups } from "../model/settings/groups";
import versions from "../versions.json";
import type { Cluster } from "./cluster";

type ImageSettings = SettingsGroups["images"];

export interface ImagesArgs extends ImageSettings {
  readonly cluster: Cluster;
}

/** The app's images, either published or built from the folders of `app/`. An image can be pulled once its output resolves. */
export class Images extends pulumi.ComponentResource {
  /** The image of each version, with tag or digest. */
  readonly byVersion: Readonly<Record<Subset, pulumi.Output<string>>>;

  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Images"), name, {}, opts);
    const { appSource, appImage } = args;
    const image = (version: Subset): pulumi.Output<string> =>
      appSource === "published"
        ? pulumi.output(`${appImage}:${versions.app[version]}`)
        : this.built(`${name}-${version}`, version, args);
    this.byVersion = { v1: image("v1"), v2: image("v2") };
    this.registerOutputs({ byVersion: this.byVersion });
  }

  private built(name: string, version: Subset, { cluster, appRegistry }: ImagesArgs): pulumi.Output<string> {
    const registry =
      appRegistry === auto && cluster.registry
        ? cluster.registry
        : pulumi.output({ push: appRegistry, pull: appRegistry });
    const { repoDigest } = new docker.Image(
      name,
      {
        imageName: pulumi.interpolate`${registry.push}/${app.name}:${version}`,
        build: { context: `app/${version}`, args: { BASE: versions.appBase } },
      },
      { parent: this },
    );
    // the digest makes the Deployment roll exactly when the build has produced another image
    return pulumi.interpolate`${registry.pull}/${app.name}@${repoDigest.apply((digest) => digest.split("@").at(-1))}`;
  }
}
