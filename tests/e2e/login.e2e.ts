import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";
import { verify } from "../../automation";
import { type AppResponse, getFrom } from "../../host/http";
import { poll } from "../../host/wait";
import { meshNamespace } from "../../model/names";
import { callbackUrl } from "../../model/security/login";
import versions from "../../versions.json";
import { browserPath } from "../browser/browser";
import { Environment } from "../support/environment";
import { client, installIssuer, issuerImage, scaleIssuer, user } from "../support/issuer";
import { Load } from "../support/load";
import { machineReads, machineVersion } from "../support/machine";
import { missingCrds } from "../support/missingCrds";
import { publishedApp } from "../support/rollouts";

const name = "e2e-login";
const domain = "istio.localhost";
const greeting = /Hello, world!/;

/** The reason why this machine can log nobody in. Undefined if it can. */
async function obstacle(): Promise<string | undefined> {
  if (!browserPath) return "there is neither chromium nor google-chrome on the PATH";
  for (const image of [issuerImage, versions.oauth2ProxyImage])
    if (!(await machineReads.hasImage(image))) return `this machine cannot have the image ${image}`;
  return missingCrds(await machineVersion("istioVersion"));
}

describe("a login at an issuer in the cluster", function () {
  this.timeout(600_000);
  let environment: Environment | undefined;
  let browser: Browser;
  let issuer = "";
  let app = "";
  /** Window of a user who has logged in. */
  let ada: Page;

  before(async () => {
    const missing = await obstacle();
    if (missing !== undefined) return console.log(`    nobody was logged in: ${missing}`);
    const routes = { routing: "gateway-api", canaryHeader: "x-canary", canaryAffinity: "60", mirrorPercent: "20" };
    environment = await Environment.open(name, { agents: "0", tokens: "true", ...routes });
    Object.assign(process.env, environment.stack.workspace.envVars);
    const callback = callbackUrl({ domain, httpsPort: environment.ports.httpsPort });
    app = new URL(callback).origin;
    await environment.up();
    issuer = await installIssuer(environment, callback);
    browser = await chromium.launch({ executablePath: browserPath ?? "", args: ["--no-sandbox"] });
    ada = await newWindow();
  });
  after(async () => {
    await browser?.close();
    await environment?.destroy();
  });

  /** A test of the environment. Without one, `before` has said why, and a pending test would fail the suite. */
  const test = (title: string, body: (environment: Environment) => Promise<void>) =>
    it(title, async () => {
      if (environment) await body(environment);
    });

  /** A window of a browser without cookies that does not know the environment's CA. */
  const newWindow = async (): Promise<Page> => (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();

  /** Opens a path of the app, and fills in the issuer's form to which the gateway redirects. */
  async function logIn(tab: Page, path: string): Promise<void> {
    await tab.goto(`${app}${path}`);
    assert.equal(new URL(tab.url()).origin, issuer);
    await tab.locator("#login").fill(user.email);
    await tab.locator("#password").fill(user.password);
    await tab.locator("#submit-login").click();
    await tab.waitForURL(`${app}/**`);
  }

  /** Status of the app's answer to a window. Chromium opens no page for an error without a body. */
  async function status(tab: Page): Promise<number> {
    const answer = tab.waitForResponse((response) => response.url() === `${app}/`);
    await tab.goto(app).catch(() => {});
    return (await answer).status();
  }

  const asProgram = async (one: Environment): Promise<AppResponse> =>
    getFrom({ ...(await publishedApp(one)), headers: { accept: "application/json" } });

  async function verified(): Promise<void> {
    const failed = (await verify(name)).filter(({ outcome }) => outcome !== "passed");
    assert.deepEqual(
      failed.map(({ title, evidence }) => `${title}: ${evidence}`),
      [],
    );
  }

  const restartProxy = async (one: Environment): Promise<void> => {
    await one.kubectl("delete", "pod", "-n", meshNamespace, "-l", "app=oauth2-proxy", "--wait");
  };
  const proxyReady = (one: Environment): Promise<string> =>
    one.kubectl("rollout", "status", "-n", meshNamespace, "deployment/oauth2-proxy", "--timeout=180s");

  test("answers no request without a token while the login is turned on", async (one) => {
    const target = { ...(await publishedApp(one)), headers: { accept: "application/json" } };
    const load = new Load(target, 50, 100_000);
    await load.reaches(50);
    await one.set("loginIssuer", issuer);
    await one.set("loginClient", client.id);
    await one.setSecret("loginClientSecret", client.secret);
    await one.up();
    const { requests, failures } = await load.end();
    const rejected = [...failures.values()].reduce((sum, count) => sum + count, 0);
    assert.equal(requests - rejected, 0, `${requests - rejected} of ${requests} requests reached the app`);
  });

  test("passes verify with each way to a version of the app, and the next up changes nothing", async (one) => {
    await verified();
    assert.deepEqual(await one.up(), []);
  });

  test("brings a browser back to the page that it asked for, and rejects a program", async (one) => {
    await logIn(ada, "/deep/page?x=1");
    assert.equal(ada.url(), `${app}/deep/page?x=1`);
    assert.match(await ada.locator("body").innerText(), greeting);
    assert.equal((await asProgram(one)).status, 401);
  });

  test("still requires a token of the group for /admin", async () => {
    assert.equal((await ada.goto(`${app}/admin`))?.status(), 403);
  });

  test("requires the login again after a sign-out", async () => {
    const tab = await newWindow();
    await logIn(tab, "/");
    await tab.goto(`${app}/oauth2/sign_out`);
    await tab.goto(app);
    assert.equal(new URL(tab.url()).origin, issuer);
  });

  test("keeps who is logged in while the issuer is gone, lets nobody else in, and recovers by itself", async (one) => {
    await scaleIssuer(one, 0);
    try {
      assert.equal(await status(ada), 200);
      await assert.rejects((await newWindow()).goto(app), /net::ERR/);
      // a new pod of oauth2-proxy ends at once, since it reads the issuer's configuration first
      await restartProxy(one);
      assert.equal(await status(ada), 403);
      assert.equal((await asProgram(one)).status, 403);
    } finally {
      await scaleIssuer(one, 1);
      await proxyReady(one);
    }
    // the gateway learns the address of the new pod soon after it is ready
    assert.equal(
      await poll(
        30,
        () => status(ada),
        (code) => code === 200,
      ),
      200,
    );
    await logIn(await newWindow(), "/");
  });

  test("lets nobody in with a client secret that the issuer does not know", async (one) => {
    await one.setSecret("loginClientSecret", "unknown");
    await one.up();
    const tab = await newWindow();
    await logIn(tab, "/");
    assert.match(tab.url(), /\/oauth2\/callback/);
    assert.doesNotMatch(await tab.locator("body").innerText(), greeting);
    await tab.goto(app);
    assert.equal(new URL(tab.url()).origin, issuer);

    await one.setSecret("loginClientSecret", client.secret);
    await one.up();
    await logIn(tab, "/");
    assert.equal(tab.url(), `${app}/`);
  });

  test("keeps who is logged in when the routes change to those of Istio, and logs others in", async (one) => {
    await one.set("routing", "istio");
    await one.up();
    // Envoy answers the next request on a connection from before the change with 404, and closes it
    assert.ok([200, 404].includes(await status(ada)));
    assert.equal(await status(ada), 200);
    await logIn(await newWindow(), "/deep/page?x=1");
    await verified();
  });
});
