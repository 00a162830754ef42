#!/usr/bin/env bash
# Installs the Debian packages that are missing; says nothing and returns at once when none is.
#
#   Scripts/setup.sh run     what building and serving needs
#   Scripts/setup.sh test    that, and what the tests need
set -euo pipefail

purpose=${1:-run}
packages=(
  pkg-config            # tells the build where the libraries below are
  libsqlite3-dev        # the session store
  libseccomp-dev        # the workers' system call filter
  libpython3.11-stdlib  # the standard library's Python sources, which snippets import
  libjs-codemirror      # the editor on the page
)
case "$purpose" in
  run) ;;
  test)
    packages+=(
      python3.11  # the reference: each language test also passes there
      curl        # runs the examples of README.md
    ) ;;
  *)
    echo "setup.sh: the purpose is 'run' or 'test', not '$purpose'." >&2
    exit 2 ;;
esac

if ! command -v swift >/dev/null; then
  echo "setup.sh: no 'swift' in PATH; install the Swift 6.3 toolchain from https://www.swift.org/install/linux/ first." >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=(env)
elif command -v sudo >/dev/null; then
  as_root=(sudo env)
else
  echo "setup.sh: not root and no sudo here; as root, run: apt-get update && apt-get install ${missing[*]}" >&2
  exit 1
fi

echo "Installing ${missing[*]}"
apt=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet --option Dpkg::Use-Pty=0)
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
