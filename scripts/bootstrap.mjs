// Runs a command of this workspace on a machine that has nothing but Node 20 or newer, npm and git.
// Where Node is older than the packages need, or pnpm is absent, both come from the npm registry into a cache
// of this project's own; nothing global is changed. Plain JavaScript, since Node 20 cannot read TypeScript.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { homedir, tmpdir } from "node:os"
import { delimiter, dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { provide } from "./tools.mjs"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const windows = process.platform === "win32"
const pnpm = windows ? "pnpm.exe" : "pnpm"

const help = `Usage: npm run <command> [-- arguments], or node scripts/bootstrap.mjs <command> [arguments]

  demo        build everything and tell the three stories of examples/         (npm run demo)
  test        all tests; arguments are passed to vitest                   (npm test)
  test-long   the tests that take minutes: **/*.long.test.ts              (npm run test:long)
  bench       the measurements of bench/                                  (npm run bench)
  check       types, lint, format, and the shape of each package          (npm run check)
  kafka       a real Kafka for tests and local work, without Docker       (npm run -s kafka -- --help)
  exec        any command with Node and pnpm on the PATH                  (npm run -s workspace -- pnpm …)

Environment
  PLIMSOLL_TOOLS    folder for the tools this script fetches
                    (default: the user's cache folder, ${cacheFolder()})
`

function cacheFolder() {
  if (process.env.PLIMSOLL_TOOLS) return process.env.PLIMSOLL_TOOLS
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, "plimsoll")
  if (windows) return join(process.env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "plimsoll")
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "plimsoll")
  return join(homedir(), ".cache", "plimsoll")
}

const say = (line) => process.stderr.write(`plimsoll: ${line}\n`)
/** Something the person at the keyboard has to cure; thrown, so that locks and temporary folders are cleared. */
class Stop extends Error {}
const fail = (line) => {
  throw new Stop(line)
}
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** The environment of every child: our tools first, and nothing that npm left there for its own scripts. */
const environment = (folders) => {
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1"
  }
  for (const name of Object.keys(env)) {
    if (
      /^npm_(package|lifecycle|command|execpath|node_execpath)/.test(name) ||
      /^npm_config_(prefix|global_prefix|local_prefix|user_agent|node_gyp|init_module|nodedir)$/i.test(name)
    ) {
      delete env[name]
    }
  }
  // On Windows the variable may be spelt Path; two spellings at once would hide one of them.
  const path = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH"
  env[path] = [...folders, join(root, "node_modules", ".bin"), env[path] ?? ""].join(delimiter)
  return env
}

/** Runs a program to its end. `quiet` keeps its output and shows it only when it fails. */
const run = (program, parameters, { env, quiet = false, shell = false, cwd = root }) =>
  new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd,
      env,
      shell,
      stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit"
    })
    const kept = []
    child.stdout?.on("data", (bytes) => kept.push(bytes))
    child.stderr?.on("data", (bytes) => kept.push(bytes))
    // A terminal sends Ctrl-C to the child as well, which then decides; anything else has to be passed on.
    const wait = () => {}
    const pass = () => child.kill("SIGTERM")
    process.on("SIGINT", wait).on("SIGTERM", pass)
    const end = (code, words = "") => {
      process.off("SIGINT", wait).off("SIGTERM", pass)
      const text = Buffer.concat(kept).toString() + words
      if (code !== 0 && quiet) process.stderr.write(text.endsWith("\n") ? text : `${text}\n`)
      resolve({ code, text })
    }
    child.on("error", (cause) => {
      if (!quiet) say(`cannot start ${program}: ${cause.message}`)
      end(127, `cannot start ${program}: ${cause.message}`)
    })
    child.on("close", (code, signal) => end(code ?? (signal === "SIGINT" ? 130 : 143)))
  })

/** The script behind a command of a package, so that no shell and no .cmd file stands between. */
const script = (name, command = name) => {
  const folder = join(root, "node_modules", name)
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  return join(folder, typeof bin === "string" ? bin : bin[command])
}

