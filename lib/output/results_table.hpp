// `--results FILE.csv`: writes the table of command_table.hpp to a file, and passes every event on.
#pragma once

#include "event/task_event.hpp"
#include "output/command_table.hpp"
#include "output/output_buffer.hpp"
#include "sys/fd.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace prun {

class ResultsTable final : public Listener {
 public:
  /// The dialect that the ending of the name says; absent: it is no table.
  [[nodiscard]] static std::optional<Dialect> dialect_of(std::string_view path) noexcept;

  /// Empties the file, or creates it. @throws std::system_error
  ResultsTable(const std::string& path, std::vector<std::string> names, Listener& next, command::SpilledFiles* files);

  /// Only commands have rows. @throws std::system_error if the file cannot be written
  void on_task(const TaskEvent& event) override;
  void on_end() override;

 private:
  sys::Fd file_;
  OutputBuffer buffer_;
  CommandTable table_;
  Listener* next_;
};

}  // namespace prun
