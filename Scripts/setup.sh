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
      python3.11-venv  # holds what the browser tests take from PyPI
      chromium    # shows the page to the browser tests
      fonts-dejavu-core  # what chromium draws letters with
      nodejs      # runs the tests of the page's logic
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

# What the browser tests take from PyPI, in a folder of its own: the driver, and axe's rules.
pypi=(playwright==1.65.2 axe-playwright-python==0.1.8)
install_pypi() {
  local folder=.build/browser-tests
  [ "$purpose" = test ] || return 0
  [ "$(cat "$folder/installed" 2>/dev/null)" != "${pypi[*]}" ] || return 0
  echo "Installing ${pypi[*]}"
  /usr/bin/python3.11 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "${pypi[@]}"
  echo "${pypi[*]}" >"$folder/installed"
}

if [ ${#missing[@]} = 0 ]; then
  install_pypi
  exit 0
fi

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
install_pypi
