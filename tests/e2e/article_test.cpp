// The article's runs, one by one: what each prints, and when.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace prun::test;

namespace {

std::vector<std::string> fib_table(int first, int last) {
  std::vector<std::string> rows;
  const int step = first <= last ? 1 : -1;
  for (int n = first; n != last + step; n += step) rows.push_back(table_row(n, fib(n)));
  return rows;
}

std::vector<std::string> ackermann_pairs() {
  static constexpr int values[4][5] = {{1, 2, 3, 4, 5}, {2, 3, 4, 5, 6}, {3, 5, 7, 9, 11}, {5, 13, 29, 61, 125}};
  std::vector<std::string> rows;
  for (std::size_t m = 0; m < 4; ++m) {
    for (std::size_t n = 0; n < 5; ++n) {
      rows.push_back("(" + std::to_string(m) + ", " + std::to_string(n) + ") " + std::to_string(values[m][n]));
    }
  }
  return rows;
}

struct Times {
  double first_printed = 1e9;
  double last_ended = 0;
};

/// From lines `PRINTED STARTED DURATION`, in UTC.
Times times_of(const std::string& text) {
  Times times;
  for (const std::string& line : lines_of(text)) {
    const double printed = seconds_of_day(line.substr(0, 15));
    const auto started_at = line.find('T') + 1;
    const double started = seconds_of_day(line.substr(started_at, 15));
    const double ended = started + std::stod(line.substr(line.rfind(' ')));
    times.first_printed = std::min(times.first_printed, printed);
    times.last_ended = std::max(times.last_ended, ended);
  }
  return times;
}

constexpr const char* times_format = "{time} {started} {duration}";

}  // namespace

TEST_CASE("map fib 1..39 prints the article's table") {
  const Result run = run_prun({"map", "fib", "1..39", "--chunksize", "1"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  CHECK(without_times(run.out) == fib_table(1, 39));
}

TEST_CASE("map prints only after all results are computed") {
  const Result run = run_prun({"map", "fib", "1..32", "--format", times_format});
  INFO(run);
  REQUIRE(run.status == 0);
  const Times times = times_of(run.out);
  CHECK(times.first_printed >= times.last_ended);
}

TEST_CASE("map prints all its lines at once") {
  const Result run = run_prun({"map", "fib", "1..33"});
  INFO(run);
  REQUIRE(run.status == 0);
  const auto lines = lines_of(run.out);
  REQUIRE(lines.size() == 33);
  CHECK(seconds_of_day(lines.back().substr(0, 15)) - seconds_of_day(lines.front().substr(0, 15)) < 0.01);
}

TEST_CASE("map keeps the input's order when the heaviest come first") {
  for (const std::string chunksize : {"1", "3"}) {
    const Result run = run_prun({"map", "fib", "30..1", "-j", "4", "-c", chunksize});
    INFO(run);
    CHECK(run.status == 0);
    CHECK(without_times(run.out) == fib_table(30, 1));
  }
}

TEST_CASE("map over pairs unpacks the function's one tuple") {
  const Result run = run_prun({"map", "ackermann", "0..3,0..4"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(without_times(run.out) == ackermann_pairs());
}

TEST_CASE("starmap prints the same 20 lines") {
  const Result run = run_prun({"starmap", "ackermann", "0..3,0..4"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(without_times(run.out) == ackermann_pairs());
}

TEST_CASE("imap prints in order") {
  const Result run = run_prun({"imap", "fib", "1..30", "-j", "3"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(without_times(run.out) == fib_table(1, 30));
}

TEST_CASE("imap prints before all results are computed") {
  const Result run = run_prun({"imap", "fib", "1..36", "--format", times_format});
  INFO(run);
  REQUIRE(run.status == 0);
  const Times times = times_of(run.out);
  CHECK(times.first_printed < times.last_ended);
}

TEST_CASE("imap_unordered prints each result with its input as completed") {
  for (const std::string mode : {"imap_unordered", "imap-unordered"}) {
    const Result run = run_prun({mode, "n_fib", "1..30", "-j", "4"});
    INFO(run);
    CHECK(run.status == 0);
    auto rows = without_times(run.out);
    std::sort(rows.begin(), rows.end());
    auto expected = fib_table(1, 30);
    std::sort(expected.begin(), expected.end());
    CHECK(rows == expected);
  }
}

TEST_CASE("imap_unordered does not wait for a long task that came first") {
  const Result run = run_prun({"imap_unordered", "sleep(0.5)", "sleep(0)", "-j", "2", "--format", "{args}"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "0\n0.5\n");
}

TEST_CASE("submit runs the article's queue of mixed calls") {
  const Result run = run_prun({"submit", "--tasks", std::string(PRUN_SOURCE_DIR) + "/tasks.example.json"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out ==
        "fib(8) = 34\n"
        "ackermann(2, 4) = 11\n"
        "fib(18) = 4181\n"
        "ackermann(3, 1) = 13\n"
        "fib(28) = 514229\n"
        "ackermann(3, 4) = 125\n"
        "fib(34) = 9227465\n");
}

TEST_CASE("apply makes one call") {
  const Result run = run_prun({"apply", "ackermann", "2", "4"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "ackermann(2, 4) = 11\n");
  CHECK(run_prun({"apply", "ackermann(m=2, n=4)"}).status == 0);
}
