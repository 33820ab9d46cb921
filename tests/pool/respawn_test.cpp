// A worker that cannot be replaced, because the system grants no more processes: what is left to run fails, and says why.
#include "pool_support.hpp"

#include "support/process_tree.hpp"

#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

constexpr uid_t nobody = 65534;
enum Verdict { as_expected = 0, not_testable = 1, wrong_loss = 2, wrong_failure = 3, pool_in_use = 4 };

// The limit on processes does not bind root.
bool become_somebody() { return ::getuid() != 0 || (::setgid(nobody) == 0 && ::setuid(nobody) == 0); }

void grant_no_more_processes(const prun::Pool& pool) {
  const std::vector<std::int32_t> workers = pool.worker_pids();
  const rlimit none{1, 1};
  for (const auto pid : descendants_of(::getpid())) {
    if (std::ranges::find(workers, pid) == workers.end()) ::prlimit(pid, RLIMIT_NPROC, &none, nullptr);
  }
}

bool fails_for_want_of_a_worker(const auto& call) {
  try {
    static_cast<void>(call());
  } catch (const prun::BrokenPoolError& e) {
    return std::string(e.what()).starts_with("no worker can be started: ");
  }
  return false;
}

Verdict lose_the_only_worker() {
  if (!become_somebody()) return not_testable;
  const Semaphore go;
  prun::Pool pool{1};
  grant_no_more_processes(pool);
  const auto fatal = pool.apply_async([gate = go.handle()] {
    static_cast<void>(gate.wait());
    ::raise(SIGKILL);
  });
  std::vector<prun::AsyncResult<long>> queued;
  for (long i = 0; i < 50; ++i) queued.push_back(pool.apply_async(square, i));
  go.handle().post();
  try {
    fatal.get(30s);
    return wrong_loss;
  } catch (const prun::WorkerLostError&) {
  }
  for (const auto& call : queued) {
    if (!fails_for_want_of_a_worker([&] { return call.get(30s); })) return wrong_failure;
  }
  return fails_for_want_of_a_worker([&] { return pool.apply(square, 1); }) ? as_expected : pool_in_use;
}

}  // namespace

TEST_CASE("a worker that cannot be replaced: every call that waits for one fails, and says why") {
  Child child([] { ::_exit(lose_the_only_worker()); });
  const int how = child.wait();
  REQUIRE(WIFEXITED(how));
  if (WEXITSTATUS(how) == not_testable) {
    MESSAGE("not tested: root cannot become somebody else here");
    return;
  }
  CHECK(WEXITSTATUS(how) == as_expected);
}