const workspaceFolders = () =>
  ["packages", "connectors", "examples"]
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .concat([root, join(root, "bench"), join(root, "test")])
    .filter((folder) => existsSync(join(folder, "package.json")))

/** Two of these commands may be started at once in one clone; only one of them may write node_modules and dist. */
const alone = async (work) => {
  const lock = join(root, "node_modules", ".plimsoll-lock")
  mkdirSync(dirname(lock), { recursive: true })
  for (let told = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" })
      break
    } catch (cause) {
      if (cause.code !== "EEXIST") throw cause
    }
    let holder = 0
    try {
      holder = Number(readFileSync(lock, "utf8"))
      if (holder > 0) process.kill(holder, 0)
      else if (Date.now() - statSync(lock).mtimeMs > 2000) rmSync(lock, { force: true })
    } catch (cause) {
      if (cause.code === "ESRCH") rmSync(lock, { force: true })
    }
    if (!told) say(`waiting for another run in this folder${holder > 0 ? ` (process ${holder})` : ""}`)
    told = true
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  const free = () => rmSync(lock, { force: true })
  process.on("exit", free)
  try {
    return await work()
  } finally {
    free()
    process.off("exit", free)
  }
}

const install = async (env) => {
  const folders = workspaceFolders()
  const hash = createHash("sha256").update(process.version).update(process.platform).update(process.arch)
  const files = [
    join(root, "pnpm-lock.yaml"),
    join(root, "pnpm-workspace.yaml"),
    ...folders.map((f) => join(f, "package.json"))
  ]
  for (const file of files.toSorted()) hash.update(relative(root, file)).update(readFileSync(file))
  const wanted = hash.digest("hex")
  const mark = join(root, "node_modules", ".plimsoll-install")
  const done = existsSync(mark) && readFileSync(mark, "utf8") === wanted
  if (done && folders.every((folder) => existsSync(join(folder, "node_modules")))) return
  const start = performance.now()
  const { code, text } = await run(
    pnpm,
    ["install", "--frozen-lockfile", "--config.confirmModulesPurge=false"],
    { env, quiet: true }
  )
  if (code !== 0) {
    if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|META_FETCH_FAIL|dns error/i.test(text)) {
      fail("the npm registry cannot be reached; the packages of this workspace are not in the cache yet")
    }
    fail("pnpm install failed, see above")
  }
  writeFileSync(mark, wanted)
  say(`packages installed (${seconds(start)})`)
}

const build = async (env, node) => {
  const start = performance.now()
  const { code, text } = await run(
    node,
    [script("turbo"), "run", "build", "--ui=stream", "--output-logs=errors-only", "--log-order=grouped"],
    { env, quiet: true }
  )
  if (code !== 0) fail("the build failed, see above")
  const cached = /Cached:\s+(\d+) cached, (\d+) total/.exec(text)
  if (cached === null || cached[1] !== cached[2]) say(`built (${seconds(start)})`)
}

/** Runs vitest and ends with the one line that a reader, or a machine, needs. */
const test = async (env, node, parameters) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-test-"))
  const file = join(folder, "result.json")
  const { code } = await run(
    node,
    [
      script("vitest"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
      ...parameters
    ],
    { env }
  )
  const result = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined
  rmSync(folder, { recursive: true, force: true })
  if (result === undefined) fail("vitest ended before it wrote a result")
  const count = { passed: 0, failed: 0, skipped: 0 }
  const skipped = []
  for (const suite of result.testResults) {
    for (const one of suite.assertionResults) {
      const state = one.status === "passed" || one.status === "failed" ? one.status : "skipped"
      count[state] += 1
      if (state === "skipped") skipped.push(`${relative(root, suite.name)} > ${one.fullName}`)
    }
    // A file that cannot be loaded has no test to blame, and must be counted all the same.
    if (suite.status === "failed" && !suite.assertionResults.some((one) => one.status === "failed"))
      count.failed += 1
  }
  if (skipped.length > 0)
    process.stdout.write(`\nSkipped:\n${skipped.map((name) => `  ${name}\n`).join("")}\n`)
  const none = count.passed + count.failed + count.skipped === 0
  if (count.passed + count.failed === 0) say(none ? "no test was found" : "no test ran, all were skipped")
  else if (code !== 0 && count.failed === 0) {
    say("vitest failed outside the tests, see above; counted as one failure")
    count.failed = 1
  }
  process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  return code !== 0 ? code : count.passed === 0 ? 1 : 0
}

