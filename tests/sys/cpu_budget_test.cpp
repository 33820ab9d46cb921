#include "sys/cpu_budget.hpp"
#include "support/folder.hpp"

#include <doctest/doctest.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using prun::sys::cpu_budget;
namespace fs = std::filesystem;

/// A made-up machine: files below a folder of its own, gone with it.
class Machine {
 public:
  Machine& file(const std::string& path, const std::string& text) {
    folder_.write(path, text);
    return *this;
  }
  Machine& cgroup(const std::string& text) { return file("/proc/self/cgroup", text); }
  Machine& mounts(const std::string& text) { return file("/proc/self/mountinfo", text); }

  /// A v1 group's two files.
  Machine& v1(const std::string& group, const std::string& quota, const std::string& period) {
    return file(group + "/cpu.cfs_quota_us", quota + "\n").file(group + "/cpu.cfs_period_us", period + "\n");
  }

  [[nodiscard]] unsigned budget(unsigned affinity = 64) const {
    return cpu_budget({folder_.path().string(), affinity});
  }

 private:
  prun::test::Folder folder_;
};

const std::string v2_mount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string v1_mount = "33 24 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct\n";

}  // namespace

TEST_SUITE_BEGIN("cpu_budget");

TEST_CASE("without control groups the affinity mask is the budget") {
  CHECK(Machine().budget(7) == 7);
  CHECK(Machine().cgroup("0::/\n").budget(7) == 7);
  CHECK(Machine().mounts(v2_mount).budget(7) == 7);
}

TEST_CASE("the budget is never 0") {
  CHECK(Machine().budget(0) == 1);
  CHECK(Machine().cgroup("0::/a\n").mounts(v2_mount).file("/sys/fs/cgroup/a/cpu.max", "1000 100000\n").budget() == 1);
}

TEST_CASE("v2: the quota of the process's group") {
  Machine machine;
  machine.cgroup("0::/user.slice/job\n").mounts(v2_mount);
  machine.file("/sys/fs/cgroup/user.slice/job/cpu.max", "300000 100000\n");
  CHECK(machine.budget() == 3);
  CHECK(machine.budget(2) == 2);
}

TEST_CASE("a part of a CPU counts as one") {
  Machine machine;
  machine.cgroup("0::/job\n").mounts(v2_mount);
  CHECK(machine.file("/sys/fs/cgroup/job/cpu.max", "150000 100000\n").budget() == 2);
  CHECK(machine.file("/sys/fs/cgroup/job/cpu.max", "100001 100000\n").budget() == 2);
  CHECK(machine.file("/sys/fs/cgroup/job/cpu.max", "100000 100000\n").budget() == 1);
}

TEST_CASE("v2: 'max' is no limit") {
  Machine machine;
  machine.cgroup("0::/job\n").mounts(v2_mount).file("/sys/fs/cgroup/job/cpu.max", "max 100000\n");
  CHECK(machine.budget() == 64);
}

TEST_CASE("v2: the tightest of the parents holds") {
  Machine machine;
  machine.cgroup("0::/slice/service/job\n").mounts(v2_mount);
  machine.file("/sys/fs/cgroup/slice/service/job/cpu.max", "800000 100000\n");
  machine.file("/sys/fs/cgroup/slice/service/cpu.max", "max 100000\n");
  CHECK(machine.budget() == 8);
  CHECK(machine.file("/sys/fs/cgroup/slice/cpu.max", "20000 10000\n").budget() == 2);
}

TEST_CASE("v2: in a container the mount's own group is seen as the root") {
  Machine machine;
  machine.cgroup("0::/\n").mounts(v2_mount).file("/sys/fs/cgroup/cpu.max", "400000 100000\n");
  CHECK(machine.budget() == 4);
}

TEST_CASE("v2: a group outside the namespace leaves the mount's own limit") {
  Machine machine;
  machine.cgroup("0::/../../other\n").mounts(v2_mount).file("/sys/fs/cgroup/cpu.max", "400000 100000\n");
  machine.file("/sys/other/cpu.max", "100000 100000\n");
  CHECK(machine.budget() == 4);
}

TEST_CASE("v1: quota and period of the cpu controller's group and its parents") {
  Machine machine;
  machine.cgroup("9:memory:/elsewhere\n4:cpu,cpuacct:/slice/job\n").mounts(v1_mount);
  machine.v1("/sys/fs/cgroup/cpu,cpuacct/slice/job", "600000", "100000");
  machine.v1("/sys/fs/cgroup/cpu,cpuacct/slice", "-1", "100000");
  CHECK(machine.budget() == 6);
  CHECK(machine.v1("/sys/fs/cgroup/cpu,cpuacct/slice", "125000", "50000").budget() == 3);
}

