// `--report` and `--trace`: writes the record of the run into files, once the run has ended.
#pragma once

#include "event/printable.hpp"
#include "event/run_part.hpp"
#include "history/history.hpp"
#include "output/output_buffer.hpp"

#include <exception>
#include <vector>

namespace prun::app {

/// @tparam File its `write(history)` throws std::exception
template <class File>
class RecordWriter final : public RunPart {
 public:
  /// @param history is complete when this part hears of the run's end @param err for errors. All must outlive it.
  RecordWriter(const history::History& history, std::vector<File>& files, OutputBuffer& err)
      : history_(&history), files_(&files), err_(&err) {}

  [[nodiscard]] Wants wants() const noexcept override { return Wants::end; }
  void on_event(const RunEvent& /*the end*/) override {
    for (File& file : *files_) {
      try {
        file.write(*history_);
      } catch (const std::exception& error) {
        err_->write_line(message_line(error.what()));
        failed_ = true;
      }
    }
  }
  /// A file could not be written. The reason was printed.
  [[nodiscard]] bool failed() const noexcept override { return failed_; }

 private:
  const history::History* history_;
  std::vector<File>* files_;
  OutputBuffer* err_;
  bool failed_ = false;
};

}  // namespace prun::app
