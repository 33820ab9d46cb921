// The file of a report. It is opened before any task runs, so that an error is found early.
#pragma once

#include "history/history.hpp"
#include "sys/whole_file.hpp"

#include <string>
#include <utility>

namespace prun::report {

class ReportFile {
 public:
  /// The earlier content of the file stays until the report is written. @throws std::system_error
  explicit ReportFile(std::string path) : file_(std::move(path), "cannot write the report") {}

  /// Writes a page, or only the timeline if the name ends in `.svg`. @throws std::system_error
  void write(const history::History& history);

 private:
  sys::WholeFile file_;
};

}  // namespace prun::report
