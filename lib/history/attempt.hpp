// One attempt in the record of a run, and its encoding in 24 bytes. It does not know events or files.
#pragma once

#include <prun/outcome.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace prun::history {

/// Times count in nanoseconds from the start of the run.
struct Attempt {
  static constexpr std::uint32_t no_worker = 0x3FFF;

  std::uint64_t index = 0;              ///< the task's place in the input
  std::uint32_t attempt = 1;            ///< from 1
  std::uint32_t worker = no_worker;     ///< place of the worker in the pool, from 0; no_worker: no worker ran it
  std::uint32_t function = 0;           ///< History::functions()
  std::optional<std::int64_t> started;  ///< absent: the attempt never began, or was not measured
  std::int64_t duration = 0;
  double cpus = 0;  ///< CPU time divided by duration, in steps of 1/32, at most 7.9; 0 if not measured
  std::optional<FailureKind> failure;  ///< absent: the attempt has a value
  bool final = true;                   ///< the task was not tried again

  [[nodiscard]] std::int64_t ended() const noexcept { return started.value_or(0) + duration; }
};

/// The number of CPUs that an attempt kept busy.
[[nodiscard]] inline double cpus_of(const Usage& usage, std::int64_t duration) noexcept {
  const double used = static_cast<double>((usage.user + usage.system).count()) * 1e3;
  return duration <= 0 ? 0 : used / static_cast<double>(duration);
}

/// A number that does not fit is replaced by the largest that does: a duration of more than a year, the 31st attempt and later, the
/// 68719476735th task and later, the 16383rd function and later.
class PackedAttempt {
 public:
  static constexpr std::uint64_t most_index = (std::uint64_t{1} << 36U) - 1;

  PackedAttempt() = default;  // leaves a place of a buffer as it is
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): all words are set below
  [[gnu::always_inline]] explicit PackedAttempt(const Attempt& attempt) noexcept {
    const std::uint64_t start = attempt.started ? field(*attempt.started + 1, time_bits, 1) : 0;
    const std::uint64_t cpus =
        // NOLINTNEXTLINE(bugprone-incorrect-roundings): it is not negative
        attempt.cpus == 0 ? 0 : field(static_cast<std::int64_t>(attempt.cpus * cpu_steps + 0.5), 8);
    words_[0] = start | cpus << time_bits | std::uint64_t{attempt.final} << 63U;
    const std::uint64_t ending = attempt.failure ? static_cast<std::uint64_t>(*attempt.failure) + 1 : 0;
    words_[1] = field(attempt.duration, time_bits) | field(attempt.attempt, 5) << time_bits | ending << 60U;
    words_[2] =
        std::min(attempt.index, most_index) | field(attempt.worker, 14) << 36U | field(attempt.function, 14) << 50U;
  }

  [[nodiscard]] Attempt unpacked() const noexcept {
    Attempt attempt;
    if (const auto start = words_[0] & most(time_bits); start != 0)
      attempt.started = static_cast<std::int64_t>(start) - 1;
    attempt.cpus = static_cast<double>(words_[0] >> time_bits & most(8)) / cpu_steps;
    attempt.final = words_[0] >> 63U != 0;
    attempt.duration = static_cast<std::int64_t>(words_[1] & most(time_bits));
    attempt.attempt = static_cast<std::uint32_t>(words_[1] >> time_bits & most(5));
    if (const auto ending = words_[1] >> 60U; ending != 0) attempt.failure = static_cast<FailureKind>(ending - 1);
    attempt.index = words_[2] & most_index;
    attempt.worker = static_cast<std::uint32_t>(words_[2] >> 36U & most(14));
    attempt.function = static_cast<std::uint32_t>(words_[2] >> 50U);
    return attempt;
  }

 private:
  static constexpr unsigned time_bits = 55;
  static constexpr double cpu_steps = 32;

  static constexpr std::uint64_t most(unsigned bits) noexcept { return (std::uint64_t{1} << bits) - 1; }
  static constexpr std::uint64_t field(std::int64_t value, unsigned bits, std::int64_t least = 0) noexcept {
    return std::min(static_cast<std::uint64_t>(std::max(value, least)), most(bits));
  }

  std::array<std::uint64_t, 3> words_;
};
static_assert(sizeof(PackedAttempt) == 24);
static_assert(static_cast<unsigned>(last_failure_kind) + 1 < 16);

}  // namespace prun::history
