// The file that a report goes to. It is opened before anything runs, so that a report that cannot be written is an error then.
#pragma once

#include "history/history.hpp"
#include "sys/whole_file.hpp"

#include <string>
#include <utility>

namespace prun::report {

class ReportFile {
 public:
  /// What an earlier report has in it stays until this one is written. @throws std::system_error
  explicit ReportFile(std::string path) : file_(std::move(path), "cannot write the report") {}

  /// A page; of a name that ends in `.svg`, the timeline alone. @throws std::system_error
  void write(const history::History& history);

 private:
  sys::WholeFile file_;
};

}  // namespace prun::report
