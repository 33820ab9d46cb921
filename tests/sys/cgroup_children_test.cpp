// Children of the process's own control group: in a tree of files that the test makes up, and, where this system lets it, in a
// real one.
#include "sys/cgroup_children.hpp"

#include "support/folder.hpp"
#include "sys/cgroup_place.hpp"
#include "sys/proc_text.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

using namespace prun::sys;
namespace fs = std::filesystem;

namespace {

/// A machine whose process is in the group /a, which has the controllers that a test wants.
class Machine {
 public:
  explicit Machine(const std::string& controllers) {
    file("/proc/self/cgroup", "0::/a\n");
    file("/proc/self/mountinfo", "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n");
    file("/cg/a/cgroup.controllers", controllers + "\n");
    file("/cg/a/cgroup.subtree_control", "");
  }
  void file(const std::string& path, const std::string& text) const { folder_.write(path, text); }
  [[nodiscard]] std::string read(const std::string& path) const { return contents(root() + path); }
  [[nodiscard]] std::string root() const { return folder_.path().string(); }
  [[nodiscard]] std::string base() const { return "/cg/a/prun-" + std::to_string(::getpid()); }

 private:
  prun::test::Folder folder_;
};

/// Whatever controller the real own group has, without any limits: to see processes move and groups go.
std::optional<std::string> real_controller() {
  for (const CgroupPlace& place : cgroup_places("", "")) {
    const std::string names = contents(place.folder() + "/cgroup.controllers");
    if (place.v2 && !names.empty()) return names.substr(0, names.find_first_of(" \n"));
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("each child has the limit, and each parent group passes the controller on") {
  const Machine machine("cpu memory pids");
  const auto children = CgroupChildren::make(2, memory_settings(1 << 20), machine.root());
  REQUIRE(children);
  CHECK(machine.read("/cg/a/cgroup.subtree_control") == "+memory");
  CHECK(machine.read(machine.base() + "/cgroup.subtree_control") == "+memory");
  for (const char* child : {"/0", "/1"}) {
    CHECK(machine.read(machine.base() + child + "/memory.max") == "1048576");
    CHECK(machine.read(machine.base() + child + "/memory.oom.group") == "1");
    CHECK(machine.read(machine.base() + child + "/memory.swap.max") == "0");
  }
  (*children)->enter(1);
  CHECK(machine.read(machine.base() + "/1/cgroup.procs") == "0");
  (*children)->kill_rest(0);
  CHECK(machine.read(machine.base() + "/0/cgroup.kill") == "1");
}

TEST_CASE("a kill for lack of memory is reported once for its child") {
  const Machine machine("memory");
  const auto children = CgroupChildren::make(2, memory_settings(1 << 20), machine.root());
  REQUIRE(children);
  const std::string events = machine.base() + "/1/memory.events";
  machine.file(events, "low 0\nmax 17\noom 1\noom_kill 0\noom_group_kill 0\n");
  CHECK_FALSE((*children)->killed_in(1));
  machine.file(events, "low 0\nmax 17\noom 1\noom_kill 3\noom_group_kill 1\n");
  CHECK_FALSE((*children)->killed_in(0));
  CHECK((*children)->killed_in(1));
  CHECK_FALSE((*children)->killed_in(1));
}

TEST_CASE("if groups cannot be created the error has the reason and nothing is left behind") {
  const auto why_not = [](const Machine& machine) {
    const auto children = CgroupChildren::make(1, memory_settings(1 << 20), machine.root());
    REQUIRE_FALSE(children);
    CHECK_FALSE(fs::exists(machine.root() + machine.base()));
    return children.error();
  };
  const Machine without("cpu pids");
  CHECK(why_not(without).find(" has no controller memory") != std::string::npos);
  const Machine version_1("memory");
  version_1.file("/proc/self/mountinfo", "33 24 0:29 / /cg rw - cgroup cgroup rw,memory\n");
  CHECK(why_not(version_1) == "control groups v2 are not mounted");
}

TEST_CASE("really: a process and its children move into the group, and all is removed at the end") {
  const auto controller = real_controller();
  const auto children =
      controller ? CgroupChildren::make(2, {*controller, {}}) : tl::unexpected(std::string("no control groups v2"));
  if (!children) {
    MESSAGE("not to be seen on this system: ", children.error());
    return;
  }
  const std::string base = fs::path((*children)->folder(0)).parent_path();
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    (*children)->enter(1);
    if (::fork() == 0) ::setsid();  // gets away from every process group
    [[maybe_unused]] const auto told = ::write(ends[1], "x", 1);
    for (;;) ::pause();
  }
  char both[2];
  for (char& one : both) REQUIRE(::read(ends[0], &one, 1) == 1);
  const std::string inside = contents((*children)->folder(1) + "/cgroup.procs");
  CHECK(std::count(inside.begin(), inside.end(), '\n') == 2);
  CHECK(inside.find(std::to_string(child)) != std::string::npos);
  CHECK(contents((*children)->folder(0) + "/cgroup.procs").empty());
  (*children)->remove();
  CHECK_FALSE(fs::exists(base));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WTERMSIG(status) == SIGKILL);
  ::close(ends[1]);
  pollfd end{ends[0], POLLIN, 0};
  CHECK(::poll(&end, 1, -1) == 1);  // the grandchild, too: nobody has the other end any more
  CHECK((end.revents & POLLHUP) != 0);
  ::close(ends[0]);
}

TEST_CASE("really: another process removes the groups of a killed process") {
  const auto controller = real_controller();
  if (!controller || !CgroupChildren::make(1, {*controller, {}})) {
    MESSAGE("not to be seen on this system");
    return;
  }
  const pid_t killed = ::fork();
  if (killed == 0) {
    const auto children = CgroupChildren::make(1, {*controller, {}});
    ::raise(SIGKILL);
  }
  REQUIRE(::waitpid(killed, nullptr, 0) == killed);
  const auto children = CgroupChildren::make(1, {*controller, {}});
  REQUIRE(children);
  const fs::path own = fs::path((*children)->folder(0)).parent_path().parent_path();
  CHECK_FALSE(fs::exists(own / ("prun-" + std::to_string(killed))));
}
