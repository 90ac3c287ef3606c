import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { configuredSecrets, keysIn, redact } from "../../automation/commands/pulumi/redact";

const pem = (type: "sec1" | "pkcs8") =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type, format: "pem" }).toString().trim();
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const lines = (key: string) => key.split("\n").slice(1, -1);

const looks: readonly (readonly [string, (key: string) => string])[] = [
  ["as it is", (key) => key],
  ["in JSON", json],
  ["in JSON within JSON", (key) => json(json(key))],
  ["cut off", (key) => key.slice(0, 90)],
  ["cut off in JSON", (key) => json(key).slice(0, 90)],
  ["in base64", base64],
];

describe("messages without secrets", () => {
  for (const [name, form] of looks)
    for (const type of ["sec1", "pkcs8"] as const)
      it(`have no private key ${name} (${type}), whoever made it`, () => {
        const key = pem(type);
        const text = redact(`value={${form(key)}}, next: "7"`, []);
        assert.equal(text, 'value={[secret]}, next: "7"');
      });

  it("have no key that follows another, and keep what stands between", () => {
    assert.equal(redact(`a ${pem("sec1")} b: ${pem("pkcs8")}`, []), "a [secret] b: [secret]");
  });

  it("have no kubeconfig's credentials, and keep its names", () => {
    const text = `users:\n- name: admin@k3d-istio\n  user:\n    client-key-data: ${base64(pem("pkcs8"))}\n`;
    assert.equal(redact(text, []), "users:\n- name: admin@k3d-istio\n  user:\n    client-key-data: [secret]\n");
  });

  it("have no signed token", () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "ES256" })}.${part({ iss: "https://x" })}.${"aB3_".repeat(12)}`;
    assert.equal(redact(`Bearer ${token}"`, []), 'Bearer [secret]"');
  });

  it("have no credential of the configuration, however it is written", () => {
    const password = 'p"ss <&> word\\';
    const auths = JSON.stringify({ auths: { "mirror.test": { username: "user", password } } });
    const secrets = configuredSecrets({
      pullSecret: { value: auths, secret: true },
      domain: { value: "istio.localhost" },
    });
    const go = json(password).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
    for (const form of [auths, password, json(password), json(auths), base64(auths), base64(password), go, json(go)])
      assert.equal(redact(`: ${form} istio.localhost`, secrets), ": [secret] istio.localhost");
  });

  it("have no password that is part of a URL", () => {
    const secrets = configuredSecrets({ istioChartAuth: { value: "bob:p@ss/word", secret: true } });
    assert.equal(redact("https://bob:p%40ss%2Fword@charts.test/", secrets), "https://bob:[secret]@charts.test/");
  });

  it("have no password of USER:PASSWORD, which Helm receives without the user", () => {
    const secrets = configuredSecrets({ istioChartAuth: { value: "bob:hunter2hunter2", secret: true } });
    assert.equal(
      redact('{"username":"bob","password":"hunter2hunter2"}', secrets),
      '{"username":"bob","password":"[secret]"}',
    );
  });

  it("have no password that Docker keeps in Base64", () => {
    const value = JSON.stringify({ auths: { "mirror.test": { auth: base64("user:pass phrase") } } });
    const secrets = configuredSecrets({ pullSecret: { value, secret: true } });
    for (const form of [base64("user:pass phrase"), "user:pass phrase", "pass phrase", base64("pass phrase")])
      assert.equal(redact(`a ${form} b`, secrets), "a [secret] b");
  });

  it("have no short secret as a separate word, and keep words that contain its letters", () => {
    const secrets = configuredSecrets({ loginClientSecret: { value: "abc", secret: true } });
    assert.equal(redact('secret=abc "abc" abcd fabc', secrets), 'secret=[secret] "[secret]" abcd fabc');
  });

  it("keep the word with which a secret is left out", () => {
    assert.deepEqual(configuredSecrets({ pullSecret: { value: "none", secret: true } }), []);
  });

  it("have no key that the state keeps, and keep its names", () => {
    const cookie = createHash("sha256").update("aB3").digest("base64url");
    const plaintext = JSON.stringify(JSON.stringify({ name: "istio-ingressgateway-of-a-long-name", key: cookie }));
    const state = {
      deployment: { resources: [{ outputs: { data: { plaintext } }, id: "aVeryLongIdentifier12345678" }] },
    };
    const secrets = keysIn(state);
    assert.deepEqual([...new Set(secrets)], [cookie]);
    const text = `istio-ingressgateway-of-a-long-name aVeryLongIdentifier12345678`;
    assert.equal(redact(`${text} ${cookie} ${base64(cookie)}`, secrets), `${text} [secret] [secret]`);
  });

  it("never have a line of a key, wherever it stands", () => {
    const key = pem("pkcs8");
    const secrets = keysIn({ plaintext: JSON.stringify(key) });
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom(...looks), (before, after, [, form]) => {
        const text = redact(before + form(key) + after, secrets);
        for (const line of lines(key)) assert.ok(!text.includes(line) && !text.includes(base64(line)));
      }),
    );
  });

  it("are unchanged if nothing is secret", () => {
    const text = '{"time":"2026-11-25T05:47:08Z","msg":"Marshaling property name={certificates-ca-key}"}';
    assert.equal(redact(text, []), text);
  });
});
