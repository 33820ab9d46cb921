// Outcomes that wait for their turn, by index. They are removed when they are reported, in order.
#pragma once

#include "run/index_window.hpp"
#include "task/bytes_cell.hpp"

#include <prun/detail/job.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace prun {

class WaitingOutcomes {
 public:
  enum What : std::uint8_t {
    nothing,
    value,    ///< the bytes are the result of the task
    failure,  ///< encoded as in wire/failure.hpp
  };
  struct Outcome {
    BytesCell bytes;  ///< tagged with What
    detail::AttemptInfo info;
    [[nodiscard]] What what() const noexcept { return static_cast<What>(bytes.tag()); }
  };

  /// @param keeps_infos also store the measurements of each attempt
  explicit WaitingOutcomes(bool keeps_infos) noexcept : keeps_infos_(keeps_infos) {}

  void hold(std::uint64_t index, std::string_view bytes, What what, const detail::AttemptInfo& info) {
    ++held_;
    bytes_ += bytes.size();
    if (is_far(index)) [[unlikely]] {
      far_.emplace(index, Outcome{BytesCell(bytes, what), keeps_infos_ ? info : detail::AttemptInfo{}});
      return;
    }
    outcomes_.extend_to(index) = BytesCell(bytes, what);
    if (keeps_infos_) infos_.extend_to(index) = info;
  }
  [[nodiscard]] bool empty() const noexcept { return held_ == 0; }
  [[nodiscard]] bool has(std::uint64_t index) const noexcept {
    return held_ != 0 && (is_near(index) || far_.contains(index));
  }
  /// The lowest index that has an outcome.
  [[nodiscard]] std::optional<std::uint64_t> first() const noexcept {
    if (held_ == far_.size()) return far_.empty() ? std::nullopt : std::optional(far_.begin()->first);
    std::uint64_t index = outcomes_.begin();
    while (!is_near(index)) ++index;
    return far_.empty() ? index : std::min(index, far_.begin()->first);
  }
  [[nodiscard]] Outcome take(std::uint64_t index) {
    Outcome taken = is_near(index) ? take_near(index) : std::move(far_.extract(index).mapped());
    bytes_ -= taken.bytes.size();
    --held_;
    return taken;
  }
  /// The first `count` indexes are finished: none of them has an outcome.
  void pop_front(std::uint64_t count) {
    if (held_ != far_.size()) {
      outcomes_.pop_front(count);
    } else {
      outcomes_.begin_at(outcomes_.begin() + count);
    }
    if (keeps_infos_) infos_.pop_front(count);
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::uint64_t always_near = std::uint64_t{1} << 20U;

  /// So few outcomes come before it that the window would be mostly empty.
  [[nodiscard]] bool is_far(std::uint64_t index) const noexcept {
    const std::uint64_t ahead = index - outcomes_.begin();
    return ahead >= always_near && ahead / 16 > held_;
  }
  [[nodiscard]] bool is_near(std::uint64_t index) const noexcept {
    return outcomes_.has(index) && outcomes_.at(index).tag() != nothing;
  }
  [[nodiscard]] Outcome take_near(std::uint64_t index) {
    Outcome taken{std::exchange(outcomes_.at(index), BytesCell()), {}};
    if (keeps_infos_ && infos_.has(index)) taken.info = infos_.at(index);
    return taken;
  }

  IndexWindow<BytesCell> outcomes_;
  bool keeps_infos_;
  IndexWindow<detail::AttemptInfo> infos_;
  std::map<std::uint64_t, Outcome> far_;  ///< a window that reaches to them would take more memory than they
  std::size_t held_ = 0;                  ///< number of stored outcomes
  std::size_t bytes_ = 0;
};

}  // namespace prun
