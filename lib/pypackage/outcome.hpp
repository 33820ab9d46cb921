// The outcome of a call, in few bytes, because millions of outcomes may wait for a consumer.
#pragma once

#include "task/bytes_cell.hpp"

#include <prun/outcome.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace prun::pypackage {

/// A value, a failure, or nothing yet.
class Outcome {
 public:
  Outcome() noexcept = default;
  explicit Outcome(std::string_view value) {
    if (value.size() <= UINT32_MAX) {
      cell_ = BytesCell(value, there);
    } else {
      cell_ = BytesCell({}, there);
      beside_ = std::make_unique<Beside>(Beside{std::string(value), nullptr});
    }
  }
  explicit Outcome(Failure&& failure)
      : cell_({}, there),
        beside_(std::make_unique<Beside>(Beside{{}, std::make_unique<Failure>(std::move(failure))})) {}

  [[nodiscard]] bool is_there() const noexcept { return cell_.tag() == there; }
  /// Null if there is a value.
  [[nodiscard]] const Failure* failure() const noexcept { return beside_ ? beside_->failure.get() : nullptr; }
  [[nodiscard]] std::string_view value() const noexcept { return beside_ ? beside_->large : cell_.view(); }

 private:
  static constexpr std::uint8_t there = 1;
  struct Beside {
    std::string large;  ///< a value that a cell cannot hold
    std::unique_ptr<Failure> failure;
  };

  BytesCell cell_;
  std::unique_ptr<Beside> beside_;
};
static_assert(sizeof(Outcome) == 24);

}  // namespace prun::pypackage
