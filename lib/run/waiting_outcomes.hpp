// Outcomes that wait for their turn, by index. They are removed when they are reported, in order.
#pragma once

#include "run/index_window.hpp"
#include "task/bytes_cell.hpp"

#include <prun/detail/job.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace prun {

class WaitingOutcomes {
 public:
  enum What : std::uint8_t {
    nothing,
    value,    ///< the bytes are the result of the task
    failure,  ///< encoded as in wire/failure.hpp
    not_run,  ///< nothing will be reported for the task
  };
  struct Outcome {
    BytesCell bytes;  ///< tagged with What
    detail::AttemptInfo info;
    [[nodiscard]] What what() const noexcept { return static_cast<What>(bytes.tag()); }
  };

  /// @param keeps_infos also store the measurements of each attempt
  explicit WaitingOutcomes(bool keeps_infos) noexcept : keeps_infos_(keeps_infos) {}

  void hold(std::uint64_t index, std::string_view bytes, What what, const detail::AttemptInfo& info) {
    outcomes_.extend_to(index) = BytesCell(bytes, what);
    ++held_;
    bytes_ += bytes.size();
    if (keeps_infos_) infos_.extend_to(index) = info;
  }
  [[nodiscard]] bool has(std::uint64_t index) const noexcept {
    return held_ != 0 && outcomes_.has(index) && outcomes_.at(index).tag() != nothing;
  }
  [[nodiscard]] Outcome take(std::uint64_t index) {
    Outcome taken{std::exchange(outcomes_.at(index), BytesCell()), {}};
    bytes_ -= taken.bytes.size();
    --held_;
    if (keeps_infos_ && infos_.has(index)) taken.info = infos_.at(index);
    return taken;
  }
  /// The first index is finished.
  void pop_front() {
    if (held_ != 0) {
      outcomes_.pop_front();
    } else {
      outcomes_.begin_at(outcomes_.begin() + 1);
    }
    if (keeps_infos_) infos_.pop_front();
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  IndexWindow<BytesCell> outcomes_;
  bool keeps_infos_;
  IndexWindow<detail::AttemptInfo> infos_;
  std::size_t held_ = 0;  ///< number of stored outcomes
  std::size_t bytes_ = 0;
};

}  // namespace prun
