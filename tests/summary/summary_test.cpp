// The lines of --summary, from events alone.
#include "summary/summary.hpp"

#include "function/registry.hpp"

#include <doctest/doctest.h>

#include <stdio.h>
#include <unistd.h>

#include <regex>
#include <string>

using namespace prun;

namespace {

class Calls final : public TaskTexts {
 public:
  std::string call_of(std::uint64_t index) override { return "fib(" + std::to_string(index) + ")"; }
};

struct Desk {
  Desk() { add_builtin_functions(registry); }
  void ended(std::uint64_t index, std::chrono::nanoseconds duration, const Failure* failure = nullptr) {
    detail::AttemptInfo info;
    info.duration_ns = duration.count();
    summary.on_event(AttemptEnded{index, *registry.find("fib"), {}, failure, info, true, calls});
  }
  std::string text(const RunEnded& end) {
    summary.on_event(end);
    err.flush();
    std::string all(4096, '\0');
    all.resize(static_cast<std::size_t>(::pread(::fileno(file), all.data(), all.size(), 0)));
    return all;
  }
  FILE* file = ::tmpfile();
  Registry registry;
  Calls calls;
  OutputBuffer err{::fileno(file), "err"};
  Summary summary{2, err};
  ~Desk() { ::fclose(file); }
};

bool like(const std::string& text, const std::string& pattern) { return std::regex_match(text, std::regex(pattern)); }

}  // namespace

TEST_CASE("the summary counts tasks, and names the slowest") {
  using std::chrono::milliseconds;
  Desk desk;
  desk.ended(0, milliseconds(10));
  desk.ended(7, milliseconds(4200));
  const Failure failure;
  desk.ended(3, milliseconds(20), &failure);
  const std::string text = desk.text({.how = RunEnded::How::done, .succeeded = 2, .failed = 1});
  CAPTURE(text);
  CHECK(like(text,
             "prun: summary: 2 succeeded, 1 failed\n"
             "prun: summary: \\d+\\.\\d{3} s wall time, \\d+\\.\\d{3} s CPU time\n"
             "prun: summary: 2 workers, busy \\d+% of the time\n"
             "prun: summary: slowest task: 4\\.200 s, task 7, fib\\(7\\)\n"));
}

TEST_CASE("the summary says what was not done, tried again or known already") {
  Desk desk;
  desk.ended(0, std::chrono::milliseconds(1));
  desk.summary.on_event(RetryScheduled{0, 2, {}});
  const detail::AttemptInfo info;
  desk.summary.on_event(OutcomeRecalled{1, nullptr, info});
  const std::string text =
      desk.text({.how = RunEnded::How::interrupted, .signal = 2, .succeeded = 1, .stopped = 2, .not_run = 5});
  CHECK(text.starts_with(
      "prun: summary: 1 succeeded, 0 failed, 2 stopped, 5 not run; 1 tried again; 1 recorded by earlier runs\n"));
  CHECK(text.find("1 worker, busy") != std::string::npos);
}

TEST_CASE("without a run task there is no slowest task") {
  Desk desk;
  CHECK(like(desk.text({}), "prun: summary: 0 succeeded, 0 failed\nprun: summary: .* wall time, .* CPU time\n"));
}
