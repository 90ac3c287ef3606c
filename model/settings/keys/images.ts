import versions from "../../../versions.json";
import { dockerCredentials, parseMirrors } from "../../cluster/registries";
import { auto, imageName, listItems, nameList, none, pushTarget, urlForContainers } from "../forms";
import { choice, flag, secretText, text } from "../kinds";

/** Keys of images: how nodes and pods pull them, and those of the app. */
export const imageKeys = {
  imageCache: flag({
    default: false,
    description:
      "Image caches on this machine through which nodes pull; they survive destroy and serve every environment",
  }),
  registryMirrors: text({
    default: none,
    description: "Mirrors from which the nodes pull the images of a registry",
    allowed:
      "none or HOST=URL, separated by commas, with URLs that the nodes reach, so not localhost, such as docker.io=https://mirror.example.com",
    accepts: (value) => parseMirrors(value) !== undefined,
  }),
  nodeProxy: text({
    default: none,
    description: "Proxy through which the nodes pull images",
    allowed:
      "none or an http or https URL without credentials that the nodes reach, so not localhost, such as http://proxy.example.com:3128",
    accepts: (value) => value === none || urlForContainers("http:", "https:")(value),
  }),
  nodeNoProxy: text({
    default: none,
    description: "Hosts that the nodes reach without nodeProxy, in addition to the cluster's own",
    allowed: "none or names, addresses and networks, separated by commas, such as .example.com,10.9.0.0/16",
    accepts: (value) => nameList(value) && listItems(value).every((host) => /^[\w.:/*-]+$/.test(host)),
  }),
  nodeCaFile: text({
    default: none,
    description: "PEM file with CAs that the nodes trust in addition to the public ones, such as your company's",
    allowed: "none or an absolute path on this machine without blanks and colons, such as /etc/ssl/company-ca.pem",
    accepts: (value) => value === none || /^\/[^\s:,]+$/.test(value),
  }),
  pullSecret: secretText({
    default: none,
    description: "Credentials with which pods pull, as the text of a Docker config.json; a secret",
    allowed: 'none or JSON such as {"auths":{"ghcr.io":{"auth":"dXNlcjpwYXNz"}}}',
    accepts: dockerCredentials,
  }),
  appImage: text({
    default: "us-docker.pkg.dev/google-samples/containers/gke/hello-app",
    description: `Image of helloworld without tag; v1 runs ${versions.app.v1} and v2 runs ${versions.app.v2}`,
    allowed: "an image name without tag, such as localhost:5000/hello-app",
    accepts: imageName,
  }),
  appSource: choice(
    ["published", "folder"],
    "published",
    "Source of the app's images: published ones, or built from the folders app/v1 and app/v2",
  ),
  appRegistry: text({
    default: auto,
    description:
      "Registry and path to which built images are pushed and from which nodes pull; auto for the registry beside the cluster",
    allowed: "auto or a registry and path without tag, such as ghcr.io/me",
    accepts: (value) => value === auto || pushTarget(value),
  }),
};
