// What tasks of a journal look like as commands that one can type: the journal has their inputs, its command lines have the
// command.
#pragma once

#include "command/command_function.hpp"
#include "journal/run_record.hpp"
#include "journal/summary.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

class CommandTexts {
 public:
  explicit CommandTexts(const std::vector<journal::RunRecord>& runs);

  /// Returns the empty string if the function is no command.
  [[nodiscard]] std::string of(std::string_view function, std::string_view args, std::string_view kwargs) const;

  /// For readers of a journal. This object must outlive it.
  [[nodiscard]] journal::CallText as_call_text() const {
    return [this](std::string_view function, std::string_view args, std::string_view kwargs) {
      return of(function, args, kwargs);
    };
  }

 private:
  command::CommandSurroundings surroundings_;
  std::vector<std::unique_ptr<Function>> functions_;
};

}  // namespace prun::app
