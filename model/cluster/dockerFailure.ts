import versions from "../../versions.json";
import { compareVersions } from "../mesh/versions";
import { configSet, type Failure, type Remedy, remedy, run } from "../output/remedy";

const minimum = versions.supported.minimum.k3d;
const newerK3d = remedy`install k3d ${minimum} or newer (https://k3d.io); npm start downloads one`;

/**
 * Errors of Docker and k3d that no key of the configuration causes, with the remedy of each. Docker's command line ends with
 * status 1 for all of them, so only their texts tell them apart. Each pattern names the source of its text.
 */
const failures: readonly (readonly [pattern: RegExp, problem: string, remedy: Remedy])[] = [
  // host/process.ts
  [/\bdocker is not installed/, "Docker is not installed", remedy`https://docs.docker.com/get-docker/`],
  [/\bk3d is not installed/, "k3d is not installed", newerK3d],
  // https://github.com/moby/moby/blob/v28.5.2/client/request.go, doRequest
  [
    /permission denied while trying to connect to the docker (?:daemon socket|API)|dial unix \S*docker\S*\.sock: connect: permission denied/i,
    "Docker's socket is not this user's",
    remedy`sudo usermod -aG docker $USER, then log in again`,
  ],
  // https://github.com/moby/moby/blob/v28.5.2/client/errors.go, connectionFailed
  [
    /cannot connect to the docker daemon|error during connect:|failed to connect to the docker API/i,
    "Docker is not running",
    remedy`start Docker Desktop, or: sudo systemctl start docker`,
  ],
  // https://docs.docker.com/docker-hub/usage/, and the status text of RFC 6585
  [
    /toomanyrequests|pull rate limit|429 Too Many Requests/i,
    "a registry refuses more pulls for now (rate limit)",
    remedy`docker login, or wait, then ${run("up")}; caches keep what was pulled: ${configSet("imageCache", true)}`,
  ],
  // the text of ENOSPC: https://github.com/golang/go/blob/go1.25.0/src/syscall/zerrors_linux_amd64.go
  [
    /no space left on device/i,
    "the disk where Docker keeps images is full",
    remedy`docker system prune, then ${run("up")}; ${run("doctor")} shows how much is free`,
  ],
  // https://github.com/moby/moby/blob/v28.5.2/libnetwork/ipamapi/contract.go, and the text before Docker 25
  [
    /non-overlapping IPv4 address pool|predefined address pools have been fully subnetted/i,
    "Docker has no address left for another network",
    remedy`docker network prune, then ${run("up")}`,
  ],
  // https://github.com/moby/moby/blob/v28.5.2/distribution/pull_v2.go and daemon/images/image.go; the text of ENOEXEC
  [
    /no matching manifest for (?:linux|darwin)|exec format error|does not match the (?:specified|detected host) platform/i,
    "an image is not published for this machine's architecture",
    remedy`another image or version, or images of your own: ${configSet("appSource", "folder")}`,
  ],
  // https://github.com/golang/go/blob/go1.25.0/src/crypto/x509/verify.go, UnknownAuthorityError; on macOS, of its own verifier
  [
    /x509: certificate signed by unknown authority|certificate is not trusted/i,
    "Docker does not trust the certificate of a registry or of the proxy before it",
    remedy`add the company's CA to this machine and restart Docker (https://docs.docker.com/engine/security/certificates/)`,
  ],
];

/** The meaning of an error of Docker; undefined for an unknown one. */
export function dockerFailure(text: string): Failure | undefined {
  const failure = failures.find(([pattern]) => pattern.test(text));
  return failure && { problem: failure[1], remedy: failure[2] };
}

/**
 * Refusal of a k3d that is too old.
 *
 * @param output - of `k3d version`, such as `k3d version v5.8.3`
 */
export function oldK3d(output: string): Failure | undefined {
  const version = /v(\d+\.\d+\.\d+)/.exec(output)?.[1];
  return version === undefined || compareVersions(version, minimum) >= 0
    ? undefined
    : { problem: `k3d ${version} is too old`, remedy: newerK3d };
}