const testLong = (env, node, parameters) =>
  test(env, node, ["--config", "vitest.long.config.ts", ...parameters])

/** Everything that can be held without running the code. All of it is run, so that one round shows all faults. */
const check = async (env, node) => {
  const published = workspaceFolders().filter(
    (folder) => !JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).private
  )
  const steps = [
    ["types", "tsc", [script("typescript", "tsc"), "-p", "tsconfig.json", "--noEmit"]],
    ["lint", "oxlint", [script("oxlint"), "--deny-warnings", "--quiet"]],
    ["format", "oxfmt", [script("oxfmt"), "--check"]],
    ...published.map((folder) => [
      relative(root, folder),
      "publint",
      [script("publint"), "run", folder, "--strict", "--pack", "pnpm"]
    ])
  ]
  let failed = 0
  for (const [subject, name, parameters] of steps) {
    const start = performance.now()
    const { code } = await run(node, parameters, { env, quiet: true })
    process.stdout.write(`${code === 0 ? "ok  " : "FAIL"} ${name.padEnd(8)} ${subject} (${seconds(start)})\n`)
    if (code !== 0) failed += 1
  }
  process.stdout.write(failed === 0 ? "all checks hold\n" : `${failed} of ${steps.length} checks failed\n`)
  return failed === 0 ? 0 : 1
}

/** A script of one workspace package. pnpm itself says nothing and succeeds where there is none. */
const workspaceScript = (folder, name) => {
  const file = join(root, folder, "package.json")
  const has = existsSync(file) && JSON.parse(readFileSync(file, "utf8")).scripts?.[name] !== undefined
  if (!has) fail(`${folder}/package.json has no script "${name}"`)
  return async (env, _node, parameters) =>
    (await run(pnpm, ["--filter", `./${folder}`, "run", name, ...parameters], { env })).code
}

const main = async ([command, ...given]) => {
  if (command === undefined || command === "help" || command === "--help" || command === "-h") {
    process.stdout.write(help)
    return command === undefined ? 1 : 0
  }
  if (!["demo", "test", "test-long", "bench", "check", "kafka", "exec"].includes(command)) {
    process.stderr.write(help)
    fail(`there is no command "${command}"`)
  }
  if (Number(process.versions.node.split(".")[0]) < 20) {
    fail(
      `Node ${process.versions.node} is too old even to fetch a newer one; install Node 20 or newer (nodejs.org)`
    )
  }
  const { node, folders } = await provide({ cache: cacheFolder(), run, environment, say, fail })
  const env = environment(folders)
  const parameters = given[0] === "--" ? given.slice(1) : given

  // Where the person stands, not where npm found its package.json.
  const cwd = process.env.INIT_CWD ?? process.cwd()

  if (command === "kafka") {
    return (await run(node, [join(root, "scripts/kafka/main.ts"), ...parameters], { env, cwd })).code
  }
  if (command === "exec") {
    const [program, ...rest] = parameters
    if (program === undefined)
      fail("exec needs a command, for example: npm run -s workspace -- pnpm outdated")
    return (await run(program, rest, { env, shell: windows, cwd })).code
  }
  const commands = {
    demo: () => {
      const parts = ["hospital", "trust", "closed-loop"].map((name) =>
        workspaceScript(`examples/${name}`, "demo")
      )
      return async (...all) => {
        for (const part of parts) {
          const code = await part(...all)
          if (code !== 0) return code
        }
        return 0
      }
    },
    bench: () => workspaceScript("bench", "bench"),
    test: () => test,
    "test-long": () => testLong,
    check: () => check
  }
  const start = commands[command]()
  await alone(async () => {
    await install(env)
    await build(env, node)
  })
  return start(env, node, parameters)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (cause) {
  if (!(cause instanceof Stop)) throw cause
  say(cause.message)
  process.exitCode = 1
}
