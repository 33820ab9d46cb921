// Whatever dies on the way - a worker, the fork server, the master - every call has exactly one outcome, and nothing is left.
#include "pool/engine_support.hpp"
#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <stdexcept>

using namespace prun::test;
using prun::FailureKind;
using prun::pool::Engine;

namespace {

constexpr std::int64_t fatal = 5;  // the number whose call ends its process

void ok(std::int64_t n, std::string& result) { result = std::to_string(n); }

[[maybe_unused]] int deeper(volatile int* above, int depth) {
  volatile int here[256] = {};
  here[0] = depth + *above;
  return depth < 0 ? here[0] : deeper(&here[0], depth + 1) + here[0];
}

template <void (*die)()>
void dies(std::int64_t n, std::string& result) {
  if (n == fatal) die();
  ok(n, result);
}

void by_sigkill() { ::kill(::getpid(), SIGKILL); }
void by_sent_sigsegv() { ::kill(::getpid(), SIGSEGV); }
[[maybe_unused]] void by_null_write() {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
}
void by_abort() { std::abort(); }
void by_quick_exit() { ::_exit(3); }
void by_exit() { std::exit(3); }
[[maybe_unused]] void by_stack_overflow() {
  volatile int start = 0;
  static_cast<void>(deeper(&start, 0));
}

struct Death {
  std::string name;
  prun::detail::Entry entry;
  FailureKind kind;
  int code;  ///< signal, or exit status
  const char* message;
};

const std::array deaths {
  Death{"SIGKILL", &entry<dies<by_sigkill>>, FailureKind::lost_signal, SIGKILL, "was killed by signal 9 (SIGKILL)"},
      Death{"a SIGSEGV from outside", &entry<dies<by_sent_sigsegv>>, FailureKind::lost_signal, SIGSEGV,
            "was killed by signal 11 (SIGSEGV)"},
      Death{"abort", &entry<dies<by_abort>>, FailureKind::lost_signal, SIGABRT, "was killed by signal 6 (SIGABRT)"},
      Death{"_exit(3)", &entry<dies<by_quick_exit>>, FailureKind::lost_exit, 3,
            "exited with status 3 in the middle of the call"},
      Death{"exit(3)", &entry<dies<by_exit>>, FailureKind::lost_exit, 3,
            "exited with status 3 in the middle of the call"},
#if !defined(__SANITIZE_ADDRESS__)  // there these are found by name before the system does
      Death{"a null pointer", &entry<dies<by_null_write>>, FailureKind::lost_signal, SIGSEGV,
            "was killed by signal 11 (SIGSEGV)"},
      Death{"a stack overflow", &entry<dies<by_stack_overflow>>, FailureKind::lost_signal, SIGSEGV,
            "ran out of stack and was killed by signal 11 (SIGSEGV)"},
#endif
};

void kills_server(std::int64_t, std::string&) {
  ::kill(::getppid(), SIGKILL);  // and so this worker
  for (;;) ::pause();
}

void own_server(std::int64_t, std::string& result) { result = std::to_string(::getppid()); }
std::array<int, 2> here_i_am{-1, -1};  // a pipe
void wait_for_ever(std::int64_t, std::string&) {
  const char ready = '!';
  if (::write(here_i_am[1], &ready, 1) == 1) {
    for (;;) ::pause();
  }
}
void kill_a_sibling(std::int64_t n, std::string& result) {
  const auto siblings = descendants_of(::getppid());
  const pid_t victim = siblings.empty() ? 0 : siblings[static_cast<std::size_t>(n) % siblings.size()];
  if (victim != ::getpid() && victim > 1 && n % 3 == 0) ::kill(victim, SIGKILL);
  ok(n, result);
}

void check_values(const NumberedCalls& job) {
  for (std::size_t i = 0; i < job.outcomes.size(); ++i) {
    if (!job.outcomes[i].failed) REQUIRE(job.outcomes[i].value == std::to_string(i));
  }
}

}  // namespace

TEST_CASE("the death of a worker fails only its current call, with the cause") {
  for (const Death& death : deaths) {
    for (const std::uint32_t chunksize : {1U, 10U}) {
      CAPTURE(death.name);
      CAPTURE(chunksize);
      Engine engine(workers(2));
      const auto job = std::make_shared<NumberedCalls>(death.entry, 40, chunksize);
      run(engine, job);
      CHECK(job->each_once());
      CHECK(job->failures == std::vector<std::uint64_t>{fatal});
      const prun::Failure& failure = job->outcomes[fatal].failure;
      CHECK(failure.kind == death.kind);
      CHECK(failure.type == "prun::WorkerLostError");
      CHECK((death.kind == FailureKind::lost_signal ? failure.signal : failure.exit_status) == death.code);
      CHECK(failure.message == "worker " + std::to_string(failure.pid) + " " + death.message);
      check_values(*job);
    }
  }
}

