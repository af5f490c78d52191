#!/bin/sh
# Installs what the tests and install.sh need on a bare Debian: Chromium, curl, compilers and a Chinese font. Does nothing when they are there.
set -eu

missing=''
command -v chromium >/dev/null || missing="$missing chromium"
command -v curl >/dev/null || missing="$missing curl"
command -v g++ >/dev/null || missing="$missing g++"
command -v make >/dev/null || missing="$missing make"
command -v python3 >/dev/null || missing="$missing python3"
command -v fc-list >/dev/null || missing="$missing fontconfig"
# Without its letters, tests in Chinese would picture and measure empty boxes.
[ -n "$(fc-list :lang=zh 2>/dev/null)" ] || missing="$missing fonts-wqy-microhei"
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null; then
	echo "Please install:$missing" >&2
	exit 1
fi
sudo=''
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing
