// Keeps what each command wrote in files, laid out as GNU parallel's --results has them, and passes everything on:
//
//   DIR/1/<first input>/2/<second input>/{seq,stdout,stderr}
//
// A slash in an input is written \_ , a backslash \\ ; an input of more bytes than a file's name may have is cut.
#pragma once

#include "command/command_result.hpp"
#include "event/task_event.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace prun {

class ResultsDirectory final : public Listener {
 public:
  /// Makes the directory. @throws std::filesystem::filesystem_error
  ResultsDirectory(const std::string& directory, Listener& next, command::SpilledFiles* files);

  /// @throws std::system_error where a file cannot be written
  void on_task(const TaskEvent& event) override;
  void on_end() override { next_->on_end(); }

 private:
  [[nodiscard]] std::filesystem::path directory_of(const TaskEvent& event) const;
  void write(const std::filesystem::path& path, const command::CommandResult::Output& output) const;

  std::filesystem::path directory_;
  Listener* next_;
  command::SpilledFiles* files_;
};

}  // namespace prun
