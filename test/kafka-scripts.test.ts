import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startKafka, type Kafka } from "../scripts/kafka/cluster.ts"
import { command } from "../scripts/kafka/command.ts"
import type { KafkaUser } from "../scripts/kafka/security.ts"
import { answers, brokersSeenBy, makeTopics, type Sasl } from "../scripts/kafka/wire.ts"
import { describeKafka, sharedKafka } from "./kafka-broker.ts"
import { root } from "./workspace.ts"

const portOf = (address: string): number => Number(address.split(":")[1])

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-command-"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the command answers in this process. Its cluster lies in a folder of the test. */
const kafka = async (words: ReadonlyArray<string>) => {
  const said = { out: "", err: "" }
  const voice = { out: (text: string) => (said.out += text), err: (text: string) => (said.err += text) }
  const dir = words.includes("--dir") ? [] : ["--dir", join(folder, "cluster")]
  return { code: await command([...dir, ...words], voice), ...said }
}

/** What the command answers in a process of its own. */
const spawned = (words: ReadonlyArray<string>, env = process.env) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    const main = join(root, "scripts/kafka/main.ts")
    const child = spawn(process.execPath, [main, ...words], { env, stdio: ["ignore", "pipe", "pipe"] })
    const said = { out: "", err: "" }
    child.stdout.on("data", (bytes) => (said.out += bytes))
    child.stderr.on("data", (bytes) => (said.err += bytes))
    child.once("error", reject).once("close", (code) => resolve({ code, ...said }))
  })
const codeOf = ({ err }: { readonly err: string }): string =>
  (JSON.parse(err) as { error: { code: string } }).error.code

describe("the command, wrongly used", () => {
  test("says what it can do", async () => {
    expect(await kafka(["--help"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("Examples\n"),
      err: ""
    })
    expect(await kafka([])).toMatchObject({ code: 2, out: expect.stringContaining("Commands\n") })
  })

  test.each([
    ["strat"],
    ["start", "--broker", "3"],
    ["start", "--brokers", "2"],
    ["start", "--set", "novalue"],
    ["start", "--heap", "much"],
    ["start", "--topic", "a:0"],
    ["start", "orders"],
    ["run"]
  ])("%s %s %s: wrong usage, and the help is named", async (...words) => {
    expect(await kafka(words)).toMatchObject({ code: 2, out: "", err: expect.stringContaining("--help") })
  })

  test("where nothing runs it says so", async () => {
    expect(await kafka(["status"])).toMatchObject({ code: 3, out: expect.stringContaining("no Kafka") })
    expect(await kafka(["stop"])).toMatchObject({ code: 0, out: expect.stringContaining("No Kafka") })
    expect(codeOf(await kafka(["topics", "a", "--json"]))).toBe("not-running")
    expect(codeOf(await kafka(["kill", "1", "--json"]))).toBe("not-running")
  })

  test("without Java it names the cure", async () => {
    const { JAVA_HOME: _java, ...env } = process.env
    const answer = await spawned(["fetch"], { ...env, PATH: folder })
    expect(answer).toMatchObject({ code: 1, err: expect.stringContaining("install Java") })
  })
})

describeKafka("the broker of the test run", () => {
  test("answers, and is one for all", async () => {
    const [first, second] = await Promise.all([sharedKafka(), sharedKafka()])
    expect(first).toEqual(second)
    expect(await answers({ port: portOf(first.brokers[0]!) })).toBe(true)
  }, 60_000)
})

describeKafka("the command", () => {
  test("starts one, shows it, kills it, and runs a command beside it when it is back", async () => {
    const started = await kafka(["start", "--topic", "orders:3", "--json"])
    expect(started).toMatchObject({ code: 0, err: "" })
    const { brokers, pids } = JSON.parse(started.out) as { brokers: Array<string>; pids: Array<number> }
    expect(await kafka(["status"])).toMatchObject({
      code: 0,
      out: expect.stringContaining(`process ${pids[0]}`)
    })
    expect(await kafka(["topics", "more:2"])).toMatchObject({ code: 0 })
    expect(codeOf(await kafka(["start", "--brokers", "3", "--json"]))).toBe("another-cluster")

    expect(await kafka(["kill", "1"])).toMatchObject({ code: 0 })
    expect(await kafka(["status"])).toMatchObject({ code: 3, out: expect.stringContaining("not running") })
    const dir = join(folder, "cluster")
    const beside = await spawned(["run", "--dir", dir, "--", "sh", "-c", 'echo "$KAFKA_BROKERS"; exit 7'])
    expect(beside).toEqual({ code: 7, out: `${brokers.join()}\n`, err: "" })
    expect(await kafka(["status"])).toMatchObject({ code: 3, out: expect.stringContaining("not running") })
  }, 120_000)

  test("names a setting that Kafka refuses, and does not keep it", async () => {
    const refused = await kafka(["start", "--dir", join(folder, "other"), "--set", "min.insync.replicas=few"])
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/min\.insync\.replicas.*\n +cure: /)
    })
    expect(await kafka(["status", "--dir", join(folder, "other")])).toMatchObject({
      out: expect.stringContaining("no Kafka")
    })
  })

  test("names a port that is taken", async () => {
    const server = createServer()
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
    const address = server.address()
    const port = typeof address === "object" ? String(address?.port) : ""
    const refused = await kafka(["start", "--dir", join(folder, "taken"), "--port", port, "--json"])
    server.close()
    expect(codeOf(refused)).toBe("port-taken")
    expect(refused.err).toContain(port)
  })

  test("without Maven, where the jars are not there yet, it names the cure", async () => {
    const java = (process.env["JAVA_HOME"] ? [join(process.env["JAVA_HOME"], "bin")] : [])
      .concat((process.env["PATH"] ?? "").split(delimiter))
      .map((path) => join(path, "java"))
    const programs = mkdtempSync(join(folder, "programs-"))
    symlinkSync(java.find(existsSync)!, join(programs, "java"))
    const env = { ...process.env, PATH: programs, PLIMSOLL_TOOLS: join(folder, "no-tools") }
    const refused = await spawned(["fetch", "--json"], env)
    expect(codeOf(refused)).toBe("no-maven")
    expect(refused.err).toContain("install Maven")
  })
})

