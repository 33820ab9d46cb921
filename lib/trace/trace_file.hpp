// The file that a trace goes to. It is opened before anything runs, so that a trace that cannot be written is an error then.
#pragma once

#include "history/history.hpp"
#include "sys/whole_file.hpp"

#include <string>
#include <utility>

namespace prun::trace {

class TraceFile {
 public:
  /// What an earlier trace has in it stays until this one is written. @throws std::system_error
  explicit TraceFile(std::string path) : file_(std::move(path), "cannot write the trace") {}

  /// The name of the file chooses the format (trace_format.hpp), which must be supported. @throws std::exception
  void write(const history::History& history);

 private:
  sys::WholeFile file_;
};

}  // namespace prun::trace
