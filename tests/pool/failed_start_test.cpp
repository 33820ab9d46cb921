// Workers that end before they are ready: what fails by itself breaks the pool, a kill from outside does not.
#include "pool/engine_support.hpp"
#include "pool/pool_support.hpp"
#include "pool/start_failures.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <csignal>
#include <stdexcept>

using namespace prun::test;
using prun::FailureKind;
using prun::pool::Engine;
using prun::pool::StartFailures;

namespace {

void ok(std::int64_t, std::string& result) { result = "ok"; }

}  // namespace

TEST_CASE("an initializer that throws breaks the pool, once and for all") {
  auto options = workers(3);
  options.setup.initializer = [] { throw std::runtime_error("no licence"); };
  Engine engine(options);
  const auto job = calls<ok>(10);
  run(engine, job);
  REQUIRE(engine.broken());
  CHECK(engine.broken()->kind == FailureKind::worker_start);
  CHECK(engine.broken()->message == "no licence");
  CHECK(job->each_once());
  CHECK(job->failures.size() == 10);
  run_until(engine, [&] { return engine.workers_left() == 0; });  // and none is started again
}

TEST_CASE("an initializer that kills its worker breaks the pool") {
  auto options = workers(2);
  options.setup.initializer = [] { ::_exit(9); };
  Engine engine(options);
  const auto job = calls<ok>(10);
  run(engine, job);
  REQUIRE(engine.broken());
  CHECK(engine.broken()->message.find("workers die before they can take a task: worker ") == 0);
  CHECK(engine.broken()->message.find("exited with status 9") != std::string::npos);
  CHECK(job->failures.size() == 10);
}

TEST_CASE("workers killed at their start, again and again, are replaced until one is ready") {
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    CAPTURE(signal);
    const Shared<std::atomic<int>> starts;
    auto options = workers(1);
    options.setup.initializer = [count = starts.get(), signal] {
      if (++*count >= 7) return;
      ::signal(signal, SIG_DFL);
      ::raise(signal);
    };
    Engine engine(options);
    const auto job = calls<ok>(10);
    run(engine, job);
    CHECK_FALSE(engine.broken());
    CHECK(job->each_once());
    CHECK(job->failures.empty());
    CHECK(*starts.get() == 7);
  }
}

TEST_CASE("a start that is always killed breaks the pool in the end") {
  auto options = workers(2);
  options.setup.initializer = [] { ::raise(SIGKILL); };
  Engine engine(options);
  const auto job = calls<ok>(3);
  run(engine, job);
  REQUIRE(engine.broken());
  CHECK(engine.broken()->message.find("was killed by") != std::string::npos);
  CHECK(engine.broken()->signal == SIGKILL);
  CHECK(job->failures.size() == 3);
}

TEST_CASE("without an initializer a few crashes at the start are tried again, and kills far more often") {
  StartFailures failures(false);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(failures.condemn(StartFailures::How::by_itself));
  for (int i = 0; i < 200; ++i) CHECK_FALSE(failures.condemn(StartFailures::How::killed));
  CHECK(failures.condemn(StartFailures::How::by_itself));
  failures.forget();
  CHECK_FALSE(failures.condemn(StartFailures::How::no_process));
}

TEST_CASE("signals that ask for an end come from outside, those of a crash do not") {
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    CHECK(StartFailures::how(signal) == StartFailures::How::killed);
  }
  for (const int signal : {0, SIGSEGV, SIGABRT, SIGBUS}) {
    CHECK(StartFailures::how(signal) == StartFailures::How::by_itself);
  }
}

TEST_CASE("an initializer that fails is not tried again, a process that cannot be had is") {
  StartFailures failures(true);
  CHECK_FALSE(failures.condemn(StartFailures::How::no_process));
  CHECK(failures.condemn(StartFailures::How::by_itself));
}
