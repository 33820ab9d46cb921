// Several consecutive sources as one. It does not know what they read.
#pragma once

#include "input/task_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace prun {

class SequenceSource final : public TaskSource {
 public:
  explicit SequenceSource(std::vector<std::unique_ptr<TaskSource>> sources);

  Pull next(Task& task) override;
  std::optional<RangeOfTasks> next_range(std::uint64_t max) override;

  /// The sum, at most the largest integer.
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override;
  [[nodiscard]] const InputError& error() const override;
  [[nodiscard]] int wait_fd() const override;

 private:
  void skip_known_empty();

  std::vector<std::unique_ptr<TaskSource>> sources_;
  std::size_t at_ = 0;
  InputError none_;
};

}  // namespace prun