describeKafka("a secure broker", () => {
  let broker: Kafka
  let secure: NonNullable<Kafka["secure"]>
  beforeAll(async () => {
    broker = await startKafka({ secure: true })
    secure = broker.secure!
  })
  afterAll(() => broker.stop())

  const tls = () => ({ ca: secure.ca })
  const at = (listener: keyof (typeof secure)["listeners"]) => ({
    port: portOf(secure.listeners[listener][0]!)
  })
  const says = (mechanism: string, message: string): { readonly sasl: Sasl } => ({
    sasl: { mechanism, converse: (said) => (said === undefined ? message : undefined) }
  })
  const plain = ({ username, password }: KafkaUser) => says("PLAIN", `\0${username}\0${password}`)
  const bearer = (token: string) => says("OAUTHBEARER", `n,,\u0001auth=Bearer ${token}\u0001\u0001`)
  const scram =
    (hash: "256" | "512") =>
    ({ username, password }: KafkaUser): { readonly sasl: Sasl } => {
      const bare = `n=${username},r=${randomBytes(12).toString("hex")}`
      const digest = `sha${hash}`
      const hmac = (key: Buffer, text: string) => createHmac(digest, key).update(text).digest()
      const proof = (challenge: string): string => {
        const [, nonce = "", salt = "", rounds = ""] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(challenge) ?? []
        const length = Number(hash) / 8
        const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(rounds), length, digest)
        const key = hmac(salted, "Client Key")
        const unproved = `c=biws,r=${nonce}`
        const stored = createHash(digest).update(key).digest()
        const signature = hmac(stored, `${bare},${challenge},${unproved}`)
        return `${unproved},p=${Buffer.from(key.map((byte, at) => byte ^ signature[at]!)).toString("base64")}`
      }
      const converse = (said: string | undefined) =>
        said === undefined ? `n,,${bare}` : said.startsWith("r=") ? proof(said) : undefined
      return { sasl: { mechanism: `SCRAM-SHA-${hash}`, converse } }
    }

  test("speaks TLS with a certificate of its authority, and nobody else's", async () => {
    expect(await brokersSeenBy({ ...at("tls"), tls: tls() })).toEqual([at("tls").port])
    await expect(brokersSeenBy({ ...at("tls"), tls: { ca: secure.cert } })).rejects.toThrow(/certificate/)
    expect(await answers(at("tls"))).toBe(false)
  })

  test("asks for a client's certificate where it should", async () => {
    const { cert, key } = secure
    expect(await answers({ ...at("mutualTls"), tls: { ...tls(), cert, key } })).toBe(true)
    expect(await answers({ ...at("mutualTls"), tls: tls() })).toBe(false)
  })

  test.each(["sasl", "saslTls"] as const)("%s: knows whom it lets in", async (listener) => {
    const door = { ...at(listener), ...(listener === "sasl" ? {} : { tls: tls() }) }
    const { user, stranger } = secure
    const wrong = { username: user.username, password: stranger.password }
    const nobody = { username: "nobody", password: user.password }
    const ask = (who: { readonly sasl: Sasl }) => brokersSeenBy({ ...door, ...who })
    for (const way of [plain, scram("256"), scram("512")]) {
      expect(await ask(way(user))).toEqual([door.port])
      await expect(ask(way(wrong))).rejects.toThrow(/Authentication failed/)
      await expect(ask(way(nobody))).rejects.toThrow(/Authentication failed/)
    }
    expect(await ask(bearer(secure.token()))).toEqual([door.port])
    await expect(ask(bearer(secure.token(user.username, -60)))).rejects.toThrow(/token is refused/)
    await expect(ask(bearer("no.token."))).rejects.toThrow(/token is refused/)
    await expect(ask(says("GSSAPI", ""))).rejects.toThrow(/does not speak GSSAPI/)
  })

  test("lets a stranger in, and do nothing", async () => {
    const { user, stranger } = secure
    const make = (who: { readonly sasl: Sasl }, name: string) =>
      makeTopics({ ...at("sasl"), ...who }, { [name]: 1 })
    await make(plain(user), "allowed")
    for (const who of [plain(stranger), bearer(secure.token(stranger.username))]) {
      expect(await answers({ ...at("sasl"), ...who })).toBe(true)
      await expect(make(who, "refused")).rejects.toThrow(/authoriz|\((29|31)\)/i)
    }
  })

  test("comes back on its ports with its users after kill -9", async () => {
    const before = broker.pids
    await broker.kill9()
    expect(broker.pids).toEqual([0])
    expect(await answers(at("tls"))).toBe(false)
    await broker.restart()
    expect(broker.pids).not.toEqual(before)
    expect(await answers({ ...at("saslTls"), tls: tls(), ...scram("512")(secure.user) })).toBe(true)
  }, 60_000)
})

describeKafka("three brokers", () => {
  test("know each other, go on without one, and take it back", async () => {
    const three = await startKafka({ brokers: 3 })
    try {
      const ports = three.brokers.map(portOf)
      expect(new Set(ports).size).toBe(3)
      const seen = () => Promise.all(ports.map((port) => brokersSeenBy({ port }).catch(() => [])))
      expect((await seen()).map((one) => one.toSorted())).toEqual(Array(3).fill(ports.toSorted()))

      await three.kill9(1)
      expect(three.pids.map((pid) => pid > 0)).toEqual([false, true, true])
      await expect
        .poll(async () => (await seen()).map((one) => one.length), { timeout: 60_000 })
        .toEqual([0, 2, 2])
      await three.restart(1)
      expect((await seen()).map((one) => one.length)).toEqual([3, 3, 3])
    } finally {
      await three.stop()
    }
    expect(three.pids).toEqual([])
  }, 120_000)
})