TEST_CASE("twenty thousand calls have one outcome each while twenty workers are killed at random") {
  Engine engine(workers(3));
  std::mt19937 random(7);
  std::uint64_t kills = 0;
  for (std::uint32_t round = 0; kills < 20; ++round) {
    REQUIRE(round < 500);  // a round may end before anybody was killed
    const auto job = calls<ok>(20'000, round % 2 == 0 ? 1 : 16);
    const std::uint64_t killed_before = kills;
    engine.dispatcher().enqueue(job);
    std::uint64_t next_kill = 100;
    run_until(engine, [&] {
      if (job->told >= next_kill) {
        next_kill = job->told + 100 + random() % 400;
        const auto pids = engine.worker_pids();
        if (!pids.empty() && ::kill(pids[random() % pids.size()], SIGKILL) == 0) ++kills;
      }
      return job->done();
    });
    CHECK(job->each_once());
    CHECK(job->failures.size() <= kills - killed_before);
    check_values(*job);
  }
  CHECK_FALSE(engine.broken());
}

TEST_CASE("workers that kill each other are replaced") {
  for (const std::uint32_t count : {1U, 2U, 5U, 13U}) {
    Engine engine(workers(count));
    const auto job = calls<kill_a_sibling>(200);
    run(engine, job);
    CHECK(job->each_once());
    CHECK_FALSE(engine.broken());
    check_values(*job);
  }
}

TEST_CASE("a run continues with a new fork server after the fork server was killed") {
  Engine engine(workers(2));
  const auto probe = calls<own_server>(1);
  run(engine, probe);
  const auto job = calls<ok>(5000);
  engine.dispatcher().enqueue(job);
  bool killed = false;
  run_until(engine, [&] {
    if (!killed && job->told >= 500) killed = ::kill(std::stoi(probe->outcomes[0].value), SIGKILL) == 0;
    return job->done();
  });
  CHECK(killed);
  CHECK(job->each_once());
  CHECK(job->failures.size() <= 2);
  check_values(*job);
  const auto after = calls<own_server>(10);
  run(engine, after);
  CHECK(after->failures.empty());
}

TEST_CASE("the fork server may be killed while no call runs and while the workers exit") {
  Engine engine(workers(2));
  const auto probe = calls<own_server>(1);
  run(engine, probe);
  ::kill(std::stoi(probe->outcomes[0].value), SIGKILL);
  const auto again = calls<own_server>(4);
  run(engine, again);
  CHECK(again->each_once());
  engine.stop();
  for (const auto& outcome : again->outcomes) {
    if (!outcome.failed) ::kill(std::stoi(outcome.value), SIGKILL);
  }
  run_until(engine, [&] { return engine.workers_left() == 0; });
}

TEST_CASE("repeated deaths of the fork server without an outcome break the pool") {
  Engine engine(workers(1));
  const auto job = calls<kills_server>(200);
  run(engine, job);
  CHECK(job->each_once());
  CHECK(job->failures.size() == 200);
  REQUIRE(engine.broken());
  CHECK(engine.broken()->message.find("it died repeatedly") != std::string::npos);
}

TEST_CASE("no worker is left one second after the master was killed") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t master = ::fork();
  if (master == 0) {
    here_i_am = ends;
    Engine engine(workers(3));
    engine.dispatcher().enqueue(calls<wait_for_ever>(3));
    run_until(engine, [] { return false; });
  }
  char ready = 0;
  for (int i = 0; i < 3; ++i) REQUIRE(::read(ends[0], &ready, 1) == 1);
  const auto family = descendants_of(master);
  CHECK(family.size() >= 4);  // the fork server and its workers, and by now perhaps its guardian
  const Witness witness(family);
  ::kill(master, SIGKILL);
  CHECK(witness.all_ended_within(std::chrono::seconds(1)));
  ::waitpid(master, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("if all workers are killed at once, their calls fail and the rest runs on new workers") {
  REQUIRE(::pipe(here_i_am.data()) == 0);
  Engine engine(workers(2));
  const auto blocked = calls<wait_for_ever>(2);
  const auto rest = calls<ok>(100);
  engine.dispatcher().enqueue(blocked);
  engine.feed();
  char ready = 0;
  for (int i = 0; i < 2; ++i) REQUIRE(::read(here_i_am[0], &ready, 1) == 1);
  CHECK(engine.running(*blocked, 0));
  engine.kill_workers(SIGTERM);
  run(engine, rest);
  CHECK(rest->failures.empty());
  run_until(engine, [&] { return blocked->done(); });
  for (const auto& outcome : blocked->outcomes) CHECK(outcome.failure.signal == SIGTERM);
  for (const int end : here_i_am) ::close(end);
}
