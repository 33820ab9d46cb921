#include "run/waiting_outcomes.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using prun::WaitingOutcomes;

namespace {

constexpr std::uint64_t far_away = std::uint64_t{1} << 50U;

void hold(WaitingOutcomes& waiting, std::uint64_t index) {
  prun::detail::AttemptInfo info;
  info.duration_ns = static_cast<std::int64_t>(index);
  waiting.hold(index, std::to_string(index), WaitingOutcomes::value, info);
}

void check_taken(WaitingOutcomes& waiting, std::uint64_t index) {
  REQUIRE(waiting.has(index));
  const auto taken = waiting.take(index);
  CHECK(taken.bytes.view() == std::to_string(index));
  CHECK(taken.info.duration_ns == static_cast<std::int64_t>(index));
  CHECK_FALSE(waiting.has(index));
}

}  // namespace

TEST_CASE("an outcome far ahead of all others takes no memory for what lies between") {
  WaitingOutcomes waiting(true);
  hold(waiting, far_away);
  hold(waiting, 3);
  CHECK(waiting.first() == 3);
  CHECK(waiting.bytes() == std::to_string(far_away).size() + 1);
  check_taken(waiting, 3);
  CHECK(waiting.first() == far_away);
  waiting.pop_front(far_away);
  hold(waiting, far_away + 1);
  CHECK(waiting.first() == far_away);
  check_taken(waiting, far_away);
  waiting.pop_front(1);
  check_taken(waiting, far_away + 1);
  CHECK_FALSE(waiting.first());
  CHECK(waiting.empty());
  CHECK(waiting.bytes() == 0);
}

TEST_CASE("outcomes of two far ends meet") {
  constexpr std::uint64_t half = std::uint64_t{3} << 20U;
  WaitingOutcomes waiting(true);
  for (std::uint64_t i = 0; i < half; ++i) {
    hold(waiting, half + i);
    if (i % 2 == 1) hold(waiting, i);
  }
  for (std::uint64_t i = 0; i < 2 * half; ++i) {
    if (i >= half || i % 2 == 1) {
      REQUIRE(waiting.has(i));
      REQUIRE(waiting.take(i).info.duration_ns == static_cast<std::int64_t>(i));
    } else {
      REQUIRE_FALSE(waiting.has(i));
    }
    waiting.pop_front(1);
  }
  CHECK(waiting.empty());
}
