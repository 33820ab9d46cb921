// The time limit that follows from the median.
#include "run/median_timeout.hpp"

#include "function/function.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace prun;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

class NoTexts final : public TaskTexts {
 public:
  std::string call_of(std::uint64_t) override { return {}; }
};

class NoFunction final : public Function {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "none"; }
  [[nodiscard]] const Signature& signature() const noexcept override { return signature_; }
  [[nodiscard]] std::string_view help() const noexcept override { return ""; }
  void call(std::string_view, const CallContext&, std::string&) const override {}

 private:
  Signature signature_;
};

void end_attempt(MedianTimeout& part, nanoseconds duration, const Failure* failure = nullptr) {
  NoTexts texts;
  const NoFunction function;
  detail::AttemptInfo info;
  info.duration_ns = duration.count();
  part.on_event(AttemptEnded{0, function, {}, failure, info, true, texts});
}

}  // namespace

TEST_CASE("the median of many times is known within two percent") {
  RunningMedian median;
  for (int i = 1; i <= 1001; ++i) median.add(nanoseconds(i * 1'000'000));
  CHECK(median.value() <= 501ms);
  CHECK(median.value() >= 491ms);
  RunningMedian one;
  one.add(63ns);
  CHECK(one.value() == 63ns);
  RunningMedian long_one;
  long_one.add(std::chrono::hours(24 * 365));
  CHECK(long_one.value() > std::chrono::hours(24 * 350));
}

TEST_CASE("a factor of the median becomes the limit once three calls have succeeded") {
  command::TimeLimit limit;
  MedianTimeout part(3, limit);
  const Failure failure;
  end_attempt(part, 1s);
  end_attempt(part, 1s);
  end_attempt(part, 100s, &failure);
  CHECK_FALSE(limit.get());
  end_attempt(part, 2s);
  REQUIRE(limit.get());
  CHECK(*limit.get() > 2900ms);
  CHECK(*limit.get() <= 3s);
}

TEST_CASE("the limit of short calls is not short") {
  command::TimeLimit limit;
  MedianTimeout part(2, limit);
  for (int i = 0; i < 3; ++i) end_attempt(part, 1us);
  CHECK(limit.get() == std::optional<nanoseconds>(1s));
}
