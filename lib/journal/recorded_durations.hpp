// How long the tasks of a journal took, as the costs of tasks of another run. A task is found by its call: the name of its function
// and its arguments. So the other run may have more tasks, fewer, or the same in another order.
#pragma once

#include "journal/journal_file.hpp"
#include "order/task_costs.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace prun::journal {

class RecordedDurations final : public order::TaskCosts {
 public:
  /// Reads all of them. The file is not needed afterwards. Of several attempts at a task, the longest counts.
  /// @throws JournalError
  explicit RecordedDurations(JournalFile& file);

  [[nodiscard]] tl::expected<Cost, std::string> cost_of(const Task& task) override;

 private:
  void read(Database& database);
  void add(std::string_view function, std::string_view args, std::string_view kwargs, double duration);

  /// By the hash of the call. Two calls with the same hash would only start in another order.
  std::unordered_map<std::size_t, double> durations_;
};

}  // namespace prun::journal
