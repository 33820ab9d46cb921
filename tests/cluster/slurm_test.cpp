#include "cluster/slurm.hpp"
#include "cluster/slurm_job.hpp"

#include <doctest/doctest.h>

using namespace prun::cluster;
using Names = std::vector<std::string>;
using Counts = std::vector<std::uint32_t>;

TEST_CASE("Slurm's lists of nodes are expanded") {
  CHECK(*expand_nodes("node1") == Names{"node1"});
  CHECK(*expand_nodes("node[1-3]") == Names{"node1", "node2", "node3"});
  CHECK(*expand_nodes("n[08-10,2]-ib,login") == Names{"n08-ib", "n09-ib", "n10-ib", "n2-ib", "login"});
  CHECK(*expand_nodes("r[1-2]n[1-2]") == Names{"r1n1", "r1n2", "r2n1", "r2n2"});
}

TEST_CASE("what is no list of nodes is refused") {
  for (const char* text : {"", "a,,b", "node[", "node[3-1]", "node[x]", "node[1-4000000000]"}) {
    CAPTURE(text);
    CHECK_FALSE(expand_nodes(text));
  }
}

TEST_CASE("Slurm's lists of CPUs are expanded") {
  CHECK(*expand_cpus("2") == Counts{2});
  CHECK(*expand_cpus("2(x3),4") == Counts{2, 2, 2, 4});
  for (const char* text : {"", "x", "2(x)", "2(x0)"}) {
    CAPTURE(text);
    CHECK_FALSE(expand_cpus(text));
  }
}

TEST_CASE("the end of a job and the wait before SIGKILL are read from what Slurm prints") {
  CHECK(parse_end("1764158400\n") == std::chrono::system_clock::time_point(std::chrono::seconds(1764158400)));
  for (const char* text : {"", "N/A\n", "0\n"}) CHECK_FALSE(parse_end(text));
  CHECK(parse_kill_wait("JobWait = 1 sec\nKillWait                = 45 sec\n") == std::chrono::seconds(45));
  CHECK_FALSE(parse_kill_wait("KillWait                =\nOther = 3"));
  CHECK_FALSE(parse_kill_wait("nothing"));
}

TEST_CASE("tasks get the time until the end of the job, without what stopping and recording need") {
  using namespace std::chrono_literals;
  const std::chrono::system_clock::time_point now{1h};
  CHECK(time_for_tasks(now + 60s, 30s, 1s, now) == 54s);
  CHECK(time_for_tasks(now + 8s, 30s, 0s, now) == 6s);
  CHECK(time_for_tasks(now - 1s, 30s, 1s, now) == 24s);
  CHECK(time_for_tasks(std::nullopt, 30s, 1s, now) == 24s);
  CHECK(time_for_tasks(now, 0s, 1s, now) == 0s);
}
