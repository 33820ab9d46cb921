// What is available, what processes have, what the system has killed: of a machine that is made up.
#include "support/folder.hpp"
#include "sys/available_memory.hpp"
#include "sys/oom_kills.hpp"
#include "sys/process_memory.hpp"
#include "sys/shared_memory.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace prun::sys;
namespace fs = std::filesystem;

namespace {

/// Files below a folder of its own, gone with it.
class Machine {
 public:
  Machine& file(const std::string& path, const std::string& text) {
    folder_.write(path, text);
    return *this;
  }
  [[nodiscard]] std::string root() const { return folder_.path().string(); }

 private:
  prun::test::Folder folder_;
};

const std::string meminfo = "MemTotal:       24683620 kB\nMemFree:        1 kB\nMemAvailable:   1000 kB\n";
const std::string v2_mount = "30 23 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n";
const std::string v1_mount = "33 24 0:29 / /cg/memory rw shared:12 - cgroup cgroup rw,memory\n";

}  // namespace

TEST_CASE("without control groups the machine's memory is available") {
  CHECK(available_memory(Machine().file("/proc/meminfo", meminfo).root()) == 1000 * 1024);
  CHECK(available_memory("/nonexistent") == UINT64_MAX);
  CHECK(available_memory() > 0);
}

TEST_CASE("the limit of a group leaves less, cached files do not count, and parents count too") {
  Machine machine;
  machine.file("/proc/meminfo", meminfo).file("/proc/self/cgroup", "0::/a/b\n");
  machine.file("/proc/self/mountinfo", v2_mount);
  const std::string group = "/sys/fs/cgroup/a/b";
  machine.file(group + "/memory.max", "max\n").file(group + "/memory.current", "500000\n");
  CHECK(available_memory(machine.root()) == 1000 * 1024);
  machine.file(group + "/memory.max", "600000\n");
  CHECK(available_memory(machine.root()) == 100000);
  machine.file(group + "/memory.stat", "anon 1\ninactive_file 50000\nactive_file 7\n");
  CHECK(available_memory(machine.root()) == 150000);
  machine.file("/sys/fs/cgroup/a/memory.max", "700000\n").file("/sys/fs/cgroup/a/memory.current", "700001\n");
  CHECK(available_memory(machine.root()) == 0);
}

TEST_CASE("groups of version 1") {
  Machine machine;
  machine.file("/proc/meminfo", meminfo).file("/proc/self/cgroup", "4:memory:/x\n2:cpu:/y\n0::/\n");
  machine.file("/proc/self/mountinfo", v1_mount);
  machine.file("/cg/memory/x/memory.limit_in_bytes", "9000\n").file("/cg/memory/x/memory.usage_in_bytes", "4000\n");
  CHECK(available_memory(machine.root()) == 5000);
  machine.file("/cg/memory/x/memory.stat", "inactive_file 1\ntotal_inactive_file 1000\n");
  CHECK(available_memory(machine.root()) == 6000);
}

TEST_CASE("the memory of a process includes its descendants") {
  Machine machine;
  machine.file("/proc/7/statm", "100 10 5 1 0 3 0\n").file("/proc/7/task/7/children", "8 9 ");
  machine.file("/proc/8/statm", "100 20 5 1 0 3 0\n").file("/proc/8/task/8/children", "");
  machine.file("/proc/9/statm", "100 30 5 1 0 3 0\n").file("/proc/9/task/9/children", "10 ");
  machine.file("/proc/10/statm", "100 40 5 1 0 3 0\n");
  CHECK(resident_memory(7, machine.root()) == 100 * page_size());
  CHECK(resident_memory(11, machine.root()) == 0);
  CHECK(resident_memory(::getpid()) > 100'000);
}

TEST_CASE("a kill for lack of memory is reported once") {
  Machine machine;
  const auto killed = [&](int times) {
    machine.file("/proc/vmstat", "nr_free_pages 7\noom_kill_more 99\noom_kill " + std::to_string(times) + "\nx 1\n");
  };
  killed(3);
  OomKills kills(machine.root());
  CHECK_FALSE(kills.risen());
  killed(5);
  CHECK(kills.risen());
  CHECK_FALSE(kills.risen());
  killed(6);
  CHECK(kills.risen());
  CHECK_FALSE(OomKills("/nonexistent").risen());
}
