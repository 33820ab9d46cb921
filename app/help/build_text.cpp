// What `prun --version -v` prints: how this binary was built, and what the system offers it.
#include "help/help.hpp"

#include "prun_commit.hpp"
#include "sys/cpu_budget.hpp"

#include <fmt/format.h>
#include <spdlog/version.h>
#include <CLI/Version.hpp>
#include <nlohmann/json.hpp>

#include <sqlite3.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <string_view>

namespace prun::app {
namespace {

std::string kernel() {
  utsname system{};
  return ::uname(&system) == 0 ? fmt::format("{} {} {}", system.sysname, system.release, system.machine) : "unknown";
}

std::string_view present(bool there) { return there ? "yes" : "no"; }

bool has_pidfd() {
  const long fd = ::syscall(SYS_pidfd_open, ::getpid(), 0U);
  if (fd < 0) return false;
  ::close(static_cast<int>(fd));
  return true;
}

bool has_pressure() { return ::access("/proc/pressure/memory", R_OK) == 0; }

bool has_cgroups() { return ::access("/sys/fs/cgroup/cgroup.controllers", R_OK) == 0; }

}  // namespace

std::string build_text() {
  return version_text() + fmt::format(
                              "commit:     {}\n"
                              "compiler:   {} {}, C++{}\n"
                              "libraries:  CLI11 {}, fmt {}.{}.{}, nlohmann_json {}.{}.{}, spdlog {}.{}.{}, SQLite {}\n"
                              "system:     {}, {} CPUs to use\n"
                              "pidfd:      {}\n"
                              "cgroup v2:  {}\n"
                              "pressure:   {}\n",
                              PRUN_COMMIT, PRUN_COMPILER, PRUN_COMPILER_VERSION, __cplusplus / 100 % 100, CLI11_VERSION,
                              FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100,
                              NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH,
                              SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH, ::sqlite3_libversion(), kernel(),
                              sys::cpu_budget(), present(has_pidfd()), present(has_cgroups()), present(has_pressure()));
}

}  // namespace prun::app