TEST_CASE("v1: a controller whose name only begins with cpu is another one") {
  Machine machine;
  machine.cgroup("4:cpuset,cpuacct:/job\n");
  machine.mounts("33 24 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset,cpuacct\n");
  machine.v1("/sys/fs/cgroup/cpuset/job", "100000", "100000");
  CHECK(machine.budget() == 64);
}

TEST_CASE("v1: in a container the mount's root is the group itself") {
  Machine machine;
  machine.cgroup("4:cpu,cpuacct:/docker/c0ffee/inner\n");
  machine.mounts("33 24 0:29 /docker/c0ffee /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n");
  machine.v1("/sys/fs/cgroup/cpu/inner", "500000", "100000");
  CHECK(machine.budget() == 5);
  CHECK(machine.v1("/sys/fs/cgroup/cpu", "200000", "100000").budget() == 2);
}

TEST_CASE("a mount root that is only the beginning of another group's name is not its parent") {
  Machine machine;
  machine.cgroup("4:cpu:/docker/abcdef\n");
  machine.mounts("33 24 0:29 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n");
  machine.v1("/sys/fs/cgroup/cpu/def", "100000", "100000");
  machine.v1("/sys/fs/cgroup/cpu", "300000", "100000");
  CHECK(machine.budget() == 3);
}

TEST_CASE("hybrid: the tighter of both hierarchies") {
  Machine machine;
  machine.cgroup("4:cpu:/job\n0::/unit\n");
  machine.mounts(
      "33 24 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
      "34 24 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  machine.v1("/sys/fs/cgroup/cpu/job", "700000", "100000");
  CHECK(machine.budget() == 7);
  CHECK(machine.file("/sys/fs/cgroup/unified/unit/cpu.max", "500000 100000\n").budget() == 5);
}

TEST_CASE("a mount point with a space in its name") {
  Machine machine;
  machine.cgroup("0::/job\n").mounts("30 23 0:26 / /mnt/c\\040groups rw - cgroup2 cgroup2 rw\n");
  machine.file("/mnt/c groups/job/cpu.max", "200000 100000\n");
  CHECK(machine.budget() == 2);
}

TEST_CASE("the numbers of a full-grown quota do not overflow") {
  Machine machine;
  machine.cgroup("0::/job\n").mounts(v2_mount);
  CHECK(machine.file("/sys/fs/cgroup/job/cpu.max", "18446744073709551615 1\n").budget() == 64);
  CHECK(machine.file("/sys/fs/cgroup/job/cpu.max", "99999999999999999999999 100000\n").budget() == 64);
}

TEST_CASE("garbage sets no limit") {
  Machine machine;
  machine.cgroup("0::/job\n").mounts(v2_mount);
  for (const char* text : {"", "\n", "200000", "200000 0\n", "0 100000\n", "-5 100000\n", "2x 100000\n", "\xff\xfe"}) {
    CAPTURE(text);
    CHECK(machine.file("/sys/fs/cgroup/job/cpu.max", text).budget() == 64);
  }
}

TEST_CASE("garbage in /proc sets no limit") {
  CHECK(Machine().cgroup(":::\n\n0:\n0::job\nx").mounts(v2_mount).budget() == 64);
  CHECK(Machine().cgroup("0::/\n").mounts("1 2 3\n - \n\n30 23 0:26 / /x rw - \n").budget() == 64);
}

TEST_CASE("this process: at least 1, at most its affinity mask") {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  REQUIRE(::sched_getaffinity(0, sizeof mask, &mask) == 0);
  CHECK(cpu_budget() >= 1);
  CHECK(cpu_budget() <= static_cast<unsigned>(CPU_COUNT(&mask)));
}

TEST_SUITE_END();

namespace {

std::string limit_of(const std::string& name, unsigned budget, unsigned workers) {
  const auto limits = prun::sys::thread_limits(budget, workers);
  const auto found = std::find_if(limits.begin(), limits.end(), [&](const auto& limit) { return limit.first == name; });
  return found == limits.end() ? "absent" : found->second;
}

}  // namespace

TEST_CASE("a worker's libraries get its share of the CPUs, at least one") {
  ::unsetenv("OMP_NUM_THREADS");
  CHECK(limit_of("OMP_NUM_THREADS", 8, 2) == "4");
  CHECK(limit_of("OMP_NUM_THREADS", 8, 3) == "2");
  CHECK(limit_of("OMP_NUM_THREADS", 2, 5) == "1");
  CHECK(limit_of("OMP_NUM_THREADS", 3, 0) == "3");
}

TEST_CASE("a variable that the user has set is left alone") {
  ::unsetenv("GOMAXPROCS");
  ::setenv("OPENBLAS_NUM_THREADS", "3", 1);
  CHECK(limit_of("OPENBLAS_NUM_THREADS", 8, 2) == "absent");
  CHECK(limit_of("GOMAXPROCS", 8, 2) == "4");
  ::unsetenv("OPENBLAS_NUM_THREADS");
}
