#!/usr/bin/env bash
# Makes the packages of a build, has lintian check them, compiles with the development package, and installs, uses and removes
# the others in an empty Debian root. What this machine cannot do is skipped with a warning. Exit status 77: nothing could be done.
#
#    check_packages.sh BUILD [COMPILER]
set -euo pipefail
build=$(cd "$1" && pwd)
compiler=${2:-c++}
packages=$build/packages
source=$(cd "$(dirname "$0")/../.." && pwd)

skip() { echo "WARNING: skipped: $*" >&2; }
fail() { echo "$*" >&2; exit 1; }
equal() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; }

command -v dpkg-deb >/dev/null || { echo "SKIPPED: no packages: dpkg-deb is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
rm -rf "$packages"
generators=(DEB)
if command -v rpmbuild >/dev/null; then generators+=(RPM); else skip "no rpm packages: rpmbuild is not installed"; fi
for generator in "${generators[@]}"; do
  log=$build/cpack-$generator.log
  (cd "$build" && cpack -G "$generator") >"$log" 2>&1 || { cat "$log" >&2; fail "cpack -G $generator has failed"; }
done
ls -s "$packages"

if command -v lintian >/dev/null; then
  # Only a build for /usr has the folders of Debian's architectures.
  suppressed=none
  grep -q '^CMAKE_INSTALL_PREFIX:[A-Z]*=/usr$' "$build/CMakeCache.txt" || suppressed=pkg-config-unavailable-for-cross-compilation
  lintian --allow-root --fail-on error,warning --suppress-tags "$suppressed" "$packages"/*.deb || fail "lintian is not content"
  echo "lintian: no errors and no warnings"
else
  skip "lintian is not installed"
fi

if command -v rpm >/dev/null; then
  for package in "$packages"/prun-[0-9]*.rpm; do
    [ -e "$package" ] || continue
    files=$(rpm -qpl "$package")
    for file in /usr/bin/prun /usr/share/man/man1/prun.1 /usr/share/bash-completion/completions/prun /usr/share/zsh/site-functions/_prun; do
      grep -qx "$file\(.gz\)\?" <<<"$files" || fail "$package has no $file"
    done
  done
fi

# The development package: headers and an archive that a program can be made with.
dpkg-deb -x "$packages"/libprun-dev_*.deb "$work/development"
cat >"$work/program.cpp" <<'END'
#include <prun/pool.hpp>
#include <cstdio>
#include <vector>
int main() {
  prun::Pool pool(2);
  for (const int square : pool.map([](int x) { return x * x; }, std::vector{1, 2, 3})) std::printf("%d ", square);
}
END
pkgconfig=$(dirname "$(find "$work/development" -name prun.pc)")
flags=$(PKG_CONFIG_PATH=$pkgconfig pkg-config --define-prefix --static --cflags --libs prun)
# shellcheck disable=SC2086 # flags are words
"$compiler" -std=c++20 "$work/program.cpp" -o "$work/program" $flags
equal "a program of the development package" "$("$work/program")" "1 4 9 "
echo "the development package: a program compiles and runs"

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
  skip "no empty root: that needs to be root, and debootstrap"
  exit 0
fi
root=$work/root
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb *\(\[[^]]*\] *\)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list.d/*.sources \
  /etc/apt/sources.list 2>/dev/null | grep -v security | head -n 1 || true)
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
if ! debootstrap --variant=minbase --include=mandoc,python3-minimal,python3-pip,zsh,fish "$release" "$root" \
     "${mirror:-http://deb.debian.org/debian}" >"$build/debootstrap.log" 2>&1; then
  tail -n 5 "$build/debootstrap.log" >&2
  skip "no empty root: debootstrap failed, see $build/debootstrap.log"
  exit 0
fi
mount -t proc proc "$root/proc" || { skip "no empty root: /proc cannot be mounted in it"; exit 0; }
trap 'umount "$root/proc"; rm -rf --one-file-system "$work"' EXIT
cp "$packages"/prun_*.deb "$packages"/python3-prun_*.deb "$root/tmp"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive HOME=/root "$@"; }
inside sh -c 'apt-get install -qq -y --no-install-recommends /tmp/*.deb' >"$build/install.log" 2>&1 ||
  { cat "$build/install.log" >&2; fail "the packages cannot be installed"; }

# In the root there is nothing of this machine: no compiler, no library of ours, no configuration.
equal "a function" "$(inside prun map fib 1..5 --format '{result}' | tr '\n' ' ')" "1 2 3 5 8 "
equal "a command" "$(inside prun echo got {} ::: a b | tr '\n' ',')" "got a,got b,"
equal "a Python function" "$(inside prun map 'lambda x: x * x' 7 --format '{result}')" 49
equal "a journal" "$(inside sh -c 'cd /tmp && prun imap --journal run.db fib 1..3 >/dev/null && prun journal run.db' |
                     grep -c '3 succeeded')" 1
equal "the Python package" "$(inside sh -c 'cd /tmp && cat >t.py && python3 t.py' <<'END'
from prun import Pool
if __name__ == "__main__":
  with Pool(2) as pool: print(pool.map(abs, [-1, -2]))
END
)" "[1, 2]"
for page in 1:prun 5:prun-tasks 5:prun-journal 7:prun-cluster; do
  shown=$(inside man -P cat "${page%:*}" "${page#*:}")
  grep -q "${page#*:}" <<<"$shown" || fail "there is no manual page ${page#*:}(${page%:*})"
done
equal "completion in bash" "$(inside bash -c '. /usr/share/bash-completion/completions/prun && complete -p prun' | grep -c prun)" 1
equal "completion in zsh" "$(inside zsh -fc 'autoload -U compinit && compinit -D -u && print $_comps[prun]')" _prun
equal "completion in fish" "$(inside fish -c 'complete -C "prun map --chunks"' | grep -c '^--chunksize')" 1
inside apt-get remove -qq -y prun python3-prun >"$build/remove.log" 2>&1
equal "what removal leaves" "$(find "$root/usr" "$root/etc" -name '*prun*' | tr '\n' ' ')" ""
echo "an empty root: installed, used, removed"

# The wheel, with no network, and the Python example of the README.
wheel=$(python3 "$source/lib/pypackage/wheel.py" "$build/python" 1.2.3 "$root/tmp")
sed -n '/^```python$/,/^```$/{/^```/d;p}' "$source/README.md" >"$root/tmp/example.py"
inside pip install --quiet --no-index --root-user-action=ignore --break-system-packages "${wheel#"$root"}"
equal "the example of the README" "$(inside sh -c 'cd /tmp && python3 example.py' | tr '\n' ' ')" "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81] 32 "
equal "the version of the wheel" "$(inside python3 -c 'import importlib.metadata as m; print(m.version("prun"))')" 1.2.3
echo "an empty root: the wheel is installed with no network, and runs the example of the README"
