#!/usr/bin/env bash
# Makes the packages of a build that was configured for /usr, has lintian look at them, and uses them in an empty Debian root.
# What a machine cannot do is skipped, with a warning.
#
#    check_packages.sh BUILD
set -euo pipefail
build=$1
packages=$build/packages

skip() { echo "WARNING: skipped: $*" >&2; }

rm -rf "$packages"
for generator in DEB RPM; do
  if [ $generator = RPM ] && ! command -v rpmbuild >/dev/null; then
    skip "no rpm packages: rpmbuild is not installed"
    continue
  fi
  log=$build/cpack-$generator.log
  (cd "$build" && cpack -G $generator) >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
done
ls -sh "$packages"/*.deb "$packages"/*.rpm 2>/dev/null || ls -sh "$packages"/*.deb

if command -v lintian >/dev/null; then
  lintian --allow-root --fail-on error,warning "$packages"/*.deb
  echo "lintian: no errors and no warnings"
else
  skip "lintian is not installed"
fi

for package in "$packages"/prun-*.rpm; do
  [ -e "$package" ] || continue
  files=$(rpm -qpl "$package")
  for file in /usr/bin/prun /usr/share/man/man1/prun.1.gz /usr/share/bash-completion/completions/prun; do
    grep -qx "$file" <<<"$files" || { echo "$package has no $file" >&2; exit 1; }
  done
done

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
  skip "no empty root: that needs to be root, and debootstrap"
  exit 0
fi
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
mirror=$(sed -n 's/^URIs: *//p; s/^deb *\(\[[^]]*\] *\)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list \
  2>/dev/null | grep -v security | head -n 1 || true)
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
if ! debootstrap --variant=minbase "$release" "$root" "${mirror:-http://deb.debian.org/debian}" >"$build/debootstrap.log" 2>&1; then
  tail -n 5 "$build/debootstrap.log" >&2
  skip "no empty root: debootstrap failed"
  exit 0
fi
cp "$packages"/prun_*.deb "$packages"/python3-prun_*.deb "$root/tmp"
chroot "$root" sh -c 'DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends mandoc /tmp/*.deb' \
  >"$build/install.log" 2>&1 || { cat "$build/install.log" >&2; exit 1; }

# In the root there is nothing of this machine: no compiler, no library of ours, no configuration.
run() { chroot "$root" env -i PATH=/usr/bin:/bin "$@"; }
equal() { [ "$2" = "$3" ] || { printf '%s: expected "%s", got "%s"\n' "$1" "$3" "$2" >&2; exit 1; }; }
equal "a function" "$(run prun map fib 1..5 --format '{result}' | tr '\n' ' ')" "1 2 3 5 8 "
equal "a command" "$(run prun echo got {} ::: a b | tr '\n' ' ')" "got a got b "
equal "a Python function" "$(run prun map 'lambda x: x * x' 7 --format '{result}')" 49
equal "a journal" "$(run sh -c 'cd /tmp && prun imap --journal run.db fib 1..3 >/dev/null && prun journal run.db | grep -c "3 succeeded"')" 1
equal "the package for Python" \
  "$(run sh -c 'cd /tmp && printf "from prun import Pool\nif __name__ == \"__main__\":\n  with Pool(2) as pool: print(pool.map(abs, [-1, -2]))\n" >t.py && python3 t.py')" \
  "[1, 2]"
equal "the manual page" "$(run sh -c 'man -T ascii prun | grep -c "^N.*NAME\|^NAME" || true')" 1
equal "completion in bash" "$(run bash -c '. /usr/share/bash-completion/completions/prun && complete -p prun | grep -c prun')" 1
chroot "$root" sh -c 'DEBIAN_FRONTEND=noninteractive apt-get remove -qq -y prun python3-prun' >"$build/remove.log" 2>&1
equal "what removal leaves" "$(find "$root/usr" "$root/etc" -name '*prun*' | tr '\n' ' ')" ""
echo "an empty root: installed, used, removed"
