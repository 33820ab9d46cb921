// A worker dies at each named step of the protocol, in each way of dying: every call has exactly one outcome, the right ones
// fail, and the pool works on. Built with a library of its own that has the steps in it (PRUN_FAULTS).
#include "pool/engine_support.hpp"
#include "ring/fault_point.hpp"

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace prun::test;
using prun::pool::Engine;
using prun::ring::FaultPlan;

namespace {

void small(std::int64_t n, std::string& result) { result = std::to_string(n); }
void medium(std::int64_t n, std::string& result) { result.assign(15'000, static_cast<char>('a' + n)); }
void large(std::int64_t n, std::string& result) { result.assign(200'000, static_cast<char>('a' + n)); }

void huge(std::int64_t n, std::string& result) { result.assign(5'000'000, static_cast<char>('a' + n)); }

/// So long that the other worker is idle meanwhile, and the master takes items back.
void slow(std::int64_t n, std::string& result) {
  ::usleep(200);
  small(n, result);
}

const prun::detail::Entry small_calls = &entry<small>;
const prun::detail::Entry slow_calls = &entry<slow>;
const prun::detail::Entry medium_calls = &entry<medium>;
const prun::detail::Entry large_calls = &entry<large>;

/// Before a call begins and after its last record is out, nothing is lost; in between, that call.
enum class Lost { nothing, the_call };

struct Step {
  const char* name;
  Lost lost;
  prun::detail::Entry call = small_calls;
  bool absent_master = false;  ///< results are not read until the worker is dead
  std::uint32_t workers = 2;
  std::uint32_t calls = 12;
  std::uint32_t chunksize = 3;
};

const std::array steps{
    Step{"claimed", Lost::nothing},
    Step{"hint moved", Lost::nothing},
    Step{"chunk copied", Lost::nothing},
    Step{"held", Lost::nothing},
    Step{"vacated", Lost::nothing},
    Step{"about to begin", Lost::nothing},
    Step{"begun", Lost::the_call},
    Step{"about to end the clock", Lost::the_call},
    Step{"record begun", Lost::the_call},
    Step{"padded", Lost::the_call, medium_calls},
    Step{"record written", Lost::the_call},
    Step{"committed", Lost::the_call, large_calls},  // a piece: half a value is none
    Step{"committed", Lost::nothing},
    Step{"credit wanted", Lost::the_call, large_calls, true},
    Step{"about to wait for credit", Lost::the_call, large_calls, true},
    Step{"bell taken", Lost::nothing},
    Step{"chunk done", Lost::nothing},
    Step{"chunk let go", Lost::nothing},
    Step{"retiring", Lost::nothing},
    Step{"watching", Lost::nothing},
    Step{"watch ended", Lost::nothing},
    Step{"about to sleep", Lost::nothing},
    Step{"sleeper bit set", Lost::nothing},
    Step{"woken", Lost::nothing},
    Step{"awake", Lost::nothing},
    Step{"sleeper bit taken", Lost::nothing, small_calls, false, 4, 2, 1},  // fewer chunks than sleepers
    Step{"sleeper told", Lost::nothing, small_calls, false, 4, 2, 1},
};

/// The steps of recallable chunks: two workers share one chunk, so that the one without work takes over items of the other.
const std::array shared_steps{
    Step{"item taken", Lost::nothing, slow_calls, false, 2, 40, 40},
    Step{"share ended", Lost::nothing, slow_calls, false, 2, 40, 40},
    Step{"about to begin", Lost::nothing, slow_calls, false, 2, 40, 40},
    Step{"begun", Lost::the_call, slow_calls, false, 2, 40, 40},
    Step{"record written", Lost::the_call, slow_calls, false, 2, 40, 40},
    Step{"committed", Lost::nothing, slow_calls, false, 2, 40, 40},
    Step{"chunk done", Lost::nothing, slow_calls, false, 2, 40, 40},
    Step{"chunk let go", Lost::nothing, slow_calls, false, 2, 40, 40},
};

struct Death {
  const char* name;
  void (*die)();
};
const std::array deaths{Death{"SIGKILL", [] { ::kill(::getpid(), SIGKILL); }}, Death{"_exit(7)", [] { ::_exit(7); }}};

/// A plan that all workers see.
class SharedPlan {
 public:
  SharedPlan() {
    void* memory = ::mmap(nullptr, sizeof(FaultPlan), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    prun::ring::fault_plan = new (memory) FaultPlan;
    prun::ring::fault_plan->spared = ::getpid();
  }
  SharedPlan(const SharedPlan&) = delete;
  SharedPlan& operator=(const SharedPlan&) = delete;
  ~SharedPlan() { ::munmap(std::exchange(prun::ring::fault_plan, nullptr), sizeof(FaultPlan)); }
  FaultPlan* operator->() const { return prun::ring::fault_plan; }
};

/// Publishes, then looks at nothing but the workers' ends until the plan has come to pass.
void run_absently(Engine& engine, const std::shared_ptr<NumberedCalls>& job, const SharedPlan& plan) {
  engine.dispatcher().enqueue(job);
  engine.feed();
  while (plan->fired.load() == 0) {
    pollfd wait{engine.host_fd(), POLLIN, 0};
    if (::poll(&wait, 1, 60'000) <= 0) throw std::runtime_error("no worker has died for a minute");
    engine.on_readable();
  }
  run_until(engine, [&] { return job->done(); });
}

void check_step(const Step& step, const Death& death, std::int64_t pass, bool recallable = false) {
  const SharedPlan plan;
  plan->step = step.name;
  plan->die = death.die;
  auto options = workers(step.workers);
  if (!recallable) options.max_tasks_per_child = 8;  // so that each worker retires now and then
  options.timeout = std::chrono::hours(1);           // so that each call has a clock
  Engine engine(options);
  plan->passes.store(pass);
  std::size_t failed = 0;
  // Which step is taken when is the scheduler's: jobs follow one another until the fatal one has been.
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (plan->fired.load() == 0 && std::chrono::steady_clock::now() < limit) {
    const auto job = std::make_shared<NumberedCalls>(step.call, step.calls, step.chunksize);
    if (recallable) job->adaptive = std::make_unique<prun::detail::AdaptiveChunks>(step.workers);
    step.absent_master ? run_absently(engine, job, plan) : run(engine, job);
    REQUIRE(job->each_once());
    failed += job->failures.size();
  }
  CHECK(plan->fired.load() == 1);
  CHECK(failed == (step.lost == Lost::the_call ? 1 : 0));
  const auto after = calls<small>(50, 3);
  run(engine, after);
  CHECK(after->each_once());
  CHECK(after->failures.empty());
  CHECK_FALSE(engine.broken());
}

/// What a call that takes too long, and the test that has it do so, tell each other. Shared by all processes.
struct LateCall {
  std::atomic<pid_t> server{0};  ///< stopped by the call, so that the kill is late
  std::atomic<bool> may_end{false};
};
LateCall* late_call = nullptr;

void late(std::int64_t n, std::string& result) {
  if (n == 1) {
    ::kill(::getppid(), SIGSTOP);
    late_call->server = ::getppid();
    while (!late_call->may_end) ::usleep(100);
  }
  small(n, result);
}

/// The call ends between its condemnation and the kill.
void check_condemned(void (*die)()) {
  const SharedPlan plan;
  plan->step = "condemned";
  plan->die = die;
  plan->passes.store(1);
  void* memory = ::mmap(nullptr, sizeof(LateCall), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  late_call = new (memory) LateCall;
  auto options = workers(2);
  options.timeout = std::chrono::milliseconds(1);
  Engine engine(options);
  const auto job = calls<late>(6, 3);
  engine.dispatcher().enqueue(job);
  run_until(
      engine, [&] { return late_call->server != 0; }, prun::ring::Bell::silent);
  std::this_thread::sleep_for(*options.timeout);
  engine.kill_overdue();
  late_call->may_end = true;
  while (plan->fired.load() == 0) ::usleep(100);
  ::kill(late_call->server, SIGCONT);
  run_until(engine, [&] { return job->done(); });
  CHECK(job->each_once());
  CHECK(job->failures == std::vector<std::uint64_t>{1});
  ::munmap(std::exchange(late_call, nullptr), sizeof(LateCall));
}

}  // namespace

TEST_CASE("a call that ends after it was condemned has no outcome but its worker's end, in every way of dying") {
  for (const Death& death : deaths) {
    CAPTURE(death.name);
    check_condemned(death.die);
  }
  check_condemned([] {});  // it waits for the kill
}

TEST_CASE("a worker dies at every step, in every way") {
  for (const Step& step : steps) {
    for (const Death& death : deaths) {
      for (const std::int64_t pass : {1, 2}) {
        const std::string name = std::string(step.name) + ", " + death.name + ", pass " + std::to_string(pass);
        CAPTURE(name);
        check_step(step, death, pass);
      }
    }
  }
}

TEST_CASE("a worker dies at every step of a chunk whose items are taken back, in every way") {
  for (const Step& step : shared_steps) {
    for (const Death& death : deaths) {
      for (const std::int64_t pass : {1, 5}) {
        const std::string name = std::string(step.name) + ", " + death.name + ", pass " + std::to_string(pass);
        CAPTURE(name);
        check_step(step, death, pass, true);
      }
    }
  }
}

TEST_CASE("a worker dies halfway through a result of several megabytes, and no part of it is reported") {
  const SharedPlan plan;
  plan->step = "committed";
  plan->die = deaths[0].die;
  Engine engine(workers(2));
  plan->passes.store(150);  // of some 300 pieces each
  const auto job = calls<huge>(6);
  run(engine, job);
  CHECK(plan->fired.load() == 1);
  CHECK(job->each_once());
  REQUIRE(job->failures.size() == 1);
  for (std::size_t i = 0; i < job->outcomes.size(); ++i) {
    const auto& outcome = job->outcomes[i];
    const std::string whole = outcome.failed ? "" : std::string(5'000'000, static_cast<char>('a' + i));
    CHECK(outcome.value == whole);
  }
  CHECK(job->outcomes[job->failures[0]].failure.signal == SIGKILL);
}
