// How many calls a worker of a pool takes at a time.
//
//   pool.map(f, items, {.chunksize = 100});
//   pool.map(f, items, {.chunksize = prun::auto_chunks});
#pragma once

#include <cstdint>
#include <optional>

namespace prun {

struct AutoChunks {};
/// Sizes that adapt to the duration of the calls: small chunks for long calls, large chunks for short calls, and small chunks at the
/// end. If some calls take longer than others, an idle worker takes over calls of a chunk that a busy worker has not begun.
inline constexpr AutoChunks auto_chunks{};

class Chunksize {
 public:
  /// The default of the call.
  constexpr Chunksize() noexcept = default;
  // NOLINTBEGIN(google-explicit-constructor): the form in options is {.chunksize = 100}
  /// At least 1. The call throws std::invalid_argument otherwise.
  constexpr Chunksize(std::int64_t tasks) noexcept : tasks_(tasks) {}
  constexpr Chunksize(std::optional<std::int64_t> tasks) noexcept : tasks_(tasks) {}
  constexpr Chunksize(std::nullopt_t) noexcept {}
  constexpr Chunksize(AutoChunks) noexcept : automatic_(true) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] constexpr bool automatic() const noexcept { return automatic_; }
  /// Absent: automatic, or the default.
  [[nodiscard]] constexpr const std::optional<std::int64_t>& tasks() const noexcept { return tasks_; }

 private:
  std::optional<std::int64_t> tasks_;
  bool automatic_ = false;
};

}  // namespace prun
