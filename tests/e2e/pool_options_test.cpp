// Options of the pool, seen from outside: they change who computes and how fast, never the results.
#include "prun_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace prun::test;

namespace {

std::string results_of(std::vector<std::string> options, const std::string& mode = "imap") {
  options.insert(options.begin(), {mode, "collatz", "1..500", "--format", "{index} {args} {result}"});
  const Result run = run_prun(std::move(options));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  return run.out;
}

std::set<int> workers_of(std::vector<std::string> options) {
  options.insert(options.begin(), {"map", "identity", "1..100", "--output", "jsonl"});
  const Result run = run_prun(std::move(options));
  INFO(run);
  CHECK(run.status == 0);
  std::set<int> workers;
  for (const auto& line : json_lines(run.out)) workers.insert(line.at("worker").get<int>());
  return workers;
}

}  // namespace

TEST_CASE("any number of workers gives equal output") {
  const std::string expected = results_of({"-j", "1"});
  CHECK(lines_of(expected).size() == 500);
  for (const std::string jobs : {"2", "3", "4", "5", "50%", "100%"}) CHECK(results_of({"-j", jobs}) == expected);
}

TEST_CASE("any chunk size gives equal output") {
  const std::string expected = results_of({"-c", "1", "-j", "3"});
  for (const std::string chunksize : {"2", "7", "499", "500", "501", "1000000", "auto"}) {
    CHECK(results_of({"-j", "3", "-c", chunksize}) == expected);
    CHECK(results_of({"-j", "3", "-c", chunksize}, "map") == expected);
  }
}

TEST_CASE("threads give equal output") {
  const std::string expected = results_of({});
  CHECK(results_of({"--threads"}) == expected);
  CHECK(results_of({"--threads", "-j", "5"}, "map") == expected);
}

TEST_CASE("a small window gives equal output") {
  const std::string expected = results_of({});
  CHECK(results_of({"--buffersize", "1"}) == expected);
  CHECK(results_of({"--buffersize", "3", "--buffer-bytes", "1"}) == expected);
}

TEST_CASE("--max-tasks-per-child replaces workers") {
  CHECK(workers_of({"-j", "3", "--max-tasks-per-child", "10", "-c", "1"}).size() >= 10);
  CHECK(workers_of({"-j", "1", "--max-tasks-per-child", "1", "-c", "1"}).size() == 100);
}

TEST_CASE("there are as many workers as asked for") {
  CHECK(workers_of({"-j", "1"}).size() == 1);
  CHECK(workers_of({"-j", "3", "-c", "1"}).size() <= 3);
}

TEST_CASE("seeds depend on the run's seed and the index alone") {
  const auto estimates = [](std::vector<std::string> options) {
    options.insert(options.begin(), {"map", "pi_monte_carlo", "1000..1020", "--format", "{result}"});
    const Result run = run_prun(std::move(options));
    INFO(run);
    CHECK(run.status == 0);
    return run.out;
  };
  const std::string expected = estimates({"--seed", "7", "-j", "1"});
  for (const std::string jobs : {"2", "3", "5"}) CHECK(estimates({"--seed", "7", "-j", jobs, "-c", "2"}) == expected);
  CHECK(estimates({"--seed", "7", "--threads", "-j", "3"}) == expected);
  CHECK(estimates({"--seed", "8"}) != expected);
}

TEST_CASE("no process remains after a run") {
  Process process(prun_command({"imap", "identity", "-", "-j", "3"}, "1\n"));
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 0);
  CHECK(descendants_of(process.pid()).empty());
}

TEST_CASE("an initializer runs in each worker, and its failure ends the run") {
  CHECK(run_prun({"map", "fib", "1..3", "--initializer", "identity(1)"}).status == 0);
  const Result failed = run_prun({"map", "fib", "1..3", "--initializer", "fib(100)"});
  CHECK(failed.status == 3);
  CHECK(failed.out.empty());
  CHECK(failed.err.find("fib(100) does not fit 64 bits") != std::string::npos);
  const Result unknown = run_prun({"map", "fib", "1..3", "--initializer", "fibb(1)"});
  CHECK(unknown.status == 2);
  CHECK(unknown.err.find("did you mean fib") != std::string::npos);
}
