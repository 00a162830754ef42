#!/usr/bin/env bash
# Holds the Dockerfile to this repository and to Debian without a container engine: every path that it copies exists,
# every package that it installs can be had here, and the runtime's packages hold every library that the program loads.
set -euo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0
expect() { # expect "what is expected" command...
  local what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "Dockerfile: $what"; fi
}
has_candidate() {
  local candidate
  candidate=$(LC_ALL=C apt-cache policy "$1" | sed -n 's/^  Candidate: //p')
  [ -n "$candidate" ] && [ "$candidate" != "(none)" ]
}
packages() { # the package names among the words of the RUN lines of one stage, `build` or `runtime`
  awk -v wanted="$1" '/^FROM/ { stage = / AS build/ ? "build" : "runtime" } stage == wanted' Dockerfile \
    | tr '\\\n' '  ' | grep -oE 'install --yes [^&]*' | tr ' ' '\n' | grep -E '^[a-z]' | grep -vx install | sort -u
}

mapfile -t copied < <(grep '^COPY' Dockerfile | grep -v -- '--from=' | awk '{ for (i = 2; i < NF; i++) print $i }')
expect "no COPY line was read" test ${#copied[@]} -gt 0
for path in "${copied[@]}"; do
  expect "$path is copied but does not exist" test -e "$path"
done

for stage in build runtime; do
  names=$(packages "$stage")
  expect "no package was read in the $stage stage" test -n "$names"
  for name in $names; do
    expect "Debian has no package $name" has_candidate "$name"
  done
done

expect "there is no program to look at; build it first" test -x .build/release/cellar

# Each library that the program loads belongs to a package named in the runtime stage, or to Debian's base system.
runtime=$(packages runtime; printf '%s\n' libc6 libgcc-s1)
for library in $(ldd .build/release/cellar | awk '/=> \// { print $3 }'); do
  owner=$(dpkg-query --search "*/$(basename "$library")" | grep -v ^diversion | head -n 1 | cut -d: -f1)
  expect "$library is in $owner, which the runtime stage does not install" grep -qx "$owner" <<<"$runtime"
done

expect "the image must not run as root" grep -qE '^USER [a-z]' Dockerfile
expect "no HEALTHCHECK" grep -q '^HEALTHCHECK' Dockerfile
expect "no volume for the data" grep -q '^VOLUME /data' Dockerfile
echo "image: $passed passed, $failed failed"
[ "$failed" = 0 ]
