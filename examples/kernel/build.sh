#!/usr/bin/env bash
# Builds a User Mode Linux kernel with nothing in it but what firsttouch judges. usage: build.sh SOURCE BUILD [JOBS]
# SOURCE: a kernel's source, yours, or one that is fetched if it is not there (Debian: apt-get download linux-source-6.12). BUILD: a folder for the objects.
# First build: some 600 files, five minutes of one processor, then BUILD/linux (7 MB). After an edit in mm/ the same command takes seconds.
set -eu
[ $# -ge 2 ] || { sed -n 2,4p "$0"; exit 2; }
source=$1 build=$(realpath -m "$2") jobs=${3:-$(nproc)}
here=$(cd "$(dirname "$0")" && pwd)

for tool in make gcc flex bison bc; do
  command -v "$tool" >/dev/null || { echo "missing: $tool (apt-get install build-essential flex bison bc libelf-dev)"; exit 4; }
done
if [ ! -d "$source" ]; then
  fetched=$(mktemp -d)
  trap 'rm -rf "$fetched"' EXIT
  (cd "$fetched" && apt-get download linux-source-6.12 && dpkg-deb -x linux-source-6.12_*.deb .) ||
    { echo "no source: give a folder of one, or: apt-get install linux-source-6.12"; exit 4; }
  mkdir -p "$source"
  tar xf "$fetched"/usr/src/linux-source-6.12.tar.xz -C "$source" --strip-components 1
fi
mkdir -p "$build"
if [ ! -e "$build/.config" ]; then
  make -C "$source" ARCH=um O="$build" KCONFIG_ALLCONFIG="$here/uml.config" allnoconfig >/dev/null
fi
make -C "$source" ARCH=um O="$build" -j"$jobs" linux </dev/null >"$build/make.log" 2>&1 || { tail -20 "$build/make.log"; exit 1; }
echo "$build/linux"
